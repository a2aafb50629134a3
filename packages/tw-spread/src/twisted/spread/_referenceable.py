"""Objects that a peer gets references to: their methods can be called, and nothing else of them."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from twisted.python.components import Interface, classImplements
from twisted.spread._instances import Jellyable
from twisted.spread._pberrors import NoSuchMethod, WrongArguments
from twisted.spread._tasters import InsecureJelly
from twisted.spread._unjellyables import unjellyableRegistry
from twisted.spread.interfaces import Expression, IJellier, IUnjellier

if TYPE_CHECKING:
    from twisted.spread._broker import Broker

_MODULE = "twisted.spread.flavors"

remote_atom = b"remote"
local_atom = b"local"


class IPBRoot(Interface):
    """What has an object that clients get first."""

    def rootObject(self, broker: "Broker") -> object:
        """Return the object, which is mostly `Referenceable`.

        Args:
            broker: The connection of the client that gets it.
        """
        ...


def methodOf(obj: object, prefix: str, message: str) -> Callable[..., Any]:
    """Return the method that a message of a peer calls.

    Args:
        obj: Has the method.
        prefix: What the names of methods begin with that peers may call.
        message: What follows it.

    Raises:
        NoSuchMethod: There is none.
    """
    method: Callable[..., Any] | None = getattr(obj, prefix + message, None)
    if method is None or not callable(method):
        raise NoSuchMethod(f"No such method: {prefix}{message}")
    return method


def _named(keywords: dict[object, Any]) -> dict[str, Any]:
    """Return arguments by name, which some peers send as bytes."""
    named: dict[str, Any] = {}
    for name, value in keywords.items():
        if isinstance(name, bytes):
            with suppress(UnicodeDecodeError):
                name = name.decode()
        if not isinstance(name, str):
            raise InsecureJelly("the keywords of a call have to be names")
        named[name] = value
    return named


def received(
    method: Callable[..., Any],
    broker: "Broker",
    perspective: object,
    before: tuple[object, ...],
    args: Expression,
    kw: Expression,
) -> Any:  # noqa: ANN401 - an expression, or a Deferred of one
    """Call a method for a peer, and return the expression of what it returns.

    Args:
        method: The method.
        broker: The connection that the call came over.
        perspective: Who it is for.
        before: Arguments that are not the peer's choice.
        args: The expression of the arguments by position.
        kw: The expression of the arguments by name.
    """
    arguments, keywords = broker.unserializeCall(args, kw, perspective)
    if type(arguments) is not tuple or type(keywords) is not dict:
        raise InsecureJelly("the arguments of a call have to be a tuple and a dictionary")
    if keywords:
        keywords = _named(keywords)
    try:
        result = method(*before, *arguments, **keywords)
    except TypeError as error:
        if error.__traceback__ is None or error.__traceback__.tb_next is not None:
            raise
        # Not a line of the method was run: the peer has chosen the wrong arguments.
        raise WrongArguments(str(error)) from None
    return broker.serialize(result, perspective)


def connectionOf(jellier: IJellier, obj: object) -> "Broker":
    """Return the connection that something is sent over.

    Raises:
        InsecureJelly: There is none.
    """
    if jellier.invoker is None:
        raise InsecureJelly(f"{obj!r} can be sent over a connection only")
    broker: Broker = jellier.invoker
    return broker


class Serializable(Jellyable):
    """An object that can be sent over a connection of Perspective Broker."""

    __module__ = _MODULE

    def processUniqueID(self) -> object:
        """Return what tells this object from the others of the process."""
        return id(self)


class Referenceable(Serializable):
    """An object whose methods `remote_...` can be called by whoever gets a reference to it.

    Attributes:
        perspective: Who the object is for; None if that plays no part.
    """

    __module__ = _MODULE

    perspective: object = None

    def remoteMessageReceived(
        self, broker: "Broker", message: str, args: Expression, kw: Expression
    ) -> Any:  # noqa: ANN401 - an expression, or a Deferred of one
        """Call a method for a peer.

        Args:
            broker: The connection that the call came over.
            message: The name of the method, without its prefix.
            args: The expression of the arguments by position.
            kw: The expression of the arguments by name.

        Returns:
            The expression of the result, or a Deferred of it.

        Raises:
            NoSuchMethod: There is no such method.
        """
        method = methodOf(self, "remote_", message)
        return received(method, broker, self.perspective, (), args, kw)

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return a reference to this object.

        Args:
            jellier: Has the connection.
        """
        return [remote_atom, connectionOf(jellier, self).registerReference(self)]


class Root(Referenceable):
    """An object that clients get first, if it is given to a `PBServerFactory`."""

    __module__ = _MODULE

    def rootObject(self, broker: "Broker") -> object:
        """Return this object.

        Args:
            broker: The connection of the client that gets it.
        """
        return self


class ViewPoint(Referenceable):
    """What a peer gets a reference to in the place of a `Viewable`: it adds who calls.

    Attributes:
        perspective: Who calls.
        object: What is called.
    """

    __module__ = _MODULE

    def __init__(self, perspective: object, object: object) -> None:
        """Make a view.

        Args:
            perspective: Who calls.
            object: What is called.
        """
        self.perspective: Any = perspective
        self.object: Any = object

    def processUniqueID(self) -> object:
        """Return what is the same for all views of one object by one caller."""
        return (id(self.perspective), id(self.object))

    def remoteMessageReceived(
        self, broker: "Broker", message: str, args: Expression, kw: Expression
    ) -> Any:  # noqa: ANN401 - an expression, or a Deferred of one
        """Call a method `view_...` with who calls in front of the arguments."""
        method = methodOf(self.object, "view_", message)
        return received(method, broker, self.perspective, (self.perspective,), args, kw)


class Viewable(Serializable):
    """An object whose methods `view_...` are told who calls them.

    A reference to it belongs to the avatar through which it was sent; that avatar is the first
    argument of each call.
    """

    __module__ = _MODULE

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return a reference to a view of this object.

        Args:
            jellier: Has the connection, and for whom the message is.
        """
        broker = connectionOf(jellier, self)
        return ViewPoint(broker.serializingPerspective, self).jellyFor(jellier)


def unjellyLocal(unjellier: IUnjellier, unjellyList: Expression) -> object:
    """Return the object that a reference was given out for, and that comes back now.

    Args:
        unjellier: Has the connection.
        unjellyList: `[local, number]`.

    Raises:
        InsecureJelly: No such object was given out over this connection.
    """
    if len(unjellyList) != 2 or type(unjellyList[1]) not in (int, bytes):
        raise InsecureJelly("a reference has one number")
    broker: Broker | None = unjellier.invoker
    obj = None if broker is None else broker.objectThatComesBack(unjellyList[1])
    if obj is None:
        raise InsecureJelly(f"{unjellyList[1]!r} was not given out over this connection")
    return obj


unjellyableRegistry[local_atom] = unjellyLocal
classImplements(Root, IPBRoot)

__all__ = [
    "IPBRoot",
    "Referenceable",
    "Root",
    "Serializable",
    "ViewPoint",
    "Viewable",
    "connectionOf",
    "local_atom",
    "methodOf",
    "received",
    "remote_atom",
    "unjellyLocal",
]
