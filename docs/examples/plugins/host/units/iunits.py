"""What a plugin of this program provides."""

from twisted.python.components import Attribute, Interface


class IUnit(Interface):
    """A unit of length."""

    name: str = Attribute("How it is written after a number.")

    def meters(self, value: float) -> float:
        """Return a length in meters.

        Args:
            value: The length in this unit.
        """
        ...
