"""Boxes: what AMP peers send each other, dictionaries of bytes to bytes."""

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from twisted.protocols.amp._boxcodec import (
    FINE,
    KEY_TOO_LONG,
    KeyLengthError,
    ValueLengthError,
    decodeBoxes,
    encodeBox,
)
from twisted.protocols.amp._errors import BoxTooLarge, TooLong

if TYPE_CHECKING:
    from twisted.protocols.amp._interfaces import IBoxSender

COMMAND: bytes = b"_command"
"""The key of a command's name."""

ASK: bytes = b"_ask"
"""The key of a request's tag; a request without it wants no answer."""

ANSWER: bytes = b"_answer"
"""The key of the tag of the request that is answered."""

ERROR: bytes = b"_error"
"""The key of the tag of the request that failed."""

ERROR_CODE: bytes = b"_error_code"
"""The key of an error's code."""

ERROR_DESCRIPTION: bytes = b"_error_description"
"""The key of an error's text."""

MAX_KEYS = 1024
"""How many keys a box may have that is received."""

MAX_BOX_SIZE = 16 * 1024 * 1024
"""How many bytes the pairs of a box may take that is received."""


class AmpBox(dict[bytes, bytes]):
    """A box: `AmpBox(username=b"alice")`, or made of any mapping or pairs.

    Keys that are text are encoded as UTF-8.
    """

    __slots__ = ()

    def __init__(self, *args: object, **kw: bytes) -> None:
        """Make a box as a dict is made.

        Args:
            args: A mapping, or pairs.
            kw: More pairs.
        """
        pairs: Mapping[Any, bytes] = dict(*args, **kw)
        super().__init__(
            (key.encode() if isinstance(key, str) else key, value) for key, value in pairs.items()
        )

    def copy(self) -> "AmpBox":
        """Return another box with the same pairs."""
        copy = newBox()
        copy.update(self)
        return copy

    def serialize(self) -> bytes:
        """Return the box as it goes over the wire.

        Raises:
            TooLong: A key or a value does not fit; an empty key neither.
            TypeError: A key or a value is not bytes.
        """
        return self._serialize(False)

    def _serialize(self, longValues: bool) -> bytes:
        """Return the box as it goes over the wire, to a peer that may understand long values."""
        try:
            return encodeBox(self, longValues)
        except KeyLengthError as error:
            raise TooLong(True, True, error.args[0]) from None
        except ValueLengthError as error:
            raise TooLong(False, True, self[error.args[0]], error.args[0]) from None
        except TypeError:
            raise TypeError(self._wrongType()) from None

    def _wrongType(self) -> str:
        wrong = {
            key: value for key, value in self.items() if (type(key), type(value)) != (bytes, bytes)
        }
        return f"keys and values of a box must be bytes, not {wrong!r:.100}"

    def _sendTo(self, proto: "IBoxSender") -> None:
        """Be sent; subclasses do more."""
        proto.sendBox(self)

    def __repr__(self) -> str:
        """Return the class and the pairs."""
        return f"{type(self).__name__}({dict.__repr__(self)})"


Box = AmpBox


def newBox() -> AmpBox:
    """Return an empty box, without the work of `AmpBox()`."""
    return AmpBox.__new__(AmpBox)


class QuitBox(AmpBox):
    """A box after which the connection is closed: the answer of a fatal error."""

    __slots__ = ()

    def _sendTo(self, proto: "IBoxSender") -> None:
        super()._sendTo(proto)
        # Other senders have nothing that could be closed.
        quit = getattr(proto, "_quit", None)
        if quit is not None:
            quit()


class BoxBuffer:
    """The boxes of a stream that were received and not taken yet."""

    __slots__ = (
        "_boxes",
        "_consumed",
        "_data",
        "_ends",
        "_held",
        "_heldSize",
        "_longs",
        "_needed",
        "_next",
        "_offset",
        "_size",
        "_unfinished",
        "_verdict",
        "maxKeys",
        "maxSize",
    )

    def __init__(self, maxKeys: int = MAX_KEYS, maxSize: int = MAX_BOX_SIZE) -> None:
        self.maxKeys = maxKeys
        self.maxSize = maxSize
        # The boxes of the chunk that were not taken, and where each of them ends.
        self._boxes: list[dict[bytes, bytes]] = []
        self._ends: list[int] = []
        self._next = 0
        # The chunk that they are in, and the place up to which it was taken.
        self._data = b""
        self._offset = 0
        # Up to here it was decoded; the rest of it is the first of those that are held.
        self._consumed = 0
        # Chunks that came after it, which are not worth looking at until enough is there.
        self._held: list[bytes] = []
        self._heldSize = 0
        self._needed = 0
        # The pairs of the box that is not complete, and how many bytes they took.
        self._unfinished: dict[bytes, bytes] = newBox()
        self._size = 0
        self._longs: dict[bytes, bytearray] | None = None
        self._verdict = FINE

    def takeLongValues(self) -> None:
        """Take several pairs with one key for one long value, from the next box on."""
        if self._longs is not None:
            return
        rest = b""
        if self._consumed - self._offset >= self._size:
            # What came behind the box that was taken last has been read the other way. Only a box
            # that has begun in an earlier chunk stays as it was.
            rest = self.takeRest()
        self._longs = {}
        if rest:
            self.receive(rest)

    def receive(self, data: bytes) -> None:
        """Add a chunk of the stream at the end."""
        self._held.append(data)
        self._heldSize += len(data)

    def take(self) -> AmpBox | None:
        """Take the next box off the front.

        Returns:
            The box, or None if it is not complete.

        Raises:
            TooLong: What comes next is no key: the peer does not speak AMP.
            BoxTooLarge: The box has too many keys or bytes.
        """
        following = self._next
        if following == len(self._boxes):
            if self._verdict == FINE and self._heldSize and self._heldSize >= self._needed:
                self._decode()
                following = 0
            if following == len(self._boxes):
                self._refuse()
                if not self._size:
                    # Let go of the chunk for as long as the connection may now be idle.
                    self._boxes = []
                    self._next = self._offset = self._consumed = 0
                    self._data = b""
                return None
        self._next = following + 1
        self._offset = self._ends[following]
        # Made by `newBox`.
        return self._boxes[following]  # type: ignore[return-value]

    def takeRest(self) -> bytes:
        """Take all that follows the box which was taken last, as it came."""
        rest = b"".join((self._data[self._offset : self._consumed], *self._held))
        takesLongValues = self._longs is not None
        BoxBuffer.__init__(self, self.maxKeys, self.maxSize)
        if takesLongValues:
            self.takeLongValues()
        return rest

    def _decode(self) -> None:
        """Look for boxes in what has come."""
        held = self._held
        data = held[0] if len(held) == 1 else b"".join(held)
        self._boxes = []
        self._ends = []
        self._next = 0
        self._unfinished, self._size, consumed, self._needed, self._verdict = decodeBoxes(
            data,
            self._unfinished,
            self._size,
            newBox,
            self._boxes,
            self._ends,
            self.maxKeys,
            self.maxSize,
            self._longs,
        )
        self._data = data
        self._offset = 0
        self._consumed = consumed
        rest = data[consumed:]
        self._held = [rest] if rest else []
        self._heldSize = len(rest)

    def _refuse(self) -> None:
        if self._verdict == FINE:
            return
        if self._verdict == KEY_TOO_LONG:
            start = self._held[0]
            raise TooLong(True, False, start[0] << 8 | start[1])
        raise BoxTooLarge(
            f"a box that is received may have {self.maxKeys} keys and {self.maxSize} bytes, "
            "and the peer sends a larger one"
        )


def parseString(data: bytes) -> list[AmpBox]:
    """Return the boxes that bytes hold; those of a box that is not complete are left out.

    Args:
        data: The bytes.

    Raises:
        TooLong: The bytes are no boxes.
        BoxTooLarge: A box has more than `MAX_KEYS` keys or `MAX_BOX_SIZE` bytes.
    """
    buffer = BoxBuffer()
    buffer.receive(data)
    return list(iter(buffer.take, None))


def parse(fileObj: IO[bytes]) -> list[AmpBox]:
    """Return the boxes that a file holds.

    Args:
        fileObj: The file, which is read to its end.

    Raises:
        TooLong: Its bytes are no boxes.
        BoxTooLarge: A box has more than `MAX_KEYS` keys or `MAX_BOX_SIZE` bytes.
    """
    return parseString(fileObj.read())


__all__ = [
    "ANSWER",
    "ASK",
    "COMMAND",
    "ERROR",
    "ERROR_CODE",
    "ERROR_DESCRIPTION",
    "MAX_BOX_SIZE",
    "MAX_KEYS",
    "AmpBox",
    "Box",
    "BoxBuffer",
    "QuitBox",
    "newBox",
    "parse",
    "parseString",
]
