"""Cuts a stream of bytes into netstrings, without I/O.

A netstring is the length in decimal digits, a colon, the bytes, and a comma:
`5:hello,` (https://cr.yp.to/proto/netstrings.txt). A stream is malformed as soon as what is held cannot be
the beginning of one that is allowed.
"""

from collections.abc import Iterator

from twisted.protocols._heldbytes import HeldBytes

_COMMA = ord(",")
_ZERO = ord("0")


class NetstringMalformed(Exception):
    """What is at the front is no netstring, or one that is longer than allowed."""


class NetstringBuffer(HeldBytes):
    """The bytes of a stream of netstrings that were received and not taken yet."""

    __slots__ = ()

    def strings(self, maxLength: int) -> Iterator[bytes]:
        """Take strings off the front, one for each step, as long as there are whole ones.

        Between two steps anything may be done with the buffer.

        Args:
            maxLength: How many bytes a string may have.

        Raises:
            NetstringMalformed: What comes next is no netstring, or a longer one. It stays here.
        """
        mostDigits = len(str(maxLength))
        while True:
            held, start = self._bytes, self._start
            colon = held.find(b":", start, start + mostDigits + 1)
            if colon < 0:
                self._checkBeginning(held[start : start + mostDigits + 1], mostDigits)
                break
            end = colon + 1 + _lengthOf(held[start:colon], maxLength)
            if end >= len(held):
                break
            if held[end] != _COMMA:
                raise NetstringMalformed("a netstring ends with a comma")
            self._start = end + 1
            yield bytes(held[colon + 1 : end])
        self.letGo()

    @staticmethod
    def _checkBeginning(digits: bytes | bytearray, mostDigits: int) -> None:
        """Check what there is of a length that is not complete."""
        if not digits:
            return
        leadingZero = digits[0] == _ZERO and len(digits) > 1
        if not digits.isdigit() or len(digits) > mostDigits or leadingZero:
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
