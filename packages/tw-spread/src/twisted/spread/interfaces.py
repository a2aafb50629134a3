"""The interfaces of objects that go through Jelly, and of what makes and reads it."""

from collections.abc import Callable
from typing import Any

from twisted.python.components import Interface

# What Banana can send: bytes, numbers, and lists or tuples of expressions. It is read by indexing,
# after checks that no type checker follows.
Expression = Any


class IJellier(Interface):
    """What makes expressions of the objects of one message."""

    @property
    def invoker(self) -> Any:  # noqa: ANN401 - a broker, or what else the program passed
        """What the message is made for: the broker of a connection, or None."""

    def jelly(self, obj: object) -> Expression:
        """Return the expression of a part of an object.

        Args:
            obj: The part.

        Raises:
            InsecureJelly: It may not be sent.
        """
        ...

    def prepare(self, obj: object) -> list[Expression]:
        """Begin the expression of an object, so that its parts can refer to it.

        Args:
            obj: The object.

        Returns:
            An empty list, to be extended.
        """
        ...

    def preserve(self, obj: object, expression: list[Expression]) -> list[Expression]:
        """End the expression of an object.

        Args:
            obj: The object.
            expression: What `prepare` returned, extended.

        Returns:
            What stands for the object.
        """
        ...


class IUnjellier(Interface):
    """What makes objects of the expressions of one message."""

    @property
    def invoker(self) -> Any:  # noqa: ANN401 - a broker, or what else the program passed
        """Where the message came from: the broker of a connection, or None."""

    def unjelly(self, expression: Expression) -> Any:  # noqa: ANN401 - any object
        """Return the object of a part of an expression.

        It may stand for an object that is not finished; `unjellyState` waits for that.

        Args:
            expression: The part.

        Raises:
            InsecureJelly: The part is not accepted.
        """
        ...

    def unjellyState(self, setState: Callable[[Any], object], expression: Expression) -> None:
        """Hand on a state as soon as all of it is finished.

        Args:
            setState: Called with the state, now or before the message is done.
            expression: Stands for the state.

        Raises:
            InsecureJelly: The state is not accepted.
        """


class IJellyable(Interface):
    """An object that says itself what is sent of it."""

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return what stands for this object.

        Args:
            jellier: Makes expressions of its parts.
        """
        ...


class IUnjellyable(Interface):
    """An object that is filled with what was received.

    Its class is registered by `setUnjellyableForClass`; an instance is made without `__init__`.
    """

    def unjellyFor(self, jellier: IUnjellier, jellyList: list[Expression]) -> object:
        """Take the state.

        Args:
            jellier: Makes objects of parts of the list.
            jellyList: The name that the class was sent under, and what followed it.

        Returns:
            What takes the object's place, which is mostly the object itself.
        """
        ...


__all__ = ["Expression", "IJellier", "IJellyable", "IUnjellier", "IUnjellyable"]
