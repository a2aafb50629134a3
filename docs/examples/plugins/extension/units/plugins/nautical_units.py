"""Units of length for sailors."""

from units.iunits import IUnit

from twisted.plugin import IPlugin
from twisted.python.components import implementer


@implementer(IPlugin, IUnit)
class NauticalMile:
    """A minute of latitude, nearly."""

    name = "nmi"

    def meters(self, value: float) -> float:
        """Return a length in meters."""
        return value * 1852


nauticalMile = NauticalMile()
