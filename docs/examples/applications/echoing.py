"""What the application serves: it sends back what comes, and counts it."""

from twisted.internet.protocol import Factory, Protocol


class Echo(Protocol):
    """Sends back what it receives."""

    def dataReceived(self, data):
        self.factory.received += len(data)
        self.transport.write(data)


class EchoFactory(Factory):
    """Builds the protocols, and counts for all of them."""

    protocol = Echo

    def __init__(self):
        self.received = 0

    def report(self):
        print(f"{self.received} bytes so far")
