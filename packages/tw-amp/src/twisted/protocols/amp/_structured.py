"""Types of arguments that are made of others, and open files as arguments."""

from collections.abc import Iterable
from typing import Any, TypeVar

from twisted.protocols.amp._arguments import Argument, Integer
from twisted.protocols.amp._boxcodec import MAX_VALUE_LENGTH
from twisted.protocols.amp._boxes import newBox, parseString
from twisted.protocols.amp._errors import TooLong
from twisted.protocols.amp._signatures import ArgumentList, Signature, WireArguments, wireArguments

_T = TypeVar("_T")


class ListOf(Argument[list[_T]]):
    """A list of objects of one type, of any length that a value has room for."""

    def __init__(self, elementType: Argument[_T], optional: bool = False) -> None:
        """Make a type.

        Args:
            elementType: That of the elements.
            optional: Whether it may be left out.
        """
        super().__init__(optional)
        self.elementType: Argument[_T] = elementType

    def toStringProto(self, inObject: Iterable[_T], proto: object) -> bytes:
        """Return the strings of the elements, each after its length in two bytes."""
        pieces: list[bytes] = []
        for element in inObject:
            string = self.elementType.toStringProto(element, proto)
            if len(string) > MAX_VALUE_LENGTH:
                raise TooLong(False, True, string)
            pieces += (len(string).to_bytes(2, "big"), string)
        return b"".join(pieces)

    def fromStringProto(self, inString: bytes, proto: object) -> list[_T]:
        """Return the elements."""
        elements: list[_T] = []
        at = 0
        while at < len(inString):
            start = at + 2
            at = start + int.from_bytes(inString[at:start], "big")
            if start > len(inString) or at > len(inString):
                raise ValueError("a list ends in the middle of an element")
            elements.append(self.elementType.fromStringProto(inString[start:at], proto))
        return elements

    def toString(self, inObject: Iterable[_T]) -> bytes:
        """Return the string of a list whose elements need no connection."""
        return self.toStringProto(inObject, None)

    def fromString(self, inString: bytes) -> list[_T]:
        """Return a list whose elements need no connection."""
        return self.fromStringProto(inString, None)


class AmpList(Argument[list[dict[str, Any]]]):
    """A list of dictionaries, of any length that a value has room for.

    Attributes:
        subargs: What each of them holds.
    """

    def __init__(self, subargs: ArgumentList, optional: bool = False) -> None:
        """Make a type.

        Args:
            subargs: The names and types of what each dictionary holds.
            optional: Whether it may be left out.
        """
        super().__init__(optional)
        self.subargs: WireArguments = wireArguments(subargs)
        self._signature = Signature(self.subargs)

    def toStringProto(self, inObject: Iterable[dict[str, Any]], proto: object) -> bytes:
        """Return the boxes of the dictionaries, one after the other."""
        pieces: list[bytes] = []
        for objects in inObject:
            self._signature.refuseUnknown(objects)
            box = newBox()
            self._signature.toStrings(objects, box, proto)
            pieces.append(box.serialize())
        return b"".join(pieces)

    def fromStringProto(self, inString: bytes, proto: object) -> list[dict[str, Any]]:
        """Return the dictionaries."""
        return [self._signature.fromStrings(box, proto) for box in parseString(inString)]

    def toString(self, inObject: Iterable[dict[str, Any]]) -> bytes:
        """Return the string of dictionaries that need no connection."""
        return self.toStringProto(inObject, None)

    def fromString(self, inString: bytes) -> list[dict[str, Any]]:
        """Return dictionaries that need no connection."""
        return self.fromStringProto(inString, None)


class DescriptorExchanger:
    """Counts the file descriptors of a connection, which both ends do alike."""

    def _sendFileDescriptor(self, descriptor: int) -> int:
        """Send a descriptor, and return which one it is on this connection."""
        raise NotImplementedError

    def _takeFileDescriptor(self, ordinal: int) -> int:
        """Return a descriptor that has come, by which one it is on this connection."""
        raise NotImplementedError


class Descriptor(Integer):
    """An open file, by its descriptor; only over UNIX sockets.

    The receiver gets a descriptor of its own and has to close it; the sender keeps theirs.
    """

    def toStringProto(self, inObject: int, proto: object) -> bytes:
        """Send a descriptor beside the boxes, and return which one it is.

        Raises:
            TypeError: The connection carries no descriptors.
        """
        if not isinstance(inObject, int):
            raise TypeError(f"Descriptor takes the number of a descriptor, not {inObject!r}")
        return b"%d" % self._exchanger(proto)._sendFileDescriptor(inObject)

    def fromStringProto(self, inString: bytes, proto: object) -> int:
        """Return the descriptor that came beside the boxes.

        Raises:
            ValueError: None has come that is meant.
        """
        return self._exchanger(proto)._takeFileDescriptor(self.fromString(inString))

    def _exchanger(self, proto: object) -> DescriptorExchanger:
        if not isinstance(proto, DescriptorExchanger):
            raise TypeError("a Descriptor can only be an argument on a connection")
        return proto


__all__ = [
    "AmpList",
    "Descriptor",
    "DescriptorExchanger",
    "ListOf",
]
