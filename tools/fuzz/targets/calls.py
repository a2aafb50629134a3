"""Parsers of AMP: boxes, long values, arguments, and a peer that is called."""

import decimal
import math
from random import Random
from typing import Any

from fuzz.feeding import connected
from fuzz.target import Target, Violation, expect, joined
from twisted.internet.defer import Deferred
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger, LogLevel
from twisted.logger._constants import NamedConstant
from twisted.protocols import amp
from twisted.protocols.amp import IArgumentType
from twisted.protocols.amp._boxes import BoxBuffer
from twisted.python.failure import Failure
from twisted.python.filepath import FilePath

_MOST_KEYS, _MOST_SIZE = 12, 2000


def _boxes(pieces: list[bytes], withLongValues: bool) -> object:
    buffer = BoxBuffer(_MOST_KEYS, _MOST_SIZE)
    if withLongValues:
        buffer.takeLongValues()
    events: list[object] = []
    for piece in pieces:
        buffer.receive(piece)
        try:
            while (box := buffer.take()) is not None:
                expect(len(box), _MOST_KEYS, "keys of a box")
                events.append(dict(box))
        except (amp.TooLong, amp.BoxTooLarge) as error:
            return [*events, type(error)]
        expect(buffer._size + buffer._heldSize, _MOST_SIZE + 4, "bytes of a box")
    return events


def boxes(pieces: list[bytes]) -> object:
    """Feed the parser of boxes."""
    return _boxes(pieces, False)


def longBoxes(pieces: list[bytes]) -> object:
    """Feed the parser of boxes whose values may come in pieces."""
    return _boxes(pieces, True)


def _box(**pairs: bytes) -> bytes:
    return amp.AmpBox(pairs).serialize()


_PAIRS = [b"\0\1a\0\1b", b"\0\1a\0\0", b"\0\2kk\0\5hello", b"\0\1k\1\0" + b"v" * 256]
_BOXES = [
    *(_box(), _box(a=b"1"), _box(a=b"1", b=b"2" * 300), _box(**{f"k{n}": b"v" for n in range(12)})),
    *(_PAIRS[0] * 3 + b"\0\0", b"".join(_PAIRS) + b"\0\0", *_PAIRS, b"\0\0"),
]

_INNER: list[tuple[str | bytes, IArgumentType]] = [
    ("n", amp.Integer()),
    ("t", amp.Unicode(optional=True)),
]
_ARGUMENTS: list[amp.Argument[Any]] = [
    *(amp.Integer(), amp.String(), amp.Unicode(), amp.Path(), amp.Boolean(), amp.Float()),
    *(
        amp.Decimal(),
        amp.DateTime(),
        amp.ListOf(amp.Integer()),
        amp.ListOf(amp.ListOf(amp.Float())),
    ),
    amp.AmpList(_INNER),
]
_STRINGS = [
    *(b"7", b"-12345678901234567890", b"text", "t\xe9xt".encode(), b"/tmp/a", b"True", b"False"),
    *(b"1.5e300", b"inf", b"nan", b"-1.50", b"1E+999", b"Infinity", b"sNaN123", b"1e999999999"),
    *(b"2012-01-23T12:34:56.054321+01:00", b"2012-02-30T12:34:56.054321-23:59", b"0" * 50),
    *(b"\0\1" + b"7" + b"\0\2-8", b"\0\6\0\x031.5\0", _box(n=b"7") + _box(n=b"8", t=b"x")),
]


def arguments(pieces: list[bytes]) -> object:
    """Read a string as an argument of each type; what is read can be written and read again."""
    string = b"".join(pieces)
    results: list[object] = []
    for argument in _ARGUMENTS:
        try:
            value = argument.fromString(string)
        except (ValueError, amp.AmpError) as error:
            results.append(type(error))
            continue
        again = argument.fromString(argument.toString(value))
        if not _same(value, again):
            raise Violation(f"{argument} reads {value!r}, writes it, and reads {again!r}")
        results.append(repr(value))
    return results


def _same(one: object, other: object) -> bool:
    """Return whether two values are equal, with those that are no numbers among them."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, decimal.Decimal):
        return repr(one) == repr(other)
    if isinstance(one, FilePath) and isinstance(other, FilePath):
        return bool(one.path == other.path)
    return bool(one == other)


class _Known(amp.AmpError):
    """An error that the peer is told of."""


class _Sum(amp.Command):
    """Adds numbers."""

    commandName = b"sum"
    arguments = [("numbers", amp.ListOf(amp.Integer())), ("note", amp.Unicode(optional=True))]
    response = [("total", amp.Integer())]
    errors = {_Known: b"KNOWN"}


class _Everything(amp.Command):
    """Takes all that there is."""

    commandName = b"everything"
    arguments = [
        *(("f", amp.Float()), ("d", amp.Decimal()), ("t", amp.DateTime()), ("b", amp.Boolean())),
        *(("s", amp.String()), ("p", amp.Path()), ("l", amp.AmpList(_INNER))),
    ]
    response = [("s", amp.String())]


class _Later(amp.Command):
    """Is answered never, or when it is cancelled."""

    commandName = b"later"
    requiresAnswer = True


class _Log(Logger):
    """Lets arguments be that are none: that they are logged is documented."""

    def failure(
        self,
        format: str,
        failure: Failure | None = None,
        level: NamedConstant = LogLevel.critical,
        **keywords: object,
    ) -> None:
        """Log a failure."""
        if failure is None or not failure.check(ValueError, amp.AmpError):
            super().failure(format, failure, level, **keywords)


class _Peer(amp.AMP):
    """Answers commands, with small limits."""

    maxKeys: int = _MOST_KEYS
    maxBoxSize: int = _MOST_SIZE
    maxBoxesInWork: int = 5
    maxBoxesWaiting: int = 5
    _log = _Log("twisted.protocols.amp")

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Deferred[dict[str, object]]] = []

    @_Sum.responder
    def sum(self, numbers: list[int], note: str | None) -> dict[str, object]:
        """Add numbers."""
        if note == "fail":
            raise _Known("as you like")
        return {"total": sum(numbers)}

    @_Everything.responder
    def everything(self, s: bytes, **values: object) -> dict[str, object]:
        """Take all that there is."""
        return {"s": s + repr(sorted(values.items())).encode()[:500]}

    @_Later.responder
    def later(self) -> Deferred[dict[str, object]]:
        """Wait."""
        deferred: Deferred[dict[str, object]] = Deferred()
        self.waiting.append(deferred)
        return deferred


def _note(result: object, results: list[object]) -> None:
    results.append(
        (type(result.value), str(result.value)) if isinstance(result, Failure) else result
    )


def peer(pieces: list[bytes]) -> object:
    """Call and answer a peer that has asked for three things itself."""
    speaking = _Peer()
    transport = connected(speaking)
    results: list[object] = []
    for number in range(3):
        speaking.callRemote(_Sum, numbers=[number]).addBoth(_note, results)
    for piece in pieces:
        speaking.dataReceived(piece)
        buffer = speaking._buffer
        # What is held back while too much is in work has been read before.
        if transport.producerState == "producing":
            expect(buffer._size + buffer._heldSize, _MOST_SIZE + 4, "bytes of a box")
        expect(len(speaking.waiting), 5, "requests in work")
    speaking.connectionLost(connectionDone)
    if len(results) != 3:
        raise Violation(f"{3 - len(results)} calls were never answered")
    return transport.value(), results, transport.disconnecting, transport.producerState


_CALLS = [
    _box(_ask=b"1", _command=b"sum", numbers=b"\0\0017\0\0018"),
    _box(_ask=b"2", _command=b"sum", numbers=b"", note=b"fail"),
    _box(_ask=b"3", _command=b"sum", numbers=b"\0\0"),
    _box(_command=b"sum", numbers=b""),
    _box(_ask=b"4", _command=b"later"),
    _box(_ask=b"5", _command=b"unknown"),
    _box(
        _ask=b"6",
        _command=b"everything",
        f=b"1.5",
        d=b"1",
        t=b"2012-01-23T12:34:56.054321+01:00",
        b=b"True",
        s=b"s",
        p=b"/a",
        l=_box(n=b"1"),
    ),
    _box(_answer=b"1", total=b"5"),
    _box(_answer=b"2", total=b"x"),
    _box(_error=b"1", _error_code=b"KNOWN", _error_description=b"no"),
    _box(_error=b"3", _error_code=b"OTHER", _error_description=b"\xff"),
    _box(
        _ask=b"7",
        _command=b"twisted.protocols.amp.agree",
        extensions=b"\0\x0blong-values\0\6cancel",
        **{"max-box-size": b"100000"},
    ),
    _box(_command=b"twisted.protocols.amp.cancel", tag=b"4"),
    _box(a=b"b"),
]
_CALL_WORDS = [
    *(b"\0\x04_ask\0\0011", b"\0\x08_command\0\3sum", b"\0\7_answer\0\0011", b"\0\6_error\0\0012"),
    *(b"\0\x0b_error_code\0\7UNKNOWN", b"\0\0", b"\0\7numbers\0\3\0\0019", b"StartTLS", b"tls_"),
]


def _calls(random: Random) -> bytes:
    return b"".join(random.choices(_CALLS, k=random.randint(1, 20)))


AMP = [
    Target("amp-boxes", joined(_BOXES), boxes, _PAIRS),
    Target("amp-long-values", joined(_BOXES), longBoxes, _PAIRS),
    Target("amp-arguments", joined(_STRINGS, 1), arguments, _STRINGS, isStream=False),
    Target("amp-peer", _calls, peer, [*_CALLS, *_CALL_WORDS]),
]
