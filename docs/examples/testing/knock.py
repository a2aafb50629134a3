"""A small protocol: who knocks has to say the password in time."""

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

PATIENCE = 5
"""How many seconds a visitor has."""

LONGEST = 100
"""How many bytes a visitor may say."""


class Door(Protocol):
    """Asks for the password, and closes after the answer or when time is up."""

    def __init__(self, clock: IReactorTime, password: bytes) -> None:
        self._clock = clock
        self._password = password
        self._said = b""
        self._limit: IDelayedCall | None = None

    def connectionMade(self) -> None:
        self.transport.write(b"Who is there?\r\n")
        self._limit = self._clock.callLater(PATIENCE, self._close, b"Too late.\r\n")

    def dataReceived(self, data: bytes) -> None:
        self._said += data
        if b"\r\n" in self._said:
            answer, _, _ = self._said.partition(b"\r\n")
            self._close(b"Come in.\r\n" if answer == self._password else b"Go away.\r\n")
        elif len(self._said) > LONGEST:
            self._close(b"Go away.\r\n")

    def _close(self, farewell: bytes) -> None:
        self.transport.write(farewell)
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._limit is not None and self._limit.active():
            self._limit.cancel()
