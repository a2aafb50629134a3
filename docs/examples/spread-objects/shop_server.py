"""A shop for plants, which hands out some objects by copy and others by reference."""

from decimal import Decimal
from io import BytesIO

from shop import Plant, Price

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import react
from twisted.spread import pb, util

MAX_PLANTS = 100
"""How many plants a basket has room for."""


def plantOf(argument):
    """Return the plant that a customer sent: nobody else checks what the arguments are."""
    if not isinstance(argument, Plant):
        raise pb.Error("this is a shop for plants")
    return argument


class Basket(pb.Referenceable):
    """Stays here; the customer has a reference to it."""

    def __init__(self):
        self.plants = []

    def remote_add(self, plant):
        if len(self.plants) == MAX_PLANTS:
            raise pb.Error("the basket is full")
        self.plants.append(plantOf(plant).name)

    def remote_names(self):
        return self.plants


class Secret(pb.Copyable):
    """Can be sent, but customers have nothing registered for it."""


class Shop(pb.Root):
    """What each customer gets first."""

    def remote_plants(self):
        return [Plant("fern", 40, "Dummy & Sons"), Plant("moss", 2, "Dummy & Sons")]

    def remote_price(self, plant):
        return Price(Decimal(plantOf(plant).height) / 10, "EUR")

    def remote_basket(self):
        return Basket()

    def remote_secret(self):
        return Secret()

    def remote_catalog(self, collector):
        # Each page is sent when the customer has taken the one before.
        pages = BytesIO(b"All about ferns. " * 100_000)
        util.FilePager(collector, pages)


async def main(reactor, description="tcp:8789:interface=127.0.0.1"):
    port = await serverFromString(reactor, description).listen(pb.PBServerFactory(Shop()))
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
