"""Typed calls: the class or protocol that declares methods says what a call takes and gives.

Nothing changes on the wire.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from twisted.internet.defer import Deferred
from twisted.spread._cacheable import RemoteCacheObserver
from twisted.spread._references import RemoteReference

_I = TypeVar("_I")
_P = ParamSpec("_P")
_R = TypeVar("_R")

_PREFIXES = ("remote_", "perspective_", "view_", "observe_")


class TypedReference(Generic[_I]):
    """A reference of which type checkers know the methods.

    The interface is a class whose methods have the prefixes that peers call them by: that of the
    object itself, or a `typing.Protocol` that both ends have.

    Attributes:
        reference: The reference.
    """

    __module__ = "twisted.spread.pb"

    def __init__(
        self,
        reference: RemoteReference | RemoteCacheObserver,
        interface: Callable[..., _I],
    ) -> None:
        """Say what a reference refers to.

        Args:
            reference: The reference.
            interface: Declares the methods.
        """
        self.reference: RemoteReference | RemoteCacheObserver = reference

    @overload
    def callRemote(
        self,
        method: Callable[Concatenate[_I, _P], Deferred[_R] | Coroutine[Any, Any, _R]],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> Deferred[_R]: ...
    @overload
    def callRemote(
        self,
        method: Callable[Concatenate[_I, _P], _R],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> Deferred[_R]: ...
    def callRemote(self, method: Callable[..., Any], /, *args: Any, **kw: Any) -> Deferred[Any]:
        """Call a method of the object.

        Args:
            method: The method of the interface: `Calculator.remote_add`.
            args: Its arguments by position.
            kw: Its arguments by name.

        Returns:
            A Deferred of the result; see `RemoteReference.callRemote`.

        Raises:
            DeadReferenceError: The connection is gone.
            ValueError: The method has none of the prefixes of methods that peers call.
        """
        name = method.__name__
        for prefix in _PREFIXES:
            if name.startswith(prefix):
                return self.reference.callRemote(name.removeprefix(prefix), *args, **kw)
        raise ValueError(f"{name} is no method for peers: those begin with {', '.join(_PREFIXES)}")


__all__ = ["TypedReference"]
