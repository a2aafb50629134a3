"""A robot that is made of components, keeps them in a file, and gets them back."""

import pickle
import sys
from pathlib import Path

from twisted.python.components import (
    Adapter,
    Componentized,
    Interface,
    adapt,
    implementer,
    registerAdapter,
)


class IBattery(Interface):
    """Has energy."""

    def take(self, energy: int) -> None:
        """Take some energy out."""

    def left(self) -> int:
        """Return how much is left."""
        ...


class ILegs(Interface):
    """Walks."""

    def walk(self, meters: int) -> None:
        """Walk some way."""


class IReport(Interface):
    """Tells how the robot is."""

    def text(self) -> str:
        """Return a line of text."""
        ...


class Robot(Componentized):
    """A robot: nothing but its components."""


@implementer(IBattery)
class Battery(Adapter):
    """The robot keeps it, so it knows how much was taken."""

    _left = 100

    def take(self, energy: int) -> None:
        self._left -= energy

    def left(self) -> int:
        return self._left


@implementer(ILegs)
class Legs(Adapter):
    """Asks the robot for its battery; which class that is does not matter here."""

    def walk(self, meters: int) -> None:
        adapt(IBattery, self.original).take(2 * meters)


@implementer(IReport)
class Report(Adapter):
    """Has no state, so the robot need not keep it."""

    temporaryAdapter = True

    def text(self) -> str:
        return f"{adapt(IBattery, self.original).left()} left"


registerAdapter(Battery, Robot, IBattery)
registerAdapter(Legs, Robot, ILegs)
registerAdapter(Report, Robot, IReport)


@implementer(IBattery)
class DummyMains:
    """Stands for the socket in the wall: an object of its own, and no adapter."""

    def take(self, energy: int) -> None:
        pass

    def left(self) -> int:
        return 1_000_000


def main() -> None:
    file = Path(sys.argv[1])
    robot = Robot()
    adapt(ILegs, robot).walk(15)
    print(adapt(IReport, robot).text())
    file.write_bytes(pickle.dumps(robot))

    # In another process, some other day:
    again: Robot = pickle.loads(file.read_bytes())
    adapt(ILegs, again).walk(5)
    print(adapt(IReport, again).text())
    print(adapt(IReport, robot).text())

    again.setComponent(IBattery, DummyMains())
    print(adapt(IReport, again).text())
    again.unsetComponent(IBattery)
    print(adapt(IReport, again).text())


if __name__ == "__main__":
    main()
