"""References to objects at the other end of a connection."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.persisted.styles import Ephemeral
from twisted.python.components import classImplements
from twisted.spread._pberrors import ForeignReference
from twisted.spread._referenceable import Referenceable, Serializable, local_atom, remote_atom
from twisted.spread._tasters import InsecureJelly
from twisted.spread._unjellyables import unjellyableRegistry
from twisted.spread.interfaces import Expression, IJellier, IUnjellier, IUnjellyable

if TYPE_CHECKING:
    from twisted.spread._broker import Broker

_MODULE = "twisted.spread.pb"

_log = Logger(_MODULE)


class RemoteMethod:
    """A method of an object at the other end, to be called later.

    Attributes:
        obj: The reference.
        name: The method's name, without the prefix.
    """

    __module__ = _MODULE

    def __init__(self, obj: "RemoteReference", name: str) -> None:
        """Make one; `RemoteReference.remoteMethod` does."""
        self.obj: RemoteReference = obj
        self.name: str = name

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RemoteMethod):
            return NotImplemented
        return (self.obj, self.name) == (other.obj, other.name)

    def __hash__(self) -> int:
        return hash((self.obj, self.name))

    def __call__(self, *args: object, **kw: object) -> Deferred[Any]:
        """Call it; see `RemoteReference.callRemote`."""
        return self.obj.callRemote(self.name, *args, **kw)


class RemoteReference(Serializable, Ephemeral):
    """Stands for an object at the other end; its methods can be called, and nothing else.

    When it is let go, the other end is told that this reference is no longer there. References to
    the same object over the same connection are equal.

    Attributes:
        perspective: Who it was received for.
        broker: The connection.
        luid: The object's number there, or the name of a root.
        doRefCount: Whether the other end counts this reference.
    """

    __module__ = _MODULE

    doRefCount: bool | int = 0

    def __init__(
        self, perspective: object, broker: "Broker", luid: int | bytes, doRefCount: bool | int
    ) -> None:
        """Make one; receiving a reference does.

        Args:
            perspective: Who it was received for.
            broker: The connection.
            luid: The object's number there, or the name of a root.
            doRefCount: Whether the other end counts this reference.
        """
        self.perspective: object = perspective
        self.broker: Broker = broker
        self.luid: int | bytes = luid
        self.doRefCount = doRefCount
        self.disconnectCallbacks: list[Callable[[RemoteReference], object]] = []

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RemoteReference):
            return NotImplemented
        return self.broker is other.broker and self.luid == other.luid

    def __hash__(self) -> int:
        return hash((id(self.broker), self.luid))

    def __del__(self) -> None:
        if self.doRefCount:
            self.broker.sendDecRef(self.luid)

    def callRemote(self, _name: str, /, *args: object, **kw: object) -> Deferred[Any]:
        """Call a method of the object.

        Args:
            _name: Its name, without the prefix `remote_`, `perspective_` or `view_`.
            args: Its arguments by position: whatever Jelly knows, and the flavors of objects.
            kw: Its arguments by name; all names are free.

        Returns:
            A Deferred of the result. It fails with a `CopiedFailure` if the method raised or could
            not be called, with `PBConnectionLost` if the connection is lost before the answer
            comes, and with `InsecureJelly` or `BananaError` if an argument cannot be sent.

        Raises:
            DeadReferenceError: The connection is gone.
        """
        return self.broker.sendMessage(b"message", self.perspective, self.luid, _name, args, kw)

    def remoteMethod(self, key: str) -> RemoteMethod:
        """Return a method of the object, to be called later.

        Args:
            key: Its name, without the prefix.
        """
        return RemoteMethod(self, key)

    def notifyOnDisconnect(self, callback: "Callable[[RemoteReference], object]") -> None:
        """Have a function called when the connection is gone.

        Args:
            callback: Called with this reference, which is kept until then.
        """
        self.disconnectCallbacks.append(callback)
        if len(self.disconnectCallbacks) == 1:
            self.broker.notifyOnDisconnect(self._disconnected)

    def dontNotifyOnDisconnect(self, callback: "Callable[[RemoteReference], object]") -> None:
        """Have a function not called any more.

        Args:
            callback: What `notifyOnDisconnect` was given.

        Raises:
            ValueError: It was not.
        """
        self.disconnectCallbacks.remove(callback)
        if not self.disconnectCallbacks:
            self.broker.dontNotifyOnDisconnect(self._disconnected)

    def _disconnected(self) -> None:
        callbacks, self.disconnectCallbacks = self.disconnectCallbacks, []
        for callback in callbacks:
            with _log.failureHandler("while telling that a reference is dead"):
                callback(self)

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return what the owner knows the object by.

        Args:
            jellier: Has the connection.

        Raises:
            ForeignReference: It is another connection than that of the reference.
        """
        if jellier.invoker is not self.broker:
            raise ForeignReference(
                "a reference can be sent only over its own connection, back to its owner: "
                "give somebody else an object of your own that passes calls on"
            )
        self.broker.keepUntilSent(self)
        return [local_atom, self.luid]

    def unjellyFor(self, unjellier: IUnjellier, unjellyList: list[Expression]) -> object:
        """Become the reference that was received.

        Args:
            unjellier: Has the connection.
            unjellyList: `[remote, number]`.

        Raises:
            InsecureJelly: There is no connection, or no number.
        """
        broker = unjellier.invoker
        if broker is None or len(unjellyList) != 2 or type(unjellyList[1]) is not int:
            raise InsecureJelly("a reference comes over a connection, with a number")
        RemoteReference.__init__(self, broker.unserializingPerspective, broker, unjellyList[1], 1)
        return self


class AsReferenceable(Referenceable):
    """Gives out a reference to an object that is of no such flavor.

    Attributes:
        object: The object. Calls go to its method `...MessageReceived`.
        messageType: What that name begins with.
    """

    __module__ = _MODULE

    def __init__(self, object: object, messageType: str = "remote") -> None:
        """Wrap an object.

        Args:
            object: The object.
            messageType: `remote`, or `perspective` for an avatar.
        """
        self.object: Any = object
        self.messageType: str = messageType

    def remoteMessageReceived(
        self, broker: "Broker", message: str, args: Expression, kw: Expression
    ) -> Any:  # noqa: ANN401 - an expression, or a Deferred of one
        """Pass a call on to the object."""
        method = getattr(self.object, f"{self.messageType}MessageReceived")
        return method(broker, message, args, kw)


unjellyableRegistry[remote_atom] = RemoteReference
classImplements(RemoteReference, IUnjellyable)

__all__ = ["AsReferenceable", "RemoteMethod", "RemoteReference"]
