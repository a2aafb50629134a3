"""A pair of brokers in memory, and a look at what a Deferred has."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.testing import EventLoggingObserver, Loopback
from twisted.logger import globalLogPublisher
from twisted.python.failure import Failure
from twisted.spread import pb


class Pair:
    """A server and a client that are connected in memory."""

    def __init__(self, root: Any, **keywords: Any) -> None:
        self.serverFactory = pb.PBServerFactory(root, **keywords)
        self.factory = pb.PBClientFactory(**keywords)
        self.connect()

    def connect(self) -> None:
        """Make a connection."""
        self.server = self.serverFactory.buildProtocol(None)
        self.client = self.factory.buildProtocol(None)
        self.loopback = Loopback(self.server, self.client)
        self.turn()

    def turn(self) -> None:
        """Let all that was written arrive, and what is answered to it."""
        for _ in range(20):
            self.loopback.turn()

    @property
    def root(self) -> pb.RemoteReference:
        """What the client gets first."""
        found = results(self.factory.getRootObject())
        assert isinstance(found[0], pb.RemoteReference)
        return found[0]

    def call(self, reference: Any, name: str, /, *args: Any, **kw: Any) -> Any:
        """Call something, and return the result."""
        (result,) = self.outcome(reference, name, *args, **kw)
        assert not isinstance(result, Failure), result
        return result

    def fails(self, reference: Any, name: str, /, *args: Any, **kw: Any) -> Any:
        """Call something, and return how it fails."""
        (result,) = self.outcome(reference, name, *args, **kw)
        assert isinstance(result, Failure), result
        return result

    def outcome(self, reference: Any, name: str, /, *args: Any, **kw: Any) -> list[Any]:
        """Call something, and return a list of what became of it."""
        found = results(reference.callRemote(name, *args, **kw))
        self.turn()
        return found

    def lose(self) -> None:
        """Break the connection."""
        self.loopback.client.abortConnection()
        self.turn()

    @property
    def open(self) -> bool:
        """Whether both ends are connected."""
        return self.loopback.server.connected and self.loopback.client.connected


def results(deferred: Deferred[Any]) -> list[Any]:
    """Return a list that gets the result of a Deferred."""
    found: list[Any] = []
    deferred.addBoth(found.append)
    return found


@contextmanager
def logged() -> Iterator[EventLoggingObserver]:
    """Observe what is logged."""
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        yield observer
    finally:
        globalLogPublisher.removeObserver(observer)
