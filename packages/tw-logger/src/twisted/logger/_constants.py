"""The typed names of constantly, which has no annotations of its own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    class NamedConstant:
        """A constant of a collection of `Names`, ordered as the collection declares them."""

        name: str

        def __lt__(self, other: "NamedConstant") -> bool: ...
        def __le__(self, other: "NamedConstant") -> bool: ...
        def __gt__(self, other: "NamedConstant") -> bool: ...
        def __ge__(self, other: "NamedConstant") -> bool: ...

    class Names:
        """A collection of constants; the class itself is the collection."""

        @classmethod
        def lookupByName(cls, name: str) -> NamedConstant:
            """Return the constant of that name, or raise ValueError."""
            ...

        @classmethod
        def iterconstants(cls) -> Iterator[NamedConstant]:
            """Return the constants, in the order of their declaration."""
            ...

else:
    from constantly import NamedConstant, Names

__all__ = ["NamedConstant", "Names"]
