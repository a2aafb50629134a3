"""What the shop and its customers both know: which of its objects are copied, and into what."""

from decimal import Decimal

from twisted.spread import pb


class Plant(pb.Copyable, pb.RemoteCopy):
    """A plant; whoever gets it gets a copy of what it shows.

    Both ends have the same class for it, so it can go back and forth.
    """

    def __init__(self, name, height, supplier):
        self.name = name
        self.height = height
        self.supplier = supplier

    def getStateToCopyFor(self, perspective):
        # Where the plants come from is no business of the customers'.
        return {"name": self.name, "height": self.height}

    def setCopyableState(self, state):
        # The state is what somebody sent. Look at it before it becomes part of the program.
        match state:
            case {"name": str(name), "height": int(height)}:
                self.__init__(name, height, None)
            case _:
                raise pb.InsecureJelly(f"not a plant: {state}")


class Price(pb.Jellyable):
    """An amount of money: the sender says what is sent of it, and the receiver what becomes of that."""

    def __init__(self, amount, currency):
        self.amount = amount
        self.currency = currency

    def __str__(self):
        return f"{self.amount} {self.currency}"

    def getStateFor(self, jellier):
        return (self.amount, self.currency)


def priceOf(state):
    """Return a price, made by its constructor as any other, of a state that a peer sent."""
    match state:
        case (Decimal() as amount, "EUR" | "USD" as currency):
            return Price(amount, currency)
    raise pb.InsecureJelly(f"not a price: {state}")


# From now on this program accepts what its peers call shop.Plant and shop.Price, and nothing else.
pb.setUnjellyableForClass(Plant, Plant)
pb.setUnjellyableFactoryForClass(Price, priceOf)
