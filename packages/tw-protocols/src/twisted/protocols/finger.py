"""A server that tells about users, to be subclassed: the finger protocol (RFC 1288).

    class Office(Finger):
        def getUser(self, slash_w, user):
            self.transport.write(b"%b is in room 7.\\r\\n" % user)
            self.transport.loseConnection()

Unless it is overridden, each method refuses: nothing is told, and nothing is forwarded.
"""

from twisted.internet.protocol import connectionDone
from twisted.protocols._fingerlines import Malformed, parseQuery
from twisted.protocols.basic import LineReceiver
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure


class Finger(LineReceiver, TimeoutMixin):
    """Answers one query.

    What a method that is overridden writes should have no control characters but line ends in it:
    it is shown on a terminal. It ends with `self.transport.loseConnection()`.

    Attributes:
        MAX_LENGTH: How many bytes a query may have (512).
        timeout: After how many seconds without a query the connection is closed (60).
    """

    MAX_LENGTH: int = 512
    timeout: float = 60

    def connectionMade(self) -> None:
        """Begin to count the time."""
        self.setTimeout(self.timeout)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Count no longer.

        Args:
            reason: Why the connection was lost.
        """
        self.setTimeout(None)

    def lineReceived(self, line: bytes) -> None:
        """Answer a query.

        Args:
            line: The query.
        """
        self.setTimeout(None)
        try:
            query = parseQuery(line)
        except Malformed as error:
            self._refuse(str(error).encode())
            return
        if query.host:
            self.forwardQuery(query.slashW, query.user, query.host)
        elif query.user:
            self.getUser(query.slashW, query.user)
        else:
            self.getDomain(query.slashW)

    def getUser(self, slash_w: bool, user: bytes) -> None:
        """Tell about a user; unless overridden, say that there is none.

        Args:
            slash_w: Whether the client wants to know more than usual.
            user: The name. It comes from the network; don't use it as a path.
        """
        self._refuse(b"No such user.")

    def getDomain(self, slash_w: bool) -> None:
        """Tell about all who are logged in; unless overridden, refuse.

        Args:
            slash_w: Whether the client wants to know more than usual.
        """
        self._refuse(b"This server does not list users.")

    def forwardQuery(self, slash_w: bool, user: bytes, host: bytes) -> None:
        """Ask another host; unless overridden, refuse, as RFC 1288 advises.

        Args:
            slash_w: Whether the client wants to know more than usual.
            user: What to ask there; it may name further hosts.
            host: The host.
        """
        self._refuse(b"This server does not forward queries.")

    def _refuse(self, text: bytes) -> None:
        self.sendLine(text)
        self.transport.loseConnection()


__all__ = ["Finger"]
