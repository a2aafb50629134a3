"""Give the users to a service, which makes both factories: twistd -ny step12.tac, as root."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection, Service
from twisted.internet.defer import Deferred, succeed

from fingertips.protocols import FingerFactory, SetterFactory

MAX_USERS = 1000


class FingerService(Service):
    """Owns the users; the factories know nothing of it but a method."""

    def __init__(self, **users: bytes) -> None:
        self.users = {name.encode(): status for name, status in users.items()}

    def getUser(self, user: bytes) -> Deferred[bytes]:
        return succeed(self.users.get(user, b"No such user"))

    def setUser(self, user: bytes, status: bytes) -> None:
        if user in self.users or len(self.users) < MAX_USERS:
            self.users[user] = status


application = Application("finger", uid=1, gid=1)
collection = IServiceCollection(application)
finger = FingerService(ada=b"Counting on the engine")
finger.setServiceParent(collection)
TCPServer(79, FingerFactory(finger.getUser)).setServiceParent(collection)
setter = TCPServer(1079, SetterFactory(finger.setUser), interface="127.0.0.1")
setter.setServiceParent(collection)
