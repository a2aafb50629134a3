"""From names to addresses, without asking any name server."""

import socket
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._resolver import GAIResolver
from twisted.internet._sockets._addressing import addressFromName, literalAddress, portNumber
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.base import BlockingResolver, ThreadedResolver
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError, ServiceNameUnknownError
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
    IResolverSimple,
)
from twisted.internet.selectreactor import SelectReactor
from twisted.python.components import implementer, verifyObject
from twisted.python.failure import Failure

from .reactor_helpers import RecordingClient, discard, turnUntil


@pytest.fixture
def reactor():  # type: ignore[no-untyped-def]
    made = SelectReactor()
    yield made
    discard(made)


@implementer(IResolutionReceiver)
class Receiver:
    """Takes the addresses of a look-up."""

    def __init__(self) -> None:
        self.resolution: IHostResolution | None = None
        self.addresses: list[IAddress] = []
        self.completed = 0

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        self.resolution = resolutionInProgress

    def addressResolved(self, address: IAddress) -> None:
        self.addresses.append(address)

    def resolutionComplete(self) -> None:
        self.completed += 1


@implementer(IResolverSimple)
class Simple:
    """A simple resolver with a table."""

    def __init__(self, **hosts: str) -> None:
        self.hosts = hosts
        self.asked: list[str] = []

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        self.asked.append(name)
        if name in self.hosts:
            return succeed(self.hosts[name])
        return fail(DNSLookupError(name))


@implementer(IHostnameResolver)
class Named:
    """A name resolver with one answer."""

    def __init__(self, *addresses: IAddress) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        self.asked.append(hostName)
        resolutionReceiver.resolutionBegan(self)  # type: ignore[arg-type]
        for address in self.addresses:
            resolutionReceiver.addressResolved(address)
        resolutionReceiver.resolutionComplete()
        return self  # type: ignore[return-value]

    def cancel(self) -> None:
        pass


def outcome(deferred: Deferred[str]) -> object:
    """Return the result of a Deferred, or its failure; None if it has none yet."""
    found: list[object] = []
    deferred.addBoth(found.append)
    return found[0] if found else None


def answers(*found: tuple[int, tuple[object, ...]]):  # type: ignore[no-untyped-def]
    """Return a getaddrinfo that finds these."""

    def getAddressInfo(name: str, port: int, family: int, kind: int) -> list[object]:
        return [(family, kind, 0, "", address) for family, address in found]

    return getAddressInfo


class TestSystemResolver:
    def look(self, reactor: PollingReactor, getAddressInfo: object, name: str) -> Receiver:
        reactor.getThreadPool().start()
        receiver = Receiver()
        resolver = GAIResolver(reactor, None, getAddressInfo)  # type: ignore[arg-type]
        resolver.resolveHostName(receiver, name, 7)
        turnUntil(reactor, lambda: receiver.completed)
        return receiver

    def test_all_addresses_are_given_in_order(self, reactor: PollingReactor) -> None:
        found = answers(
            (socket.AF_INET6, ("2001:db8::1", 7, 0, 0)), (socket.AF_INET, ("192.0.2.1", 7))
        )
        receiver = self.look(reactor, found, "host.example")
        assert receiver.addresses == [
            IPv6Address("TCP", "2001:db8::1", 7),
            IPv4Address("TCP", "192.0.2.1", 7),
        ]

    @pytest.mark.parametrize("error", [socket.gaierror("no"), UnicodeError("label too long")])
    def test_a_name_that_is_not_found_has_no_addresses(
        self, reactor: PollingReactor, error: Exception
    ) -> None:
        def getAddressInfo(*arguments: object) -> object:
            raise error

        assert self.look(reactor, getAddressInfo, "nowhere.invalid").addresses == []

    def test_it_asks_in_another_thread(self, reactor: PollingReactor) -> None:
        threads: list[int] = []

        def getAddressInfo(*arguments: object) -> list[object]:
            threads.append(threading.get_ident())
            return []

        self.look(reactor, getAddressInfo, "host.example")
        assert threads != [threading.get_ident()]

    def test_a_cancelled_look_up_gives_no_addresses(self, reactor: PollingReactor) -> None:
        reactor.getThreadPool().start()
        go, asked = threading.Event(), threading.Event()

        def getAddressInfo(*arguments: object) -> list[object]:
            asked.set()
            go.wait(20)
            return [(socket.AF_INET, 1, 0, "", ("192.0.2.1", 7))]

        receiver = Receiver()
        resolution = GAIResolver(reactor, None, getAddressInfo).resolveHostName(  # type: ignore[arg-type]
            receiver, "host.example"
        )
        asked.wait(20)
        resolution.cancel()
        assert receiver.completed == 1
        go.set()
        done: list[int] = []
        reactor.getThreadPool().callInThread(reactor.callFromThread, done.append, 1)
        turnUntil(reactor, lambda: done)
        assert (receiver.addresses, receiver.completed) == ([], 1)

    def test_localhost_is_found(self, reactor: PollingReactor) -> None:
        reactor.getThreadPool().start()
        receiver = Receiver()
        reactor.nameResolver.resolveHostName(receiver, "localhost", 7, [IPv4Address])
        turnUntil(reactor, lambda: receiver.completed)
        assert IPv4Address("TCP", "127.0.0.1", 7) in receiver.addresses


class TestLiterals:
    @pytest.mark.parametrize(
        ("host", "address"),
        [
            ("192.0.2.1", IPv4Address("UDP", "192.0.2.1", 7)),
            ("2001:db8::1", IPv6Address("UDP", "2001:db8::1", 7)),
        ],
    )
    def test_a_literal_is_answered_without_a_resolver(
        self, reactor: PollingReactor, host: str, address: IAddress
    ) -> None:
        resolver = Named()
        reactor.installNameResolver(resolver)
        receiver = Receiver()
        reactor.nameResolver.resolveHostName(receiver, host, 7, None, "UDP")
        assert receiver.addresses == [address]
        assert receiver.completed == 1
        assert resolver.asked == []

    def test_a_literal_of_an_unwanted_family_is_no_answer(self, reactor: PollingReactor) -> None:
        receiver = Receiver()
        reactor.nameResolver.resolveHostName(receiver, "::1", 7, [IPv4Address])
        assert (receiver.addresses, receiver.completed) == ([], 1)

    def test_resolve_answers_a_literal_at_once(self, reactor: PollingReactor) -> None:
        assert outcome(reactor.resolve("192.0.2.1")) == "192.0.2.1"

    def test_no_name_at_all_is_any_address(self, reactor: PollingReactor) -> None:
        assert outcome(reactor.resolve("")) == "0.0.0.0"

    def test_connecting_to_a_literal_asks_nobody(self, reactor: PollingReactor) -> None:
        resolver = Named()
        reactor.installNameResolver(resolver)
        factory = RecordingClient()
        reactor.connectTCP("127.0.0.1", 1, factory, timeout=1)
        turnUntil(reactor, lambda: factory.reasons)
        assert resolver.asked == []


class TestInstalling:
    def test_a_name_resolver_serves_simple_questions(self, reactor: PollingReactor) -> None:
        reactor.installNameResolver(
            Named(IPv6Address("TCP", "::1", 0), IPv4Address("TCP", "192.0.2.7", 0))
        )
        assert outcome(reactor.resolve("host.example")) == "192.0.2.7"
        assert reactor.getDelayedCalls() == []

    def test_a_name_without_ipv4_fails_a_simple_question(self, reactor: PollingReactor) -> None:
        reactor.installNameResolver(Named(IPv6Address("TCP", "::1", 0)))
        failure = outcome(reactor.resolve("host.example"))
        assert isinstance(failure, Failure)
        assert failure.type is DNSLookupError

    def test_a_simple_resolver_serves_the_name_resolver(self, reactor: PollingReactor) -> None:
        reactor.installResolver(Simple(host="192.0.2.9"))
        receiver = Receiver()
        reactor.nameResolver.resolveHostName(receiver, "host", 7)
        assert receiver.addresses == [IPv4Address("TCP", "192.0.2.9", 7)]

    def test_a_simple_resolver_that_fails_gives_no_address(self, reactor: PollingReactor) -> None:
        reactor.installResolver(Simple())
        receiver = Receiver()
        reactor.nameResolver.resolveHostName(receiver, "host", 7)
        assert (receiver.addresses, receiver.completed) == ([], 1)

    def test_a_simple_resolver_serves_connecting(self, reactor: PollingReactor) -> None:
        resolver = Simple()
        reactor.installResolver(resolver)
        factory = RecordingClient()
        reactor.connectTCP("nowhere.invalid", 1, factory)
        turnUntil(reactor, lambda: factory.reasons)
        assert factory.reasons[0].type is DNSLookupError
        assert resolver.asked == ["nowhere.invalid"]

    def test_each_attempt_looks_the_name_up_anew(self, reactor: PollingReactor) -> None:
        resolver = Simple()
        reactor.installResolver(resolver)
        factory = RecordingClient()
        connector = reactor.connectTCP("nowhere.invalid", 1, factory)
        turnUntil(reactor, lambda: factory.reasons)
        connector.connect()
        turnUntil(reactor, lambda: len(factory.reasons) == 2)
        assert len(resolver.asked) == 2

    def test_installing_returns_the_one_before(self, reactor: PollingReactor) -> None:
        first = Simple()
        original = reactor.installResolver(first)
        assert isinstance(original, ThreadedResolver)
        assert reactor.installResolver(original) is first
        named = Named()
        assert isinstance(reactor.installNameResolver(named), GAIResolver)
        assert reactor.installNameResolver(Named()) is named

    def test_a_silent_resolver_times_out(self, reactor: PollingReactor) -> None:
        class Silent(Named):
            def resolveHostName(self, resolutionReceiver, *arguments):  # type: ignore[no-untyped-def]
                resolutionReceiver.resolutionBegan(self)
                return self

        reactor.installNameResolver(Silent())
        failures: list[Failure] = []
        reactor.resolve("host.example", (0, 0)).addErrback(failures.append)
        reactor.resolve("host.example", (1, 2)).addErrback(failures.append)
        times = [call.getTime() - reactor.seconds() for call in reactor.getDelayedCalls()]
        assert 2 < max(times) <= 3
        turnUntil(reactor, lambda: failures)
        assert failures[0].type is DNSLookupError

    def test_resolvers_keep_their_interfaces(self, reactor: PollingReactor) -> None:
        assert verifyObject(IHostnameResolver, reactor.nameResolver)
        assert verifyObject(IHostnameResolver, GAIResolver(reactor))
        assert verifyObject(IResolverSimple, ThreadedResolver(reactor))
        assert verifyObject(IResolverSimple, BlockingResolver())

    def test_the_blocking_resolver_knows_localhost(self) -> None:
        assert outcome(BlockingResolver().getHostByName("localhost")) == "127.0.0.1"


class TestAddressing:
    @pytest.mark.parametrize("text", ["127.0.0.1", "0.0.0.0", "255.255.255.255"])
    def test_ipv4_addresses_are_known(self, text: str) -> None:
        assert isIPAddress(text)
        assert not isIPv6Address(text)

    @pytest.mark.parametrize("text", ["::", "::1", "2001:db8::1", "fe80::1%lo", "::ffff:1.2.3.4"])
    def test_ipv6_addresses_are_known(self, text: str) -> None:
        assert isIPv6Address(text)
        assert isIPAddress(text, socket.AF_INET6)
        assert not isIPAddress(text)

    @pytest.mark.parametrize(
        "text", ["", "localhost", "1.2.3", "1.2.3.256", "::g", "1\0", "١.1.1.1"]
    )
    def test_others_are_none(self, text: str) -> None:
        assert not isIPAddress(text)
        assert not isIPv6Address(text)

    @given(st.text())
    def test_no_text_is_too_strange(self, text: str) -> None:
        isIPAddress(text)
        isIPv6Address(text)
        literalAddress(text, 7)

    @given(st.ip_addresses(v=4))
    def test_every_ipv4_address_is_a_literal(self, address: object) -> None:
        assert literalAddress(str(address), 7) == IPv4Address("TCP", str(address), 7)

    @given(st.ip_addresses(v=6))
    def test_every_ipv6_address_is_a_literal(self, address: object) -> None:
        found = literalAddress(str(address), 7)
        assert isinstance(found, IPv6Address)

    def test_a_scope_is_told_apart(self) -> None:
        assert literalAddress("fe80::1%eth0", 7) == IPv6Address("TCP", "fe80::1", 7, 0, "eth0")

    def test_an_unknown_family_is_refused(self) -> None:
        with pytest.raises(ValueError, match="family"):
            isIPAddress("127.0.0.1", socket.AF_UNIX)

    def test_names_of_other_families_have_no_address(self) -> None:
        assert addressFromName(socket.AF_UNIX, ("/path", 0)) is None

    def test_a_port_may_be_given_by_the_name_of_its_service(self) -> None:
        assert portNumber(80) == 80
        assert portNumber("http") == 80
        with pytest.raises(ServiceNameUnknownError, match="nonsense"):
            portNumber("nonsense")
