"""An application that keeps a connection to the echo server, and says hello on each one."""

import os

from twisted.application import internet, service
from twisted.internet import reactor
from twisted.internet.endpoints import clientFromString
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineReceiver


class Hello(LineReceiver):
    """Sends a greeting, and prints what comes back."""

    def greet(self):
        self.sendLine(b"hello")

    def lineReceived(self, line):
        print("answer:", line.decode())


application = service.Application("client")
endpoint = clientFromString(reactor, f"tcp:127.0.0.1:{os.environ.get('ECHO_PORT', '7007')}")
client = internet.ClientService(
    endpoint,
    Factory.forProtocol(Hello),
    # The first pause takes a tenth of a second, no pause more than ten seconds.
    retryPolicy=internet.backoffPolicy(initialDelay=0.1, maxDelay=10, jitter=lambda: 0),
    # Called with each connection, before anybody else gets it.
    prepareConnection=Hello.greet,
)
client.setServiceParent(application)
