"""Interfaces that are declared once and are types.

`class ITransport(Interface)` is a zope interface when the program runs and a `typing.Protocol` to
a type checker. For that its methods are written with `self`, which zope's own interfaces leave
out: the class of our interfaces takes it off again, so that `verifyObject`, `getSignatureString`
and adaptation see what they see in any zope interface. A method that is declared without `self`,
as third parties do in interfaces that extend ours, is left as it is.

zope.interface has no annotations of its own, so the names that our code takes from it are given
types here.
"""

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import zope.interface as _zope  # type: ignore[import-untyped]
from zope.interface.interface import (  # type: ignore[import-untyped]
    InterfaceClass,
    fromFunction,
)
from zope.interface.verify import verifyObject as _verifyObject  # type: ignore[import-untyped]

_C = TypeVar("_C")
_I = TypeVar("_I")


def _declaration(name: str, member: object) -> object:
    """Return what zope is to see of a member of an interface's class body."""
    if isinstance(member, property):
        return _zope.Attribute(name, member.__doc__ or "")
    if isinstance(member, FunctionType) and member.__code__.co_varnames[:1] == ("self",):
        return fromFunction(member, None, 1, name)
    return member


if TYPE_CHECKING:
    from typing import Protocol as Interface
else:

    class _TypedInterfaceClass(InterfaceClass):
        """The class of `Interface` and of every interface that extends it."""

        def __init__(self, name, bases=(), attrs=None, **keywords):
            declared = {key: _declaration(key, member) for key, member in (attrs or {}).items()}
            super().__init__(name, bases, declared, **keywords)

    Interface = _TypedInterfaceClass("Interface", (_zope.Interface,), {"__module__": __name__})


def Attribute(description: str) -> Any:  # noqa: ANN401 - stands for a value of the declared type
    """Declare an attribute of an interface: `port: int = Attribute("The port's number.")`."""
    return _zope.Attribute(description)


def implementer(*interfaces: object) -> Callable[[_C], _C]:
    """Return a class decorator that declares that the class implements the interfaces."""
    return cast(Callable[[_C], _C], _zope.implementer(*interfaces))


def classImplements(cls: type, *interfaces: object) -> None:
    """Declare after the fact that `cls` implements the interfaces (for compiled classes)."""
    _zope.classImplements(cls, *interfaces)


def provides(interface: Callable[..., object], candidate: object) -> bool:
    """Return whether an object provides an interface."""
    return bool(interface.providedBy(candidate))  # type: ignore[attr-defined]


def verifyObject(interface: Callable[..., object], candidate: object) -> bool:
    """Check that an object provides an interface and has its members.

    Raises:
        zope.interface.exceptions.Invalid: It does not; the error names each difference.
    """
    return bool(_verifyObject(interface, candidate))


__all__ = ["Attribute", "Interface", "classImplements", "implementer", "provides", "verifyObject"]
