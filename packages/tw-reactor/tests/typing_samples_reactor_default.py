"""What type checkers make of the default reactor, and of work in threads."""

from typing import assert_type

from twisted.internet import reactor
from twisted.internet.base import DelayedCall
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IConnector,
    IReactorCore,
    IReactorFDSet,
    IReactorSSL,
    IReactorTCP,
    IReactorThreads,
    IReactorTime,
    ITCPListeningPort,
)
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.threads import blockingCallFromThread, deferToThread, deferToThreadPool
from twisted.python.components import Interface


class IReactorTCPTime(IReactorTCP, IReactorTime, Interface):
    """What somebody may ask of a reactor."""


def later(clock: IReactorTime) -> None:
    """Take a clock."""


def both(reactor: IReactorTCPTime) -> None:
    """Take a reactor with time and TCP."""


def add(first: int, second: int, *, name: str = "") -> int:
    """Return a sum."""
    return first + second


async def greeting() -> str:
    """Return a greeting."""
    return "hello"


def theGlobalReactorIsOneOfOurInterfaces() -> None:
    """Pass the module where a reactor is asked for."""
    core: IReactorCore = reactor
    tcp: IReactorTCP = reactor
    ssl: IReactorSSL = reactor
    threads: IReactorThreads = reactor
    descriptors: IReactorFDSet = reactor
    later(reactor)
    both(reactor)
    both(SelectReactor())
    del core, tcp, ssl, threads, descriptors


def theGlobalReactorsCallsAreTyped() -> None:
    """Call the functions of the module."""
    assert_type(reactor.callLater(1.5, add, 1, second=2, name="x"), DelayedCall)
    assert_type(reactor.listenTCP(0, Factory.forProtocol(Protocol)), ITCPListeningPort)
    assert_type(reactor.listenTCP(0, Factory.forProtocol(Protocol)).getHost().port, int)
    assert_type(reactor.connectTCP("localhost", 1, ClientFactory()), IConnector)
    assert_type(reactor.seconds(), float)
    assert_type(reactor.resolve("localhost"), Deferred[str])
    assert_type(reactor.running, bool)
    reactor.callFromThread(add, 1, 2)
    reactor.callWhenRunning(reactor.stop)
    reactor.addSystemEventTrigger("before", "shutdown", add, 1, 2)
    reactor.run()


def resultsOfThreadsKeepTheirTypes() -> None:
    """Work in threads and get results of the right types."""
    assert_type(deferToThread(add, 1, 2), Deferred[int])
    pool = reactor.getThreadPool()
    assert_type(deferToThreadPool(reactor, pool, add, 1, second=2), Deferred[int])
    assert_type(blockingCallFromThread(reactor, add, 1, 2), int)
    assert_type(blockingCallFromThread(reactor, reactor.resolve, "localhost"), str)
    assert_type(blockingCallFromThread(reactor, greeting), str)
