"""A house that keeps its parts: components with a state."""

from twisted.python.components import (
    Adapter,
    Componentized,
    Interface,
    adapt,
    implementer,
    registerAdapter,
)


class IMeter(Interface):
    """Counts the energy that was used."""

    def use(self, energy: float) -> None:
        """Count some energy, in kilowatt hours."""

    def total(self) -> float:
        """Return all that was counted, in kilowatt hours."""
        ...


class IBill(Interface):
    """Says what is to be paid."""

    def amount(self) -> float:
        """Return the amount, in euros."""
        ...


class House(Componentized):
    """A house, which knows nothing of meters and bills."""


@implementer(IMeter)
class Meter(Adapter):
    """Keeps its count, since the house keeps the meter."""

    def __init__(self, original: House) -> None:
        super().__init__(original)
        self._total = 0.0

    def use(self, energy: float) -> None:
        self._total += energy

    def total(self) -> float:
        return self._total


@implementer(IBill)
class Bill(Adapter):
    """Asks the meter of the same house."""

    def amount(self) -> float:
        return adapt(IMeter, self.original).total() * 0.5


registerAdapter(Meter, House, IMeter)
registerAdapter(Bill, House, IBill)


def main() -> None:
    house = House()
    adapt(IMeter, house).use(10)
    adapt(IMeter, house).use(20)
    print(adapt(IMeter, house).total(), "kilowatt hours")
    print(adapt(IBill, house).amount(), "euros")


if __name__ == "__main__":
    main()
