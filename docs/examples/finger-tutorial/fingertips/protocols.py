"""The two protocols and their factories: one asks for a user, the other sets a status.

A client that says nothing for too long is sent away, so that none can occupy the service.
"""

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineOnlyReceiver
from twisted.protocols.policies import TimeoutMixin
from twisted.python.components import implementer
from twisted.python.failure import Failure

from fingertips.interfaces import IFingerFactory, ISetterFactory

NO_SUCH_USER = b"No such user"
PATIENCE = 60.0


class Line(TimeoutMixin, LineOnlyReceiver):
    """Takes lines from people and programs, which end them differently."""

    delimiter = b"\n"
    MAX_LENGTH = 512

    def connectionMade(self) -> None:
        """Give the client its time."""
        self.setTimeout(PATIENCE)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Count no more."""
        self.setTimeout(None)


@implementer(IHalfCloseableProtocol)
class Finger(Line):
    """Answers one query and closes; also to clients that have ended their side by then."""

    log = Logger()

    factory: "FingerFactory"
    asked = False

    def lineReceived(self, line: bytes) -> None:
        """Answer the query."""
        if self.asked:
            return
        self.asked = True
        self.setTimeout(None)
        answer = self.factory.getUser(line.strip())
        answer.addErrback(self.explain)
        answer.addCallback(self.reply)

    def readConnectionLost(self) -> None:
        """Learn that the client sends no more, as nc does at the end of its input."""
        if not self.asked:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """Learn that all has been sent; the end follows."""

    def explain(self, failure: Failure) -> bytes:
        """Tell the log what is wrong, and the client that something is."""
        self.log.failure("Cannot tell of a user", failure)
        return b"Internal error in server"

    def reply(self, text: bytes) -> None:
        """Send the answer, without what could upset a terminal."""
        self.setTimeout(PATIENCE)
        self.transport.write(visible(text) + b"\r\n")
        self.transport.loseConnection()


class Setter(Line):
    """Takes two lines, a user and a status, and believes them when the client is done."""

    factory: "SetterFactory"

    def connectionMade(self) -> None:
        """Begin with no lines."""
        super().connectionMade()
        self.lines: list[bytes] = []

    def lineReceived(self, line: bytes) -> None:
        """Remember a line; with a third it is not clear what is meant."""
        self.resetTimeout()
        self.lines.append(line.strip())
        if len(self.lines) > 2:
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Set the status."""
        super().connectionLost(reason)
        if len(self.lines) == 2:
            self.factory.setUser(*self.lines)


@implementer(IFingerFactory)
class FingerFactory(ServerFactory[Finger]):
    """Lets clients ask.

    Args:
        getUser: Called with a user, returns what there is to say of them.
    """

    protocol = Finger

    def __init__(self, getUser: Callable[[bytes], Deferred[bytes]]) -> None:
        self.getUser = getUser


@implementer(ISetterFactory)
class SetterFactory(ServerFactory[Setter]):
    """Lets clients set a status.

    Args:
        setUser: Called with a user and a status.
    """

    protocol = Setter

    def __init__(self, setUser: Callable[[bytes, bytes], object]) -> None:
        self.setUser = setUser


def visible(text: bytes) -> bytes:
    """Return a text with question marks for its control characters."""
    return bytes(0x3F if byte in _INVISIBLE else byte for byte in text)


_INVISIBLE = {*range(0x20), 0x7F} - set(b"\t\r\n")
