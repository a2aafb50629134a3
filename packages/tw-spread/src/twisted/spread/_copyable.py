"""Objects that are copied each time they are sent."""

from typing import Any

from twisted.python.reflect import qual
from twisted.spread._instances import Unjellyable, getInstanceState
from twisted.spread._referenceable import Serializable
from twisted.spread._tasters import InsecureJelly
from twisted.spread.interfaces import Expression, IJellier, IUnjellier

_MODULE = "twisted.spread.flavors"

copy_atom = b"copy"


class Copyable(Serializable):
    """An object of which a peer gets a copy each time it is sent.

    The peer has to register a `RemoteCopy` for the class.
    """

    __module__ = _MODULE

    def getStateToCopy(self) -> Any:  # noqa: ANN401 - whatever can be sent
        """Return what is sent: the attributes, as long as this is not overridden."""
        return self.__dict__

    def getStateToCopyFor(self, perspective: Any) -> Any:  # noqa: ANN401 - an avatar; what is sent
        """Return what is sent to somebody.

        Args:
            perspective: Who gets it; None where nobody logged in.
        """
        return self.getStateToCopy()

    def getTypeToCopy(self) -> str:
        """Return the name that the class is sent under: its full name."""
        return qual(type(self))

    def getTypeToCopyFor(self, perspective: Any) -> str:  # noqa: ANN401 - an avatar
        """Return the name that the class is sent under to somebody.

        Args:
            perspective: Who gets it.
        """
        return self.getTypeToCopy()

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return the name of the class, and the state.

        Args:
            jellier: Has the connection, and for whom the message is.
        """
        broker = jellier.invoker
        if broker is None:
            return getInstanceState(self, jellier)
        perspective = broker.serializingPerspective
        expression = jellier.prepare(self)
        expression += (
            nameOf(self.getTypeToCopyFor(perspective)),
            jellier.jelly(self.getStateToCopyFor(perspective)),
        )
        return jellier.preserve(self, expression)


def nameOf(typeName: str | bytes) -> bytes:
    """Return the name of a class as it is sent."""
    return typeName.encode() if isinstance(typeName, str) else typeName


class RemoteCopy(Unjellyable):
    """The copy of a peer's `Copyable`. It is made without `__init__`."""

    __module__ = _MODULE

    def setCopyableState(self, state: Any) -> None:  # noqa: ANN401 - what the peer sent
        """Take the state: as attributes, as long as this is not overridden.

        Args:
            state: What `getStateToCopyFor` returned at the sender, and no more trustworthy than it.

        Raises:
            InsecureJelly: It is no dictionary of attributes.
        """
        if not isinstance(state, dict) or not all(type(name) is str for name in state):
            raise InsecureJelly(f"the state of a {qual(type(self))} has to be its attributes")
        self.__dict__.update(state)

    def unjellyFor(self, unjellier: IUnjellier, jellyList: list[Expression]) -> object:
        """Take what was received.

        Args:
            unjellier: Makes objects of the parts.
            jellyList: The name of the class, and the state.
        """
        if unjellier.invoker is None:
            return super().unjellyFor(unjellier, jellyList)
        unjellier.unjellyState(self.setCopyableState, jellyList[1])
        return self


__all__ = ["Copyable", "RemoteCopy", "copy_atom", "nameOf"]
