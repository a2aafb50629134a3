"""Servers of SOCKS over real connections: whom they serve, what they pass on, and what they answer."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.error import ConnectionDone, NoRouteError
from twisted.internet.interfaces import IHalfCloseableProtocol, IProtocol
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import EventLoggingObserver, MemoryReactorClock, StringTransport
from twisted.logger import globalLogPublisher
from twisted.protocols.socks import (
    SOCKSRequest,
    SOCKSv4,
    SOCKSv4Factory,
    SOCKSv4Incoming,
    SOCKSv4IncomingFactory,
    SOCKSv4Outgoing,
    SOCKSv5,
    SOCKSv5Factory,
    allowLocalClients,
)
from twisted.protocols.socks._lookup import MAXIMUM_ADDRESSES
from twisted.protocols.socks._messages4 import reply4
from twisted.protocols.socks._messages5 import reply5
from twisted.protocols.socks._serving import CONNECT_SECONDS, REQUEST_SECONDS
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

from .proxy_helpers import Bench, Keeping, Witness, bench, closedPort

__all__ = ["bench"]

REFUSED4 = reply4(91)


class Rules:
    """A rule that notes what it is asked."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts
        self.asked: list[SOCKSRequest] = []

    def __call__(self, request: SOCKSRequest) -> bool:
        self.asked.append(request)
        return request.address.host in self.hosts


class Served:
    """A server of SOCKS, a client of it, and a target."""

    def __init__(self, bench: Bench, factory: Factory[SOCKSv4] | Factory[SOCKSv5]) -> None:
        self.bench = bench
        factory.noisy = False
        factory.reactor = bench.reactor  # type: ignore[union-attr]  # both have it
        self.keeping = Keeping()
        self.port = bench.listen(self.keeping)
        self.client = bench.connect(bench.listen(cast("Factory[IProtocol]", factory)))

    def send(self, data: bytes) -> None:
        self.client.transport.write(data)

    def hear(self, size: int) -> bytes:
        """Return the next bytes that the client gets."""
        self.bench.until(lambda: len(self.client.received) >= size or self.client.ended)
        heard, self.client.received = self.client.received[:size], self.client.received[size:]
        return heard

    def ended(self) -> bytes:
        """Return all that the client gets until the server ends the connection."""
        self.bench.until(lambda: self.client.ended)
        self.client.transport.loseConnection()
        return self.client.received

    @property
    def target(self) -> Witness:
        self.bench.until(lambda: self.keeping.built and self.keeping.built[0].connected)
        return self.keeping.built[0]


def request4(port: int, host: bytes = b"\x7f\0\0\1", command: int = 1, more: bytes = b"") -> bytes:
    return struct.pack("!BBH4s", 4, command, port, host) + b"me\0" + more


def named4(port: int, name: bytes = b"localhost") -> bytes:
    return request4(port, b"\0\0\0\1", more=name + b"\0")


def request5(port: int, address: bytes = b"\1\x7f\0\0\1") -> bytes:
    return b"\5\1\0\5\1\0" + address + struct.pack("!H", port)


def named5(port: int, name: bytes = b"localhost") -> bytes:
    return request5(port, b"\3" + bytes([len(name)]) + name)


def checker() -> InMemoryUsernamePasswordDatabaseDontUse:
    return InMemoryUsernamePasswordDatabaseDontUse(me=b"secret")


# Version 4


def test_nobody_is_served_by_default_4(bench: Bench) -> None:
    served = Served(bench, SOCKSv4Factory(None))
    served.send(request4(served.port))
    assert served.ended() == REFUSED4
    assert served.keeping.built == []


def test_nothing_is_looked_up_for_those_who_are_not_served(bench: Bench) -> None:
    class Unused:
        def resolveHostName(self, *args: object) -> None:
            raise AssertionError("it was asked")

    bench.reactor.installNameResolver(Unused())  # type: ignore[arg-type]
    for factory, request in (
        (SOCKSv4Factory(None), named4(80)),
        (SOCKSv5Factory(), named5(80)),
    ):
        served = Served(bench, cast("Factory[SOCKSv4]", factory))
        served.send(request)
        assert served.ended() in (REFUSED4, b"\5\0" + reply5(2))


@pytest.mark.parametrize("request_", [request4, named4])
def test_bytes_go_both_ways_4(bench: Bench, request_: Callable[[int], bytes]) -> None:
    served = Served(bench, SOCKSv4Factory(None, allowLocalClients))
    served.send(request_(served.port) + b"early ")
    assert served.hear(8)[:2] == b"\0\x5a"
    served.send(b"question")
    served.target.transport.write(b"answer")

    assert served.hear(6) == b"answer"
    bench.until(lambda: served.target.received == b"early question")


def test_rule_is_asked_with_all_that_is_known_4(bench: Bench) -> None:
    rules = Rules("127.0.0.1")
    served = Served(bench, SOCKSv4Factory(None, rules))
    served.send(named4(served.port))
    assert served.hear(8)[:2] == b"\0\x5a"
    request = rules.asked[-1]

    assert (request.version, request.command, request.user) == (4, "connect", b"me")
    assert (request.address, request.host) == (
        IPv4Address("TCP", "127.0.0.1", served.port),
        "localhost",
    )
    assert request.client == served.client.transport.getHost()


def test_rule_may_refuse_4(bench: Bench) -> None:
    served = Served(bench, SOCKSv4Factory(None, Rules("192.0.2.1")))
    served.send(request4(served.port))
    assert served.ended() == REFUSED4
    assert served.keeping.built == []


def test_authorize_may_be_overridden_and_take_its_time(bench: Bench) -> None:
    answer: Deferred[bool] = Deferred()
    asked: list[object] = []

    class Mine(SOCKSv4):
        def authorize(self, code: int, server: str, port: int, user: bytes) -> Deferred[bool]:
            asked.append((code, server, port, user))
            return answer

    factory = SOCKSv4Factory(None)
    factory.protocol = Mine
    served = Served(bench, factory)
    served.send(request4(served.port))
    bench.until(lambda: asked)
    assert asked == [(1, "127.0.0.1", served.port, b"me")]
    answer.callback(True)

    assert served.hear(8)[:2] == b"\0\x5a"


def test_rule_that_fails_refuses_and_is_logged(bench: Bench) -> None:
    def broken(request: SOCKSRequest) -> bool:
        raise RuntimeError("broken")

    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        served = Served(bench, SOCKSv4Factory(None, broken))
        served.send(request4(served.port))
        assert served.ended() == REFUSED4
    finally:
        globalLogPublisher.removeObserver(observer)
    assert [e["log_failure"].type for e in observer if "log_failure" in e] == [RuntimeError]


@pytest.mark.parametrize("request_", [b"\5\1\0", b"GET / HTTP/1.1\r\n\r\n", b"\4\7"])
def test_malformed_request_is_refused_4(bench: Bench, request_: bytes) -> None:
    served = Served(bench, SOCKSv4Factory(None, allowLocalClients))
    served.send(request_)
    assert served.ended() == REFUSED4


def test_user_with_a_long_name_is_refused(bench: Bench) -> None:
    served = Served(bench, SOCKSv4Factory(None, allowLocalClients))
    served.send(request4(served.port)[:-1] + b"x" * 254)
    assert served.ended() == REFUSED4


def test_refused_connection_is_told_4(bench: Bench) -> None:
    served = Served(bench, SOCKSv4Factory(None, allowLocalClients))
    served.send(request4(closedPort()))
    assert served.ended() == REFUSED4


def test_unknown_name_is_told_4(bench: Bench) -> None:
    served = Served(bench, SOCKSv4Factory(None, allowLocalClients))
    served.send(named4(served.port, b"no..name"))
    assert served.ended() == REFUSED4


@pytest.mark.parametrize("version", [4, 5])
def test_ends_are_passed_on(bench: Bench, version: int) -> None:
    served = serve(bench, version)
    served.client.transport.loseWriteConnection()
    bench.until(lambda: served.target.ended)
    served.target.transport.write(b"last words")
    served.target.transport.loseConnection()

    assert served.ended().endswith(b"last words")


@pytest.mark.parametrize("version", [4, 5])
def test_client_that_goes_ends_the_connection_to_the_target(bench: Bench, version: int) -> None:
    served = serve(bench, version)
    served.client.transport.abortConnection()
    bench.until(lambda: served.target.ended)
    served.target.transport.loseConnection()
    bench.until(lambda: served.target.reasons)


def serve(bench: Bench, version: int) -> Served:
    """Return a client that is connected."""
    if version == 4:
        served = Served(bench, SOCKSv4Factory(None, allowLocalClients))
        served.send(request4(served.port))
        assert served.hear(8)[:2] == b"\0\x5a"
    else:
        served = Served(bench, SOCKSv5Factory(allowLocalClients))
        served.send(request5(served.port))
        assert served.hear(12)[:4] == b"\5\0\5\0"
    return served


# A port for somebody else


class Local(SOCKSv4):
    """Opens ports on the loopback interface only."""

    bindInterface = "127.0.0.1"


def bound(bench: Bench, rules: Rules, host: bytes = b"\x7f\0\0\1") -> Served:
    """Return a client that has asked for a port."""
    factory = SOCKSv4Factory(None, rules)
    factory.protocol = Local
    served = Served(bench, factory)
    served.send(request4(0, host, 2))
    return served


def test_port_is_opened_for_one_connection_of_the_host_that_is_named(bench: Bench) -> None:
    served = bound(bench, Rules("127.0.0.1"))
    code, port = struct.unpack("!xBH4x", served.hear(8))
    assert code == 90
    visitor = bench.connect(port)
    code, visitorPort = struct.unpack("!xBH4x", served.hear(8))
    assert (code, visitorPort) == (90, cast(IPv4Address, visitor.transport.getHost()).port)
    served.send(b"question")
    visitor.transport.write(b"answer")

    assert served.hear(6) == b"answer"
    bench.until(lambda: visitor.received == b"question")


def test_rule_may_refuse_a_port(bench: Bench) -> None:
    rules = Rules()
    assert bound(bench, rules).ended() == REFUSED4
    assert rules.asked[0].command == "bind"


def test_host_of_a_port_may_be_named(bench: Bench) -> None:
    rules = Rules("127.0.0.1")
    factory = SOCKSv4Factory(None, rules)
    factory.protocol = Local
    served = Served(bench, factory)
    served.send(request4(0, b"\0\0\0\1", 2, b"localhost\0"))
    code, port = struct.unpack("!xBH4x", served.hear(8))
    assert (code, rules.asked[0].address.host, rules.asked[0].host) == (
        90,
        "127.0.0.1",
        "localhost",
    )
    bench.connect(port)
    assert served.hear(8)[:2] == b"\0\x5a"


def test_connection_from_elsewhere_is_told(bench: Bench) -> None:
    served = bound(bench, Rules("127.0.0.9"), b"\x7f\0\0\x09")
    code, port = struct.unpack("!xBH4x", served.hear(8))
    assert code == 90
    visitor = bench.connect(port)

    assert served.ended() == REFUSED4
    bench.until(lambda: visitor.ended)
    visitor.transport.loseConnection()


def test_port_is_closed_with_the_connection_of_the_client(bench: Bench) -> None:
    served = bound(bench, Rules("127.0.0.1"))
    _, port = struct.unpack("!xBH4x", served.hear(8))
    served.client.transport.loseConnection()
    bench.until(lambda: served.client.reasons)
    bench.until(lambda: not isListening(bench, port))


def isListening(bench: Bench, port: int) -> bool:
    """Return whether a port takes connections."""
    keeping = Keeping()
    results: list[object] = []
    TCP4ClientEndpoint(bench.reactor, "127.0.0.1", port).connect(keeping).addBoth(results.append)
    bench.until(lambda: results)
    if isinstance(results[0], Failure):
        return False
    keeping.built[0].transport.abortConnection()
    bench.until(lambda: keeping.built[0].reasons)
    return True


# The file


def test_traffic_is_written_down(bench: Bench, tmp_path: Path) -> None:
    log = tmp_path / "traffic"
    served = Served(bench, SOCKSv4Factory(str(log), allowLocalClients))
    served.send(request4(served.port) + b"question\r\n")
    served.hear(8)
    bench.until(lambda: served.target.received)
    served.target.transport.write(b"a" * 2000)
    served.hear(2000)
    served.client.transport.loseConnection()
    bench.until(lambda: served.target.ended)
    served.target.transport.loseConnection()

    first, second = log.read_text().splitlines()
    assert ">" in first
    assert first.endswith(r": b'question\r\n'")
    assert "<" in second
    assert second.endswith(f": b'{'a' * 1024}' and 976 bytes more")


def test_file_that_cannot_be_written_does_not_hold_up_the_traffic(
    bench: Bench, tmp_path: Path
) -> None:
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        served = Served(bench, SOCKSv4Factory(tmp_path / "no" / "where", allowLocalClients))
        served.send(request4(served.port) + b"one")
        served.hear(8)
        served.send(b"two")
        bench.until(lambda: served.target.received == b"onetwo")
    finally:
        globalLogPublisher.removeObserver(observer)
    errors = [e for e in observer if "can't be written" in str(e.get("log_format"))]
    assert len(errors) == 1


# Version 5


def test_nobody_is_served_by_default_5(bench: Bench) -> None:
    served = Served(bench, SOCKSv5Factory())
    served.send(request5(served.port))
    assert served.ended() == b"\5\0" + reply5(2)
    assert served.keeping.built == []


@pytest.mark.parametrize("request_", [request5, named5])
def test_bytes_go_both_ways_5(bench: Bench, request_: Callable[[int], bytes]) -> None:
    served = Served(bench, SOCKSv5Factory(allowLocalClients))
    served.send(request_(served.port) + b"early ")
    assert served.hear(2) == b"\5\0"
    assert served.hear(10) == reply5(0, served.target.transport.getPeer())
    served.send(b"question")
    served.target.transport.write(b"answer")

    assert served.hear(6) == b"answer"
    bench.until(lambda: served.target.received == b"early question")


def test_ipv6_is_connected_to(bench: Bench) -> None:
    served = Served(bench, SOCKSv5Factory(allowLocalClients))
    keeping = Keeping()
    port = bench.listen(keeping, "::1")
    served.send(request5(port, b"\4" + bytes(15) + b"\1"))

    assert served.hear(6) == b"\5\0\5\0\0\4"
    bench.until(lambda: keeping.built and keeping.built[0].connected)


def test_another_way_to_write_an_address_leads_around_no_rule(bench: Bench) -> None:
    rules = Rules()
    served = Served(bench, SOCKSv5Factory(rules))
    served.send(request5(served.port, b"\4" + bytes(10) + b"\xff\xff\x7f\0\0\1"))

    assert served.ended() == b"\5\0" + reply5(2)
    assert rules.asked[0].address == IPv4Address("TCP", "127.0.0.1", served.port)


def test_user_who_logs_in_is_served(bench: Bench) -> None:
    rules = Rules("127.0.0.1")
    served = Served(bench, SOCKSv5Factory(rules, checker()))
    served.send(b"\5\1\2\1\2me\6secret" + request5(served.port)[3:] + b"early")

    assert served.hear(4) == b"\5\2\1\0"
    assert served.hear(4) == b"\5\0\0\1"
    assert rules.asked[0].user == b"me"
    bench.until(lambda: served.target.received == b"early")


def test_login_is_enough_where_there_is_no_rule(bench: Bench) -> None:
    served = Served(bench, SOCKSv5Factory(None, checker()))
    served.send(b"\5\1\2\1\2me\6secret" + request5(served.port)[3:])
    assert served.hear(6) == b"\5\2\1\0\5\0"


def test_wrong_password_ends_the_connection(bench: Bench) -> None:
    served = Served(bench, SOCKSv5Factory(allowLocalClients, checker()))
    served.send(b"\5\1\2\1\2me\5wrong" + request5(served.port)[3:])
    assert served.ended() == b"\5\2\1\1"
    assert served.keeping.built == []


def test_checker_that_fails_lets_nobody_in_and_is_logged(bench: Bench) -> None:
    class Broken:
        def requestAvatarId(self, credentials: object) -> bytes:
            raise RuntimeError("broken")

    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        served = Served(bench, SOCKSv5Factory(None, Broken()))  # type: ignore[arg-type]
        served.send(b"\5\1\2\1\2me\6secret")
        assert served.ended() == b"\5\2\1\1"
    finally:
        globalLogPublisher.removeObserver(observer)
    assert [e["log_failure"].type for e in observer if "log_failure" in e] == [RuntimeError]


@pytest.mark.parametrize("greeting", [b"\5\1\0", b"\5\0"])
def test_client_without_a_password_is_not_served_where_one_is_wanted(
    bench: Bench, greeting: bytes
) -> None:
    served = Served(bench, SOCKSv5Factory(None, checker()))
    served.send(greeting)
    assert served.ended() == b"\5\xff"


def test_what_cannot_be_done_is_told_5(bench: Bench) -> None:
    served = Served(bench, SOCKSv5Factory(allowLocalClients))
    served.send(b"\5\1\0\5\3\0\1" + bytes(6))
    assert served.ended() == b"\5\0" + reply5(7)


def test_refused_connection_is_told_5(bench: Bench) -> None:
    served = Served(bench, SOCKSv5Factory(allowLocalClients))
    served.send(request5(closedPort()))
    assert served.ended() == b"\5\0" + reply5(5)


def test_unknown_name_is_told_5(bench: Bench) -> None:
    served = Served(bench, SOCKSv5Factory(allowLocalClients))
    served.send(named5(served.port, b"no..name"))
    assert served.ended() == b"\5\0" + reply5(4)


def test_other_protocols_are_not_answered_5(bench: Bench) -> None:
    served = Served(bench, SOCKSv5Factory(allowLocalClients))
    served.send(b"GET / HTTP/1.1\r\n\r\n")
    assert served.ended() == b""


# In memory: names with several addresses, and time


class Memory:
    """A client of a server in memory."""

    def __init__(self, factory: SOCKSv4Factory | SOCKSv5Factory) -> None:
        self.reactor = MemoryReactorClock()
        self.reactor.hosts["example.com"] = ["192.0.2.1", "2001:db8::1", "192.0.2.2"]
        factory.reactor = self.reactor
        protocol = factory.buildProtocol(None)
        assert protocol is not None
        self.protocol = protocol
        self.transport = StringTransport(peerAddress=IPv4Address("TCP", "127.0.0.1", 9))
        self.protocol.makeConnection(self.transport)

    def attempts(self) -> list[str]:
        return [host for host, *_ in self.reactor.tcpClients]


def test_addresses_that_are_allowed_are_tried_in_order() -> None:
    memory = Memory(SOCKSv5Factory(Rules("192.0.2.2", "2001:db8::1")))
    memory.protocol.dataReceived(named5(80, b"example.com"))
    assert memory.attempts() == ["2001:db8::1"]
    connector = memory.reactor.connectors[0]
    memory.reactor.tcpClients[0][2].clientConnectionFailed(
        connector,
        Failure(NoRouteError()),
    )
    assert memory.attempts() == ["2001:db8::1", "192.0.2.2"]


@pytest.mark.parametrize("address", [b"\1" + bytes(4), b"\4" + bytes(16), b"\3\0070.0.0.0"])
def test_no_address_is_no_way_to_this_machine(address: bytes) -> None:
    rules = Rules("0.0.0.0", "::")
    memory = Memory(SOCKSv5Factory(rules))
    memory.protocol.dataReceived(request5(80, address))
    assert memory.attempts() == []
    assert memory.transport.value() == b"\5\0" + reply5(2)


@pytest.mark.parametrize("limit", [None, 3])
def test_so_many_addresses_of_a_name_are_tried(limit: int | None) -> None:
    class Limited(SOCKSv5):
        maxAddresses = limit or MAXIMUM_ADDRESSES

    rules = Rules()
    factory = SOCKSv5Factory(rules)
    factory.protocol = Limited
    memory = Memory(factory)
    memory.reactor.hosts["many.example"] = [f"192.0.2.{number}" for number in range(1, 20)]
    memory.protocol.dataReceived(named5(80, b"many.example"))
    assert len(rules.asked) == (limit or MAXIMUM_ADDRESSES)


@pytest.mark.parametrize("version", [4, 5])
def test_time_limits_can_be_changed(version: int) -> None:
    factory: SOCKSv4Factory | SOCKSv5Factory
    if version == 4:

        class Quick4(SOCKSv4):
            requestSeconds, connectSeconds = 2, 3

        factory = SOCKSv4Factory(None, allowLocalClients)
        factory.protocol = Quick4
        stream = request4(80)
    else:

        class Quick5(SOCKSv5):
            requestSeconds, connectSeconds = 2, 3

        factory = SOCKSv5Factory(allowLocalClients)
        factory.protocol = Quick5
        stream = request5(80)
    silent, asking = Memory(factory), Memory(factory)
    asking.protocol.dataReceived(stream)
    silent.reactor.advance(2)
    asking.reactor.advance(3)
    assert (silent.transport.disconnecting, asking.transport.disconnecting) == (True, True)


def test_name_without_an_allowed_address_is_refused() -> None:
    memory = Memory(SOCKSv5Factory(Rules("192.0.2.9")))
    memory.protocol.dataReceived(named5(80, b"example.com"))
    assert memory.attempts() == []
    assert memory.transport.value() == b"\5\0" + reply5(2)
    assert memory.transport.disconnecting


@pytest.mark.parametrize("factory", [SOCKSv4Factory(None), SOCKSv5Factory()])
def test_client_that_says_nothing_is_left(factory: SOCKSv4Factory | SOCKSv5Factory) -> None:
    memory = Memory(factory)
    memory.reactor.advance(REQUEST_SECONDS - 1)
    before = memory.transport.disconnecting
    memory.reactor.advance(1)
    assert (before, memory.transport.disconnecting) == (False, True)
    memory.protocol.connectionLost(Failure(ConnectionDone()))
    assert memory.reactor.getDelayedCalls() == []


@pytest.mark.parametrize(
    ("factory", "request_", "reply"),
    [
        (SOCKSv4Factory(None, allowLocalClients), request4(80), REFUSED4),
        (SOCKSv5Factory(allowLocalClients), request5(80), b"\5\0" + reply5(6)),
    ],
)
def test_connection_that_takes_too_long_is_told(
    factory: SOCKSv4Factory | SOCKSv5Factory, request_: bytes, reply: bytes
) -> None:
    memory = Memory(factory)
    memory.protocol.dataReceived(request_)
    assert memory.transport.producerState == "paused"
    memory.reactor.advance(CONNECT_SECONDS)

    assert memory.transport.value() == reply
    assert memory.transport.disconnecting
    assert memory.reactor.getDelayedCalls() == []


@pytest.mark.parametrize(
    ("factory", "request_"),
    [
        (SOCKSv4Factory(None, allowLocalClients), request4(80)),
        (SOCKSv5Factory(allowLocalClients), request5(80)),
    ],
)
def test_attempt_is_given_up_with_the_client(
    factory: SOCKSv4Factory | SOCKSv5Factory, request_: bytes
) -> None:
    memory = Memory(factory)
    memory.protocol.dataReceived(request_)
    before = memory.transport.value()
    memory.protocol.connectionLost(Failure(ConnectionDone()))

    assert memory.transport.value() == before
    assert memory.reactor.getDelayedCalls() == []


def test_port_that_nobody_connects_to_is_closed() -> None:
    class Quick(SOCKSv4):
        bindSeconds = 5

    factory = SOCKSv4Factory(None, allowLocalClients)
    factory.protocol = Quick
    memory = Memory(factory)
    memory.protocol.dataReceived(request4(0, command=2))
    assert memory.transport.value()[:2] == b"\0\x5a"
    memory.reactor.advance(5)

    assert memory.transport.value()[8:] == REFUSED4
    assert memory.transport.disconnecting


def test_connections_may_be_made_in_another_way() -> None:
    made: list[object] = []

    class Mine(SOCKSv4):
        def connectClass(self, host: str, port: int, klass: object, *args: object) -> object:  # type: ignore[override]
            made.append((host, port, klass, args))
            outgoing = SOCKSv4Outgoing(self)
            self.outside = StringTransport()
            outgoing.makeConnection(self.outside)
            return succeed(outgoing)

    factory = SOCKSv4Factory(None, allowLocalClients)
    factory.protocol = Mine
    memory = Memory(factory)
    memory.protocol.dataReceived(request4(80) + b"early")
    protocol = cast(Mine, memory.protocol)

    assert made == [("127.0.0.1", 80, SOCKSv4Outgoing, (protocol,))]
    assert protocol.outside.value() == b"early"
    assert memory.transport.value() == reply4(90, 0, 12345, "10.0.0.1")


def test_ports_may_be_opened_in_another_way() -> None:
    class Mine(SOCKSv4):
        def listenClass(self, port: int, klass: object, *args: object) -> tuple[str, int]:
            self.incoming = SOCKSv4IncomingFactory(self, "127.0.0.1")
            return "192.0.2.7", 4711

    factory = SOCKSv4Factory(None, allowLocalClients)
    factory.protocol = Mine
    memory = Memory(factory)
    memory.protocol.dataReceived(request4(0, command=2))
    assert memory.transport.value() == reply4(90, 0, 4711, "192.0.2.7")
    incoming = cast(Mine, memory.protocol).incoming
    built = incoming.buildProtocol(IPv4Address("TCP", "127.0.0.1", 8))
    assert isinstance(built, SOCKSv4Incoming)
    # There is only one.
    assert incoming.buildProtocol(IPv4Address("TCP", "127.0.0.1", 8)) is None
    outside = StringTransport(peerAddress=IPv4Address("TCP", "127.0.0.1", 8))
    built.makeConnection(outside)

    assert memory.transport.value()[8:] == reply4(90, 0, 8, "127.0.0.1")


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (IPv4Address("TCP", "127.0.0.1", 1), True),
        (IPv4Address("TCP", "127.9.0.1", 1), True),
        (IPv6Address("TCP", "::1", 1), True),
        (IPv6Address("TCP", "::ffff:127.0.0.1", 1), True),
        (UNIXAddress(None), True),
        (IPv4Address("TCP", "192.0.2.1", 1), False),
        (IPv6Address("TCP", "fe80::1%eth0", 1), False),
        (IPv6Address("TCP", "::ffff:192.0.2.1", 1), False),
        (object(), False),
    ],
)
def test_local_clients_are_those_of_this_machine(client: object, expected: bool) -> None:
    request = SOCKSRequest(5, "connect", IPv4Address("TCP", "192.0.2.1", 80), "", b"", client)
    assert allowLocalClients(request) is expected


@pytest.mark.parametrize("protocol", [SOCKSv4(), SOCKSv5(), SOCKSv4Outgoing(SOCKSv4())])
def test_protocols_can_be_half_closed(protocol: Protocol) -> None:
    verifyObject(IHalfCloseableProtocol, protocol)
