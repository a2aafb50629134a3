"""Attributes that are changed for a while, in tests for instance."""

from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

_INHERITED = object()
"""Stands for the value of an attribute that the object itself did not have."""

Patch = tuple[object, str, object]
"""An object, the name of an attribute, and a value for it."""


class MonkeyPatcher:
    """A list of attributes, and of the values that they shall have for a while.

    In a `with` statement, they have them until its end.
    """

    def __init__(self, *patches: Patch) -> None:
        """Note patches, as `addPatch` does; each is a tuple of its arguments."""
        self._patches: list[Patch] = []
        self._originals: list[Patch] = []
        for patch in patches:
            self.addPatch(*patch)

    def addPatch(self, obj: object, name: str, value: object) -> None:
        """Note an attribute that shall have another value.

        Args:
            obj: The object, a module for instance.
            name: The attribute's name.
            value: The value.
        """
        self._patches.append((obj, name, value))

    def patch(self) -> None:
        """Give the attributes the values that were noted.

        Raises:
            AttributeError: One of them does not exist; those before it were changed, and `restore`
                gives them back their values.
        """
        for obj, name, value in self._patches:
            if not hasattr(obj, name):
                raise AttributeError(f"{obj!r} has no attribute {name!r} that could be patched")
            # What stands in the object itself is kept as it stands there: getattr would give the
            # function in place of a static method. What it inherits is not set but left alone.
            own = getattr(obj, "__dict__", None)
            if own is None:
                original = getattr(obj, name)
            else:
                original = own.get(name, _INHERITED)
                if original is _INHERITED and hasattr(type(obj), name):
                    original = _slotValue(obj, name)
            self._originals.append((obj, name, original))
            setattr(obj, name, value)

    def restore(self) -> None:
        """Give the attributes back the values that they had."""
        while self._originals:
            obj, name, value = self._originals.pop()
            if value is _INHERITED:
                delattr(obj, name)
            else:
                setattr(obj, name, value)

    def runWithPatches(self, f: Callable[_P, _R], /, *args: _P.args, **kw: _P.kwargs) -> _R:
        """Call a function while the attributes have the values that were noted.

        Args:
            f: The function.
            args: Its arguments.
            kw: Its keywords.

        Returns:
            What it returns.
        """
        with self:
            return f(*args, **kw)

    def __enter__(self) -> "MonkeyPatcher":
        try:
            self.patch()
        except BaseException:
            self.restore()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.restore()


def _slotValue(obj: object, name: str) -> object:
    """Return the value that a data descriptor of the class (a slot, a property) gives, if any."""
    for cls in type(obj).__mro__:
        if name in vars(cls):
            return getattr(obj, name) if hasattr(vars(cls)[name], "__set__") else _INHERITED
    return _INHERITED


__all__ = ["MonkeyPatcher"]
