"""Datagrams over a network of the tests' own: groups, broadcasts, links, and ports that are closed."""

import pytest

from twisted.internet.protocol import DatagramProtocol
from twisted.internet.udp import MulticastPort, Port

from .namespaces import Cable, cable
from .peers import needs, portOf

__all__ = ["cable"]

pytestmark = needs("ip", "iproute2")


class Mailbox(DatagramProtocol):
    """Keeps datagrams with their senders."""

    def __init__(self) -> None:
        self.datagrams: list[tuple[bytes, str]] = []
        self.refused = 0

    def datagramReceived(self, datagram: bytes, addr: object) -> None:
        assert isinstance(addr, tuple)
        self.datagrams.append((datagram, addr[0]))

    def connectionRefused(self) -> None:
        self.refused += 1


# Groups


@pytest.mark.parametrize(
    ("group", "left", "right", "addresses"),
    [
        ("228.0.0.5", "10.99.0.1", "10.99.0.2", ("10.99.0.1", "10.99.0.2")),
        ("ff02::1:5", "veth0", "veth0", ("fe80::1%veth0", "fe80::2%veth0")),
    ],
)
def test_a_group_gets_datagrams_from_the_other_side(
    cable: Cable, group: str, left: str, right: str, addresses: tuple[str, str]
) -> None:
    everywhere = "::" if ":" in group else "0.0.0.0"
    mailbox = Mailbox()
    done: list[None] = []
    with cable.right.inside() as reactor:
        receiving = reactor.listenMulticast(0, mailbox, everywhere)
        assert isinstance(receiving, MulticastPort)
        receiving.joinGroup(group, right).addCallback(done.append)
    with cable.left.inside() as reactor:
        sending = reactor.listenMulticast(0, Mailbox(), everywhere)
        assert isinstance(sending, MulticastPort)
        sending.setOutgoingInterface(left).addCallback(done.append)
    cable.until(lambda: len(done) == 2)
    target = (group, portOf(receiving))
    with cable.left.inside():
        sending.write(b"to all", target)
    cable.until(lambda: mailbox.datagrams)
    assert mailbox.datagrams == [(b"to all", addresses[0])]
    # And nothing more after leaving.
    with cable.right.inside():
        receiving.leaveGroup(group, right).addCallback(done.append)
    cable.until(lambda: len(done) == 3)
    with cable.left.inside():
        sending.write(b"to others", target)
        sending.write(b"to this one", (addresses[1], target[1]))
    cable.until(lambda: len(mailbox.datagrams) == 2)
    assert mailbox.datagrams[1][0] == b"to this one"


def test_the_ttl_of_a_group_reaches_the_kernel(cable: Cable) -> None:
    with cable.left.inside() as reactor:
        sending = reactor.listenMulticast(0, Mailbox())
        assert isinstance(sending, MulticastPort)
        sending.setTTL(7)
        assert sending.getTTL() == 7


# Broadcasts


@pytest.mark.parametrize("target", ["<broadcast>", "255.255.255.255", "10.99.0.255"])
def test_a_broadcast_reaches_the_other_side(cable: Cable, target: str) -> None:
    mailbox = Mailbox()
    with cable.right.inside() as reactor:
        number = portOf(reactor.listenUDP(0, mailbox))
    with cable.left.inside() as reactor:
        # The host has no other network either.
        cable.left.ip("route add default dev veth0")
        sending = reactor.listenUDP(0, Mailbox())
        assert isinstance(sending, Port)
        with pytest.raises(PermissionError):
            sending.write(b"hello", (target, number))
        sending.setBroadcastAllowed(True)
        sending.write(b"hello", (target, number))
    cable.until(lambda: mailbox.datagrams)
    assert mailbox.datagrams == [(b"hello", "10.99.0.1")]


# Addresses of the link


def test_link_local_addresses_with_the_name_of_an_interface(cable: Cable) -> None:
    first, second = Mailbox(), Mailbox()
    with cable.right.inside() as reactor:
        right = reactor.listenUDP(0, second, "fe80::2%veth0")
        assert isinstance(right, Port)
    with cable.left.inside() as reactor:
        left = reactor.listenUDP(0, first, "fe80::1%veth0")
        assert isinstance(left, Port)
        left.write(b"hello", ("fe80::2%veth0", portOf(right)))
    cable.until(lambda: second.datagrams)
    assert second.datagrams == [(b"hello", "fe80::1%veth0")]
    # The address that it came from is one to answer to.
    with cable.right.inside():
        right.write(b"hi", (second.datagrams[0][1], portOf(left)))
    cable.until(lambda: first.datagrams == [(b"hi", "fe80::2%veth0")])


def test_a_connected_port_takes_the_name_of_an_interface(cable: Cable) -> None:
    mailbox = Mailbox()
    with cable.right.inside() as reactor:
        number = portOf(reactor.listenUDP(0, mailbox, "::"))
    with cable.left.inside() as reactor:
        sending = reactor.listenUDP(0, Mailbox(), "::")
        assert isinstance(sending, Port)
        sending.connect("fe80::2%veth0", number)
        sending.write(b"hello")
    cable.until(lambda: mailbox.datagrams)


# Nobody there


@pytest.mark.parametrize(("host", "interface"), [("10.99.0.2", ""), ("fd99::2", "::")])
def test_a_closed_port_refuses_a_connected_one(cable: Cable, host: str, interface: str) -> None:
    mailbox = Mailbox()
    with cable.left.inside() as reactor:
        port = reactor.listenUDP(0, mailbox, interface)
        assert isinstance(port, Port)
        port.connect(host, 9)
        port.write(b"hello")
    cable.until(lambda: mailbox.refused)
    # It goes on.
    with cable.left.inside():
        port.write(b"hello")
    cable.until(lambda: mailbox.refused == 2)


@pytest.mark.parametrize(("host", "interface"), [("10.99.0.2", ""), ("fd99::2", "::")])
def test_a_closed_port_does_not_disturb_one_that_is_not_connected(
    cable: Cable, host: str, interface: str
) -> None:
    mailbox, other = Mailbox(), Mailbox()
    with cable.right.inside() as reactor:
        number = portOf(reactor.listenUDP(0, other, interface))
    with cable.left.inside() as reactor:
        port = reactor.listenUDP(0, mailbox, interface)
        assert isinstance(port, Port)
        port.write(b"nobody", (host, 9))
        port.write(b"somebody", (host, number))
    cable.until(lambda: other.datagrams)
    assert mailbox.refused == 0


@pytest.mark.parametrize(("host", "interface"), [("192.0.2.1", ""), ("2001:db8::1", "::")])
def test_without_a_route_a_write_fails_and_the_port_goes_on(
    cable: Cable, host: str, interface: str
) -> None:
    other = Mailbox()
    there = "fd99::2" if ":" in host else "10.99.0.2"
    with cable.right.inside() as reactor:
        number = portOf(reactor.listenUDP(0, other, interface))
    with cable.left.inside() as reactor:
        port = reactor.listenUDP(0, Mailbox(), interface)
        assert isinstance(port, Port)
        with pytest.raises(OSError, match="unreachable"):
            port.write(b"hello", (host, 9))
        port.write(b"hello", (there, number))
    cable.until(lambda: other.datagrams)
