"""Commands and peers that the tests of AMP share, and a look at what a Deferred has."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.testing import EventLoggingObserver, Loopback
from twisted.logger import globalLogPublisher
from twisted.protocols.amp import AMP, AmpBox, Command, Integer, IResponderLocator, Unicode
from twisted.python.failure import Failure

T = TypeVar("T")


class TooBig(Exception):
    """An error that the command lists."""


class Forbidden(Exception):
    """A fatal error that the command lists."""


class Sum(Command):
    """Adds two numbers."""

    arguments = [("a", Integer()), ("b", Integer())]
    response = [("total", Integer())]
    errors = {TooBig: "TOO_BIG"}
    fatalErrors = {Forbidden: "FORBIDDEN"}


class Tell(Command):
    """Wants no answer."""

    arguments = [("text", Unicode())]
    requiresAnswer = False


class Adder(AMP):
    """Answers both, or does as it is told."""

    def __init__(self, locator: IResponderLocator | None = None) -> None:
        super().__init__(locator=locator)
        self.told: list[str] = []
        self.inWork: list[Deferred[dict[str, int]]] = []
        self.answer: Callable[[int, int], Any] = lambda a, b: {"total": a + b}

    @Sum.responder
    def add(self, a: int, b: int) -> Any:
        return self.answer(a, b)

    @Tell.responder
    def tell(self, text: str) -> dict[str, Any]:
        self.told.append(text)
        if text == "fail":
            raise RuntimeError("it failed")
        return {}

    def later(self, a: int, b: int) -> Deferred[dict[str, int]]:
        """Answer when the test says so."""
        deferred: Deferred[dict[str, int]] = Deferred()
        self.inWork.append(deferred)
        return deferred


class Pair:
    """Two peers that are connected in memory."""

    def __init__(self, server: AMP | None = None, client: AMP | None = None) -> None:
        self.server = Adder() if server is None else server
        self.client = AMP() if client is None else client
        self.loopback = Loopback(self.server, self.client)
        self.turn()

    def turn(self) -> None:
        """Let all that was written arrive, and what is answered to it."""
        for _ in range(20):
            self.loopback.turn()

    @property
    def open(self) -> bool:
        """Whether both ends are connected."""
        return self.loopback.server.connected and self.loopback.client.connected


def results(deferred: Deferred[T] | None) -> list[T | Failure]:
    """Return a list that gets the result of a Deferred."""
    found: list[T | Failure] = []
    assert deferred is not None
    deferred.addBoth(found.append)
    return found


def failed(found: list[T | Failure]) -> Exception:
    """Return the exception that is the only result."""
    (failure,) = found
    assert isinstance(failure, Failure)
    assert isinstance(failure.value, Exception)
    return failure.value


def box(**pairs: bytes) -> bytes:
    """Return a box as it goes over the wire."""
    return AmpBox(**pairs).serialize()


@contextmanager
def logged() -> Iterator[EventLoggingObserver]:
    """Observe what is logged."""
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        yield observer
    finally:
        globalLogPublisher.removeObserver(observer)
