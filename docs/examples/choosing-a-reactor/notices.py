"""A notice board on the network: each line that arrives is shown in a window."""

from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineOnlyReceiver


class Notices(LineOnlyReceiver):
    """Shows each line, and tells the sender what the window says now."""

    def lineReceived(self, line):
        shown = self.factory.show(line.decode(errors="replace"))
        self.sendLine(f"the window says {shown}".encode())


def listen(reactor, description, show):
    """Listen, print where, and show what arrives by a function that returns what is shown."""
    factory = Factory.forProtocol(Notices)
    factory.show = show
    listening = serverFromString(reactor, description).listen(factory)
    listening.addCallback(lambda port: print(port.getHost(), flush=True))
    return listening
