"""The examples of the how-tos on calls between objects: calls, copies, caches and limits."""

import sys

from .running import ROOT, Running, run, running

EXAMPLES = ROOT / "docs" / "examples"
ANY_PORT = "tcp:0:interface=127.0.0.1"


def example(name: str, *arguments: str) -> list[str]:
    """Return the command that runs an example."""
    return [sys.executable, str(EXAMPLES / name), *arguments]


def endpointOf(server: Running) -> str:
    """Return the description of a client of an example's server."""
    server.waitFor(lambda said: said.endswith("\n"))
    return f"tcp:127.0.0.1:{''.join(server.out).split()[-1]}"


def test_library() -> None:
    # library.py holds what both know.
    with running(example("spread/library_server.py", ANY_PORT)) as server:
        assert run(example("spread/library_client.py", endpointOf(server))) == (
            0,
            "the titles are Frogs, Toads\n"
            "I should read ['Toads']\n"
            "this is Frogs: True\n"
            "They swim, too.\n"
            "the library says: there is no 'Newts'\n"
            "the library says: No such method: remote_burn\n",
            "",
        )


def test_shop() -> None:
    # shop.py holds what both know.
    with running(example("spread-objects/shop_server.py", ANY_PORT)) as server:
        assert run(example("spread-objects/shop_client.py", endpointOf(server))) == (
            0,
            "fern: 40 cm, 4 EUR\n"
            "moss: 2 cm, 0.2 EUR\n"
            "supplier: None\n"
            "in the basket: ['moss', 'my own']\n"
            "refused: an instance of __main__.Coin may not be sent: make it a flavor of Perspective"
            " Broker, such as Copyable\n"
            "refused: there is no '__main__.Secret' here, or its module is not allowed\n"
            "refused: this is a shop for plants\n"
            "the catalog has 1700000 bytes in more than one page: True\n",
            "",
        )


HOSTILE_CUSTOMER = """
import sys
from decimal import Decimal
from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb

class Forged(pb.Copyable):
    def __init__(self, name, state):
        self.name, self.state = name, state
    def getTypeToCopy(self):
        return self.name
    def getStateToCopy(self):
        return self.state

async def main(reactor, description):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    shop = await factory.getRootObject()
    plant = "shop.Plant"
    for forged in (
        Forged(plant, {}),
        Forged(plant, {"name": 5, "height": 5}),
        Forged(plant, [1]),
        Forged("shop.Price", (Decimal(1), "GBP")),
        Forged("shop.Price", 5),
        Forged("shop.Basket", {}),
    ):
        await shop.callRemote("price", forged).addErrback(
            lambda failure: print(failure.trap(pb.InsecureJelly) and "refused")
        )
    basket = await shop.callRemote("basket")
    for number in range(101):
        forged = Forged(plant, {"name": "fern", "height": number, "supplier": "me"})
        answer = basket.callRemote("add", forged)
        await answer.addErrback(lambda failure: print(number, failure.getErrorMessage()))

react(main, sys.argv[1:])
"""


def test_shop_refuses_what_is_none_of_its_goods() -> None:
    with running(example("spread-objects/shop_server.py", ANY_PORT)) as server:
        customer = [sys.executable, "-c", HOSTILE_CUSTOMER, endpointOf(server)]
        assert run(customer) == (0, "refused\n" * 6 + "100 the basket is full\n", "")
        assert "Traceback" not in "".join(server.err)


def test_scores() -> None:
    # scores.py holds what both know.
    with running(example("spread-caches/scores_server.py", ANY_PORT)) as server:
        assert run(example("spread-caches/scores_client.py", endpointOf(server))) == (
            0,
            "at first {}\n"
            "now {'frogs': 1}\n"
            "now {'frogs': 2}\n"
            "the same cache: True\n"
            "known to the server: True\n"
            "at last {'frogs': 3}\n",
            "",
        )
        # Observing ended with the first cache, and then with the connection.
        looks = "somebody looks: 1\nsomebody looks away: 0\n"
        server.waitFor(lambda said: said.endswith(2 * looks))


def test_limits() -> None:
    status, out, err = run(example("spread-limits/limits.py"))
    assert status == 0, err
    assert out == (
        "as many bytes as may be: 655360\n"
        "one more: refused here: a string of 655361 bytes is too long to send: SIZE_LIMIT is"
        " 655360\n"
        "one more in the answer: refused there: a string of 655361 bytes is too long to send:"
        " SIZE_LIMIT is 655360\n"
        "bits of the largest integer: 448\n"
        "one more: refused here: an integer of 449 bits is too large to send: the limit is 448,"
        " and setPrefixLimit changes it\n"
        "lists in lists: refused here: lists lie too deep in each other to send: the limit is"
        " 256\n"
        "too many references: refused there: Maximum PB reference count exceeded.\n"
        "no room for one more: refused there: Maximum PB reference count exceeded.\n"
        "room again: 1\n"
        "with other limits: 2000000\n"
        "with other limits: 801\n"
    )
