"""Has a game whose scores can be looked at."""

from scores import Scores

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import react
from twisted.spread import pb


class Game(pb.Root):
    """What everybody gets first."""

    teams = ("frogs", "toads")

    def __init__(self):
        self.scores = Scores()

    def remote_scores(self):
        return self.scores

    def remote_isOurs(self, scores):
        # A cache that is sent back arrives as what it is a cache of.
        return scores is self.scores

    def remote_goal(self, team):
        if team not in self.teams:
            raise pb.Error("no such team")
        self.scores.score(team)


async def main(reactor, description="tcp:8790:interface=127.0.0.1"):
    port = await serverFromString(reactor, description).listen(pb.PBServerFactory(Game()))
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
