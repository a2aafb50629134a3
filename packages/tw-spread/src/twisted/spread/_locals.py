"""Local objects that are called as remote ones are."""

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.logger import Logger
from twisted.python.components import provides
from twisted.python.failure import Failure
from twisted.spread._pberrors import Error, NoSuchMethod

_MODULE = "twisted.spread.util"

_log = Logger("twisted.spread.util")


class LocalMethod:
    """A method of a `LocalAsRemote`, to be called later.

    Attributes:
        local: The object.
        name: The method's name, without the prefix.
    """

    __module__ = _MODULE

    def __init__(self, local: "LocalAsRemote", name: str) -> None:
        """Make one; `LocalAsRemote.remoteMethod` does."""
        self.local: LocalAsRemote = local
        self.name: str = name

    def __call__(self, *args: object, **kw: object) -> Deferred[Any]:
        """Call it; see `LocalAsRemote.callRemote`."""
        return self.local.callRemote(self.name, *args, **kw)


class LocalAsRemote:
    """An object that is called by `callRemote`, as if it were a reference.

    Its methods `sync_...` return a result, those `async_...` a Deferred.

    Attributes:
        reportAllTracebacks: Whether errors that nobody may expect are logged.
    """

    __module__ = _MODULE

    reportAllTracebacks: bool | int = 1

    def remoteMethod(self, name: str) -> LocalMethod:
        """Return a method, to be called later.

        Args:
            name: Its name, without the prefix.
        """
        return LocalMethod(self, name)

    def callRemote(self, name: str, /, *args: object, **kw: object) -> Deferred[Any]:
        """Call a method.

        Args:
            name: Its name, without the prefix.
            args: Its arguments by position.
            kw: Its arguments by name.

        Returns:
            A Deferred of the result. It fails with what the method raised, or with `NoSuchMethod`.
        """
        waiting: Callable[..., Deferred[Any]] | None = getattr(self, f"async_{name}", None)
        if waiting is not None:
            return maybeDeferred(waiting, *args, **kw)
        method: Callable[..., object] | None = getattr(self, f"sync_{name}", None)
        if method is None:
            return fail(NoSuchMethod(f"No such method: sync_{name} or async_{name}"))
        try:
            return succeed(method(*args, **kw))
        except Exception:
            failure = Failure()
            if self.reportAllTracebacks and failure.check(Error) is None:
                _log.failure("a method that was called as a remote one failed", failure)
            return fail(failure)


class LocalAsyncForwarder:
    """Passes on those calls that an interface declares.

    Attributes:
        forwarded: The object that gets them.
        interfaceClass: Declares them.
        failWhenNotImplemented: Whether a call of another method fails; else its result is None.
    """

    __module__ = _MODULE

    def __init__(
        self,
        forwarded: object,
        interfaceClass: Any,  # noqa: ANN401 - an interface, which has no type of its own
        failWhenNotImplemented: bool | int = 0,
    ) -> None:
        """Wrap an object.

        Args:
            forwarded: The object.
            interfaceClass: Declares the methods that may be called; the object provides it.
            failWhenNotImplemented: Whether a call of another method fails.

        Raises:
            TypeError: The object does not provide the interface.
        """
        if not provides(interfaceClass, forwarded):
            raise TypeError(f"{forwarded!r} does not provide {interfaceClass!r}")
        self.forwarded: Any = forwarded
        self.interfaceClass: Any = interfaceClass
        self.failWhenNotImplemented: bool | int = failWhenNotImplemented

    def callRemote(self, method: str, /, *args: object, **kw: object) -> Deferred[Any]:
        """Call a method.

        Args:
            method: Its name.
            args: Its arguments by position.
            kw: Its arguments by name.

        Returns:
            A Deferred of the result.
        """
        if self.interfaceClass.queryDescriptionFor(method) is not None:
            return maybeDeferred(getattr(self.forwarded, method), *args, **kw)
        if self.failWhenNotImplemented:
            return fail(NoSuchMethod(f"No such method: {method}"))
        return succeed(None)


__all__ = ["LocalAsRemote", "LocalAsyncForwarder", "LocalMethod"]
