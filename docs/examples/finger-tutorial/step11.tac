"""Let people on this machine set a status on port 1079: twistd -ny step11.tac, as root."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection
from twisted.internet.protocol import ServerFactory, connectionDone
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

from step08 import FingerFactory

MAX_USERS = 1000


class Setter(LineOnlyReceiver):
    """Takes two lines, a user and a status, and believes them when the client is done."""

    delimiter = b"\n"
    MAX_LENGTH = 512

    factory: "SetterFactory"

    def connectionMade(self) -> None:
        self.lines: list[bytes] = []

    def lineReceived(self, line: bytes) -> None:
        self.lines.append(line.strip())
        if len(self.lines) > 2:
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if len(self.lines) == 2:
            self.factory.setUser(*self.lines)


class SetterFactory(ServerFactory[Setter]):
    protocol = Setter

    def __init__(self, finger: FingerFactory) -> None:
        self.finger = finger

    def setUser(self, user: bytes, status: bytes) -> None:
        if user in self.finger.users or len(self.finger.users) < MAX_USERS:
            self.finger.users[user] = status


application = Application("finger", uid=1, gid=1)
collection = IServiceCollection(application)
finger = FingerFactory(ada=b"Counting on the engine")
TCPServer(79, finger).setServiceParent(collection)
TCPServer(1079, SetterFactory(finger), interface="127.0.0.1").setServiceParent(collection)
