"""Units of length that are still in use."""

from units.iunits import IUnit

from twisted.plugin import IPlugin
from twisted.python.components import implementer


@implementer(IPlugin, IUnit)
class Scaled:
    """A unit that is a number of meters."""

    def __init__(self, name: str, factor: float) -> None:
        self.name = name
        self._factor = factor

    def meters(self, value: float) -> float:
        """Return a length in meters."""
        return value * self._factor


foot = Scaled("ft", 0.3048)
mile = Scaled("mi", 1609.344)
