"""Types of arguments that are one string on the wire.

Each has two methods: `toString` makes the bytes of an object, `fromString` the object again. What
comes from a peer is read strictly; what is sent must be of the right type, and is refused before
anything is written otherwise.
"""

import decimal
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Generic, TypeVar, cast

from twisted.protocols.amp._errors import InvalidSignature
from twisted.protocols.amp._interfaces import IArgumentType
from twisted.protocols.amp._names import pythonName
from twisted.python.components import implementer
from twisted.python.filepath import FilePath

_T = TypeVar("_T")

utc: timezone = UTC
"""The time zone of Greenwich, for `DateTime`."""

MAX_NUMBER_LENGTH = 4300
"""How many digits a number may have that is received: as many as Python reads in bearable time."""


@implementer(IArgumentType)
class Argument(Generic[_T]):
    """A type of arguments; subclasses define `toString` and `fromString`.

    Attributes:
        optional: Whether it may be left out, or be None.
    """

    optional: bool = False

    def __init__(self, optional: bool = False) -> None:
        """Make a type.

        Args:
            optional: Whether it may be left out, or be None, which is the same.
        """
        self.optional = optional

    def retrieve(self, d: dict[Any, Any], name: object, proto: object) -> Any:  # noqa: ANN401 - as declared
        """Take a value out of a dictionary of strings or objects.

        Args:
            d: The dictionary; the value is removed.
            name: Its key.
            proto: The protocol.

        Returns:
            The value; None where it is optional and missing.

        Raises:
            InvalidSignature: It is missing and not optional.
        """
        try:
            return d.pop(name)
        except KeyError:
            if self.optional:
                return None
            raise InvalidSignature(f"{name!r} is missing") from None

    def fromBox(
        self,
        name: bytes,
        strings: dict[bytes, bytes],
        objects: dict[str, Any],
        proto: object,
    ) -> None:
        """Take the argument out of a box.

        Args:
            name: Its name on the wire.
            strings: The pairs of the box.
            objects: Gets the object.
            proto: The protocol that received the box.
        """
        string = self.retrieve(strings, name, proto)
        objects[pythonName(name)] = None if string is None else self.fromStringProto(string, proto)

    def toBox(
        self,
        name: bytes,
        strings: dict[bytes, bytes],
        objects: dict[str, Any],
        proto: object,
    ) -> None:
        """Put the argument into a box.

        Args:
            name: Its name on the wire.
            strings: Gets the pair.
            objects: Has the object.
            proto: The protocol that will send the box.
        """
        value = self.retrieve(objects, pythonName(name), proto)
        if value is None and self.optional:
            return
        strings[name] = self.toStringProto(cast(_T, value), proto)

    def fromStringProto(self, inString: bytes, proto: object) -> _T:
        """Return the object that a string stands for on a connection.

        Args:
            inString: The string.
            proto: The protocol that received it.
        """
        return self.fromString(inString)

    def toStringProto(self, inObject: _T, proto: object) -> bytes:
        """Return the string that stands for an object on a connection.

        Args:
            inObject: The object.
            proto: The protocol that will send it.
        """
        return self.toString(inObject)

    def fromString(self, inString: bytes) -> _T:
        """Return the object that a string stands for; subclasses define this.

        Args:
            inString: The string, as it came from the peer.

        Raises:
            ValueError: It stands for none.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define fromString(inString)")

    def toString(self, inObject: _T) -> bytes:
        """Return the string that stands for an object; subclasses define this.

        Args:
            inObject: The object.

        Raises:
            TypeError: The object is of another type.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define toString(inObject)")


def _refuse(argument: object, wanted: str, inObject: object) -> TypeError:
    return TypeError(f"{type(argument).__name__} takes {wanted}, not {inObject!r}")


_INTEGER = re.compile(rb"-?[0-9]+")


class Integer(Argument[int]):
    """An integer of any size, in decimal digits."""

    def toString(self, inObject: int) -> bytes:
        """Return the digits of a number."""
        if not isinstance(inObject, int):
            raise _refuse(self, "an int", inObject)
        return b"%d" % inObject

    def fromString(self, inString: bytes) -> int:
        """Return the number of some digits."""
        if len(inString) > MAX_NUMBER_LENGTH or not _INTEGER.fullmatch(inString):
            raise ValueError(f"no integer: {inString[:40]!r}")
        return int(inString)


class String(Argument[bytes]):
    """Bytes, as they are."""

    def toString(self, inObject: bytes) -> bytes:
        """Return the bytes."""
        if not isinstance(inObject, bytes):
            raise _refuse(self, "bytes", inObject)
        return inObject

    def fromString(self, inString: bytes) -> bytes:
        """Return the bytes."""
        return inString


class Unicode(Argument[str]):
    """Text, in UTF-8."""

    def toString(self, inObject: str) -> bytes:
        """Return a text in UTF-8."""
        if not isinstance(inObject, str):
            raise _refuse(self, "text (str)", inObject)
        return inObject.encode("utf-8")

    def fromString(self, inString: bytes) -> str:
        """Return the text."""
        return inString.decode("utf-8")


class Path(Argument[FilePath[str]]):
    """The path of a file, as a `FilePath` of text; absolute, in UTF-8."""

    def toString(self, inObject: FilePath[str]) -> bytes:
        """Return the path in UTF-8."""
        if not isinstance(inObject, FilePath):
            raise _refuse(self, "a FilePath", inObject)
        return inObject.asTextMode().path.encode("utf-8")

    def fromString(self, inString: bytes) -> FilePath[str]:
        """Return the path."""
        text = inString.decode("utf-8")
        if "\0" in text:
            raise ValueError("a path has no NUL")
        return FilePath(text)


class Boolean(Argument[bool]):
    """True or false, as `True` or `False`."""

    def toString(self, inObject: bool) -> bytes:
        """Return `True` for what counts as true in Python, else `False`."""
        return b"True" if inObject else b"False"

    def fromString(self, inString: bytes) -> bool:
        """Return what is meant."""
        if inString == b"True":
            return True
        if inString == b"False":
            return False
        raise ValueError(f"neither True nor False: {inString[:40]!r}")


_FLOAT = re.compile(rb"-?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|inf)|nan")


class Float(Argument[float]):
    """A floating point number, as Python writes it."""

    def toString(self, inObject: float) -> bytes:
        """Return the digits of a number; they are enough to get the very same one back."""
        if not isinstance(inObject, float):
            raise _refuse(self, "a float", inObject)
        return repr(float(inObject)).encode("ascii")

    def fromString(self, inString: bytes) -> float:
        """Return the number."""
        if len(inString) > MAX_NUMBER_LENGTH or not _FLOAT.fullmatch(inString):
            raise ValueError(f"no number: {inString[:40]!r}")
        return float(inString)


_DECIMAL = re.compile(
    rb"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|-?Infinity|-?s?NaN[0-9]*"
)


class Decimal(Argument[decimal.Decimal]):
    """A `decimal.Decimal`, whose precision is kept."""

    def toString(self, inObject: decimal.Decimal) -> bytes:
        """Return the digits of a number."""
        if not isinstance(inObject, decimal.Decimal):
            raise _refuse(self, "a decimal.Decimal", inObject)
        return str(inObject).encode("ascii")

    def fromString(self, inString: bytes) -> decimal.Decimal:
        """Return the number."""
        if len(inString) > MAX_NUMBER_LENGTH or not _DECIMAL.fullmatch(inString):
            raise ValueError(f"no decimal number: {inString[:40]!r}")
        try:
            return decimal.Decimal(inString.decode("ascii"))
        except decimal.InvalidOperation:
            # Its exponent is beyond what the module can hold.
            raise ValueError(f"no decimal number: {inString[:40]!r}") from None


_DATETIME = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})([-+])(\d\d):(\d\d)", re.ASCII
)


class DateTime(Argument[datetime]):
    """A `datetime.datetime` that knows its time zone, to the microsecond."""

    def toString(self, inObject: datetime) -> bytes:
        """Return `YYYY-MM-DDTHH:MM:SS.mmmmmm+HH:MM`.

        Raises:
            ValueError: The time has no time zone, or one with seconds.
        """
        if not isinstance(inObject, datetime):
            raise _refuse(self, "a datetime", inObject)
        offset = inObject.utcoffset()
        if offset is None:
            raise ValueError(f"{inObject!r} has no time zone: give it one, such as amp.utc")
        minutes, seconds = divmod(abs(offset), timedelta(minutes=1))
        if seconds:
            raise ValueError(f"the time zone of {inObject!r} is not made of whole minutes")
        # Peers that are older write no offset with a minus.
        sign = "+" if offset > timedelta() else "-"
        local = inObject.replace(tzinfo=None).isoformat(timespec="microseconds")
        return f"{local}{sign}{minutes // 60:02}:{minutes % 60:02}".encode("ascii")

    def fromString(self, inString: bytes) -> datetime:
        """Return the time."""
        found = _DATETIME.fullmatch(inString)
        if found is None:
            raise ValueError(f"no date and time: {inString[:40]!r}")
        *fields, sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        year, month, day, hour, minute, second, microsecond = map(int, fields)
        zone = timezone(-offset if sign == b"-" else offset)
        return datetime(year, month, day, hour, minute, second, microsecond, zone)


__all__ = [
    "MAX_NUMBER_LENGTH",
    "Argument",
    "Boolean",
    "DateTime",
    "Decimal",
    "Float",
    "Integer",
    "Path",
    "String",
    "Unicode",
    "utc",
]
