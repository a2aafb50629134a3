"""A cache that follows its object: the crew of a ship, as its captain and its owner know it."""

import gc
from typing import Any

from twisted.spread import pb

from .endings import Root, close
from .voices import say, until


class Crew(pb.Cacheable):
    """The original."""

    def __init__(self, hands: list[str]) -> None:
        self.hands = hands
        self.observers: list[Any] = []

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> list[str]:
        self.observers.append(observer)
        return self.hands

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        self.observers.remove(observer)
        say("caches", "nobody observes" if not self.observers else "others observe")

    def hire(self, hand: str) -> list[Any]:
        self.hands.append(hand)
        return [observer.callRemote("hired", hand) for observer in self.observers]

    def fire(self, hand: str) -> list[Any]:
        self.hands.remove(hand)
        return [observer.callRemote("fired", hand) for observer in self.observers]


class CrewList(pb.RemoteCache):
    """The cache."""

    hands: list[str]

    def setCopyableState(self, state: Any) -> None:
        say("caches", "the list has come")
        self.hands = state

    def observe_hired(self, hand: str) -> int:
        say("caches", "hired", hand)
        self.hands.append(hand)
        return len(self.hands)

    def observe_fired(self, hand: str) -> int:
        say("caches", "fired", hand)
        self.hands.remove(hand)
        return len(self.hands)


pb.setUnjellyableForClass(Crew, CrewList)


class Owner(Root):
    """Has the cache."""

    crew: Any = None

    def remote_take(self, crew: Any) -> None:
        self.crew = crew
        say("caches", "a", type(crew).__name__)
        self.remote_count()

    def remote_count(self) -> None:
        say("caches", len(self.crew.hands), *self.crew.hands)

    def remote_forget(self) -> None:
        say("caches", "forgetting")
        self.crew = None
        gc.collect()

    def remote_answer(self) -> None:
        """Do nothing."""


def served() -> Owner:
    """Return what is served."""
    return Owner()


async def callAll(owner: Any) -> None:
    """Let the owner follow what becomes of a crew."""
    crew = Crew(["cook", "mate"])
    say("caches", len(crew.hands))
    await owner.callRemote("take", crew)
    for told in crew.hire("ugly boy"):
        say("caches", len(crew.hands), "and they have", await told)
    await owner.callRemote("count")
    for told in crew.fire("cook"):
        say("caches", len(crew.hands), "and they have", await told)
    await owner.callRemote("count")
    await owner.callRemote("forget")
    await until(lambda: owner.callRemote("answer").addCallback(lambda _: crew.observers), [])
    await close(owner)
