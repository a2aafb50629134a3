"""Signatures: the named arguments of a command, or the parts of its answer, to a box and back.

What an argument does by itself, as third parties may write it, goes through `toBox` and `fromBox`.
Nearly all are one string under their own name; for these the way is known beforehand and shorter.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from twisted.protocols.amp._arguments import Argument
from twisted.protocols.amp._errors import InvalidSignature
from twisted.protocols.amp._interfaces import IArgumentType
from twisted.protocols.amp._names import pythonName, wireName

ArgumentList = Sequence[tuple[str | bytes, IArgumentType]]
"""Names on the wire and their types."""

WireArguments = list[tuple[bytes, IArgumentType]]
"""The same, with names in bytes."""


def wireArguments(arguments: Iterable[tuple[str | bytes, IArgumentType]]) -> WireArguments:
    """Return arguments with their names in bytes.

    Args:
        arguments: Names and types.

    Raises:
        TypeError: A name is neither text nor bytes.
        ValueError: A name is empty, or not ASCII.
    """
    return [(wireName(name, "the name of an argument"), kind) for name, kind in arguments]


class _Entry(NamedTuple):
    """One argument that is a string under its own name."""

    wire: bytes
    name: str
    optional: bool
    toString: Callable[[Any], bytes] | None
    fromString: Callable[[bytes], object] | None
    kind: Argument[Any]


class Signature:
    """Named arguments.

    Attributes:
        names: What Python calls them.
        required: Which of them must not be missing.
    """

    __slots__ = ("_arguments", "_entries", "names", "required")

    def __init__(self, arguments: WireArguments) -> None:
        """Make a signature.

        Args:
            arguments: Names on the wire and types.
        """
        self._arguments = arguments
        self.names: frozenset[str] = frozenset(pythonName(wire) for wire, _ in arguments)
        self.required: frozenset[str] = frozenset(
            pythonName(wire)
            for wire, kind in arguments
            # One that goes its own way may need nothing.
            if _goesTheUsualWay(kind) and not kind.optional
        )
        entries = [_entry(wire, kind) for wire, kind in arguments]
        simple = [entry for entry in entries if entry is not None]
        self._entries: list[_Entry] | None = simple if len(simple) == len(entries) else None

    def refuseUnknown(self, objects: Mapping[str, object]) -> None:
        """Do nothing if all objects have a name that is known.

        Raises:
            InvalidSignature: One has not.
        """
        for name in objects:
            if name not in self.names:
                raise InvalidSignature(f"{name} is not a valid argument")

    def toStrings(
        self, objects: dict[str, Any], strings: dict[bytes, bytes], proto: object
    ) -> None:
        """Put objects into a box.

        Args:
            objects: The objects, which stay as they are.
            strings: Gets the pairs.
            proto: The protocol that will send them.

        Raises:
            InvalidSignature: One is missing.
            TypeError: One has the wrong type.
        """
        if self._entries is None:
            left = dict(objects)
            for wire, kind in self._arguments:
                kind.toBox(wire, strings, left, proto)
            return
        for wire, name, optional, toString, _, kind in self._entries:
            value = objects.get(name)
            if value is None:
                if optional:
                    continue
                if name not in objects:
                    raise InvalidSignature(f"{name!r} is missing")
            if toString is not None:
                strings[wire] = toString(value)
            else:
                strings[wire] = kind.toStringProto(value, proto)

    def fromStrings(self, strings: dict[bytes, bytes], proto: object) -> dict[str, Any]:
        """Take objects out of a box, which stays as it is.

        Args:
            strings: The pairs; others than those are let be.
            proto: The protocol that received them.

        Returns:
            The objects by their names in Python.

        Raises:
            InvalidSignature: One is missing.
            ValueError: One is not what it should be.
        """
        objects: dict[str, Any] = {}
        if self._entries is None:
            left = dict(strings)
            for wire, kind in self._arguments:
                kind.fromBox(wire, left, objects, proto)
            return objects
        for wire, name, optional, _, fromString, kind in self._entries:
            string = strings.get(wire)
            if string is None:
                if not optional:
                    raise InvalidSignature(f"{wire!r} is missing")
                objects[name] = None
            elif fromString is not None:
                objects[name] = fromString(string)
            else:
                objects[name] = kind.fromStringProto(string, proto)
        return objects


def _goesTheUsualWay(kind: IArgumentType) -> TypeGuard[Argument[Any]]:
    """Return whether an argument is one string under its own name."""
    if not isinstance(kind, Argument):
        return False
    cls = type(kind)
    return (cls.toBox, cls.fromBox, cls.retrieve) == (
        Argument.toBox,
        Argument.fromBox,
        Argument.retrieve,
    )


def _entry(wire: bytes, kind: IArgumentType) -> _Entry | None:
    """Return how an argument goes the short way; None where it may go one of its own."""
    if not _goesTheUsualWay(kind):
        return None
    cls = type(kind)
    return _Entry(
        wire,
        pythonName(wire),
        kind.optional,
        kind.toString if cls.toStringProto is Argument.toStringProto else None,
        kind.fromString if cls.fromStringProto is Argument.fromStringProto else None,
        kind,
    )


__all__ = ["ArgumentList", "Signature", "WireArguments", "wireArguments"]
