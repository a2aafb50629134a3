"""Each system call of two UDP ports fails once, in every plausible way, and nothing is left open."""

import errno

import pytest

from twisted.internet._pollers import EpollPoller
from twisted.internet.error import CannotListenError, MessageLengthError
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import DatagramProtocol

from .reactor_helpers import discard, turnUntil
from .test_reactor_torture import FaultyReactor, FaultySocket, Torture, faulty, unforeseen

PLAUSIBLE: dict[str, tuple[int, ...]] = {
    "socket": (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EACCES),
    "setsockopt": (errno.ENOBUFS, errno.ENOMEM),
    "bind": (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL, errno.ENOMEM),
    "connect": (errno.ENETUNREACH, errno.EACCES, errno.EAGAIN),
    "getsockname": (errno.ENOBUFS, errno.ENOMEM),
    "send": (
        *(errno.EAGAIN, errno.ECONNREFUSED, errno.ENOBUFS, errno.ENOMEM, errno.EPERM),
        *(errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EMSGSIZE),
    ),
    "sendto": (
        *(errno.EAGAIN, errno.ECONNREFUSED, errno.ENOBUFS, errno.ENOMEM, errno.EPERM),
        *(errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EMSGSIZE),
    ),
    "recvfrom": (errno.EAGAIN, errno.ECONNREFUSED, errno.ENOMEM, errno.EHOSTUNREACH),
    "watch": (errno.ENOSPC, errno.ENOMEM),
}
ROUNDS = 3
"""So often a datagram goes there and back."""

for _name in ("connect", "sendto", "recvfrom"):
    setattr(FaultySocket, _name, faulty(_name))


class Answering(DatagramProtocol):
    """Sends back what it gets."""

    noisy = False

    def __init__(self) -> None:
        self.starts = self.stops = 0

    def startProtocol(self) -> None:
        self.transport.setBroadcastAllowed(True)
        self.starts += 1

    def stopProtocol(self) -> None:
        self.stops += 1

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        try:
            self.transport.write(datagram, addr)
        except (OSError, MessageLengthError):
            # A datagram may be lost.
            pass


class Asking(Answering):
    """Sends again when nothing has come, as who uses UDP has to, and counts the answers."""

    def __init__(self, reactor: FaultyReactor, server: tuple[str, int]) -> None:
        super().__init__()
        self.reactor = reactor
        self.server = server
        self.answers = 0

    def startProtocol(self) -> None:
        self.transport.connect(*self.server)
        self.starts += 1
        self.ask()

    def ask(self) -> None:
        if self.stops == 0 and self.answers < ROUNDS:
            self.reactor.callLater(0.005, self.ask)
            try:
                self.transport.write(b"hello")
            except (OSError, MessageLengthError):
                # A datagram may be lost.
                pass

    def datagramReceived(self, datagram: bytes, addr: tuple[str, int]) -> None:
        self.answers += 1


class Exchange:
    """A server, a client, and what became of them."""

    def __init__(self, torture: Torture) -> None:
        self.torture = torture
        self.reactor = FaultyReactor(EpollPoller(), torture)
        self.protocols: list[Answering] = []
        self.ports: list[IListeningPort] = []
        self.failures: list[Exception] = []

    def hold(self) -> None:
        """Have the whole exchange, and see that nothing is left of it."""
        reactor = self.reactor
        try:
            self._talk()
            for port in self.ports:
                port.stopListening()
            turnUntil(reactor, lambda: not reactor.getDelayedCalls())
            for protocol in self.protocols:
                assert protocol.starts == protocol.stops <= 1
            assert self.failures or len(self.ports) == 2
            assert reactor.getReaders() == []
            assert [skt for skt in self.torture.sockets if skt.fileno() != -1] == []
        finally:
            discard(reactor)
            for skt in self.torture.sockets:
                skt.close()

    def _talk(self) -> None:
        try:
            self._open(Answering())
            host = self.ports[0].getHost()
            client = Asking(self.reactor, (host.host, host.port))  # type: ignore[attr-defined]
            self._open(client)
        except (CannotListenError, OSError) as error:
            self.failures.append(error)
        else:
            turnUntil(self.reactor, lambda: client.answers >= ROUNDS)

    def _open(self, protocol: Answering) -> None:
        self.protocols.append(protocol)
        self.ports.append(self.reactor.listenUDP(0, protocol, interface="127.0.0.1"))


def test_exchange_without_errors_comes_to_its_end() -> None:
    exchange = Exchange(Torture())
    exchange.hold()
    assert exchange.failures == []
    assert set(PLAUSIBLE) == set(exchange.torture.calls)


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_call_that_fails_once_leaves_nothing_open(name: str) -> None:
    plain = Torture()
    Exchange(plain).hold()
    problems: list[str] = []
    for at, called in enumerate(plain.calls):
        if called != name:
            continue
        for number in PLAUSIBLE[name]:
            with unforeseen() as unexpected:
                try:
                    Exchange(Torture(at, number)).hold()
                except Exception as error:
                    unexpected.append(repr(error))
            case = f"call {at}, {name}, fails with {errno.errorcode[number]}"
            problems += [f"{case}: {one}" for one in unexpected]
    assert problems == []
