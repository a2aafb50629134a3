"""Goes shopping."""

from shop import Plant

from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb, util


class Coin:
    """Of no flavor, so it is not sent."""


async def main(reactor, description="tcp:127.0.0.1:8789"):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    shop = await factory.getRootObject()

    # Copies are objects of ours.
    for plant in await shop.callRemote("plants"):
        print(f"{plant.name}: {plant.height} cm,", await shop.callRemote("price", plant))
    print("supplier:", plant.supplier)

    # A reference stands for an object of the shop's.
    basket = await shop.callRemote("basket")
    await basket.callRemote("add", plant)
    await basket.callRemote("add", Plant("my own", 7, None))
    print("in the basket:", await basket.callRemote("names"))

    # What is neither of a flavor nor basic does not leave this program.
    await basket.callRemote("add", Coin()).addErrback(explain)
    # What is not registered here is not made here.
    await shop.callRemote("secret").addErrback(explain)
    # What a method does not want is an error of the call.
    await basket.callRemote("add", 5).addErrback(explain)

    # More than one message can hold comes in pages.
    pages = await util.getAllPages(shop, "catalog")
    print("the catalog has", sum(map(len, pages)), "bytes in more than one page:", len(pages) > 1)


def explain(failure):
    failure.trap(pb.InsecureJelly, pb.Error)
    print("refused:", failure.getErrorMessage())


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
