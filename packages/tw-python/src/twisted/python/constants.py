"""Named constants: collections of names, of names with values, and of bits.

The classes are those of the `constantly` package and a thin layer of ours (`_constantlayer`).
constantly has no annotations of its own; what type checkers are shown is here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    class _Constant:
        """One constant of a collection."""

        name: str

        def __lt__(self, other: "_Constant") -> bool: ...
        def __le__(self, other: "_Constant") -> bool: ...
        def __gt__(self, other: "_Constant") -> bool: ...
        def __ge__(self, other: "_Constant") -> bool: ...

    class NamedConstant(_Constant):
        """A constant that is nothing but its name."""

    class ValueConstant(_Constant):
        """A constant with a value."""

        value: Any

        def __init__(self, value: object) -> None: ...

    class FlagConstant(_Constant):
        """A constant that is a bit, or several of them."""

        value: int

        def __init__(self, value: int = ...) -> None: ...
        def __or__(self, other: "FlagConstant") -> "FlagConstant": ...
        def __and__(self, other: "FlagConstant") -> "FlagConstant": ...
        def __xor__(self, other: "FlagConstant") -> "FlagConstant": ...
        def __invert__(self) -> "FlagConstant": ...
        def __iter__(self) -> Iterator["FlagConstant"]: ...
        def __contains__(self, flag: "FlagConstant") -> bool: ...
        def __bool__(self) -> bool: ...

    class Names:
        """A collection of constants that are nothing but their names."""

        @classmethod
        def lookupByName(cls, name: str) -> NamedConstant:
            """Return the constant with a name."""
            ...

        @classmethod
        def iterconstants(cls) -> Iterator[NamedConstant]:
            """Return the constants in the order of their definition."""
            ...

    class Values:
        """A collection of constants with values."""

        @classmethod
        def lookupByName(cls, name: str) -> ValueConstant:
            """Return the constant with a name."""
            ...

        @classmethod
        def lookupByValue(cls, value: object) -> ValueConstant:
            """Return the first constant with a value."""
            ...

        @classmethod
        def iterconstants(cls) -> Iterator[ValueConstant]:
            """Return the constants in the order of their definition."""
            ...

    class Flags:
        """A collection of bits."""

        @classmethod
        def lookupByName(cls, name: str) -> FlagConstant:
            """Return the constant with a name."""
            ...

        @classmethod
        def lookupByValue(cls, value: int) -> FlagConstant:
            """Return the first constant with a value."""
            ...

        @classmethod
        def iterconstants(cls) -> Iterator[FlagConstant]:
            """Return the constants in the order of their definition."""
            ...
else:
    from twisted.python._constantlayer import (
        FlagConstant,
        Flags,
        NamedConstant,
        Names,
        ValueConstant,
        Values,
    )

__all__ = ["FlagConstant", "Flags", "NamedConstant", "Names", "ValueConstant", "Values"]
