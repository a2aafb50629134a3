"""The types of arguments: what they are on the wire, and what they refuse."""

import decimal
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.protocols.amp import (
    AMP,
    MAX_NUMBER_LENGTH,
    AmpBox,
    AmpList,
    Argument,
    Boolean,
    BoxTooLarge,
    Command,
    DateTime,
    Decimal,
    Descriptor,
    Float,
    IArgumentType,
    Integer,
    InvalidSignature,
    ListOf,
    Path,
    String,
    TooLong,
    Unicode,
    utc,
)
from twisted.python.components import verifyObject
from twisted.python.filepath import FilePath

from .amp_helpers import Pair

NOON = datetime(2012, 1, 23, 12, 34, 56, 54321, utc)
PAIR: list[tuple[str, Argument[Any]]] = [("a", Integer()), ("b", Unicode(optional=True))]

WIRE: list[tuple[Argument[Any], object, bytes]] = [
    (Integer(), 0, b"0"),
    (Integer(), -(10**30), b"-1" + b"0" * 30),
    (String(), b"\0\xff", b"\0\xff"),
    (Unicode(), "\N{SNOWMAN}", b"\xe2\x98\x83"),
    (Boolean(), True, b"True"),
    (Boolean(), False, b"False"),
    (Float(), 1.5, b"1.5"),
    (Float(), -1e300, b"-1e+300"),
    (Float(), float("inf"), b"inf"),
    (Decimal(), decimal.Decimal("1.50"), b"1.50"),
    (Decimal(), decimal.Decimal("-1E+400"), b"-1E+400"),
    (Decimal(), decimal.Decimal("-Infinity"), b"-Infinity"),
    (Path(), FilePath("/tmp/\N{SNOWMAN}"), b"/tmp/\xe2\x98\x83"),
    (DateTime(), NOON, b"2012-01-23T12:34:56.054321-00:00"),
    (
        DateTime(),
        NOON.replace(tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        b"2012-01-23T12:34:56.054321-03:30",
    ),
    (
        DateTime(),
        NOON.replace(tzinfo=timezone(timedelta(hours=2))),
        b"2012-01-23T12:34:56.054321+02:00",
    ),
    (ListOf(Integer()), [1, 20, 300], b"\0\1" + b"1\0\2" + b"20\0\3" + b"300"),
    (ListOf(ListOf(Unicode())), [["a"], []], b"\0\3\0\1a\0\0"),
    (
        AmpList(PAIR),
        [{"a": 1, "b": None}, {"a": 2, "b": "x"}],
        b"\0\1a\0\1" + b"1\0\0\0\1a\0\1" + b"2\0\1b\0\1x\0\0",
    ),
]


@pytest.mark.parametrize(("kind", "value", "string"), WIRE)
def test_form_on_the_wire(kind: Argument[Any], value: object, string: bytes) -> None:
    assert kind.toString(value) == string
    assert kind.fromString(string) == value
    assert verifyObject(IArgumentType, kind)


def test_decimals_that_are_no_number() -> None:
    for text in ("NaN", "sNaN123", "-NaN"):
        number = Decimal().fromString(Decimal().toString(decimal.Decimal(text)))
        assert str(number) == text


def test_what_is_no_number_at_all_is_one_float() -> None:
    assert Float().toString(Float().fromString(b"nan")) == b"nan"


@given(st.floats())
def test_floats_come_back_exactly(number: float) -> None:
    assert repr(Float().fromString(Float().toString(number))) == repr(number)


@given(st.decimals())
def test_decimals_come_back_exactly(number: decimal.Decimal) -> None:
    assert str(Decimal().fromString(Decimal().toString(number))) == str(number)


@given(st.datetimes(timezones=st.just(utc)))
def test_times_come_back_exactly(time: datetime) -> None:
    assert DateTime().fromString(DateTime().toString(time)) == time


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Integer(), "1"),
        (Integer(), 1.0),
        (Integer(), None),
        (String(), "text"),
        (Unicode(), b"bytes"),
        (Float(), 1),
        (Decimal(), 1),
        (Path(), "/tmp"),
        (DateTime(), "2012"),
        (ListOf(Integer()), ["1"]),
        (ListOf(Integer()), 3),
        (Descriptor(), 3),
    ],
)
def test_wrong_type_is_refused(kind: Argument[Any], value: object) -> None:
    with pytest.raises(TypeError):
        kind.toStringProto(value, None)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"amp\.utc"):
        DateTime().toString(NOON.replace(tzinfo=None))


def test_time_with_a_zone_of_seconds_is_refused() -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        DateTime().toString(NOON.replace(tzinfo=timezone(timedelta(seconds=1))))


@pytest.mark.parametrize(
    ("kind", "string"),
    [
        *[
            (Integer(), text)
            for text in (b"", b"+1", b" 1", b"1_0", b"1.0", b"\xd9\xa1", b"-", b"x")
        ],
        *[(Float(), text) for text in (b"", b"1_0", b" 1", b"Infinity", b"1e", b"x")],
        *[(Decimal(), text) for text in (b"", b"1_0", b" 1", b"x", b"\xd9\xa1")],
        *[(Decimal(), text) for text in (b"1e99999999999999999999", b"-1E-99999999999999999999")],
        *[(Boolean(), text) for text in (b"", b"true", b"1")],
        *[
            (DateTime(), text)
            for text in (
                b"",
                b"2012-01-23",
                b"2012-13-23T12:34:56.054321-00:00",
                b"2012-01-23T12:34:56.054321-24:00",
                b"2012-01-23T12:34:56.054321-00:00 ",
            )
        ],
        (Unicode(), b"\xff"),
        (Path(), b"/tmp/\0"),
        (ListOf(String()), b"\0"),
        (ListOf(String()), b"\0\5ab"),
        (Integer(), b"1" * (MAX_NUMBER_LENGTH + 1)),
        (Float(), b"1" * (MAX_NUMBER_LENGTH + 1)),
        (Decimal(), b"1" * (MAX_NUMBER_LENGTH + 1)),
    ],
)
def test_bad_string_of_a_peer_is_refused(kind: Argument[Any], string: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        kind.fromString(string)


@given(st.binary(max_size=60))
def test_any_string_of_a_peer_is_read_or_refused(string: bytes) -> None:
    for kind, _, _ in WIRE:
        try:
            kind.fromString(string)
        except (ValueError, TooLong, BoxTooLarge, InvalidSignature):
            pass


def test_element_that_is_too_long_is_refused() -> None:
    with pytest.raises(TooLong):
        ListOf(String()).toString([b"x" * 65536])


def test_dictionary_with_an_unknown_name_is_refused() -> None:
    with pytest.raises(InvalidSignature, match="zz is not a valid argument"):
        AmpList(PAIR).toString([{"a": 1, "zz": 2}])


def test_argument_has_to_be_completed() -> None:
    with pytest.raises(NotImplementedError, match="toString"):
        Argument[int]().toString(1)
    with pytest.raises(NotImplementedError, match="fromString"):
        Argument[int]().fromString(b"1")


def test_argument_of_ones_own_may_use_the_connection() -> None:
    class PeerOf(Argument[object]):
        """Who the peer is, which the peer does not have to say."""

        def retrieve(self, d: dict[Any, Any], name: object, proto: object) -> object:
            return b""

        def fromStringProto(self, inString: bytes, proto: Any) -> object:
            return proto.transport.getPeer()

        def toBox(
            self, name: bytes, strings: dict[bytes, bytes], objects: dict[str, Any], proto: object
        ) -> None:
            return

    class Who(Command):
        arguments = [("who", PeerOf())]

    class Asked(AMP):
        @Who.responder
        def asked(self, who: object) -> dict[str, Any]:
            self.who = who
            return {}

    pair = Pair(server := Asked())
    pair.client.callRemote(Who)
    pair.turn()
    assert server.who == pair.loopback.server.getPeer()


def test_optional_argument_may_be_missing_or_none() -> None:
    box = AmpBox()
    Integer(optional=True).toBox(b"a", box, {}, None)
    Integer(optional=True).toBox(b"b", box, {"b": None}, None)
    assert box == {}
    objects: dict[str, Any] = {}
    Integer(optional=True).fromBox(b"a", box, objects, None)
    assert objects == {"a": None}


def test_argument_that_is_not_optional_may_not_be_missing() -> None:
    with pytest.raises(InvalidSignature, match="missing"):
        Integer().toBox(b"a", {}, {}, None)
    with pytest.raises(InvalidSignature, match="missing"):
        Integer().fromBox(b"a", {}, {}, None)
