"""Values of events as JSON, and back.

JSON has no place for most objects. Those that can be told apart and made again are written as an
object with the key `__class__`: levels, failures, bytes, UUIDs, numbers that are not finite. Any
other is written as a placeholder that names its class. Nothing that is read back is taken for the
name of something to import or to call.
"""

import json
import math
from collections.abc import Callable, Mapping
from uuid import UUID

from twisted.logger._levels import InvalidLogLevelError, LogLevel, isLevel
from twisted.logger._savedfailure import SavedFailure
from twisted.python.failure import Failure
from twisted.python.reflect import safe_str

MAXIMUM_DEPTH = 32
"""How deep containers may be nested in a value that the json module cannot take as it is."""

MAXIMUM_VALUES = 100_000
"""How many values there may be in such a value, each counted as often as it is met."""

_CLASS = "__class__"


def _placeholder(value: object) -> dict[str, object]:
    """Return what stands for an object that JSON has no place for."""
    cls = type(value)
    return {_CLASS: "placeholder", "of": f"{cls.__module__}.{cls.__qualname__}"}


def _tagged(value: object) -> object:
    """Return what is written for an object that JSON does not know."""
    try:
        if isLevel(value):
            return {_CLASS: "LogLevel", "name": value.name}  # type: ignore[attr-defined]
        if isinstance(value, Failure):
            return {
                _CLASS: "Failure",
                "parents": [safe_str(each) for each in value.parents],
                "message": value.getErrorMessage(),
                "traceback": value.getTraceback(),
            }
        if isinstance(value, (bytes, bytearray)):
            return {_CLASS: "bytes", "latin-1": value.decode("latin-1")}
        if isinstance(value, UUID):
            return {_CLASS: "UUID", "hex": value.hex}
        if isinstance(value, (set, frozenset)):
            return list(value)
    except Exception:
        pass
    return _placeholder(value)


class _Walk:
    """Makes a value fit for JSON that the json module refuses.

    It is refused for keys that are no texts, for cycles, great depth, numbers that are not finite
    or too long, or because some object in it raises.
    """

    def __init__(self) -> None:
        self._left = MAXIMUM_VALUES

    def plain(self, value: object, depth: int = 0) -> object:
        """Return a value that JSON has a place for."""
        self._left -= 1
        if self._left < 0 or depth > MAXIMUM_DEPTH:
            return _placeholder(value)
        try:
            return self._plain(value, depth)
        except Exception:
            return _placeholder(value)

    def _plain(self, value: object, depth: int) -> object:
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, int):
            # Python refuses to write very long ones.
            int.__repr__(value)
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {_CLASS: "float", "text": repr(value)}
        if isinstance(value, Mapping):
            return {safe_str(key): self.plain(each, depth + 1) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(each, depth + 1) for each in value]
        return self.plain(_tagged(value), depth + 1)


def dumps(value: object) -> str:
    """Return the JSON text of any value; it is ASCII, and one line."""
    try:
        return json.dumps(value, default=_tagged, allow_nan=False)
    except Exception:
        return json.dumps(_Walk().plain(value), allow_nan=False)


def _texts(value: object) -> list[str]:
    """Return a list of texts, which is not empty."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return value
    raise ValueError("a list of texts is needed")


def _text(value: object) -> str:
    """Return a text."""
    if isinstance(value, str):
        return value
    raise ValueError("a text is needed")


def _float(text: str) -> float:
    """Return one of the numbers that are not finite."""
    if text not in ("nan", "inf", "-inf"):
        raise ValueError("not one of nan, inf, -inf")
    return float(text)


_made: dict[str, Callable[[dict[str, object]], object]] = {
    "LogLevel": lambda item: LogLevel.levelWithName(_text(item["name"])),
    "Failure": lambda item: SavedFailure.fromTexts(
        _texts(item["parents"]), _text(item["message"]), _text(item["traceback"])
    ),
    "bytes": lambda item: _text(item["latin-1"]).encode("latin-1"),
    "UUID": lambda item: UUID(hex=_text(item["hex"])),
    "float": lambda item: _float(_text(item["text"])),
}


def _untagged(item: dict[str, object]) -> object:
    """Return the object that was written as an item with the key `__class__`."""
    name = item.get(_CLASS)
    make = _made.get(name) if isinstance(name, str) else None
    if make is None:
        return item
    try:
        return make(item)
    except (KeyError, ValueError, InvalidLogLevelError):
        # Somebody's own dictionary, which only looks like ours.
        return item


def loads(text: str | bytes) -> object:
    """Return the value of a JSON text.

    Raises:
        ValueError: It is not well-formed, or nested too deep.
    """
    try:
        value: object = json.loads(text, object_hook=_untagged)
        return value
    except RecursionError:
        raise ValueError("it is nested too deep") from None


__all__ = ["MAXIMUM_DEPTH", "MAXIMUM_VALUES", "dumps", "loads"]
