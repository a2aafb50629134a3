"""Each system call on the path of a TCP server and its client fails once, in every plausible way.

A conversation is held over sockets that count their calls. It is held again for each of the calls
and each error that this call may have, and whatever the error does to the conversation: everybody
hears of its end once, all Deferreds fire, and no socket, timer or watched descriptor is left.
"""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar, cast

import pytest

from twisted.internet._pollers import EpollPoller, PollPoller
from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._sockets import _streamport
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IHalfCloseableProtocol, IListeningPort, IPushProducer
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import classImplements
from twisted.python.failure import Failure

from .reactor_helpers import Recorder, RecordingServer, discard, turnUntil

_R = TypeVar("_R")

PAYLOAD = bytes(range(256)) * 160
SMALL_BUFFER = 4096
"""So small that the payload does not go in one call; accepted sockets inherit it."""

PLAUSIBLE: dict[str, tuple[int, ...]] = {
    "socket": (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EACCES),
    "setblocking": (errno.ENOMEM,),
    "setsockopt": (errno.ENOBUFS, errno.ENOMEM, errno.EINVAL, errno.ENOPROTOOPT),
    "getsockopt": (errno.ENOBUFS, errno.ENOMEM),
    "getsockname": (errno.ENOBUFS, errno.ENOMEM),
    "getpeername": (errno.ENOBUFS, errno.ENOTCONN, errno.EINVAL),
    "bind": (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL, errno.ENOMEM),
    "listen": (errno.EADDRINUSE, errno.EOPNOTSUPP),
    "accept": (
        *(errno.EAGAIN, errno.ECONNABORTED, errno.EPERM, errno.EPROTO, errno.ENETDOWN),
        *(errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM),
    ),
    "connect_ex": (
        *(errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ETIMEDOUT),
        *(errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM, errno.ENOBUFS, errno.EAGAIN),
    ),
    "send": (
        *(errno.EAGAIN, errno.EPIPE, errno.ECONNRESET, errno.ETIMEDOUT, errno.EHOSTUNREACH),
        *(errno.ENOBUFS, errno.ENOMEM),
    ),
    "recv": (errno.EAGAIN, errno.ECONNRESET, errno.ETIMEDOUT, errno.ENOMEM, errno.EHOSTUNREACH),
    "shutdown": (errno.ENOTCONN, errno.ECONNRESET),
    "watch": (errno.ENOSPC, errno.ENOMEM),
}


class Torture:
    """Counts the calls, and lets one of them fail.

    Attributes:
        calls: The names of the calls that were made.
        sockets: The sockets that were made.
    """

    def __init__(self, at: int = -1, number: int = 0) -> None:
        self._at = at
        self._number = number
        self.calls: list[str] = []
        self.sockets: list[FaultySocket] = []

    def call(self, name: str) -> None:
        """Note a call; fails if it is its turn."""
        self.calls.append(name)
        if len(self.calls) - 1 == self._at:
            raise OSError(self._number, os.strerror(self._number))


class FaultySocket(socket.socket):
    """A socket whose calls may fail."""

    torture: Torture

    def accept(self) -> tuple[socket.socket, object]:
        self.torture.call("accept")
        fd, name = self._accept()  # type: ignore[attr-defined]  # as socket.accept does it
        return self._made(fd), name

    def _made(self, fd: int) -> socket.socket:
        accepted = FaultySocket(self.family, self.type, fileno=fd)
        accepted.torture = self.torture
        self.torture.sockets.append(accepted)
        return accepted

    def connect_ex(self, address: object) -> int:
        try:
            self.torture.call("connect_ex")
        except OSError as error:
            return error.errno or 0
        return super().connect_ex(address)  # type: ignore[arg-type]


def faulty(name: str) -> object:
    """Return a method that calls the original one, unless it is its turn to fail."""
    original = getattr(socket.socket, name)

    def method(self: FaultySocket, *args: object) -> object:
        self.torture.call(name)
        return original(self, *args)

    return method


for _name in PLAUSIBLE:
    if _name not in ("socket", "watch", "accept", "connect_ex"):
        setattr(FaultySocket, _name, faulty(_name))


class FaultyReactor(PollingReactor):
    """A reactor over such sockets, and a poller that may fail too."""

    def __init__(self, poller: EpollPoller | PollPoller, torture: Torture) -> None:
        super().__init__(poller)
        self._torture = torture
        watch = poller.watch

        def mayFail(fd: int, events: int) -> None:
            if events:
                torture.call("watch")
            watch(fd, events)

        poller.watch = mayFail  # type: ignore[method-assign]

    def makeSocket(self, family: int, kind: int) -> socket.socket:
        self._torture.call("socket")
        made = FaultySocket(family, kind)
        made.torture = self._torture
        socket.socket.setsockopt(made, socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        self._torture.sockets.append(made)
        return made


class HalfCloseable(Recorder):
    """A server that pauses once, and answers what it got when the client sends no more."""

    def dataReceived(self, data: bytes) -> None:
        if not self.received:
            producer = cast(IPushProducer, self.transport)
            producer.pauseProducing()
            self.transport.reactor.callLater(0, producer.resumeProducing)  # type: ignore[attr-defined]
        super().dataReceived(data)

    def readConnectionLost(self) -> None:
        self.transport.write(self.received)
        self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        pass


class HalfClosing(Recorder):
    """A client that writes a lot, sends no more, and waits for the answer."""

    def connectionMade(self) -> None:
        super().connectionMade()
        with suppress(OSError):
            self.transport.setTcpKeepAlive(True)
        self.transport.write(PAYLOAD)
        self.transport.loseWriteConnection()

    def readConnectionLost(self) -> None:
        self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        pass


classImplements(HalfCloseable, IHalfCloseableProtocol)
classImplements(HalfClosing, IHalfCloseableProtocol)


class Conversation:
    """A server, a client, and what became of them."""

    def __init__(self, poller: type[EpollPoller | PollPoller], torture: Torture) -> None:
        self.torture = torture
        self.reactor = FaultyReactor(poller(), torture)
        self.server = RecordingServer(HalfCloseable)
        self.client = RecordingServer(HalfClosing)
        self.failures: list[Failure] = []

    def hold(self) -> None:
        """Have the whole conversation, and see that nothing is left of it."""
        reactor = self.reactor
        try:
            listening = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(self.server)
            for port in self._wait(listening):
                self._talk(port)
            self._seeThatNothingIsLeft()
        finally:
            discard(reactor)
            for skt in self.torture.sockets:
                skt.close()

    def _talk(self, port: IListeningPort) -> None:
        number = self._numberOf(port)
        if number is not None:
            endpoint = TCP4ClientEndpoint(self.reactor, "127.0.0.1", number, timeout=5)
            self._wait(endpoint.connect(self.client))
        turnUntil(self.reactor, self._isOver)
        stopping = port.stopListening()
        assert stopping is not None
        self._wait(stopping)

    def _numberOf(self, port: IListeningPort) -> int | None:
        try:
            return int(port.getHost().port)  # type: ignore[attr-defined]
        except OSError:
            # It was us who asked for the address.
            self.failures.append(Failure())
            return None

    def _wait(self, deferred: Deferred[_R]) -> list[_R]:
        """Wait until a Deferred has fired; return its result, or nothing if it failed."""
        fired: list[object] = []
        results: list[_R] = []
        deferred.addCallbacks(results.append, self.failures.append).addCallback(fired.append)
        turnUntil(self.reactor, lambda: fired)
        return results

    def _isOver(self) -> bool:
        """Return whether everybody who was connected has heard of the end."""
        if len(self.reactor.openTransports) > 0:
            return False
        return all(one.lost for one in self.everybody if one.made)

    @property
    def everybody(self) -> list[Recorder]:
        return self.server.built + self.client.built

    def _seeThatNothingIsLeft(self) -> None:
        for one in self.everybody:
            assert len(one.lost) == one.made <= 1
        # Who was to be connected and is not heard of was told why.
        assert self.failures or self.client.built
        assert [*self.reactor.getReaders(), *self.reactor.getWriters()] == []
        assert self.reactor.getDelayedCalls() == []
        assert not self.reactor.openTransports
        assert [skt for skt in self.torture.sockets if skt.fileno() != -1] == []


@contextmanager
def unforeseen() -> Iterator[list[str]]:
    """Give what is logged as an error that nobody was prepared for."""
    found: list[str] = []

    def observe(event: LogEvent) -> None:
        if "log_failure" in event:
            found.append(f"{event['log_format']}: {event['log_failure'].getTraceback()}")

    globalLogPublisher.addObserver(observe)
    try:
        yield found
    finally:
        globalLogPublisher.removeObserver(observe)


@pytest.mark.parametrize("poller", [EpollPoller, PollPoller], ids=["epoll", "poll"])
def test_conversation_without_errors_comes_to_its_end(
    poller: type[EpollPoller | PollPoller],
) -> None:
    conversation = Conversation(poller, Torture())
    conversation.hold()
    assert conversation.failures == []
    assert conversation.client.built[0].received == PAYLOAD
    assert set(PLAUSIBLE) == set(conversation.torture.calls)


@pytest.mark.parametrize(
    ("poller", "name"),
    # What poll does otherwise is watching.
    [*((EpollPoller, name) for name in PLAUSIBLE), (PollPoller, "watch")],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_call_that_fails_once_leaves_nothing_open(
    poller: type[EpollPoller | PollPoller], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_streamport, "RETRY_AFTER", 0.001)
    plain = Torture()
    Conversation(poller, plain).hold()
    problems: list[str] = []
    for at, called in enumerate(plain.calls):
        if called != name:
            continue
        for number in PLAUSIBLE[name]:
            with unforeseen() as unexpected:
                try:
                    Conversation(poller, Torture(at, number)).hold()
                except Exception as error:
                    unexpected.append(repr(error))
            case = f"call {at}, {name}, fails with {errno.errorcode[number]}"
            problems += [f"{case}: {one}" for one in unexpected]
    assert problems == []
