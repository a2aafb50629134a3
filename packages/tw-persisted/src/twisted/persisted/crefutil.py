"""Values that are not known yet, for building objects that refer to each other in a circle.

A reader of such objects meets a reference to one that it has not finished. It puts a `NotKnown` in
its place, notes there where that is (`addDependant`), and goes on. When the object is finished,
`resolveDependants` puts it into all these places.

What can be made only from finished parts, such as a tuple, is a `Pending`.
"""

from collections.abc import Callable
from typing import NoReturn, Protocol, TypeAlias


class _TakesItems(Protocol):
    """What has places for values: a list, a dictionary, a `Pending`."""

    def __setitem__(self, key: int, value: object, /) -> None: ...


class _TakesEntries(Protocol):
    """A dictionary with any keys."""

    def __setitem__(self, key: object, value: object, /) -> None: ...


_Places: TypeAlias = "_TakesItems | _TakesEntries | dict[str, object]"


class NotKnown:
    """Stands for an object that is not finished.

    Attributes:
        resolvedObject: The object, once it is known; None before.
        resolved: Whether it is known.
    """

    resolvedObject: object = None
    resolved: bool = False

    def __init__(self) -> None:
        self._dependants: list[tuple[_Places, object]] = []

    def addDependant(self, mutableObject: _Places, key: object) -> None:
        """Say where the object belongs: it is put there as soon as it is known.

        Args:
            mutableObject: What gets it: a list, a dictionary, or another object that items are
                assigned to.
            key: The index or key there.
        """
        if self.resolved:
            mutableObject[key] = self.resolvedObject  # type: ignore[index]  # the caller pairs them
        else:
            self._dependants.append((mutableObject, key))

    def resolveDependants(self, newObject: object) -> None:
        """Say what the object is.

        Args:
            newObject: The object. If it is itself not known, this waits for it.

        Raises:
            ValueError: That was said before.
        """
        if self.resolved:
            raise ValueError(f"this was resolved to {self.resolvedObject!r} already")
        if isinstance(newObject, NotKnown):
            newObject.addDependant(self, 0)
            return
        self.resolved = True
        self.resolvedObject = newObject
        dependants, self._dependants = self._dependants, []
        for mutableObject, key in dependants:
            mutableObject[key] = newObject  # type: ignore[index]  # the caller pairs them

    def __setitem__(self, key: int, value: object) -> None:
        # As the dependant of another one, it takes over what that one is.
        self.resolveDependants(value)

    def __hash__(self) -> NoReturn:
        raise TypeError("an object that is not known yet cannot be the key of a dictionary")


class Pending(NotKnown):
    """Stands for an object that is made as soon as all its parts are known.

    Where they are known already, it is resolved at once.
    """

    def __init__(self, parts: list[object], finish: Callable[[list[object]], object]) -> None:
        """Wait for the parts.

        Args:
            parts: The parts, of which some may be `NotKnown`. They are replaced in this list.
            finish: Makes the object of the parts, `tuple` for example.
        """
        super().__init__()
        self._parts = parts
        self._finish = finish
        unknown = [
            (index, part)
            for index, part in enumerate(parts)
            if isinstance(part, NotKnown) and not part.resolved
        ]
        self._missing = len(unknown)
        for index, part in enumerate(parts):
            if isinstance(part, NotKnown) and part.resolved:
                parts[index] = part.resolvedObject
        for index, part in unknown:
            part.addDependant(self, index)
        if not unknown:
            self.resolveDependants(finish(parts))

    def __setitem__(self, key: int, value: object) -> None:
        if self._missing == 0:
            # What `finish` returned was not known, and is now.
            self.resolveDependants(value)
            return
        self._parts[key] = value
        self._missing -= 1
        if self._missing == 0:
            self.resolveDependants(self._finish(self._parts))


__all__ = ["NotKnown", "Pending"]
