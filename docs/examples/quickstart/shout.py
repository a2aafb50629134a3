"""Answers each line with the same line in capital letters."""

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorCore
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver


class Shout(LineReceiver):
    """One connection; a new object is made for each."""

    # The end of a line on the network is \r\n. This server also wants to be used from a
    # keyboard, where it is \n, and takes off the rest.
    delimiter = b"\n"

    def connectionMade(self) -> None:
        self.sendLine(b"Say something, or bye.")

    def lineReceived(self, line: bytes) -> None:
        line = line.removesuffix(b"\r")
        self.sendLine(line.upper())
        if line == b"bye":
            # Closes once everything that was sent before has left.
            self.transport.loseConnection()


async def main(reactor: IReactorCore) -> None:
    """Listen until Ctrl-C."""
    endpoint = serverFromString(reactor, "tcp:8007:interface=127.0.0.1")
    await endpoint.listen(Factory.forProtocol(Shout))
    print("Listening on 127.0.0.1:8007. Ctrl-C stops it.", flush=True)
    await Deferred()  # It never fires; what stops the reactor ends the wait.


if __name__ == "__main__":
    react(main)
