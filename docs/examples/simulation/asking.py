"""A client that asks by UDP: it asks again until it is answered, and gives up some time."""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import DatagramProtocol

ASK_AGAIN = 0.5
"""After how many seconds a question is asked again."""

QUESTIONS = 10
"""How many times it is asked."""


class Answering(DatagramProtocol):
    """Answers each number with its square."""

    noisy = False

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        if datagram.isdigit() and len(datagram) <= 20:
            self.transport.write(b"%s %d" % (datagram, int(datagram) ** 2), addr)


class Asking(DatagramProtocol):
    """Asks for the square of a number, and hands it to a function; None if nobody answers."""

    noisy = False

    def __init__(
        self,
        reactor: IReactorTime,
        server: tuple[str, int],
        number: int,
        answered: Callable[[int | None], object],
    ) -> None:
        self._reactor = reactor
        self._server = server
        self._number = number
        self._answered = answered
        self._asked = 0
        self._next: IDelayedCall | None = None

    def startProtocol(self) -> None:
        # A connected port hears nobody else, and is told when nobody listens.
        self.transport.connect(*self._server)
        self._ask()

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        # An answer may come twice, or for a question of which nobody knows any more.
        number, _, square = datagram.partition(b" ")
        if self._next is not None and number == b"%d" % self._number:
            self._next.cancel()
            self._end(int(square))

    def connectionRefused(self) -> None:
        """Wait: the server may be starting."""

    def _ask(self) -> None:
        if self._asked == QUESTIONS:
            self._end(None)
            return
        self._asked += 1
        self._next = self._reactor.callLater(ASK_AGAIN, self._ask)
        self.transport.write(b"%d" % self._number)

    def _end(self, answer: int | None) -> None:
        self._next = None
        self.transport.stopListening()
        self._answered(answer)
