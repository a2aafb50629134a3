"""Interfaces that are declared once and are types.

`class ITransport(Interface)` is a zope interface when the program runs and a `typing.Protocol` to
a type checker. For that its methods are written with `self`, which zope's own interfaces leave
out: the class of our interfaces takes it off again, so that `verifyObject`, `getSignatureString`
and adaptation see what they see in any zope interface. A method that is declared without `self`,
as third parties do in interfaces that extend ours, is left as it is.

zope.interface has no annotations of its own, so the names that our code takes from it are given
types here. A function that takes an interface annotates it as `Callable[..., R]`, not as `type[R]`:
to mypy a protocol is abstract, and only the first may be abstract. What is asked for by such a
function (`adapt(IFoo, x)`) has the type of the interface.
"""

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import zope.interface as _zope  # type: ignore[import-untyped]
from zope.interface.interface import (  # type: ignore[import-untyped]
    InterfaceClass,
    fromFunction,
)

_C = TypeVar("_C")
_D = TypeVar("_D")
_R = TypeVar("_R")

_NO_DEFAULT = object()


def _takesSelf(function: FunctionType) -> bool:
    """Return whether the first parameter of a function is `self`."""
    code = function.__code__
    return code.co_argcount > 0 and code.co_varnames[0] == "self"


def _declaration(name: str, member: object) -> object:
    """Return what zope is to see of a member of an interface's class body."""
    if isinstance(member, property):
        return _zope.Attribute(name, member.__doc__ or "")
    if isinstance(member, FunctionType) and _takesSelf(member):
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


def implementer_only(*interfaces: object) -> Callable[[_C], _C]:
    """Return a class decorator that declares what a class implements, bases set aside."""
    return cast(Callable[[_C], _C], _zope.implementer_only(*interfaces))


def provider(*interfaces: object) -> Callable[[_C], _C]:
    """Return a decorator that declares that the function or class itself provides the interfaces."""
    return cast(Callable[[_C], _C], _zope.provider(*interfaces))


def classImplements(cls: type, *interfaces: object) -> None:
    """Declare after the fact that `cls` implements the interfaces (for compiled classes)."""
    _zope.classImplements(cls, *interfaces)


def directlyProvides(candidate: object, *interfaces: object) -> None:
    """Declare what one object provides, in place of what was declared for it before."""
    _zope.directlyProvides(candidate, *interfaces)


def alsoProvides(candidate: object, *interfaces: object) -> None:
    """Declare that one object provides more interfaces."""
    _zope.alsoProvides(candidate, *interfaces)


def noLongerProvides(candidate: object, interface: object) -> None:
    """Take back what `directlyProvides` or `alsoProvides` declared for one object.

    Raises:
        ValueError: The object still provides the interface, through its class.
    """
    _zope.noLongerProvides(candidate, interface)


def implements(interface: Callable[..., object], cls: type) -> bool:
    """Return whether the instances of a class provide an interface."""
    return bool(interface.implementedBy(cls))  # type: ignore[attr-defined]  # mypy sees a protocol


def provides(interface: Callable[..., object], candidate: object) -> bool:
    """Return whether an object provides an interface.

    A type checker learns nothing from the answer; where it shall, use
    `adapt(interface, candidate, None)`.
    """
    return bool(interface.providedBy(candidate))  # type: ignore[attr-defined]  # as above


@overload
def adapt(interface: Callable[..., _R], candidate: object) -> _R: ...
@overload
def adapt(interface: Callable[..., _R], candidate: object, default: _D) -> _R | _D: ...
def adapt(
    interface: Callable[..., object], candidate: object, default: object = _NO_DEFAULT
) -> object:
    """Return an object that provides an interface for `candidate`.

    This is `interface(candidate)` in a form that type checkers understand.

    Args:
        interface: The interface that is asked for.
        candidate: The object to adapt; it is returned itself if it provides the interface.
        default: What to return where there is no adapter.

    Raises:
        TypeError: There is no adapter, and no default was given.
    """
    if default is _NO_DEFAULT:
        return interface(candidate)
    return interface(candidate, default)


def verifyObject(interface: Callable[..., object], candidate: object) -> bool:
    """Check that an object provides an interface and has its members.

    Returns:
        True, always.

    Raises:
        zope.interface.exceptions.Invalid: It does not; the error names each difference.
    """
    # Imported here: it needs inspect, which programs at work seldom do.
    from zope.interface.verify import verifyObject  # type: ignore[import-untyped]

    return bool(verifyObject(interface, candidate))


def verifyClass(interface: Callable[..., object], cls: type) -> bool:
    """Check that a class implements an interface and has its methods.

    Returns:
        True, always.

    Raises:
        zope.interface.exceptions.Invalid: It does not; the error names each difference.
    """
    from zope.interface.verify import verifyClass

    return bool(verifyClass(interface, cls))


__all__ = [
    "Attribute",
    "Interface",
    "adapt",
    "alsoProvides",
    "classImplements",
    "directlyProvides",
    "implementer",
    "implementer_only",
    "implements",
    "noLongerProvides",
    "provider",
    "provides",
    "verifyClass",
    "verifyObject",
]
