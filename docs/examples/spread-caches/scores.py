"""What the server of a game and its viewers both know: the scores, and what follows them."""

from twisted.spread import pb


class Scores(pb.Cacheable):
    """The scores of a game, which tell all who have a cache of them what changes."""

    def __init__(self):
        self.points = {}
        self.observers = []

    def getStateToCacheAndObserveFor(self, perspective, observer):
        # Nothing can change between the state and the observer, so none of the changes is missed.
        self.observers.append(observer)
        print("somebody looks:", len(self.observers), flush=True)
        return {"points": self.points}

    def stoppedObserving(self, perspective, observer):
        self.observers.remove(observer)
        print("somebody looks away:", len(self.observers), flush=True)

    def score(self, team):
        self.points[team] = self.points.get(team, 0) + 1
        for observer in self.observers:
            # The viewer may have just gone.
            call = observer.callRemote("scored", team, self.points[team])
            call.addErrback(lambda failure: None)


class ScoresCache(pb.RemoteCache):
    """The scores as a viewer has them, always with what the server said last."""

    def setCopyableState(self, state):
        self.points = state["points"]

    def observe_scored(self, team, points):
        self.points[team] = points
        self.changed()

    def changed(self):
        """Do something about a change; override it."""
