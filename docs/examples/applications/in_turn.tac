"""An application that listens only once the server that it needs can be reached.

Run it with `twistd -ny in_turn.tac`, and then echo.tac.
"""

import os

from twisted.application import service
from twisted.application.internet import ClientService, TCPServer
from twisted.internet import reactor
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import clientFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.python.components import implementer


@implementer(service.IServiceCollection)
class InTurn(service.Service):
    """Starts each service when the one before is ready; stops them in the reverse order."""

    def __init__(self):
        self.services = []
        self.begun = []

    def __iter__(self):
        return iter(self.services)

    def getServiceNamed(self, name):
        return next(each for each in self.services if each.name == name)

    def addService(self, service):
        self.services.append(service)

    def removeService(self, service):
        self.services.remove(service)

    def startService(self):
        super().startService()
        self.starting = Deferred.fromCoroutine(self.startAll())
        return self.starting

    async def startAll(self):
        for each in self.services:
            self.begun.append(each)
            await maybeDeferred(each.startService)

    def stopService(self):
        super().stopService()
        # If it is not over yet, it is now.
        self.starting.cancel()
        return Deferred.fromCoroutine(self.stopAll())

    async def stopAll(self):
        while self.begun:
            await maybeDeferred(self.begun.pop().stopService)


class Needed(ClientService):
    """Is ready when the connection is there."""

    def startService(self):
        super().startService()
        print("waiting for the other server")
        return self.whenConnected()


class Ready(Protocol):
    def connectionMade(self):
        self.transport.write(b"ready\n")
        self.transport.loseConnection()


application = service.Application("in turn")
collection = InTurn()
collection.setServiceParent(application)

needed = clientFromString(reactor, f"tcp:127.0.0.1:{os.environ.get('ECHO_PORT', '7007')}")
Needed(needed, Factory.forProtocol(Protocol)).setServiceParent(collection)
port = int(os.environ.get("READY_PORT", "7008"))
TCPServer(port, Factory.forProtocol(Ready), interface="127.0.0.1").setServiceParent(collection)
