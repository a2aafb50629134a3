"""Cuts a stream of bytes into strings that have their length in front, in binary, without I/O.

`_heldstrings` says how it is used.
"""

import struct

from twisted.protocols._heldstrings import HeldStrings, StringRefused


class StringTooLong(StringRefused):
    """The string at the front is to have more bytes than allowed; the buffer keeps its length.

    Attributes:
        length: How many bytes it is to have. A length that is packed with a sign may be negative.
    """

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length


class PrefixedBuffer(HeldStrings):
    """The bytes of a stream of strings that were received and not taken yet."""

    __slots__ = ("_pack", "_prefixLength", "_unpack")

    def __init__(self, format: str) -> None:
        """Make an empty buffer.

        Args:
            format: How a length is packed, for the module struct: one number.
        """
        super().__init__()
        prefix = struct.Struct(format)
        self._pack = prefix.pack
        self._prefixLength = prefix.size
        # Bound once, since it is called for every string.
        self._unpack = prefix.unpack_from

    def takeStrings(self, data: bytes, maxLength: int) -> list[bytes]:
        """Add a chunk of the stream to a buffer that `isPartial`, and take the whole strings.

        Args:
            data: The chunk.
            maxLength: How many bytes a string may have.

        Returns:
            The strings. If one is too long, those before it; it stays here with all that follows,
            and `isPartial` is false.
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
        unpack = self._unpack
        prefixLength = self._prefixLength
        size = len(data)
        if size >= prefixLength:
            (length,) = unpack(data)
            # A peer that waits for answers sends strings one by one.
            if prefixLength + length == size and 0 <= length <= maxLength:
                self.held = b""
                return [data[prefixLength:]]
        strings: list[bytes] = []
        start = 0
        while (first := start + prefixLength) <= size:
            (length,) = unpack(data, start)
            end = first + length
            if not first <= end <= size or length > maxLength:
                self.held = data[start:]
                self._missing = end - size
                self.isPartial = 0 <= length <= maxLength
                return strings
            strings.append(data[first:end])
            start = end
        self.held = data[start:]
        self._missing = first - size
        return strings

    def takeString(self, maxLength: int) -> bytes | None:
        """Take the next string off the front.

        Args:
            maxLength: How many bytes it may have.

        Returns:
            The string, or None if its end was not received yet.

        Raises:
            StringTooLong: It is to have more than that. Nothing is kept ready for it.
        """
        held = self.held
        end = first = self._start + self._prefixLength
        if first <= len(held):
            (length,) = self._unpack(held, self._start)
            if not 0 <= length <= maxLength:
                raise StringTooLong(length)
            end = first + length
            if end <= len(held):
                self._start = end
                return bytes(held[first:end])
        self._wait(end - len(held))
        return None

    def giveBack(self, strings: list[bytes]) -> None:
        """Put strings in front again that `takeStrings` returned, and that are not wanted yet.

        Args:
            strings: The last ones that it returned.
        """
        if strings:
            self.putBack(b"".join(self._pack(len(string)) + string for string in strings))


__all__ = ["PrefixedBuffer", "StringTooLong"]
