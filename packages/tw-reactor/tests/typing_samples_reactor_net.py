"""What a type checker knows of endpoints, time and test helpers; read by mypy and pyright."""

from collections.abc import Iterator
from typing import assert_type

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP4ServerEndpoint,
    connectProtocol,
    serverFromString,
)
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IDelayedCall,
    IListeningPort,
    IProtocol,
    IReactorCore,
    IReactorTCP,
    IReactorTime,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
    ITCPTransport,
    ITransport,
)
from twisted.internet.protocol import ClientCreator, Factory, Protocol
from twisted.internet.task import (
    Clock,
    CooperativeTask,
    LoopingCall,
    cooperate,
    deferLater,
)
from twisted.internet.testing import (
    LoopbackTransport,
    MemoryReactor,
    MemoryReactorClock,
    StringTransport,
)


class Echo(Protocol):
    """A protocol as users write them, over TCP."""

    transport: ITCPTransport  # pyright: ignore[reportIncompatibleVariableOverride]

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)
        self.transport.abortConnection()


def endpoints(reactor: MemoryReactorClock, factory: Factory) -> None:
    assert_type(TCP4ServerEndpoint(reactor, 80).listen(factory), Deferred[IListeningPort])
    assert_type(TCP4ClientEndpoint(reactor, "h", 80).connect(factory), Deferred[IProtocol])
    assert_type(connectProtocol(HostnameEndpoint(reactor, "h", 80), Echo()), Deferred[Echo])
    assert_type(serverFromString(reactor, "tcp:80"), IStreamServerEndpoint)
    assert_type(ClientCreator(reactor, Echo).connectTCP("h", 80), Deferred[Echo])


def endpointsProvide(
    client: HostnameEndpoint, server: TCP4ServerEndpoint
) -> tuple[IStreamClientEndpoint, IStreamServerEndpoint]:
    return client, server


def add(one: int, other: int) -> int:
    return one + other


async def addLater(one: int, other: int) -> int:
    return one + other


def addDeferred(one: int, other: int) -> Deferred[int]:
    return Deferred()


def time(clock: IReactorTime, steps: Iterator[None]) -> None:
    assert_type(clock.callLater(1, add, 2, 3), IDelayedCall)
    assert_type(deferLater(clock, 1), Deferred[None])
    assert_type(deferLater(clock, 1, add, 2, 3), Deferred[int])
    assert_type(deferLater(clock, 1, addLater, 2, other=3), Deferred[int])
    assert_type(deferLater(clock, 1, addDeferred, 2, 3), Deferred[int])
    assert_type(LoopingCall(add, 1, 2).start(1), Deferred[LoopingCall])
    assert_type(cooperate(steps), CooperativeTask[Iterator[None]])
    assert_type(cooperate(steps).whenDone(), Deferred[Iterator[None]])


def memoryProvides(
    clock: Clock, both: MemoryReactorClock, reactor: MemoryReactor, transport: StringTransport
) -> tuple[IReactorTime, IReactorTime, IReactorTCP, IReactorCore, ITransport, IConsumer]:
    return clock, both, reactor, reactor, transport, transport


def tcpAddressesHaveHostAndPort(
    reactor: IReactorTCP, transport: ITCPTransport, factory: Factory
) -> None:
    assert_type(reactor.listenTCP(0, factory).getHost().port, int)
    assert_type(transport.getPeer().host, str)
    assert_type(transport.getHost().port, int)


def loopbackProvides(transport: LoopbackTransport) -> tuple[ITCPTransport, IConsumer, IAddress]:
    return transport, transport, transport.getPeer()
