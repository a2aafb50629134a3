"""Parsers of tw-logger: formats of events, and events in files."""

import io
from random import Random
from typing import IO, cast
from uuid import UUID

from fuzz.target import Target, Violation, joined
from twisted.logger import (
    Logger,
    LogLevel,
    _json,
    eventAsJSON,
    eventAsText,
    eventFromJSON,
    eventsFromJSONLogFile,
    formatEvent,
    formatEventAsClassicLogText,
)
from twisted.python.failure import Failure

_FORMATS = [
    *(b"plain ", b"{a}", b"{a!r:>9}", b"{b[0]}", b"{c[k]}", b"{d.real}", b"{f()}", b"{missing}"),
    *(b"{{", b"}}", b"{a:{b}}", b"{a.__class__}", b"{log_level.name}", b"{c[k][0].x()!s:^{a}}"),
    *(b"{u}", b"{e:.3f}", b"{}", b"{0}", b"\x1b[1m", "\u2028".encode()),
]
_FORMAT_WORDS = [b"{", b"}", b"!", b":", b"[", b"]", b".", b"()", b"a", b":9", b":.5", b"{a"]


def formats(pieces: list[bytes]) -> object:
    """Render an event, save it, and render what was saved."""
    template = b"".join(pieces).decode("utf-8", "surrogateescape")
    event: dict[str, object] = {
        "log_format": template,
        "log_level": LogLevel.info,
        "log_namespace": "fuzz",
        "a": 7,
        "b": [1, "x"],
        "c": {"k": (1,)},
        "d": 1.5,
        "e": float("nan"),
        "f": lambda: "f",
    }
    shown = formatEvent(event)
    line = formatEventAsClassicLogText(event)
    if line is not None and not all(rest.startswith("\t") for rest in line.splitlines()[1:]):
        raise Violation(f"the event looks like several lines: {line!r}")
    saved = eventAsJSON(event)
    if not saved.isascii() or "\n" in saved:
        raise Violation(f"this is no line of ASCII: {saved!r}")
    again = formatEvent(eventFromJSON(saved))
    # Objects that are shown by their addresses, and formats that cannot be rendered, differ.
    if not shown.startswith("Unable to format") and " at 0x" not in shown and again != shown:
        raise Violation(f"{shown!r} is {again!r} when it was saved")
    return len(shown), eventAsText(event) == ""


class _Silent(Logger):
    """Says nothing of records that are skipped, which it is documented to say."""

    def error(self, /, format: str | None = None, **kwargs: object) -> None:
        """Do nothing."""


_SILENT = _Silent("twisted.logger")


def _record(**items: object) -> bytes:
    return b"\x1e" + eventAsJSON({"log_format": "x {y}", **items}).encode() + b"\n"


_RECORDS = [
    *(_record(y=1), _record(y=b"\xff"), _record(y=[1, {"k": None}], log_level=LogLevel.warn)),
    *(_record(y=UUID(int=7)), _record(y=float("inf")), _record(y=object()), b"\x1e{}\n", b"\n"),
    *(b"\x1e[]\n", b"\x1e{", b'\x1e{"log_flattened": 5}\n', b"\x1e" + b"[" * 200 + b"\n"),
    _record(log_failure=Failure(ValueError("x"))),
]
_RECORD_WORDS = [
    b'"__class__": ',
    b'"LogLevel"',
    b'"name"',
    b'"bytes"',
    b"\\ud800",
    b"1e999",
    b"NaN",
]


def _records(random: Random) -> bytes:
    made = b"".join(random.choices(_RECORDS, k=random.randint(1, 8)))
    return made if random.random() < 0.8 else made.replace(b"\x1e", b"")


def events(pieces: list[bytes]) -> object:
    """Read events from a file that gives so much at once as the pieces have."""
    _json._log = _SILENT

    class Pieces(io.RawIOBase):
        """Gives one piece after the other."""

        def read(self, size: int = -1) -> bytes:
            """Return the next piece."""
            return waiting.pop(0) if waiting else b""

    # A first piece that does not tell what separates the records is another file.
    first = b"".join(pieces)[:1]
    waiting = [first, *(piece for piece in [pieces[0][1:], *pieces[1:]] if piece)] if pieces else []
    found = eventsFromJSONLogFile(cast("IO[bytes]", Pieces()), maximumRecordSize=3000)
    return [(formatEvent(event), eventAsJSON(event)) for event in found]


LOGGER = [
    Target(
        "log-formats",
        joined(_FORMATS, 6),
        formats,
        _FORMAT_WORDS,
        isStream=False,
        # Some hundred formats are remembered.
        blocks=30_000,
    ),
    Target("log-files", _records, events, [*_RECORDS, *_RECORD_WORDS]),
]
