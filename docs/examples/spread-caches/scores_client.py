"""Looks at a game, and plays in it."""

from scores import Scores, ScoresCache

from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb


class PrintedScores(ScoresCache):
    """What the scores of the server become here."""

    def changed(self):
        print("now", self.points)


pb.setUnjellyableForClass(Scores, PrintedScores)


async def main(reactor, description="tcp:127.0.0.1:8790"):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    game = await factory.getRootObject()

    # The state comes once; from then on the changes do.
    cache = await game.callRemote("scores")
    print("at first", cache.points)
    await game.callRemote("goal", "frogs")
    await game.callRemote("goal", "frogs")

    # What is cached already goes by its number.
    print("the same cache:", await game.callRemote("scores") is cache)
    print("known to the server:", await game.callRemote("isOurs", cache))

    # Observing ends with the last reference to the cache; the scores go on without us.
    del cache
    await game.callRemote("goal", "frogs")
    again = await game.callRemote("scores")
    print("at last", again.points)


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
