"""TCP over a network that fails: no route, nobody who answers, a cable that is pulled out."""

import os

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    clientFromString,
    serverFromString,
)
from twisted.internet.error import (
    ConnectError,
    ConnectionAborted,
    ConnectionDone,
    ConnectionRefusedError,
    NoRouteError,
    TimeoutError,
)
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.testing import MemoryNameResolver
from twisted.python.failure import Failure

from .namespaces import Cable, Side, cable
from .peers import HalfClosing, Noting, Only, Serving, digest, needs

__all__ = ["cable"]

pytestmark = needs("ip", "iproute2")

DATA = os.urandom(1024) * 4096

# A hardware address that nobody has: what is sent there is lost without a word.
NOWHERE = "lladdr 02:00:00:00:00:99 nud permanent dev veth0"


class Attempt:
    """An endpoint that is asked to connect on the left."""

    def __init__(self, cable: Cable, endpoint: IStreamClientEndpoint) -> None:
        self.protocol = Noting()
        self.results: list[object] = []
        with cable.left.inside():
            self.waiting = endpoint.connect(Only(self.protocol))
        self.waiting.addBoth(self.results.append)

    @property
    def error(self) -> BaseException:
        """Why it has failed."""
        (result,) = self.results
        assert isinstance(result, Failure)
        return result.value


def listen(side: Side, interface: str) -> tuple[Serving, int]:
    """Serve an echo, and return the factory and the port."""
    factory = Serving(HalfClosing)
    with side.inside() as reactor:
        return factory, reactor.listenTCP(0, factory, interface=interface).getHost().port


def connect(cable: Cable, endpoint: IStreamClientEndpoint) -> Noting:
    """Connect on the left."""
    attempt = Attempt(cable, endpoint)
    cable.until(lambda: attempt.results)
    assert attempt.results == [attempt.protocol]
    return attempt.protocol


# Nobody there


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_without_a_route_the_error_comes_at_once(cable: Cable, host: str) -> None:
    kind = TCP6ClientEndpoint if ":" in host else TCP4ClientEndpoint
    attempt = Attempt(cable, kind(cable.left.reactor, host, 80, timeout=3600))
    cable.until(lambda: attempt.results)
    assert isinstance(attempt.error, NoRouteError)


@pytest.mark.parametrize("kind", ["unreachable", "prohibit", "blackhole"])
def test_what_a_route_forbids_is_an_error_of_connecting(cable: Cable, kind: str) -> None:
    with cable.left.inside():
        cable.left.ip(f"route add {kind} 192.0.2.0/24")
    attempt = Attempt(cable, TCP4ClientEndpoint(cable.left.reactor, "192.0.2.1", 80, timeout=3600))
    cable.until(lambda: attempt.results)
    assert isinstance(attempt.error, ConnectError)


@pytest.mark.parametrize("host", ["10.99.0.9", "fd99::9"])
def test_nobody_who_answers_is_a_timeout(cable: Cable, host: str) -> None:
    with cable.left.inside():
        cable.left.ip(f"neigh add {host} {NOWHERE}")
    kind = TCP6ClientEndpoint if ":" in host else TCP4ClientEndpoint
    attempt = Attempt(cable, kind(cable.left.reactor, host, 80, timeout=0.05))
    cable.until(lambda: attempt.results)
    assert isinstance(attempt.error, TimeoutError)
    assert not cable.left.reactor.getDelayedCalls()


def test_an_attempt_that_nobody_answers_can_be_cancelled(cable: Cable) -> None:
    with cable.left.inside():
        cable.left.ip(f"neigh add 10.99.0.9 {NOWHERE}")
    attempt = Attempt(cable, TCP4ClientEndpoint(cable.left.reactor, "10.99.0.9", 80))
    assert len(cable.left.reactor.getWriters()) == 1
    with cable.left.inside():
        attempt.waiting.cancel()
    assert isinstance(attempt.error, CancelledError)
    assert not cable.left.reactor.getWriters()
    assert not cable.left.reactor.getDelayedCalls()


# Which family


def both(cable: Cable, number: int, attemptDelay: float, v6: str = "fd99::2") -> HostnameEndpoint:
    """Return an endpoint of a name that has an address of each family, that of IPv6 first."""
    cable.left.reactor.installNameResolver(MemoryNameResolver({"both.example": [v6, "10.99.0.2"]}))
    return HostnameEndpoint(
        cable.left.reactor, "both.example", number, timeout=3600, attemptDelay=attemptDelay
    )


def test_when_ipv6_is_a_black_hole_ipv4_wins_after_the_delay(cable: Cable) -> None:
    with cable.left.inside():
        cable.left.ip(f"neigh replace fd99::2 {NOWHERE}")
    _, number = listen(cable.right, "10.99.0.2")
    client = connect(cable, both(cable, number, 0.05))
    assert client.transport.getPeer() == IPv4Address("TCP", "10.99.0.2", number)
    # The other attempt is over.
    assert not cable.left.reactor.getWriters()
    assert not cable.left.reactor.getDelayedCalls()


def test_when_ipv6_answers_it_is_taken(cable: Cable) -> None:
    _, number = listen(cable.right, "fd99::2")
    client = connect(cable, both(cable, number, 3600))
    assert client.transport.getPeer().host == "fd99::2"


@pytest.mark.parametrize("v6", ["fd99::2", "2001:db8::1"], ids=["refuses", "no route"])
def test_when_ipv6_fails_ipv4_is_tried_at_once(cable: Cable, v6: str) -> None:
    _, number = listen(cable.right, "10.99.0.2")
    client = connect(cable, both(cable, number, 3600, v6))
    assert client.transport.getPeer() == IPv4Address("TCP", "10.99.0.2", number)


def test_when_both_fail_the_last_error_is_told(cable: Cable) -> None:
    attempt = Attempt(cable, both(cable, 9, 3600, "2001:db8::1"))
    cable.until(lambda: attempt.results)
    assert isinstance(attempt.error, ConnectionRefusedError)


# A cable that is pulled out


def test_a_cable_that_is_pulled_out_and_put_back_loses_nothing(cable: Cable) -> None:
    _, number = listen(cable.right, "10.99.0.2")
    client = connect(cable, TCP4ClientEndpoint(cable.left.reactor, "10.99.0.2", number))
    with cable.left.inside():
        client.transport.write(DATA)
        client.transport.loseWriteConnection()
    cable.until(lambda: client.received)
    assert len(client.received) < len(DATA)
    with cable.right.inside():
        cable.right.ip("link set veth0 down")
    for _ in range(10):
        for side in cable.sides:
            with side.inside() as reactor:
                reactor.iterate(0.001)
    assert not client.reasons
    assert len(client.received) < len(DATA)
    with cable.right.inside():
        cable.right.ip("link set veth0 up")
    cable.until(lambda: client.reasons)
    assert digest(client.received) == digest(DATA)
    assert client.reasons[0].check(ConnectionDone)


def test_without_the_cable_a_connection_can_be_aborted(cable: Cable) -> None:
    factory, number = listen(cable.right, "10.99.0.2")
    client = connect(cable, TCP4ClientEndpoint(cable.left.reactor, "10.99.0.2", number))
    with cable.left.inside():
        client.transport.write(DATA)
    cable.until(lambda: factory.built[0].received)
    with cable.left.inside():
        cable.left.ip("link set veth0 down")
        client.transport.abortConnection()
    cable.until(lambda: client.reasons)
    assert client.reasons[0].check(ConnectionAborted)
    # The other side has not heard of it, and can do the same.
    assert not factory.built[0].reasons
    with cable.right.inside():
        factory.built[0].transport.abortConnection()
    cable.until(lambda: factory.built[0].reasons)
    assert factory.built[0].reasons[0].check(ConnectionAborted)


# Addresses of the link, which need the name of an interface


def test_link_local_addresses_with_the_name_of_an_interface(cable: Cable) -> None:
    factory, number = listen(cable.right, "fe80::2%veth0")
    protocol = Noting()
    with cable.left.inside() as reactor:
        reactor.connectTCP("fe80::2%veth0", number, Only(protocol))
        cable.until(lambda: protocol.connected)
        protocol.transport.write(b"hello")
        cable.until(lambda: protocol.received == b"hello")
    assert factory.built[0].transport.getPeer().host == "fe80::1"


def test_descriptions_of_link_local_addresses(cable: Cable) -> None:
    ports: list[object] = []
    with cable.right.inside() as reactor:
        endpoint = serverFromString(reactor, r"tcp6:8000:interface=fe80\:\:2%veth0")
        endpoint.listen(Serving()).addCallback(ports.append)
    cable.until(lambda: ports)
    description = r"tcp:fe80\:\:2%veth0:8000:bindAddress=fe80\:\:1%veth0"
    client = connect(cable, clientFromString(cable.left.reactor, description))
    with cable.left.inside():
        client.transport.write(b"hello")
    cable.until(lambda: client.received == b"hello")
