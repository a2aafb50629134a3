"""strports: listening where a string says."""

import sys

import pytest

from twisted.application import strports
from twisted.application.internet import StreamServerEndpointService
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactor


def quiet() -> Factory:
    factory: Factory = Factory()
    factory.noisy = False
    return factory


def test_service_listens_where_the_description_says() -> None:
    reactor, factory = MemoryReactor(), quiet()
    service = strports.service("tcp:8080:interface=127.0.0.1", factory, reactor)
    assert isinstance(service, StreamServerEndpointService)
    assert service.factory is factory
    assert reactor.tcpServers == []
    service.startService()
    port, _, _, interface = reactor.tcpServers[0]
    assert (port, interface) == (8080, "127.0.0.1")


def test_description_that_makes_no_sense_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="ftp"):
        strports.service("ftp:21", quiet(), MemoryReactor())


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> MemoryReactor:
    """A reactor in memory in the place of the default one."""
    reactor = MemoryReactor()
    monkeypatch.setitem(sys.modules, "twisted.internet.reactor", reactor)
    return reactor


def test_default_reactor_is_used_unless_one_is_given(memory: MemoryReactor) -> None:
    strports.service("tcp:8080", quiet()).startService()
    assert len(memory.tcpServers) == 1


def test_listen_returns_the_port(memory: MemoryReactor) -> None:
    port = strports.listen("tcp:8080:interface=127.0.0.1", quiet())
    assert "8080" in str(port.getHost())


def test_listen_raises_what_the_endpoint_fails_with(
    memory: MemoryReactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*arguments: object, **keywords: object) -> None:
        raise CannotListenError("", 8080, OSError(98, "Address already in use"))

    monkeypatch.setattr(memory, "listenTCP", taken)
    with pytest.raises(CannotListenError):
        strports.listen("tcp:8080", quiet())


def test_listen_refuses_an_endpoint_that_needs_time(
    memory: MemoryReactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
            return Deferred()

    def slow(*arguments: object) -> Slow:
        return Slow()

    monkeypatch.setattr(strports, "serverFromString", slow)
    with pytest.raises(RuntimeError, match=r"use strports\.service"):
        strports.listen("slow:1", quiet())
