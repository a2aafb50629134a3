"""Events in files of JSON, and back.

A file of events is a sequence of records: a separator, a JSON object, a newline. With the default
separator, the control character RS, it is a JSON text sequence (RFC 7464), in which a record that
was cut off spoils no other; with the empty one it has a JSON object in each line.

A file may come from anywhere. So an event that was read back is never rendered by looking up
attributes or calling something: it always has the item `log_flattened` (see `_fields`).
"""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import IO, Any

from twisted.logger._file import FileLogObserver, WritableFile
from twisted.logger._flatten import flattened
from twisted.logger._interfaces import LogEvent
from twisted.logger._jsonvalues import dumps, loads
from twisted.logger._logger import Logger

RECORD_SEPARATOR = "\x1e"

MAXIMUM_RECORD_SIZE = 16 * 1024 * 1024
"""How many characters a record may have by default; a longer one is skipped."""

MAXIMUM_REPORTED = 200
"""How many characters of a bad record are shown in the event that reports it."""

_log = Logger(namespace="twisted.logger")


def eventAsJSON(event: LogEvent) -> str:
    """Return the JSON text of an event.

    This raises no exception: what JSON has no place for is replaced by a placeholder. What the
    fields of the format string come to is kept with the event.

    Args:
        event: The event; it is not changed.

    Returns:
        A JSON object in one line of ASCII characters.
    """
    return dumps({**event, "log_flattened": flattened(event)})


def eventFromJSON(eventText: str) -> LogEvent:
    """Return the event of a JSON text.

    Args:
        eventText: What `eventAsJSON` returned.

    Raises:
        ValueError: It is not a JSON object.
    """
    event = loads(eventText)
    if not isinstance(event, dict):
        raise ValueError("an event must be a JSON object")
    if not isinstance(event.get("log_flattened"), dict):
        event["log_flattened"] = {}
    return event


def jsonFileLogObserver(
    outFile: WritableFile, recordSeparator: str = RECORD_SEPARATOR
) -> FileLogObserver:
    """Return an observer that writes each event as a JSON object.

    Args:
        outFile: A file that was opened for text or for bytes.
        recordSeparator: What is written before each object; after it comes a newline.
    """

    def formatEvent(event: LogEvent) -> str:
        return f"{recordSeparator}{eventAsJSON(event)}\n"

    return FileLogObserver(outFile, formatEvent)


def _textsOf(inFile: IO[Any], bufferSize: int) -> Iterator[str]:
    """Return what is in a file, piece by piece; bytes that are no UTF-8 become surrogates."""
    decoder = getincrementaldecoder("utf-8")("surrogateescape")
    while piece := inFile.read(bufferSize):
        yield decoder.decode(piece) if isinstance(piece, bytes) else piece
    yield decoder.decode(b"", final=True)


def _recordsOf(texts: Iterator[str], separator: str, maximumSize: int) -> Iterator[str]:
    """Return what is between separators; what is too long is reported."""
    parts: list[str] = []
    size = 0
    for text in texts:
        for number, part in enumerate(text.split(separator)):
            if number > 0:
                yield from _whole(parts, size, maximumSize)
                parts, size = [], 0
            size += len(part)
            if size <= maximumSize:
                parts.append(part)
    yield from _whole(parts, size, maximumSize)


def _whole(parts: list[str], size: int, maximumSize: int) -> Iterator[str]:
    """Return the record that its parts make, unless it is too long."""
    if size <= maximumSize:
        yield "".join(parts)
    else:
        _report("".join(parts), f"it is longer than {maximumSize} characters")


def _report(record: str, error: object) -> None:
    """Log that a record is skipped."""
    _log.error(
        "A record of a log file is skipped ({error}); it begins with {record!r}",
        error=error,
        record=record[:MAXIMUM_REPORTED],
    )


def _event(record: str) -> LogEvent | None:
    """Return the event of a record, or None for one that is reported."""
    try:
        record.encode("utf-8")
        return eventFromJSON(record)
    except ValueError as error:
        _report(record, error)
        return None


def eventsFromJSONLogFile(
    inFile: IO[Any],
    recordSeparator: str | None = None,
    bufferSize: int = 4096,
    *,
    maximumRecordSize: int = MAXIMUM_RECORD_SIZE,
) -> Iterator[LogEvent]:
    """Read events from a file of JSON objects.

    A record that was cut off, or is damaged in another way, is logged and skipped.

    Args:
        inFile: A file that was opened for reading text or bytes. It is read as the result is
            iterated over, and not closed.
        recordSeparator: The character before each object. The empty one stands for one object in
            a line. By default this is found out from the first character of the file.
        bufferSize: How many characters or bytes are read at once.
        maximumRecordSize: How many characters a record may have; a longer one is skipped.

    Returns:
        The events. Any observer and `formatEvent` can be called with them.

    Raises:
        ValueError: The separator has more than one character.
    """
    if recordSeparator is not None and len(recordSeparator) > 1:
        raise ValueError(f"a record separator is one character, not {recordSeparator!r}")
    return _events(inFile, recordSeparator, bufferSize, maximumRecordSize)


def _events(
    inFile: IO[Any], separator: str | None, bufferSize: int, maximumSize: int
) -> Iterator[LogEvent]:
    """Read events."""
    texts = _textsOf(inFile, bufferSize)
    start = ""
    if separator is None:
        start = next(texts, "")
        separator = RECORD_SEPARATOR if start.startswith(RECORD_SEPARATOR) else "\n"

    def all() -> Iterator[str]:
        yield start
        yield from texts

    for record in _recordsOf(all(), separator or "\n", maximumSize):
        if record.strip():
            event = _event(record)
            if event is not None:
                yield event


__all__ = ["eventAsJSON", "eventFromJSON", "eventsFromJSONLogFile", "jsonFileLogObserver"]
