"""Equality and texts of objects, by a list of their attributes."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeAlias

_Shown: TypeAlias = str | tuple[str, Callable[[Any], str]] | tuple[str, str, str]


class FancyEqMixin:
    """Makes objects of one class equal if some of their attributes are.

    Attributes:
        compareAttributes: The names of the attributes. Without any, an object equals itself only.
    """

    compareAttributes: ClassVar[Sequence[str]] = ()

    def __eq__(self, other: object) -> bool:
        if not self.compareAttributes:
            return self is other
        if not isinstance(other, type(self)):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.compareAttributes)

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    def __hash__(self) -> int:
        if not self.compareAttributes:
            return id(self)
        return hash(tuple(getattr(self, name) for name in self.compareAttributes))


class FancyStrMixin:
    """Gives objects a text that shows some of their attributes.

    Attributes:
        showAttributes: What is shown: names; pairs of a name and a function that makes a text of
            the value; triples of a name, the name to show and a `%` format.
        fancybasename: The name to show for the class, if not its own.
    """

    showAttributes: ClassVar[Sequence[_Shown]] = ()
    fancybasename: ClassVar[str | None] = None

    def _shown(self, attribute: _Shown) -> str:
        """Return the text of one attribute."""
        if isinstance(attribute, str):
            return f"{attribute}={getattr(self, attribute)!r}"
        if len(attribute) == 2:
            name, form = attribute
            return f"{name}={form(getattr(self, name))}"
        name, label, template = attribute
        return f"{label}=" + template % (getattr(self, name),)

    def __str__(self) -> str:
        name = self.fancybasename or type(self).__name__
        shown = [self._shown(attribute) for attribute in self.showAttributes]
        return f"<{' '.join([name, *shown])}>"

    __repr__ = __str__


__all__ = ["FancyEqMixin", "FancyStrMixin"]
