"""A garden that can be saved, and that came to version 2 in the meantime."""

from twisted.persisted.styles import Versioned


class Garden(Versioned):
    """Beds with plants in them."""

    persistenceVersion = 2
    # A connection cannot be saved, and is made anew.
    persistenceForgets = ("thermometer",)

    def __init__(self) -> None:
        self.beds = {"north": ["leek"]}
        self.thermometer = object()

    def upgradeToVersion1(self) -> None:
        """Beds were a list; give them names."""
        self.beds = {f"bed {number}": each for number, each in enumerate(self.beds, 1)}

    def upgradeToVersion2(self) -> None:
        """A bed had one plant; now it has several."""
        self.beds = {name: [plant] for name, plant in self.beds.items()}
