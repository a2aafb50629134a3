"""A coroutine that awaits Deferreds, handles an error and cleans up."""

from twisted.internet.defer import Deferred, ensureDeferred, gatherResults

questions: dict[str, Deferred[int]] = {}


def priceOf(article: str) -> Deferred[int]:
    """Ask for a price in cents; whoever knows it answers later."""
    questions[article] = Deferred()
    return questions[article]


async def order(*articles: str) -> int:
    """Add up the prices; what has none is left out."""
    total = 0
    try:
        for article in articles:
            try:
                total += await priceOf(article)
            except KeyError:
                print(f"{article}: sold out")
        return total
    finally:
        print("order is done")


both = gatherResults([ensureDeferred(order("tea", "salt")), ensureDeferred(order("bread"))])
both.addCallback(print)

print("the shop opens")
questions["tea"].callback(300)
questions["bread"].callback(250)
questions["salt"].errback(KeyError("salt"))
