"""References and errors: a harbor that is called, and gives out ships."""

import gc
from typing import Any

from twisted.internet import defer
from twisted.python import log
from twisted.spread import jelly, pb

from .caches import Crew
from .endings import Root, close
from .voices import named, say, until


class Storm(pb.Error):
    """Callers may expect it."""


class Calm(pb.Error):
    """Callers may expect it, and it never comes."""


class Mutiny(Exception):
    """Nobody expects it."""


class Plain:
    """Has no flavor."""


class Ship(pb.Referenceable):
    """What references go to, first from the client to the server."""

    def remote_load(self, tons: int) -> None:
        say("second object", "loading", tons)


class Pilot(pb.Referenceable):
    """What references go to, from the server to the client."""

    def remote_steer(self, course: int) -> int:
        say("object of the client", "steering", course)
        return course + 180


class Harbor(Root):
    """The first object."""

    def __init__(self) -> None:
        self.ship = Ship()
        self.crew: Any = None

    def remote_answer(self, text: str) -> str:
        say("first object", "asked", text)
        log.msg("asked")
        return text

    def remote_ship(self) -> Ship:
        return self.ship

    def remote_inspect(self, ship: Any) -> bool:
        say("same object", "it is ours" if ship is self.ship else f"it is {ship}")
        return bool(ship == self.ship)

    def remote_takeAboard(self, pilot: Any) -> Any:
        return pilot.callRemote("steer", 12)

    def remote_giveBack(self, obj: Any) -> Any:
        return [obj, obj]

    def remote_sail(self, weather: Any) -> str:
        say("asked to sail", weather)
        if weather == "storm":
            raise Storm("too much wind")
        if weather == "mutiny":
            raise Mutiny("nobody rows")
        return "out at sea"

    def remote_examine(self, thing: Any) -> None:
        say("plain", "a", type(thing).__name__)

    def remote_hire(self, crew: Any) -> None:
        self.crew = crew


def served() -> Harbor:
    """Return what is served."""
    return Harbor()


async def callFirst(harbor: Any) -> None:
    """Call the first object, and another that it returns."""
    say("first object", "answered", "well, " + await harbor.callRemote("answer", "ahoy"))
    ship = await harbor.callRemote("ship")
    say("second object", type(ship).__name__)
    await ship.callRemote("load", 12)
    say("same object", await harbor.callRemote("inspect", ship))


async def giveOwn(harbor: Any) -> None:
    """Let the server call an object of ours, and have it back."""
    pilot = Pilot()
    say("object of the client", "returned", await harbor.callRemote("takeAboard", pilot))
    one, two = await harbor.callRemote("giveBack", pilot)
    say("object of the client", one is pilot and two is pilot)


async def fail(harbor: Any) -> None:
    """See what becomes of exceptions."""

    def tell(failure: Any) -> None:
        say("errors", "it failed")
        say("errors", "class", named(type(failure)))
        say("errors", "message", failure.getErrorMessage())
        say("errors", "type", named(failure.type))

    for weather in ("storm", "mutiny"):
        await harbor.callRemote("sail", weather).addErrback(tell)
    try:
        await harbor.callRemote("sail", "storm")
    except pb.RemoteError as error:
        say("errors in coroutines", named(error.remoteType), error)


async def check(harbor: Any) -> None:
    """Tell failures apart in one errback."""

    def tell(failure: Any) -> None:
        for kinds in ((Calm, Storm), (pb.Error,), ("builtins.ValueError",)):
            say("checks", [named(kind) for kind in kinds], named(failure.check(*kinds)))
        say("checks", failure.trap(Calm, Storm) is Storm)

    await harbor.callRemote("sail", "storm").addErrback(tell)


def attempt(harbor: Any, what: str, weather: Any) -> Any:
    """Call, and tell failures apart in a chain of errbacks."""

    def insecure(failure: Any) -> None:
        failure.trap(jelly.InsecureJelly)
        say("traps", "- not safe to send")

    def expected(failure: Any) -> None:
        say("traps", "-", "a storm" if failure.trap(Calm, Storm) is Storm else "a calm")

    say("traps", what)
    try:
        call = harbor.callRemote("sail", weather)
    except pb.DeadReferenceError:
        say("traps", "- nobody is there")
        return defer.succeed(None)
    call.addCallback(lambda answer: say("traps", "- the answer is", answer))
    call.addErrback(insecure)
    call.addErrback(expected)
    return call.addErrback(lambda failure: say("traps", "- something else"))


async def lose(harbor: Any) -> None:
    """End the server, and use what is left of it."""
    crew = Crew(["cook"])
    await harbor.callRemote("hire", crew)
    (observer,) = crew.observers
    lost: Any = defer.Deferred()
    harbor.notifyOnDisconnect(lost.callback)
    say("traps", "closing")
    await close(harbor)
    await lost
    await attempt(harbor, "after the end", "fair")
    await until(lambda: defer.succeed(crew.observers), [])
    try:
        call = observer.callRemote("hired", "mate")
    except pb.DeadReferenceError:
        say("observers", "an exception instead of a failure")
        return
    await call.addErrback(lambda failure: say("observers", named(failure.type)))
    # The idiom: nothing is logged, and nothing comes up when the garbage is collected.
    observer.callRemote("hired", "mate").addErrback(lambda failure: None)
    gc.collect()


async def callAll(harbor: Any) -> None:
    """Call in all ways, and end the server."""
    await callFirst(harbor)
    await giveOwn(harbor)
    await fail(harbor)
    await check(harbor)
    await attempt(harbor, "a text", "fair")
    await attempt(harbor, "a plain instance", Plain())
    await attempt(harbor, "an exception", "storm")
    await harbor.callRemote("examine", Plain()).addErrback(lambda f: say("plain", named(f.type)))
    await lose(harbor)
