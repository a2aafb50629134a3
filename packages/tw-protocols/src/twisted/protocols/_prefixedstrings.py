"""Cuts a stream of bytes into strings that have their length in front, in binary, without I/O."""

import struct
from collections.abc import Iterator

from twisted.protocols._heldbytes import HeldBytes


class StringTooLong(Exception):
    """The string at the front is to have more bytes than allowed; the buffer keeps its length.

    Attributes:
        length: How many bytes it is to have.
    """

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length


class PrefixedBuffer(HeldBytes):
    """The bytes of a stream of strings that were received and not taken yet."""

    __slots__ = ("_prefix",)

    def __init__(self, format: str) -> None:
        """Make an empty buffer.

        Args:
            format: How a length is packed, for the module struct: one number.
        """
        super().__init__()
        self._prefix = struct.Struct(format)

    def strings(self, maxLength: int) -> Iterator[bytes]:
        """Take strings off the front, one for each step, as long as there are whole ones.

        Between two steps anything may be done with the buffer.

        Args:
            maxLength: How many bytes a string may have.

        Raises:
            StringTooLong: The next one is to have more. Nothing is kept ready for it.
        """
        unpack = self._prefix.unpack_from
        prefixLength = self._prefix.size
        while True:
            held, start = self._bytes, self._start
            first = start + prefixLength
            if first > len(held):
                break
            (length,) = unpack(held, start)
            if length > maxLength:
                raise StringTooLong(length)
            end = first + length
            if end > len(held):
                break
            self._start = end
            yield bytes(held[first:end])
        self.letGo()


__all__ = ["PrefixedBuffer", "StringTooLong"]
