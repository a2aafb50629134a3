"""Avatars: the objects that users call once they are logged in."""

from typing import TYPE_CHECKING, Any

from twisted.python.components import Interface, classImplements
from twisted.spread._referenceable import methodOf, received
from twisted.spread.interfaces import Expression

if TYPE_CHECKING:
    from twisted.spread._broker import Broker


class IPerspective(Interface):
    """What a user calls; realms give it to those who log in."""

    def perspectiveMessageReceived(
        self, broker: "Broker", message: str, args: Expression, kwargs: Expression
    ) -> Any:  # noqa: ANN401 - an expression, or a Deferred of one
        """Do what the user asks for.

        Args:
            broker: The connection that the call came over.
            message: The name that was called.
            args: The expression of the arguments by position; `broker.unserialize` reads it.
            kwargs: The expression of the arguments by name.

        Returns:
            The expression of the result, which `broker.serialize` makes, or a Deferred of it.
        """
        ...


class Avatar:
    """A user, whose methods `perspective_...` that user can call.

    It is never sent itself: what other users may call is an object of its own.
    """

    __module__ = "twisted.spread.pb"

    def perspectiveMessageReceived(
        self, broker: "Broker", message: str, args: Expression, kw: Expression
    ) -> Any:  # noqa: ANN401 - an expression, or a Deferred of one
        """Call a method for the user.

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
        return received(methodOf(self, "perspective_", message), broker, self, (), args, kw)


classImplements(Avatar, IPerspective)

__all__ = ["Avatar", "IPerspective"]
