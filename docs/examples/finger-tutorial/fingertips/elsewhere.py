"""Users of other machines: a finger client, and a service that passes queries on."""

from twisted.application.service import Service
from twisted.internet import reactor
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IConnector, ITCPTransport
from twisted.internet.protocol import ClientFactory, Protocol, connectionDone
from twisted.protocols.policies import TimeoutMixin
from twisted.python.components import implementer
from twisted.python.failure import Failure

from fingertips.interfaces import IUsers

MAX_ANSWER_SIZE = 64 * 1024
PATIENCE = 30.0


class Asking(TimeoutMixin, Protocol):
    """Sends a query and collects the answer."""

    factory: "AskingFactory"
    transport: ITCPTransport

    def connectionMade(self) -> None:
        """Send the query."""
        self.setTimeout(PATIENCE)
        self.answer = b""
        self.transport.write(self.factory.user + b"\r\n")

    def dataReceived(self, data: bytes) -> None:
        """Collect the answer, up to a limit."""
        self.answer += data
        if len(self.answer) > MAX_ANSWER_SIZE:
            self.transport.abortConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Hand the answer over."""
        self.setTimeout(None)
        self.factory.answer.callback(self.answer[:MAX_ANSWER_SIZE])


class AskingFactory(ClientFactory[Asking]):
    """Keeps the query, and the Deferred for its answer.

    Args:
        user: The user to ask for.
    """

    protocol = Asking
    noisy = False

    def __init__(self, user: bytes) -> None:
        self.user = user
        self.answer: Deferred[bytes] = Deferred()

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Let the Deferred fail."""
        self.answer.errback(reason)


def finger(user: bytes, host: str, port: int = 79) -> Deferred[bytes]:
    """Ask a finger server about a user.

    Args:
        user: The user.
        host: The server's name or address.
        port: The server's port.

    Returns:
        The whole answer; it fails if there is no connection.
    """
    factory = AskingFactory(user)
    reactor.connectTCP(host, port, factory)
    return factory.answer


@implementer(IUsers)
class RemoteUsers(Service):
    """Passes a query for `user@host` on to that host, others to this machine's own server."""

    def getUser(self, user: bytes) -> Deferred[bytes]:
        """Return what the other server says."""
        name, _, host = user.partition(b"@")
        try:
            answer = finger(name.strip(), host.decode("ascii").strip() or "127.0.0.1")
        except ValueError:
            return succeed(b"Not a host")
        answer.addCallbacks(bytes.rstrip, lambda failure: b"Could not connect to remote host")
        return answer
