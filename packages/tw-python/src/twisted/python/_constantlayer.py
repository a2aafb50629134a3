"""What constants do beyond those of the `constantly` package.

They come out of a pickle as the very objects that they are. Combinations of flags of one
collection are equal where they have the same flags, iterate in the order of the flags' names (which
is the order in which they are shown), and a combination that is one flag is that flag. Flags of
different collections do not combine.
"""

import operator
from collections.abc import Callable, Generator
from typing import Any

import constantly  # type: ignore[import-untyped]
from constantly import Flags, Names, Values

# The base classes have no types, as constantly has none; `constants` says what users see.
# mypy: disable-error-code="misc"


class NamedConstant(constantly.NamedConstant):
    """A constant that is nothing but its name."""

    def __reduce__(self) -> tuple[object, ...]:
        return getattr, (self._container, self.name)


class ValueConstant(constantly.ValueConstant):
    """A constant with a value."""

    def __reduce__(self) -> tuple[object, ...]:
        return getattr, (self._container, self.name)


class FlagConstant(constantly.FlagConstant):
    """A constant that is a bit, or several of them."""

    _container: Any

    def _combined(self, other: Any, operation: Callable[[Any, Any], Any]) -> Any:  # noqa: ANN401 - see above
        """Return what an operation makes of the flags and of the bits of two constants."""
        if not isinstance(other, constantly.FlagConstant):
            return NotImplemented
        if other._container is not self._container:
            return NotImplemented
        names = operation(set(self.names), set(other.names))
        return _combination(self._container, names, operation(self.value, other.value))

    def __and__(self, other: object) -> Any:  # noqa: ANN401 - see above
        return self._combined(other, operator.and_)

    def __or__(self, other: object) -> Any:  # noqa: ANN401 - see above
        return self._combined(other, operator.or_)

    def __xor__(self, other: object) -> Any:  # noqa: ANN401 - see above
        return self._combined(other, operator.xor)

    def __invert__(self) -> "FlagConstant":
        others = [flag for flag in self._container.iterconstants() if flag.name not in self.names]
        bits = 0
        for flag in others:
            bits |= flag.value
        return _combination(self._container, {flag.name for flag in others}, bits)

    def __iter__(self) -> Generator["FlagConstant", None, None]:
        for name in sorted(self.names):
            yield self._container.lookupByName(name)

    def __contains__(self, flag: "FlagConstant") -> bool:
        return bool(flag) and set(flag.names) <= set(self.names)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        # While its collection is being made, a constant has no names yet.
        return (
            isinstance(other, FlagConstant)
            and hasattr(self, "names")
            and hasattr(other, "names")
            and self._container is other._container
            and set(self.names) == set(other.names)
        )

    def __hash__(self) -> int:
        if not hasattr(self, "names"):
            return id(self)
        return hash((self._container, frozenset(self.names)))

    def __reduce__(self) -> tuple[object, ...]:
        return _combination, (self._container, set(self.names), self.value)


def _combination(container: Any, names: set[str], value: int) -> FlagConstant:  # noqa: ANN401 - see above
    """Return the constant that stands for some flags of a collection."""
    if len(names) == 1:
        single: FlagConstant = container.lookupByName(*names)
        return single
    combined = FlagConstant()
    # The name of a combination is what is shown of it.
    combined._realize(container, names, value)
    return combined


__all__ = ["FlagConstant", "Flags", "NamedConstant", "Names", "ValueConstant", "Values"]
