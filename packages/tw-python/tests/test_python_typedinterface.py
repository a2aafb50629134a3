"""Interfaces that are declared with `self` behave at run time as any zope interface does."""

import pickle
from typing import cast

import pytest
import zope.interface  # type: ignore[import-untyped]
from zope.interface.exceptions import (  # type: ignore[import-untyped]
    BrokenImplementation,
    BrokenMethodImplementation,
    DoesNotImplement,
    Invalid,
)

from twisted.python.components import (
    Attribute,
    Interface,
    adapt,
    alsoProvides,
    classImplements,
    directlyProvides,
    implementer,
    implementer_only,
    implements,
    noLongerProvides,
    provider,
    provides,
    verifyClass,
    verifyObject,
)


class ISocket(Interface):
    """Where an appliance is plugged in."""

    rating: int = Attribute("The largest current, in amperes.")

    def voltage(self, phase: int = 1) -> float:
        """Return the voltage of a phase."""


class IColored(Interface):
    """What has a color."""

    @property
    def color(self) -> str:
        """The color's name."""


class IColoredSocket(ISocket, IColored, Interface):
    """Both of them."""


class IThirdParty(ISocket):
    """Extends ours as third parties do, without `self`."""

    def fuse(amperes):  # type: ignore[no-untyped-def]
        """Change the fuse."""


class ISettable(Interface):
    """Has a method whose parameters hold `self` in another place."""

    def assign(this, self):  # type: ignore[no-untyped-def]
        """Assign something."""


@implementer(ISocket)
class Socket:
    rating = 16

    def voltage(self, phase: int = 1) -> float:
        return 230.0


def method(interface: object, name: str) -> zope.interface.interface.Method:
    return cast(zope.interface.interface.InterfaceClass, interface)[name]


def test_a_method_is_declared_without_its_self() -> None:
    assert method(ISocket, "voltage").getSignatureString() == "(phase=1)"


def test_a_method_without_self_stays_as_it_is() -> None:
    assert method(IThirdParty, "fuse").getSignatureString() == "(amperes)"


def test_only_the_first_parameter_counts_as_self() -> None:
    assert method(ISettable, "assign").getSignatureString() == "(this, self)"


def test_a_method_keeps_its_documentation() -> None:
    assert method(ISocket, "voltage").getDoc() == "Return the voltage of a phase."


def test_an_attribute_keeps_its_description() -> None:
    assert method(ISocket, "rating").getDoc() == "The largest current, in amperes."


def test_a_property_is_an_attribute() -> None:
    assert type(method(IColored, "color")) is zope.interface.Attribute
    assert method(IColored, "color").getDoc() == "The color's name."


def test_an_interface_is_a_zope_interface() -> None:
    assert isinstance(ISocket, zope.interface.interface.InterfaceClass)
    assert cast(zope.interface.interface.InterfaceClass, ISocket).extends(zope.interface.Interface)


def test_members_are_inherited_from_both_bases() -> None:
    assert set(cast(zope.interface.interface.InterfaceClass, IColoredSocket).names(all=True)) == {
        "rating",
        "voltage",
        "color",
    }


def test_an_interface_is_pickled_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(ISocket)) is ISocket


def test_an_implementation_provides_the_interface() -> None:
    assert provides(ISocket, Socket())
    assert not provides(ISocket, object())
    assert not provides(IColoredSocket, Socket())


def test_a_class_implements_the_interface() -> None:
    assert implements(ISocket, Socket)
    assert not implements(ISocket, int)


def test_provides_works_with_a_plain_zope_interface() -> None:
    IPlain = zope.interface.interface.InterfaceClass("IPlain", (zope.interface.Interface,))

    @implementer(IPlain, ISocket)
    class Both(Socket):
        pass

    assert provides(IPlain, Both())
    assert provides(ISocket, Both())


def test_class_implements_declares_after_the_fact() -> None:
    class Plain:
        pass

    classImplements(Plain, ISocket)
    assert provides(ISocket, Plain())


def test_implementer_only_sets_the_bases_aside() -> None:
    @implementer_only(IColored)
    class Painted(Socket):
        color = "red"

    assert provides(IColored, Painted())
    assert not provides(ISocket, Painted())


def test_a_function_can_provide_an_interface() -> None:
    @provider(IColored)
    def paint() -> str:
        return "red"

    assert provides(IColored, paint)
    assert paint() == "red"


def test_one_object_can_provide_more_than_its_class() -> None:
    socket = Socket()
    alsoProvides(socket, IColored)
    assert provides(IColored, socket)
    assert provides(ISocket, socket)
    assert not provides(IColored, Socket())


def test_directly_provides_replaces_what_was_declared_before() -> None:
    socket = Socket()
    alsoProvides(socket, IColored)
    directlyProvides(socket, ISettable)
    assert provides(ISettable, socket)
    assert not provides(IColored, socket)


def test_no_longer_provides_takes_it_back() -> None:
    socket = Socket()
    alsoProvides(socket, IColored)
    noLongerProvides(socket, IColored)
    assert not provides(IColored, socket)


def test_no_longer_provides_refuses_what_the_class_implements() -> None:
    with pytest.raises(ValueError, match="directly provided"):
        noLongerProvides(Socket(), ISocket)


def test_verify_object_accepts_an_implementation() -> None:
    assert verifyObject(ISocket, Socket())


def test_verify_class_accepts_an_implementation() -> None:
    assert verifyClass(ISocket, Socket)


def test_verify_object_refuses_what_does_not_say_that_it_implements() -> None:
    class Undeclared:
        rating = 16
        voltage = Socket.voltage

    with pytest.raises(DoesNotImplement):
        verifyObject(ISocket, Undeclared())


def test_verify_object_reports_a_missing_attribute() -> None:
    @implementer(ISocket)
    class Unrated:
        def voltage(self, phase: int = 1) -> float:
            return 1.0

    with pytest.raises(BrokenImplementation, match="rating"):
        verifyObject(ISocket, Unrated())


def test_verify_object_reports_a_wrong_signature() -> None:
    @implementer(ISocket)
    class Silent:
        rating = 1

        def voltage(self) -> float:
            return 1.0

    with pytest.raises(BrokenMethodImplementation, match="voltage"):
        verifyObject(ISocket, Silent())


def test_verify_class_reports_a_missing_method() -> None:
    @implementer(ISocket)
    class Empty:
        pass

    with pytest.raises(Invalid, match="voltage"):
        verifyClass(ISocket, Empty)


def test_adapt_returns_what_provides_the_interface() -> None:
    socket = Socket()
    assert adapt(ISocket, socket) is socket


def test_adapt_raises_without_an_adapter() -> None:
    with pytest.raises(TypeError, match="Could not adapt"):
        adapt(ISocket, object())


@pytest.mark.parametrize("default", [None, 0, "none"])
def test_adapt_returns_the_default_without_an_adapter(default: object) -> None:
    assert adapt(ISocket, object(), default) is default


def test_adapt_uses_the_objects_own_conform() -> None:
    socket = Socket()

    class Conforming:
        def __conform__(self, interface: object) -> object:
            return socket if interface is ISocket else None

    assert adapt(ISocket, Conforming()) is socket
