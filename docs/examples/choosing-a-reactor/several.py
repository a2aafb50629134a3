"""Two reactors, each in a thread of its own, that talk to each other; then one runs again."""

import threading

from twisted.internet.epollreactor import EPollReactor
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.internet.selectreactor import SelectReactor


class Echo(Protocol):
    """Sends back what it gets."""

    def dataReceived(self, data):
        self.transport.write(data)


class Ask(Protocol):
    """Says something, prints the answer and hangs up."""

    def connectionMade(self):
        self.transport.write(b"hello from another thread")

    def dataReceived(self, data):
        print(data.decode())
        self.transport.loseConnection()

    def connectionLost(self, reason):
        self.factory.reactor.stop()


server = SelectReactor()
client = EPollReactor()

port = server.listenTCP(0, Factory.forProtocol(Echo), interface="127.0.0.1")
factory = ClientFactory.forProtocol(Ask)
factory.reactor = client
client.connectTCP("127.0.0.1", port.getHost().port, factory)

# Only the main thread can handle signals.
thread = threading.Thread(target=server.run, kwargs={"installSignalHandlers": False})
thread.start()
client.run()
server.callFromThread(server.stop)
thread.join()

client.callWhenRunning(print, "and once more")
client.callLater(0.1, client.stop)
client.run()
