"""Classes that hand on to another object what an interface names.

A subclass of such a class overrides what it wants to change, and passes the rest on.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from twisted.python._qualifiedname import fullyQualifiedName
from twisted.python._typedinterface import classImplements

_R = TypeVar("_R")


class _Handed:
    """A member of the interface: reads, writes and deletes the original's."""

    def __init__(self, name: str, originalAttribute: str) -> None:
        self._name = name
        self._originalAttribute = originalAttribute

    def _original(self, proxy: object) -> object:
        return getattr(proxy, self._originalAttribute)

    def __get__(self, proxy: object | None, owner: type) -> object:
        if proxy is None:
            return self._callOn
        return getattr(self._original(proxy), self._name)

    def __set__(self, proxy: object, value: object) -> None:
        setattr(self._original(proxy), self._name, value)

    def __delete__(self, proxy: object) -> None:
        delattr(self._original(proxy), self._name)

    def _callOn(self, proxy: object, /, *args: object, **keywords: object) -> object:
        """Call the original's method; what `Proxy.method` is, for `Proxy.method(self)`."""
        method = cast(Callable[..., object], self.__get__(proxy, type(proxy)))
        return method(*args, **keywords)


def proxyForInterface(
    iface: Callable[..., _R], originalAttribute: str = "original"
) -> Callable[[_R], _R]:
    """Return a class whose instances hand on to another object what an interface names.

    Args:
        iface: The interface. The class implements it.
        originalAttribute: The attribute that holds the other object.

    Returns:
        The class. It is constructed with the other object, and it is there to be subclassed.
    """

    def __init__(self: object, original: object) -> None:
        setattr(self, originalAttribute, original)

    body: dict[str, Any] = {
        name: _Handed(name, originalAttribute) for name in cast(Any, iface).names(all=True)
    }
    body["__init__"] = __init__
    body["__doc__"] = f"Hands on what {fullyQualifiedName(iface)} names."
    proxy = type(f"(Proxy for {fullyQualifiedName(iface)})", (), body)
    classImplements(proxy, iface)
    return cast("Callable[[_R], _R]", proxy)


__all__ = ["proxyForInterface"]
