"""The interfaces are there, are zope interfaces at run time, and are documented."""

from typing import Any

import pytest

from twisted.internet import interfaces

NAMES = [name for name in interfaces.__all__ if name[0] == "I" and name[1].isupper()]


def atRunTime(interface: object) -> Any:
    """Return an interface as the zope interface that it is, which a type checker does not see."""
    return interface


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_a_documented_zope_interface(name: str) -> None:
    interface = atRunTime(getattr(interfaces, name))

    assert interface.__doc__
    assert interface.providedBy(object()) is False


@pytest.mark.parametrize("name", NAMES)
def test_each_member_is_documented_and_takes_no_self(name: str) -> None:
    interface = atRunTime(getattr(interfaces, name))

    for member, description in interface.namesAndDescriptions(all=True):
        assert description.__doc__, member
        assert "self" not in getattr(description, "positional", ()), member


def test_transports_extend_one_another() -> None:
    assert atRunTime(interfaces.ITCPTransport).extends(interfaces.ITransport)
    assert atRunTime(interfaces.INegotiated).extends(interfaces.ITCPTransport)


def test_tcp_for_both_families_is_tcp() -> None:
    assert atRunTime(interfaces.IReactorTCP2).extends(interfaces.IReactorTCP)
    assert set(atRunTime(interfaces.IReactorTCP2).names(all=True)) == {"connectTCP", "listenTCP"}


def test_attributes_are_no_methods() -> None:
    running = atRunTime(interfaces.IReactorCore)["running"]

    assert not hasattr(running, "getSignatureString")


def test_listen_tcp_has_the_signature_that_implementers_know() -> None:
    method = atRunTime(interfaces.IReactorTCP)["listenTCP"]

    assert method.getSignatureString() == "(port, factory, backlog=50, interface='')"
