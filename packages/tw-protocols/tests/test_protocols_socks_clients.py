"""Endpoints that connect through a proxy: over real connections, and against proxies that misbehave."""

from pathlib import Path
from typing import cast

import pytest

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.internet.address import HostnameAddress, IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, clientFromString
from twisted.internet.error import (
    ConnectError,
    ConnectingCancelledError,
    ConnectionAborted,
    ConnectionRefusedError,
    DNSLookupError,
    NoProtocol,
    TimeoutError,
)
from twisted.internet.interfaces import (
    IAddress,
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.plugin import getPlugins
from twisted.protocols.policies import WrappingFactory
from twisted.protocols.socks import (
    SOCKS4aClientEndpoint,
    SOCKS4ClientEndpoint,
    SOCKS5ClientEndpoint,
    SOCKSConnectionRefusedError,
    SOCKSError,
    SOCKSLoginError,
    SOCKSv4Factory,
    SOCKSv5Factory,
    allowLocalClients,
)
from twisted.protocols.socks._messages5 import reply5
from twisted.python.components import implementer, verifyObject
from twisted.python.failure import Failure

from .proxy_helpers import Bench, Keeping, Witness, bench, closedPort

__all__ = ["bench"]

KINDS = ["4", "4a", "5", "5 with a password"]


class Proxied:
    """A proxy, a target, and endpoints that lead through the one to the other."""

    def __init__(self, bench: Bench, kind: str) -> None:
        self.bench = bench
        self.kind = kind
        self.targets = Keeping()
        self.port = bench.listen(self.targets)
        checker = InMemoryUsernamePasswordDatabaseDontUse(me=b"secret")
        factory: Factory[IProtocol]
        if kind.startswith("4"):
            factory = SOCKSv4Factory(None, allowLocalClients, bench.reactor)
        elif kind == "5":
            factory = SOCKSv5Factory(allowLocalClients, None, bench.reactor)
        else:
            factory = SOCKSv5Factory(None, checker, bench.reactor)
        factory.noisy = False
        self.proxy = TCP4ClientEndpoint(bench.reactor, "127.0.0.1", bench.listen(factory))

    def endpoint(self, host: str, port: int) -> IStreamClientEndpoint:
        match self.kind:
            case "4":
                return SOCKS4ClientEndpoint(self.bench.reactor, self.proxy, host, port, "me")
            case "4a":
                return SOCKS4aClientEndpoint(self.proxy, host, port)
            case "5":
                return SOCKS5ClientEndpoint(self.proxy, host, port)
        return SOCKS5ClientEndpoint(self.proxy, host, port, "me", "secret")

    def connect(self, host: str = "127.0.0.1", port: int | None = None) -> Keeping:
        keeping = Keeping()
        result = outcome(self.bench, self.endpoint(host, port or self.port), keeping)
        assert result is keeping.built[0]
        self.bench.until(lambda: self.targets.built and self.targets.built[0].connected)
        return keeping

    @property
    def target(self) -> Witness:
        return self.targets.built[0]


def outcome(bench: Bench, endpoint: IStreamClientEndpoint, factory: IProtocolFactory) -> object:
    """Return what comes of connecting."""
    results: list[object] = []
    endpoint.connect(factory).addBoth(results.append)
    bench.until(lambda: results)
    return results[0]


def failure(bench: Bench, endpoint: IStreamClientEndpoint) -> Exception:
    """Return the error of connecting."""
    result = outcome(bench, endpoint, Keeping())
    assert isinstance(result, Failure)
    return cast(Exception, result.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("kind", KINDS)
def test_bytes_go_both_ways(bench: Bench, kind: str, host: str) -> None:
    proxied = Proxied(bench, kind)
    (client,) = proxied.connect(host).built
    client.transport.write(b"question")
    proxied.target.transport.write(b"answer")

    bench.until(lambda: (client.received, proxied.target.received) == (b"answer", b"question"))


def test_factory_is_told_where_the_connection_leads_to(bench: Bench) -> None:
    proxied = Proxied(bench, "5")
    assert proxied.connect().addresses == [IPv4Address("TCP", "127.0.0.1", proxied.port)]
    named = proxied.connect("localhost")
    assert named.addresses == [HostnameAddress(b"localhost", proxied.port)]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stands_between_the_transport_and_the_protocol(bench: Bench, kind: str) -> None:
    (client,) = Proxied(bench, kind).connect().built
    assert client.transport.protocol is client  # type: ignore[attr-defined]


def test_half_closing_works_through_the_proxy(bench: Bench) -> None:
    proxied = Proxied(bench, "5")
    (client,) = proxied.connect().built
    client.transport.loseWriteConnection()
    bench.until(lambda: proxied.target.ended)
    proxied.target.transport.write(b"answer")
    proxied.target.transport.loseConnection()
    bench.until(lambda: client.reasons)
    assert client.received == b"answer"


@pytest.mark.parametrize(
    ("kind", "error"),
    [("4", SOCKSError), ("4a", SOCKSError), ("5", SOCKSConnectionRefusedError)],
)
def test_proxy_tells_why_it_makes_no_connection(
    bench: Bench, kind: str, error: type[Exception]
) -> None:
    proxied = Proxied(bench, kind)
    found = failure(bench, proxied.endpoint("127.0.0.1", closedPort()))
    assert type(found) is error
    assert isinstance(found, ConnectError)
    assert isinstance(found, ConnectionRefusedError) is (kind == "5")


@pytest.mark.parametrize("credentials", [(), ("me", "wrong"), ("you", "secret")])
def test_proxy_lets_nobody_in_who_cannot_log_in(bench: Bench, credentials: tuple[str, str]) -> None:
    proxied = Proxied(bench, "5 with a password")
    endpoint = SOCKS5ClientEndpoint(proxied.proxy, "127.0.0.1", proxied.port, *credentials)
    assert type(failure(bench, endpoint)) is SOCKSLoginError


def test_proxy_that_cannot_be_reached(bench: Bench) -> None:
    nowhere = TCP4ClientEndpoint(bench.reactor, "127.0.0.1", closedPort())
    found = failure(bench, SOCKS5ClientEndpoint(nowhere, "127.0.0.1", 80))
    assert type(found) is ConnectionRefusedError


def test_name_that_is_looked_up_here_and_has_no_address(bench: Bench) -> None:
    proxied = Proxied(bench, "4")
    assert type(failure(bench, proxied.endpoint("example.com", 80))) is DNSLookupError


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "it speaks no SOCKS of this kind"),
        (b"", "it closed the connection"),
        (b"\5", "it closed the connection"),
    ],
)
def test_proxy_that_speaks_something_else(bench: Bench, said: bytes, why: str) -> None:
    class Other(Protocol):
        def dataReceived(self, data: bytes) -> None:
            self.transport.write(said)
            self.transport.loseConnection()

    factory = cast("Factory[IProtocol]", Factory.forProtocol(Other))
    factory.noisy = False
    proxy = TCP4ClientEndpoint(bench.reactor, "127.0.0.1", bench.listen(factory))
    found = failure(bench, SOCKS5ClientEndpoint(proxy, "127.0.0.1", 80))
    assert type(found) is SOCKSError
    assert why in str(found)


# In memory


@implementer(IStreamClientEndpoint)
class MemoryEndpoint:
    """Leads to a proxy that the test plays."""

    def __init__(self, transport: StringTransport | None = None) -> None:
        self.transport = transport or StringTransport()
        self.cancelled = False
        self.connecting: Deferred[IProtocol] = Deferred(self._cancel)

    def _cancel(self, connecting: object) -> None:
        self.cancelled = True

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        self.factory = protocolFactory
        return self.connecting

    def succeed(self) -> IProtocol:
        """Let the proxy be reached."""
        protocol = self.factory.buildProtocol(IPv4Address("TCP", "192.0.2.1", 1080))
        assert protocol is not None
        self.transport.protocol = protocol  # type: ignore[attr-defined]
        protocol.makeConnection(self.transport)
        self.connecting.callback(protocol)
        return protocol


class Attempt:
    """An attempt to connect through such a proxy."""

    def __init__(
        self,
        factory: IProtocolFactory | None = None,
    ) -> None:
        self.clock = Clock()
        self.proxy = MemoryEndpoint()
        self.factory = factory or Keeping()
        self.results: list[object] = []
        endpoint = SOCKS5ClientEndpoint(self.proxy, "192.0.2.9", 80, timeout=7, clock=self.clock)
        self.connected = endpoint.connect(self.factory)
        self.connected.addBoth(self.results.append)

    def error(self) -> type[BaseException]:
        (found,) = self.results
        assert isinstance(found, Failure)
        assert self.clock.getDelayedCalls() == []
        return type(found.value)


DONE = b"\5\0" + reply5(0)


def test_what_came_with_the_reply_is_delivered_after_the_deferred_fired() -> None:
    keeping = Keeping()
    attempt = Attempt(keeping)
    negotiating = attempt.proxy.succeed()
    negotiating.dataReceived(DONE + b"hello")

    assert attempt.results == keeping.built
    assert keeping.built[0].received == b"hello"
    assert attempt.clock.getDelayedCalls() == []


def test_proxy_that_does_not_answer_in_time() -> None:
    attempt = Attempt()
    attempt.proxy.succeed()
    attempt.clock.advance(6.9)
    assert attempt.results == []
    attempt.clock.advance(0.1)
    assert attempt.error() is TimeoutError
    assert attempt.proxy.transport.disconnected


def test_cancelling_before_the_proxy_is_reached() -> None:
    attempt = Attempt()
    attempt.connected.cancel()
    assert attempt.error() is ConnectingCancelledError
    assert attempt.proxy.cancelled


def test_cancelling_while_the_proxy_connects() -> None:
    attempt = Attempt()
    negotiating = attempt.proxy.succeed()
    attempt.connected.cancel()
    assert attempt.error() is ConnectingCancelledError
    assert attempt.proxy.transport.disconnected
    # What comes all the same concerns nobody.
    negotiating.dataReceived(DONE)
    negotiating.connectionLost(Failure(ConnectionAborted()))


def test_factory_that_builds_nothing() -> None:
    class Refusing(Keeping):
        def buildProtocol(self, addr: IAddress | None) -> None:  # type: ignore[override]
            return None

    attempt = Attempt(Refusing())
    attempt.proxy.succeed().dataReceived(DONE)
    assert attempt.error() is NoProtocol
    assert attempt.proxy.transport.disconnected


def test_factory_that_fails() -> None:
    class Failing(Keeping):
        def buildProtocol(self, addr: IAddress | None) -> Protocol:
            raise ZeroDivisionError

    attempt = Attempt(Failing())
    attempt.proxy.succeed().dataReceived(DONE)
    assert attempt.error() is ZeroDivisionError


def test_factory_is_started_and_stopped_with_the_connection() -> None:
    keeping = Keeping()
    attempt = Attempt(keeping)
    attempt.proxy.factory.doStart()
    assert keeping.numPorts == 1
    attempt.proxy.factory.doStop()
    assert keeping.numPorts == 0


def test_transport_without_a_place_for_the_protocol_is_served_too() -> None:
    keeping = Keeping()
    attempt = Attempt(keeping)
    negotiating = attempt.proxy.succeed()
    del attempt.proxy.transport.protocol  # type: ignore[attr-defined]
    negotiating.dataReceived(DONE)
    negotiating.dataReceived(b"hello")
    negotiating.readConnectionLost()  # type: ignore[attr-defined]
    negotiating.writeConnectionLost()  # type: ignore[attr-defined]
    reason = Failure(ConnectionAborted())
    negotiating.connectionLost(reason)

    (client,) = keeping.built
    assert (client.received, client.ended, client.reasons) == (b"hello", True, [reason])


def test_endpoints_can_be_wrapped(bench: Bench) -> None:
    proxied = Proxied(bench, "5")
    keeping = Keeping()
    outcome(bench, proxied.endpoint("127.0.0.1", proxied.port), WrappingFactory(keeping))
    keeping.built[0].transport.write(b"hello")
    bench.until(lambda: proxied.targets.built and proxied.target.received == b"hello")


# What can't be asked for


def test_ipv6_takes_version_5() -> None:
    with pytest.raises(ValueError, match="use SOCKS 5"):
        SOCKS4aClientEndpoint(MemoryEndpoint(), "2001:db8::1", 80)
    SOCKS5ClientEndpoint(MemoryEndpoint(), "2001:db8::1", 80)


@pytest.mark.parametrize("credentials", [("me", None), (None, "secret")])
def test_name_and_password_go_together(credentials: tuple[str | None, str | None]) -> None:
    with pytest.raises(ValueError, match="takes a password"):
        SOCKS5ClientEndpoint(MemoryEndpoint(), "example.com", 80, *credentials)


def test_wrong_password_is_not_shown() -> None:
    with pytest.raises(ValueError, match="1 to 255 bytes") as caught:
        SOCKS5ClientEndpoint(MemoryEndpoint(), "example.com", 80, "me", "secret" * 50)
    assert "secret" not in str(caught.value)


def test_endpoints_say_where_they_lead() -> None:
    endpoint = SOCKS5ClientEndpoint(MemoryEndpoint(), "example.com", 80, "me", "secret")
    verifyObject(IStreamClientEndpoint, endpoint)
    assert "example.com" in repr(endpoint)
    assert "secret" not in repr(endpoint)


# Descriptions


@pytest.mark.parametrize("prefix", ["socks4", "socks4a", "socks5"])
def test_description_leads_through_a_proxy(bench: Bench, prefix: str) -> None:
    proxied = Proxied(bench, prefix.removeprefix("socks"))
    port = proxied.proxy._port
    for proxy in (f"proxyHost=127.0.0.1:proxyPort={port}", rf"endpoint=tcp\:127.0.0.1\:{port}"):
        description = f"{prefix}:localhost:{proxied.port}:{proxy}"
        keeping = Keeping()
        result = outcome(bench, clientFromString(bench.reactor, description), keeping)
        assert result is keeping.built[0]


def test_description_takes_the_password_from_a_file(bench: Bench, tmp_path: Path) -> None:
    proxied = Proxied(bench, "5 with a password")
    (tmp_path / "password").write_text("secret\n")
    description = (
        f"socks5:127.0.0.1:{proxied.port}:proxyHost=127.0.0.1:proxyPort={proxied.proxy._port}"
        f":username=me:passwordFile={tmp_path / 'password'}"
    )
    keeping = Keeping()
    assert outcome(bench, clientFromString(bench.reactor, description), keeping) in keeping.built


def test_port_of_the_proxy_may_be_left_out() -> None:
    reactor = MemoryReactorClock()
    clientFromString(reactor, "socks5:192.0.2.9:80:proxyHost=192.0.2.1").connect(Keeping())
    assert [client[:2] for client in reactor.tcpClients] == [("192.0.2.1", 1080)]


@pytest.mark.parametrize(
    ("description", "why"),
    [
        ("socks5:example.com:80", "either proxyHost= or endpoint= has to say"),
        (
            r"socks4:a:80:proxyHost=b:endpoint=tcp\:c\:1",
            "either proxyHost= or endpoint= has to say",
        ),
        ("socks5:example.com:0:proxyHost=b", "a port is a number from 1 to 65535"),
        ("socks5:example.com:80:proxyHost=b:proxyPort=x", "a port is a number from 1 to 65535"),
        ("socks5:example.com:80:proxyHost=", "the host is missing"),
        ("socks5:example.com:80:proxyHost=b:timeout=x", "a timeout is a number of seconds"),
        ("socks5:example.com:80:proxyHost=b:username=me", "takes a password"),
        ("socks5:example.com:80:proxyHost=b:passwordFile=/no/such", "can't be read"),
        ("socks5:example.com:80:proxyHost=b:password=x", "password"),
        ("socks5:exa mple:80:proxyHost=b", "is no name or address"),
        (r"socks4a:\:\:1:80:proxyHost=b", "use SOCKS 5"),
    ],
)
def test_wrong_description_is_told(description: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        clientFromString(MemoryReactorClock(), description)


def test_parsers_are_plugins() -> None:
    prefixes = {
        plugin.prefix for plugin in getPlugins(IStreamClientEndpointStringParserWithReactor)
    }
    assert {"socks4", "socks4a", "socks5"} <= prefixes
