"""Multicast on each kind of reactor, over IPv4 and IPv6, by way of the loopback interface."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.defer import Deferred
from twisted.internet.defer import fail as failing
from twisted.internet.error import CannotListenError, DNSLookupError, MulticastJoinError
from twisted.internet.interfaces import IMulticastTransport, IReactorMulticast, IResolverSimple
from twisted.internet.udp import MulticastPort
from twisted.python.components import implementer, verifyObject

from .reactor_helpers import reactor, turn, turnUntil
from .reactor_namespaces import ownNetwork
from .test_reactor_udp import Mailbox

__all__ = ["reactor"]


@dataclass(frozen=True)
class Family:
    """What the tests need of a family."""

    everywhere: str
    group: str
    loopback: str


FAMILIES = {
    "IPv4": Family("0.0.0.0", "228.0.0.5", "127.0.0.1"),
    "IPv6": Family("::", "ff02::1:5", "lo"),
}


def canSend(family: Family) -> bool:
    """Return whether multicast datagrams can leave by the loopback interface."""
    if family.loopback != "lo":
        return True
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as skt:
        try:
            number = socket.if_nametoindex("lo")
            skt.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, number)
            skt.sendto(b"", (family.group, 9))
        except OSError:
            return False
    return True


@pytest.fixture
def sending(family: Family) -> Iterator[Family]:
    """Each family, over which multicast datagrams can be sent."""
    with ExitStack() as stack:
        if not canSend(family):
            try:
                stack.enter_context(ownNetwork())
            except OSError as error:
                pytest.skip(
                    "this machine has no route for IPv6 multicast on its loopback interface, and "
                    f"only root (CAP_SYS_ADMIN) may have a network with one: {error}"
                )
        yield family


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    """Each family."""
    return FAMILIES[request.param]


@implementer(IResolverSimple)
class KnowsNobody:
    """A resolver without threads."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        return failing(DNSLookupError(f"{name} is unknown"))


def listen(
    reactor: PollingReactor,
    protocol: Mailbox,
    family: Family,
    number: int = 0,
    listenMultiple: bool = False,
) -> MulticastPort:
    """Open a port whose multicast datagrams leave by the loopback interface."""
    port = reactor.listenMulticast(
        number, protocol, family.everywhere, listenMultiple=listenMultiple
    )
    assert isinstance(port, MulticastPort)
    succeed(reactor, port.setOutgoingInterface(family.loopback))
    return port


def succeed(reactor: PollingReactor, waited: Deferred[None]) -> None:
    """Wait for a Deferred."""
    done: list[None] = []
    waited.addCallback(done.append)
    turnUntil(reactor, lambda: done)


def fail(reactor: PollingReactor, waited: Deferred[None]) -> BaseException:
    """Wait for the failure of a Deferred."""
    failures: list[BaseException] = []
    waited.addErrback(lambda failure: failures.append(failure.value))
    turnUntil(reactor, lambda: failures)
    return failures[0]


def test_the_interfaces_are_provided(reactor: PollingReactor, family: Family) -> None:
    assert verifyObject(IReactorMulticast, reactor)
    assert verifyObject(IMulticastTransport, listen(reactor, Mailbox(), family))


def test_what_is_sent_to_a_joined_group_arrives(reactor: PollingReactor, sending: Family) -> None:
    protocol = Mailbox()
    port = listen(reactor, protocol, sending)
    succeed(reactor, port.joinGroup(sending.group, sending.loopback))
    listen(reactor, Mailbox(), sending).write(b"x", (sending.group, port.getHost().port))
    turnUntil(reactor, lambda: protocol.datagrams == [b"x"])


def test_nothing_arrives_from_a_group_that_was_left(
    reactor: PollingReactor, sending: Family
) -> None:
    protocol = Mailbox()
    port = listen(reactor, protocol, sending)
    succeed(reactor, port.joinGroup(sending.group, sending.loopback))
    succeed(reactor, port.leaveGroup(sending.group, sending.loopback))
    port.write(b"x", (sending.group, port.getHost().port))
    turn(reactor)
    assert protocol.datagrams == []


def test_several_ports_share_a_number(reactor: PollingReactor, sending: Family) -> None:
    first, second = Mailbox(), Mailbox()
    port = listen(reactor, first, sending, 0, True)
    number = port.getHost().port
    other = listen(reactor, second, sending, number, True)
    for one in (port, other):
        succeed(reactor, one.joinGroup(sending.group, sending.loopback))
    port.write(b"x", (sending.group, number))
    turnUntil(reactor, lambda: first.datagrams == second.datagrams == [b"x"])


def test_a_number_is_not_shared_unasked(reactor: PollingReactor, family: Family) -> None:
    number = listen(reactor, Mailbox(), family).getHost().port
    with pytest.raises(CannotListenError):
        listen(reactor, Mailbox(), family, number)


def test_loopback_is_on_and_can_be_turned_off(reactor: PollingReactor, family: Family) -> None:
    port = listen(reactor, Mailbox(), family)
    assert port.getLoopbackMode() is True
    port.setLoopbackMode(False)
    assert port.getLoopbackMode() is False


def test_the_ttl_is_one_and_can_be_changed(reactor: PollingReactor, family: Family) -> None:
    port = listen(reactor, Mailbox(), family)
    assert port.getTTL() == 1
    port.setTTL(17)
    assert port.getTTL() == 17


@pytest.mark.parametrize("ttl", [-1, 256])
def test_what_is_no_ttl_is_refused(reactor: PollingReactor, family: Family, ttl: int) -> None:
    with pytest.raises(ValueError, match="0 to 255"):
        listen(reactor, Mailbox(), family).setTTL(ttl)


def test_the_outgoing_interface_is_told(reactor: PollingReactor) -> None:
    port = reactor.listenMulticast(0, Mailbox())
    assert isinstance(port, MulticastPort)
    assert port.getOutgoingInterface() == "0.0.0.0"
    succeed(reactor, port.setOutgoingInterface("127.0.0.1"))
    assert port.getOutgoingInterface() == "127.0.0.1"


def test_the_outgoing_interface_of_ipv6_is_a_number(reactor: PollingReactor) -> None:
    port = listen(reactor, Mailbox(), FAMILIES["IPv6"])
    succeed(reactor, port.setOutgoingInterface(1))
    assert port.getOutgoingInterface() == 1


def test_an_interface_that_has_no_address_fails(reactor: PollingReactor) -> None:
    reactor.installResolver(KnowsNobody())
    port = listen(reactor, Mailbox(), FAMILIES["IPv4"])
    assert type(fail(reactor, port.setOutgoingInterface("no..name"))) is DNSLookupError


@pytest.mark.parametrize("group", ["127.0.0.1", "::1", "no..name"])
def test_what_is_no_group_is_not_joined(
    reactor: PollingReactor, family: Family, group: str
) -> None:
    reactor.installResolver(KnowsNobody())
    port = listen(reactor, Mailbox(), family)
    assert isinstance(fail(reactor, port.joinGroup(group)), MulticastJoinError)


def test_a_group_that_was_not_joined_cannot_be_left(
    reactor: PollingReactor, family: Family
) -> None:
    port = listen(reactor, Mailbox(), family)
    error = fail(reactor, port.leaveGroup(family.group, family.loopback))
    assert isinstance(error, MulticastJoinError)


def test_any_udp_port_sends_to_a_group(reactor: PollingReactor) -> None:
    family = FAMILIES["IPv4"]
    protocol = Mailbox()
    port = listen(reactor, protocol, family)
    succeed(reactor, port.joinGroup(family.group, family.loopback))
    reactor.listenUDP(0, Mailbox(), "127.0.0.1")
    sender = Mailbox()
    reactor.listenUDP(0, sender, "127.0.0.1")
    sender.transport.write(b"x", (family.group, port.getHost().port))
    turnUntil(reactor, lambda: protocol.datagrams == [b"x"])
