"""IPv6 addresses that belong to a link, with its name or number."""

import socket

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._sockets._scopes import nameWithScope, withScope
from twisted.internet.udp import Port

from .reactor_helpers import reactor, turnUntil
from .test_reactor_udp import Mailbox

__all__ = ["reactor"]

LOOPBACK = socket.if_nametoindex("lo")


@pytest.mark.parametrize("scope", ["lo", str(LOOPBACK)])
def test_the_socket_functions_get_the_number_of_the_interface(scope: str) -> None:
    assert nameWithScope(f"fe80::1%{scope}", 80) == ("fe80::1", 80, 0, LOOPBACK)


@pytest.mark.parametrize("host", ["::1", "127.0.0.1", "<broadcast>"])
def test_what_has_no_scope_is_left_as_it_is(host: str) -> None:
    assert nameWithScope(host, 80) == (host, 80)


def test_programs_get_the_name_of_the_interface() -> None:
    assert withScope(("fe80::1", 80, 0, LOOPBACK)) == ("fe80::1%lo", 80)
    assert withScope(("fe80::1%lo", 80, 0, LOOPBACK)) == ("fe80::1%lo", 80)


def test_an_interface_that_is_gone_has_only_a_number() -> None:
    assert withScope(("fe80::1", 80, 0, 2**31 - 1)) == ("fe80::1%2147483647", 80)


@pytest.mark.parametrize("name", [("127.0.0.1", 80), ("::1", 80, 0, 0)])
def test_most_addresses_have_no_scope(name: tuple[object, ...]) -> None:
    assert withScope(name) == name[:2]


@pytest.mark.parametrize("scope", ["nowhere", "", "٣"])
def test_an_interface_that_there_is_not_is_an_error(scope: str) -> None:
    with pytest.raises(OSError, match="interface"):
        nameWithScope(f"fe80::1%{scope}", 80)


def test_datagrams_can_be_sent_to_an_address_with_a_scope(reactor: PollingReactor) -> None:
    mailbox = Mailbox()
    receiving = reactor.listenUDP(0, mailbox, "::1")
    sending = reactor.listenUDP(0, Mailbox(), "::1")
    assert isinstance(receiving, Port)
    assert isinstance(sending, Port)
    number = receiving.getHost().port
    sending.write(b"x", ("::1%lo", number))
    turnUntil(reactor, lambda: mailbox.datagrams == [b"x"])
    with pytest.raises(OSError, match="interface"):
        sending.write(b"x", ("::1%nowhere", number))
