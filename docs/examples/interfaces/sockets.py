"""Plug a hair dryer into any socket: an interface, an adapter, and types."""

from twisted.python.components import (
    Interface,
    adapt,
    implementer,
    provides,
    registerAdapter,
    verifyObject,
)


class IAmericanSocket(Interface):
    """What American appliances are plugged into."""

    def voltage(self) -> float:
        """Return the voltage, in volts."""
        ...


@implementer(IAmericanSocket)
class AmericanSocket:
    """A socket in America."""

    def voltage(self) -> float:
        return 120.0


class UKSocket:
    """A socket in the United Kingdom; it has never heard of America."""

    def voltage(self) -> float:
        return 240.0


@implementer(IAmericanSocket)
class Transformer:
    """Makes an American socket of a British one."""

    def __init__(self, original: UKSocket) -> None:
        self.original = original

    def voltage(self) -> float:
        return self.original.voltage() / 2


registerAdapter(Transformer, UKSocket, IAmericanSocket)


class HairDryer:
    """Wants 120 volts, and sees to it that it gets them."""

    def plug(self, socket: object) -> None:
        adapted = adapt(IAmericanSocket, socket)
        assert adapted.voltage() == 120.0, "this socket would burn a hair dryer"
        print("The hair dryer blows warm air.")


def main() -> None:
    american, british = AmericanSocket(), UKSocket()
    print(provides(IAmericanSocket, american), provides(IAmericanSocket, british))
    verifyObject(IAmericanSocket, american)
    print(type(adapt(IAmericanSocket, british)).__name__)
    print(adapt(IAmericanSocket, american) is american)
    print(adapt(IAmericanSocket, "a wall", None))
    dryer = HairDryer()
    dryer.plug(american)
    dryer.plug(british)


if __name__ == "__main__":
    main()
