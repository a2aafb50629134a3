"""Cuts a stream of bytes into netstrings, without I/O; `_heldstrings` says how it is used.

A netstring is the length in decimal digits, a colon, the bytes, and a comma:
`5:hello,` (https://cr.yp.to/proto/netstrings.txt). A stream is malformed as soon as what is held cannot be
the beginning of one that is allowed.
"""

from contextlib import suppress

from twisted.protocols._heldstrings import HeldStrings, StringRefused

_COMMA = ord(",")
_ZERO = ord("0")

# The digits of the usual lengths: to look them up takes a third of the time of checking and reading.
_SHORT = {b"%d" % length: length for length in range(1000)}


class NetstringMalformed(StringRefused):
    """What is at the front is no netstring, or one that is longer than allowed."""


class NetstringBuffer(HeldStrings):
    """The bytes of a stream of netstrings that were received and not taken yet."""

    __slots__ = ("_digits", "_digitsFor")

    def __init__(self) -> None:
        super().__init__()
        # The most digits of a length, and the greatest length for which that holds.
        self._digits = 1
        self._digitsFor = 0

    def takeStrings(self, data: bytes, maxLength: int) -> list[bytes]:
        """Add a chunk of the stream to a buffer that `isPartial`, and take the whole strings.

        Args:
            data: The chunk.
            maxLength: How many bytes a string may have.

        Returns:
            The strings. If something is no netstring, or a longer one, those before it; it stays
            here with all that follows, and `isPartial` is false.
        """
        held = self.held
        if held:
            missing = self._missing - len(data)
            if missing > 0:
                if type(held) is not bytearray:
                    held = self.held = bytearray(held)
                held += data
                self._missing = missing
                return []
            data = b"".join((held, data))
        if maxLength != self._digitsFor:
            self._count(maxLength)
        # The digits, and the colon behind them.
        most = self._digits + 1
        find, short = data.find, _SHORT.get
        size = len(data)
        strings: list[bytes] = []
        start = 0
        while start < size:
            colon = find(b":", start, start + most)
            if colon < 0:
                break
            digits = data[start:colon]
            length = short(digits)
            if length is None:
                if not digits.isdigit() or digits[0] == _ZERO:
                    break
                length = int(digits)
            first = colon + 1
            end = first + length
            if end >= size or length > maxLength or data[end] != _COMMA:
                break
            strings.append(data[first:end])
            start = end + 1
        else:
            self.held = b""
            return strings
        self.held = data[start:]
        # `takeString` says what it is: the beginning of a netstring, or none.
        self.isPartial = False
        with suppress(NetstringMalformed):
            self.takeString(maxLength)
        return strings

    def takeString(self, maxLength: int) -> bytes | None:
        """Take the next string off the front.

        Args:
            maxLength: How many bytes it may have.

        Returns:
            The string, or None if its end was not received yet.

        Raises:
            NetstringMalformed: What comes next is no netstring, or a longer one. It stays here.
        """
        if maxLength != self._digitsFor:
            self._count(maxLength)
        held, start = self.held, self._start
        colon = held.find(b":", start, start + self._digits + 1)
        if colon < 0:
            self._checkBeginning(held[start : start + self._digits + 1])
            self._wait(1)
            return None
        end = colon + 1 + _lengthOf(held[start:colon], maxLength)
        if end >= len(held):
            self._wait(end + 1 - len(held))
            return None
        if held[end] != _COMMA:
            raise NetstringMalformed("a netstring ends with a comma")
        self._start = end + 1
        return bytes(held[colon + 1 : end])

    def giveBack(self, strings: list[bytes]) -> None:
        """Put strings in front again that `takeStrings` returned, and that are not wanted yet.

        Args:
            strings: The last ones that it returned.
        """
        if strings:
            self.putBack(b"".join(b"%d:%b," % (len(string), string) for string in strings))

    def _count(self, maxLength: int) -> None:
        """Count the digits of the greatest length."""
        self._digitsFor = maxLength
        self._digits = len(str(maxLength))

    def _checkBeginning(self, digits: bytes | bytearray) -> None:
        """Check what there is of a length that is not complete."""
        if not digits:
            return
        leadingZero = digits[0] == _ZERO and len(digits) > 1
        if not digits.isdigit() or len(digits) > self._digits or leadingZero:
            raise NetstringMalformed("a netstring begins with its length and a colon")


def _lengthOf(digits: bytes | bytearray, maxLength: int) -> int:
    """Return the length that digits say."""
    if not digits.isdigit() or (digits[0] == _ZERO and len(digits) > 1):
        raise NetstringMalformed(f"{bytes(digits)!r} is not the length of a netstring")
    length = int(digits)
    if length > maxLength:
        raise NetstringMalformed(f"a netstring of {length} bytes: {maxLength} are allowed")
    return length


__all__ = ["NetstringBuffer", "NetstringMalformed"]
