"""Typed commands: declared by annotations, plain AMP on the wire."""

import dataclasses
import decimal
from datetime import datetime
from typing import Annotated, cast

import pytest

from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransport
from twisted.protocols.amp import (
    AMP,
    Argument,
    BadLocalReturn,
    Command,
    CommandLocator,
    Float,
    Integer,
    Message,
    TypedCommand,
    UnknownRemoteError,
    parseString,
    utc,
)
from twisted.python.filepath import FilePath

from .amp_helpers import Adder, Forbidden, Pair, Sum, TooBig, failed, logged, results


class Total(Message):
    """A result."""

    total: int


class TypedSum(
    TypedCommand[Total],
    name="Sum",
    errors={TooBig: "TOO_BIG"},
    fatalErrors={Forbidden: "FORBIDDEN"},
):
    """The same as `Sum`."""

    a: int
    b: int


class TypedAdder(AMP):
    """Answers it."""

    @TypedSum.responder
    def add(self, call: TypedSum) -> Total:
        if call.a > 9:
            raise TooBig("no more than 9")
        return Total(total=call.a + call.b)


class Point(Message):
    """A part of a message."""

    x: float
    y: float = 0.0


class Reversed(Argument[str]):
    """Text backwards."""

    def toString(self, inObject: str) -> bytes:
        return inObject[::-1].encode()

    def fromString(self, inString: bytes) -> str:
        return inString.decode()[::-1]


class Everything(Message):
    """One of each."""

    number: int
    truth: bool
    text: str
    data: bytes
    real: float
    exact: decimal.Decimal
    when: datetime
    where: FilePath[str]
    point: Point
    points: list[Point]
    names: list[list[str]]
    odd: Annotated[str, Reversed()]
    perhaps: int | None = None
    more: list[str] = dataclasses.field(default_factory=list)
    answer: int = 42


class Echo(TypedCommand[Everything]):
    """Sends everything back."""

    everything: Everything
    perhaps: str | None


class Quiet(TypedCommand[None]):
    """Has no arguments and no result."""


class Server(AMP):
    """Answers these."""

    @Echo.responder
    async def echo(self, call: Echo) -> Everything:
        self.perhaps = call.perhaps
        return call.everything

    @Quiet.responder
    def quiet(self, call: Quiet) -> None:
        return None


EVERYTHING = Everything(
    number=-3,
    truth=False,
    text="\N{SNOWMAN}",
    data=b"\xff",
    real=0.1,
    exact=decimal.Decimal("0.10"),
    when=datetime(2012, 1, 23, tzinfo=utc),
    where=FilePath("/tmp"),
    point=Point(x=1.0),
    points=[Point(x=1.0, y=2.0), Point(x=3.0)],
    names=[["a"], []],
    odd="abc",
)


def test_typed_and_plain_commands_are_the_same_on_the_wire() -> None:
    for server in TypedAdder(), Adder():
        pair = Pair(server)
        typed = results(pair.client.callRemote(TypedSum, a=1, b=2))
        plain = results(pair.client.callRemote(Sum, a=1, b=2))
        pair.turn()
        assert typed == [Total(total=3)]
        assert plain == [{"total": 3}]


def test_request_on_the_wire() -> None:
    amp, transport = AMP(), StringTransport()
    amp.makeConnection(transport)
    amp.callRemote(TypedSum, a=1, b=2)
    amp.callRemote(Sum, a=1, b=2)
    first, second = parseString(transport.value())
    assert first == {**second, b"_ask": b"1"}


def test_every_type_comes_back() -> None:
    pair = Pair(server := Server())
    found = results(pair.client.callRemote(Echo, everything=EVERYTHING, perhaps=None))
    pair.turn()
    assert found == [EVERYTHING]
    assert server.perhaps is None


def test_command_without_a_result() -> None:
    pair = Pair(Server())
    found = results(pair.client.callRemote(Quiet))
    pair.turn()
    assert found == [None]


def test_listed_error_comes_over() -> None:
    pair = Pair(TypedAdder())
    found = results(pair.client.callRemote(TypedSum, a=10, b=2))
    pair.turn()
    assert type(failed(found)) is TooBig
    assert TypedSum.command.allErrors == Sum.allErrors


def test_fields_with_defaults_can_be_added_later() -> None:
    class OldPoint(Message):
        x: float

    class OldMove(TypedCommand[OldPoint], name="Move"):
        to: OldPoint

    class Move(TypedCommand[Point]):
        to: Point

    class Mover(AMP):
        @Move.responder
        def move(self, call: Move) -> Point:
            assert call.to == Point(x=1.0, y=0.0)
            return Point(x=1.0, y=5.0)

    pair = Pair(Mover())
    found = results(pair.client.callRemote(OldMove, to=OldPoint(x=1.0)))
    pair.turn()
    assert found == [OldPoint(x=1.0)]


def test_wrong_type_is_refused_by_the_caller() -> None:
    pair = Pair(TypedAdder())
    with pytest.raises(TypeError, match="takes an int"):
        pair.client.callRemote(TypedSum, a="1", b=2)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Everything is wanted"):
        pair.client.callRemote(Echo, everything=3, perhaps=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", [3, {"total": 3}, None])
def test_responder_that_returns_something_else(answer: object) -> None:
    class Wrong(AMP):
        @TypedSum.responder
        def add(self, call: TypedSum) -> Total:
            return cast(Total, answer)

    pair = Pair(Wrong())
    with logged() as events:
        found = results(pair.client.callRemote(TypedSum, a=1, b=2))
        pair.turn()
    assert type(failed(found)) is UnknownRemoteError
    (event,) = (event for event in events if "log_failure" in event)
    assert event["log_failure"].type is BadLocalReturn
    assert "has to return a Total" in str(event["log_failure"].value)


def test_responder_without_a_result_that_returns_one() -> None:
    class Wrong(AMP):
        @Quiet.responder
        def quiet(self, call: Quiet) -> Deferred[None] | None:
            return 3  # type: ignore[return-value]

    pair = Pair(Wrong())
    with logged():
        found = results(pair.client.callRemote(Quiet))
        pair.turn()
    assert type(failed(found)) is UnknownRemoteError


def test_box_of_a_peer_with_two_messages_in_one_place_is_refused() -> None:
    kind = dict(Echo.command.arguments)[b"everything"]
    with pytest.raises(ValueError, match="one Everything is wanted here, not 0"):
        kind.fromString(b"")


def test_other_locators_answer_too() -> None:
    class Registrar(CommandLocator):
        @TypedSum.responder
        def add(self, call: TypedSum) -> Total:
            return Total(total=0)

    pair = Pair(AMP(locator=Registrar()))
    found = results(pair.client.callRemote(TypedSum, a=1, b=2))
    pair.turn()
    assert found == [Total(total=0)]


def test_type_without_a_form_is_refused_where_it_is_declared() -> None:
    with pytest.raises(TypeError, match=r"Bad\.field: .*complex.* has no form on the wire"):

        class Bad(Message):
            field: complex


def test_union_is_refused_where_it_is_declared() -> None:
    with pytest.raises(TypeError, match="of a union"):

        class Bad(Message):
            field: int | str | None


def test_field_that_may_be_none_has_no_other_default() -> None:
    with pytest.raises(TypeError, match="has to be None"):

        class Bad(Message):
            field: int | None = 3


def test_command_has_to_say_its_result() -> None:
    with pytest.raises(TypeError, match="does not say its result"):

        class Bad(TypedCommand):  # type: ignore[type-arg]
            pass

    with pytest.raises(TypeError, match="a Message or None"):

        class Worse(TypedCommand[int]):
            pass


def test_command_can_be_had_as_a_plain_one() -> None:
    assert issubclass(TypedSum.command, Command)
    assert {name: type(kind) for name, kind in TypedSum.command.arguments} == {
        b"a": Integer,
        b"b": Integer,
    }
    assert dict(Point._arguments)[b"x"].__class__ is Float
