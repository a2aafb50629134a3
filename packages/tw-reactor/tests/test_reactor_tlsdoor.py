"""The door to TLS: its error where tw-tls is missing, and what it calls where it is there."""

import sys
from types import ModuleType

import pytest

from twisted.internet import _tlsdoor
from twisted.internet._tlsdoor import ROOM, tlsIsThere, tlsRoom
from twisted.internet.interfaces import IReactorSSL
from twisted.internet.protocol import ClientFactory, ServerFactory
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.tcp import Connection
from twisted.python.components import provides, verifyObject

from .reactor_helpers import Pair, discard
from .reactor_processes import run


class Options:
    """What says how TLS is to be spoken; nothing looks at it here."""

    def getContext(self) -> object:
        return self


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """tw-tls is not installed."""
    monkeypatch.setattr(_tlsdoor, "find_spec", lambda name: None)


class Room(ModuleType):
    """What tw-tls would have."""

    def __init__(self) -> None:
        super().__init__(ROOM)
        self.calls: list[tuple[object, ...]] = []

    def listenSSL(self, *arguments: object) -> str:
        self.calls.append(arguments)
        return "port"

    def startTLS(self, *arguments: object) -> None:
        self.calls.append(arguments)

    def connectSSL(self, *arguments: object) -> str:
        self.calls.append(arguments)
        return "connector"


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    """tw-tls is installed."""
    made = Room()
    monkeypatch.setattr(_tlsdoor, "find_spec", lambda name: object())
    monkeypatch.setitem(sys.modules, ROOM, made)
    return made


@pytest.mark.usefixtures("without")
def test_without_tls_the_error_says_what_to_install() -> None:
    assert not tlsIsThere()
    with pytest.raises(ImportError, match="pip install tw-tls") as raised:
        tlsRoom()
    assert raised.value.name == ROOM


@pytest.mark.usefixtures("without")
def test_without_tls_a_reactor_does_not_promise_it() -> None:
    reactor = SelectReactor()
    assert not provides(IReactorSSL, reactor)
    with pytest.raises(ImportError, match="pip install tw-tls"):
        reactor.listenSSL(0, ServerFactory(), Options())  # type: ignore[arg-type]
    with pytest.raises(ImportError, match="pip install tw-tls"):
        reactor.connectSSL("localhost", 1, ClientFactory(), Options())  # type: ignore[arg-type]
    reactor.close()


def test_without_the_package_of_protocols_there_is_no_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    def findSpec(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(_tlsdoor, "find_spec", findSpec)
    assert not tlsIsThere()


def test_with_tls_a_reactor_promises_it(room: Room) -> None:
    reactor = SelectReactor()
    assert verifyObject(IReactorSSL, reactor)
    reactor.close()


def test_with_tls_the_calls_go_through_the_door(room: Room) -> None:
    reactor, factory, client, options = SelectReactor(), ServerFactory(), ClientFactory(), Options()
    port: object = reactor.listenSSL(7, factory, options, 5, "::1")  # type: ignore[arg-type]
    connector: object = reactor.connectSSL("host", 8, client, options, 9, "::1")  # type: ignore[arg-type]
    assert (port, connector) == ("port", "connector")
    assert room.calls == [
        (reactor, 7, factory, options, 5, "::1"),
        (reactor, "host", 8, client, options, 9, "::1"),
    ]
    reactor.close()


@pytest.mark.parametrize("normal", [True, False])
def test_with_tls_a_connection_can_start_it(room: Room, normal: bool) -> None:
    reactor, options = SelectReactor(), Options()
    pair = Pair(reactor)
    for transport, isClient in ((pair.server.transport, False), (pair.client.transport, True)):
        assert isinstance(transport, Connection)
        transport.startTLS(options, normal)  # type: ignore[arg-type]
        assert room.calls.pop() == (transport, options, isClient is normal)
    discard(reactor)


@pytest.mark.usefixtures("without")
def test_without_tls_a_connection_says_what_to_install() -> None:
    reactor = SelectReactor()
    pair = Pair(reactor)
    assert isinstance(pair.server.transport, Connection)
    with pytest.raises(ImportError, match="pip install tw-tls"):
        pair.server.transport.startTLS(Options())  # type: ignore[arg-type]
    discard(reactor)


def test_whether_transports_promise_tls_is_known_with_the_first_reactor() -> None:
    assert (
        run(
            """
            from twisted.internet import _tlsdoor, _pollingreactor
            from twisted.internet.interfaces import ITLSTransport
            from twisted.internet.selectreactor import SelectReactor
            from twisted.internet.tcp import Client, Server
            _pollingreactor.tlsIsThere = lambda: False
            SelectReactor().close()
            print(ITLSTransport.implementedBy(Server))
            _pollingreactor.tlsIsThere = lambda: True
            SelectReactor().close()
            print(ITLSTransport.implementedBy(Server), ITLSTransport.implementedBy(Client))
            """
        )
        == "False\nTrue True\n"
    )
