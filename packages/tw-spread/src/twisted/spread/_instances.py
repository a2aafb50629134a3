"""Instances: what of them is sent by default, and what is done with it at the other end."""

from collections.abc import Callable
from typing import Any

from twisted.python.components import classImplements
from twisted.python.reflect import qual
from twisted.spread._shown import shown
from twisted.spread.interfaces import Expression, IJellier, IJellyable, IUnjellier, IUnjellyable


def stateOf(inst: object) -> object:
    """Return what `__getstate__` says an instance consists of, or its attributes."""
    cls = type(inst)
    if cls.__getstate__ is object.__getstate__ and not hasattr(cls, "__slots__"):
        attributes: object = getattr(inst, "__dict__", None)
        return attributes
    return inst.__getstate__()


def setStateOf(inst: object, state: Any) -> None:  # noqa: ANN401 - what the peer sent
    """Give an instance the state that `stateOf` returned, or another that it can take.

    Raises:
        TypeError: The class has no `__setstate__`, and the state is no dictionary of attributes.
    """
    takeState: Callable[[object], object] | None = getattr(inst, "__setstate__", None)
    if takeState is not None:
        takeState(state)
        return
    slots: object = None
    if isinstance(state, tuple) and len(state) == 2:
        state, slots = state
    for attributes in (state, slots):
        if attributes is None:
            continue
        if not isinstance(attributes, dict):
            raise TypeError(
                f"the state of a {qual(type(inst))} is no dictionary: {shown(attributes)}"
            )
        if attributes is slots or not hasattr(inst, "__dict__"):
            for name, value in attributes.items():
                setattr(inst, name, value)
        else:
            inst.__dict__.update(attributes)


def getInstanceState(inst: object, jellier: IJellier) -> Expression:
    """Return the expression of an instance: the name of its class, and its state.

    Args:
        inst: The instance.
        jellier: Makes expressions of its parts.
    """
    expression = jellier.prepare(inst)
    state = inst.getStateFor(jellier) if isinstance(inst, Jellyable) else stateOf(inst)
    expression += (qual(type(inst)).encode(), jellier.jelly(state))
    return jellier.preserve(inst, expression)


def setInstanceState(inst: object, unjellier: IUnjellier, jellyList: list[Expression]) -> object:
    """Give an instance the state that was received, and return it.

    Args:
        inst: The instance, of which nothing is set.
        unjellier: Makes objects of the parts.
        jellyList: The name of the class, and the state.
    """

    def setState(state: object) -> None:
        if isinstance(inst, Unjellyable):
            inst.setStateFor(unjellier, state)
        else:
            setStateOf(inst, state)

    unjellier.unjellyState(setState, jellyList[1])
    return inst


class Jellyable:
    """An object that is sent as the name of its class and its state."""

    __module__ = "twisted.spread.jelly"

    def getStateFor(self, jellier: IJellier) -> object:
        """Return the state to send.

        Args:
            jellier: What asks for it.
        """
        return stateOf(self)

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return the expression of this object.

        Args:
            jellier: Makes expressions of its parts.
        """
        return getInstanceState(self, jellier)


class Unjellyable:
    """An object that takes a state which was received."""

    __module__ = "twisted.spread.jelly"

    def setStateFor(self, unjellier: IUnjellier, state: Any) -> None:  # noqa: ANN401 - from the peer
        """Take the state.

        Args:
            unjellier: Where it comes from.
            state: What `getStateFor` returned at the sender.
        """
        setStateOf(self, state)

    def unjellyFor(self, unjellier: IUnjellier, jellyList: list[Expression]) -> object:
        """Take the state, and return what takes the object's place.

        Args:
            unjellier: Makes objects of the parts.
            jellyList: The name that the class was sent under, and the state.
        """
        return setInstanceState(self, unjellier, jellyList)


class Unpersistable:
    """Stands for something that a peer could not send.

    Attributes:
        reason: Why it could not.
    """

    __module__ = "twisted.spread.jelly"

    def __init__(self, reason: object) -> None:
        """Keep the reason."""
        self.reason: object = reason

    def __repr__(self) -> str:
        return f"Unpersistable({self.reason!r})"


classImplements(Jellyable, IJellyable)
classImplements(Unjellyable, IUnjellyable)

__all__ = [
    "Jellyable",
    "Unjellyable",
    "Unpersistable",
    "getInstanceState",
    "setInstanceState",
    "setStateOf",
    "stateOf",
]
