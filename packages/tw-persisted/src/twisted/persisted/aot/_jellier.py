"""From objects to abstract object trees.

An object of a class of its own is described by what `pickle` would ask it for, so what can be
pickled by its own means can be written as source, and what cannot raises an error.
"""

import copyreg
from collections.abc import Callable, Iterable
from types import FunctionType, MethodType, ModuleType
from typing import Any, Protocol

from twisted.persisted.aot._nodes import (
    Class,
    Copyreg,
    Deref,
    Function,
    Instance,
    InstanceMethod,
    Module,
    Ref,
)
from twisted.persisted.aot._source import ATOMS, getSource, tooDeep
from twisted.persisted.styles import pickleMethod
from twisted.python.reflect import fullyQualifiedName, namedAny

# The protocol of pickle that objects are asked for: the first one that knows `__newobj__`.
_PROTOCOL = 2


class _WritesBytes(Protocol):
    """A file that bytes are written to."""

    def write(self, data: bytes, /) -> object: ...


def _nameOf(candidate: object, name: str | None = None) -> str:
    """Return the full name of an object.

    Raises:
        TypeError: Under that name is another object, or none.
    """
    found = name or fullyQualifiedName(candidate)
    try:
        if namedAny(found) is candidate:
            return found
    except (ImportError, ValueError):
        pass
    raise TypeError(
        f"{candidate!r} cannot be saved: it is not found under the name {found}."
        " Define it at the top of a module"
    )


class AOTJellier:
    """Makes an abstract object tree of objects.

    Objects that are met twice by one jellier become a `Ref` and a `Deref`.
    """

    def __init__(self) -> None:
        self.prepared: dict[int, Ref] = {}
        # An object that nobody keeps could leave its id to another one.
        self._kept: list[object] = []
        self._numbers = 0

    def prepareForRef(self, aoref: Ref, object: object) -> None:
        """Note the node of an object, for when the object is met again."""
        self.prepared[id(object)] = aoref
        self._kept.append(object)

    def jelly(self, obj: object) -> object:
        """Return the tree of an object.

        Raises:
            TypeError: It, or something that it refers to, cannot be saved.
            ValueError: The objects are nested too deep.
            Exception: What an object raises when it is asked for its state.
        """
        try:
            return self.jellyToAO(obj)
        except RecursionError:
            raise tooDeep() from None

    def jellyToAO(self, obj: object) -> object:
        """Return the tree of an object, as `jelly` does for those that others refer to."""
        match obj:
            case MethodType():
                _, (name, instance, cls) = pickleMethod(obj)
                return InstanceMethod(name, _nameOf(cls), self.jellyToAO(instance))
            case ModuleType():
                return Module(obj.__name__)
            case type():
                # The class of None has no name that it is found by.
                return (
                    Copyreg("builtins.type", (None,)) if obj is type(None) else Class(_nameOf(obj))
                )
            case FunctionType():
                return Function(_nameOf(obj))
        if type(obj) in ATOMS:
            return obj
        prepared = self.prepared.get(id(obj))
        if prepared is not None:
            if prepared.refnum is None:
                self._numbers += 1
                prepared.setRef(self._numbers)
            return Deref(prepared.refnum or 0)
        ref = Ref()
        self.prepareForRef(ref, obj)
        ref.setObj(self._describe(obj))
        return ref

    def _describe(self, obj: object) -> object:
        """Return the tree of an object that is met for the first time."""
        if type(obj) is list:
            return [self.jellyToAO(item) for item in obj]
        if type(obj) is tuple:
            return tuple(self.jellyToAO(item) for item in obj)
        if type(obj) is dict:
            return {self.jellyToAO(key): self.jellyToAO(value) for key, value in obj.items()}
        return self._reduced(obj, *self._reduce(obj))

    def _reduce(self, obj: object) -> tuple[Any, ...]:
        """Return what pickle would be told about an object: at least a function and arguments."""
        reduce = copyreg.dispatch_table.get(type(obj))
        reduced: object = obj.__reduce_ex__(_PROTOCOL) if reduce is None else reduce(obj)
        if isinstance(reduced, tuple):
            # It may live no longer than this call, but the ids of its parts are noted.
            self._kept.append(reduced)
            return reduced
        return (str(reduced),)

    def _reduced(
        self,
        obj: object,
        function: Callable[..., object] | str,
        arguments: tuple[object, ...] = (),
        state: object = None,
        items: Iterable[object] | None = None,
        pairs: Iterable[tuple[object, object]] | None = None,
        setter: object = None,
    ) -> object:
        """Return the node of an object by what pickle would be told about it."""
        if isinstance(function, str):
            module = getattr(obj, "__module__", None) or "builtins"
            return Function(_nameOf(obj, f"{module}.{function}"))
        extras = (items, pairs, setter) != (None, None, None)
        if function is _newObject and arguments == (type(obj),) and not extras:
            return Instance(_nameOf(type(obj)), self._stateOf(state))
        try:
            loader = _nameOf(function)
        except TypeError:
            # Such as a method of a class: have it called.
            loader, arguments = "operator.call", (function, *arguments)
        return Copyreg(
            loader,
            tuple(map(self.jellyToAO, arguments)),
            self._stateOf(state),
            [self.jellyToAO(item) for item in items or ()],
            [(self.jellyToAO(key), self.jellyToAO(value)) for key, value in pairs or ()],
            None if setter is None else self.jellyToAO(setter),
        )

    def _stateOf(self, state: object) -> object:
        """Return the tree of an object's state; its dictionary is the object's own."""
        if type(state) is dict:
            return self._describe(state)
        return self.jellyToAO(state)


_newObject: Callable[..., object] = getattr(copyreg, "__newobj__")  # noqa: B009 - typeshed lacks it


def jellyToAOT(obj: object) -> object:
    """Return the abstract object tree of an object.

    Raises:
        TypeError: It, or something that it refers to, cannot be saved.
        ValueError: The objects are nested too deep.
    """
    return AOTJellier().jelly(obj)


def jellyToSource(obj: object, file: _WritesBytes | None = None) -> str | None:
    """Write an object, with all that it refers to, as source text.

    Args:
        obj: The object.
        file: A file, open for bytes. The text is written to it in UTF-8.

    Returns:
        The text, unless a file was given.

    Raises:
        TypeError: It, or something that it refers to, cannot be saved.
        ValueError: The objects are nested too deep.
    """
    tree = jellyToAOT(obj)
    try:
        source = getSource(tree)
    except RecursionError:
        raise tooDeep() from None
    if file is None:
        return source
    file.write(source.encode())
    return None


__all__ = ["AOTJellier", "jellyToAOT", "jellyToSource"]
