"""Addresses compare by value, are immutable, and can be keys."""

import dataclasses

import pytest

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.python.components import verifyObject

ADDRESSES = [
    IPv4Address("TCP", "127.0.0.1", 80),
    IPv6Address("TCP", "::1", 80),
    UNIXAddress("/run/x"),
    HostnameAddress(b"example.com", 80),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_class_provides_the_interface(address: object) -> None:
    assert verifyObject(IAddress, address)


@pytest.mark.parametrize("address", ADDRESSES)
def test_attributes_cannot_be_changed(address: object) -> None:
    name = dataclasses.fields(address)[0].name  # type: ignore[arg-type]

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(address, name, "other")


def test_equal_values_are_equal_and_hash_alike() -> None:
    one, other = IPv4Address("TCP", "127.0.0.1", 80), IPv4Address("TCP", "127.0.0.1", 80)

    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    "other",
    [
        IPv4Address("UDP", "127.0.0.1", 80),
        IPv4Address("TCP", "127.0.0.2", 80),
        IPv4Address("TCP", "127.0.0.1", 81),
        IPv6Address("TCP", "127.0.0.1", 80),
        ("TCP", "127.0.0.1", 80),
    ],
)
def test_another_value_is_not_equal(other: object) -> None:
    assert IPv4Address("TCP", "127.0.0.1", 80) != other


def test_ipv6_flow_and_scope_default_to_none() -> None:
    address = IPv6Address("TCP", "fe80::1", 80)

    assert (address.flowInfo, address.scopeID) == (0, 0)


def test_ipv6_scope_tells_addresses_apart() -> None:
    assert IPv6Address("TCP", "fe80::1", 80, 0, "eth0") != IPv6Address("TCP", "fe80::1", 80)


@pytest.mark.parametrize("cls", [IPv4Address, IPv6Address])
def test_an_unknown_type_is_refused(cls: type[IPv4Address] | type[IPv6Address]) -> None:
    with pytest.raises(ValueError, match="'TCP' or 'UDP'"):
        cls("SCTP", "127.0.0.1", 80)  # type: ignore[arg-type]


def test_unix_path_as_text_and_as_bytes_is_the_same() -> None:
    assert UNIXAddress("/run/x") == UNIXAddress(b"/run/x")
    assert UNIXAddress("/run/x").name == b"/run/x"


def test_unix_socket_may_have_no_path() -> None:
    assert UNIXAddress(None).name is None


def test_repr_says_all() -> None:
    assert repr(ADDRESSES[0]) == "IPv4Address(type='TCP', host='127.0.0.1', port=80)"
