"""What type checkers must understand of tw-amp; checked by mypy and pyright, not run."""

from typing import Any, assert_type

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.protocols.amp import (
    AMP,
    AmpBox,
    Command,
    CommandLocator,
    IBoxReceiver,
    IBoxSender,
    Integer,
    IResponderLocator,
    ListOf,
    Message,
    TypedCommand,
    Unicode,
    parseString,
)
from twisted.python.components import implementer
from twisted.python.failure import Failure


class Sum(Command):
    """A plain command."""

    arguments = [("a", Integer()), (b"b", Integer())]
    response = [("total", Integer())]
    errors = {ValueError: "VALUE"}


class Total(Message):
    """A result."""

    total: int
    notes: str | None = None


class TypedSum(TypedCommand[Total], name="Sum", errors={ValueError: "VALUE"}):
    """A typed command."""

    a: int
    b: int = 0


class Quiet(TypedCommand[None]):
    """A typed command without a result."""


class Peer(AMP):
    """Answers all of them, in every way there is."""

    @Sum.responder
    def sum(self, a: int, b: int) -> dict[str, Any]:
        """Answer at once."""
        return {"total": a + b}

    @TypedSum.responder
    def typedSum(self, call: TypedSum) -> Total:
        """Answer at once."""
        return Total(total=call.a + call.b)

    @TypedSum.responder
    async def slowSum(self, call: TypedSum) -> Total:
        """Answer by a coroutine."""
        return await self.callRemote(TypedSum, a=call.a)

    @TypedSum.responder
    def laterSum(self, call: TypedSum) -> Deferred[Total]:
        """Answer by a Deferred."""
        return self.callRemote(TypedSum, a=call.a)

    @Quiet.responder
    def quiet(self, call: Quiet) -> None:
        """Answer nothing."""


class Wrong(CommandLocator):
    """Answers what is no result."""

    @TypedSum.responder  # type: ignore[arg-type]  # pyright: ignore
    def typedSum(self, call: TypedSum) -> int:
        """Answer a number."""
        return call.a


@implementer(IBoxReceiver)
class Reflector:
    """Sends every box back."""

    boxSender: IBoxSender

    def startReceivingBoxes(self, boxSender: IBoxSender) -> None:
        """Begin."""
        self.boxSender = boxSender

    def ampBoxReceived(self, box: AmpBox) -> None:
        """Send it back."""
        self.boxSender.sendBox(box)

    def stopReceivingBoxes(self, reason: Failure) -> None:
        """End."""


receiver: IBoxReceiver = Reflector()
locator: IResponderLocator = Peer()
peer = AMP(boxReceiver=receiver, locator=locator)

assert_type(peer.callRemote(Sum, a=1, b=2), Deferred[dict[str, Any]])
assert_type(peer.callRemote(TypedSum, a=1, b=2), Deferred[Total])
assert_type(peer.callRemote(TypedSum, a=1), Deferred[Total])
assert_type(peer.callRemote(Quiet), Deferred[None])
assert_type(peer.callRemoteString(b"sum", a=b"1"), Deferred[AmpBox])
assert_type(peer.callRemoteString(b"sum", False), Deferred[AmpBox] | None)
assert_type(parseString(b""), list[AmpBox])
assert_type(ListOf(Unicode()).fromString(b""), list[str])


def patient(clock: IReactorTime) -> None:
    """Call with a deadline."""
    assert_type(peer.within(5, clock).callRemote(TypedSum, a=1), Deferred[Total])
    assert_type(peer.within(5, clock).callRemote(Sum, a=1), Deferred[dict[str, Any]])


async def total() -> int:
    """Return a number that came from the peer."""
    result = await peer.callRemote(TypedSum, a=13, b=81)
    assert_type(result.notes, str | None)
    return result.total


def mistakes() -> None:
    """Make calls that type checkers refuse."""
    peer.callRemote(TypedSum, a="1")  # type: ignore[arg-type]  # pyright: ignore
    peer.callRemote(TypedSum)  # type: ignore[arg-type]  # pyright: ignore
    peer.callRemote(TypedSum, a=1, c=2)  # type: ignore[arg-type]  # pyright: ignore
