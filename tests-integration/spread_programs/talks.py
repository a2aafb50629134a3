"""Talks: who may say what in whose name, without logins and with them."""

from collections.abc import Callable
from typing import Any

from twisted.internet import defer
from twisted.spread import pb

from .voices import refused, say


class ImpostorError(pb.Error):
    """Somebody speaks who is none of us."""


def tell(minds: list[Any], text: str) -> Any:
    """Let all hear."""
    return defer.gatherResults([mind.callRemote("hear", text) for mind in minds])


class Board(pb.Referenceable):
    """Believes everybody."""

    def __init__(self, mind: Any) -> None:
        self.mind = mind

    def remote_post(self, name: str, text: str) -> Any:
        return tell([self.mind], f"{name} writes: {text}")


class Table:
    """Has guests, and what they may not say."""

    def __init__(self, isPolite: bool) -> None:
        self.isPolite = isPolite
        self.minds: list[Any] = []

    def say(self, name: str, text: str) -> Any:
        if self.isPolite and "bilge" in text:
            raise ValueError("not at this table")
        return tell(self.minds, f"{name} says: {text}")


class PublicTable(pb.Referenceable):
    """Is told who speaks, and looks at it."""

    name = "the table"

    def __init__(self, table: Table) -> None:
        self.table = table

    def remote_say(self, guest: Any, text: str) -> Any:
        if not isinstance(guest, Guest):
            raise ImpostorError(f"{guest.name} is no guest")
        return self.table.say(guest.name, text)


class Seat(pb.Referenceable):
    """Whoever has it speaks as one guest at one table."""

    def __init__(self, name: str, table: Table) -> None:
        self.name = name
        self.table = table

    def remote_say(self, text: str) -> Any:
        return self.table.say(self.name, text)


class Guest(pb.Referenceable):
    """Speaks as one."""

    def __init__(self, name: str, mind: Any) -> None:
        self.name = name
        self.mind = mind

    def remote_post(self, text: str) -> Any:
        return tell([self.mind], f"{self.name} writes: {text}")

    def remote_join(self, isPolite: bool = False, hasSeat: bool = False) -> Any:
        table = Table(isPolite)
        table.minds.append(self.mind)
        return Seat(self.name, table) if hasSeat else PublicTable(table)


def begin(kind: str, name: str, mind: Any) -> Any:
    """Return what a talk begins with."""
    return Board(mind) if kind == "board" else Guest(name, mind)


class Corner(pb.Viewable):
    """Knows who speaks, for the broker tells."""

    def __init__(self, isPolite: bool) -> None:
        self.table = Table(isPolite)

    def view_say(self, perspective: Any, text: str, times: int = 1) -> Any:
        return self.table.say(perspective.name, " ".join([text] * times))


class Visitor(pb.Avatar):
    """Is logged in."""

    def __init__(self, name: str, tavern: "Tavern", mind: Any) -> None:
        self.name = name
        self.tavern = tavern
        self.mind = mind

    def perspective_join(self, name: str, isPolite: bool = False) -> Corner:
        corner = self.tavern.corners.setdefault(name, Corner(isPolite))
        corner.table.minds.append(self.mind)
        return corner


class Tavern:
    """Has corners."""

    def __init__(self) -> None:
        self.corners: dict[str, Corner] = {}

    def enter(self, name: str, mind: Any) -> tuple[Visitor, Callable[[], None]]:
        """Make an avatar."""
        return Visitor(name, self, mind), lambda: None


async def talkWithoutLogins(office: Any, mind: Any) -> None:
    """See whom a server believes that looks at nothing but what it gave out."""
    board = await office.callRemote("talk", "board", "alice", mind)
    await board.callRemote("post", "alice", "it is me")
    await board.callRemote("post", "bob", "it is me, too")
    guest = await office.callRemote("talk", "guest", "alice", mind)
    await guest.callRemote("post", "it is me")
    table = await guest.callRemote("join", isPolite=True)
    await table.callRemote("say", guest, "good evening")
    await table.callRemote("say", guest=guest, text="good night")
    say("talks", await table.callRemote("say", guest, "bilge water").addErrback(refused))
    say("talks", await table.callRemote("say", guest=table, text="hi").addErrback(refused))
    seat = await guest.callRemote("join", hasSeat=True)
    await seat.callRemote("say", "bilge water")
    for heard in mind.heard:
        say("talks", heard)


async def talkAsUsers(door: Any, alice: Any, bob: Any, minds: list[Any]) -> None:
    """Share two views of the server's objects."""
    corners = []
    for who, mind in zip((alice, bob), minds, strict=True):
        visitor = await door.enter(who, mind)
        corners.append(await visitor.callRemote("join", "hearth", isPolite=True))
        say("views", type(corners[-1]).__name__)
    await corners[0].callRemote("say", "call me Al")
    await corners[1].callRemote("say", "ho", times=2)
    say("views", await corners[1].callRemote("say", "bilge").addErrback(refused))
    for mind in minds:
        say("views", mind.heard)


async def callAll(
    office: Any, door: Any, alice: Any, bob: Any, makeMind: Callable[[], Any]
) -> None:
    """Talk in all ways."""
    await talkWithoutLogins(office, makeMind())
    await talkAsUsers(door, alice, bob, [makeMind(), makeMind()])
