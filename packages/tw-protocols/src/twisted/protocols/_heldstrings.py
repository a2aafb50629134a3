"""What parsers of strings with their lengths in front have in common, without I/O.

There are two ways to get strings out of a `HeldStrings`, as out of a buffer of lines:

- `takeStrings` adds a chunk and returns all strings that are whole then. It is the way of nearly
  every chunk, and fast; it needs a buffer that holds at most the beginning of a string
  (`isPartial`). What cannot complete that string is only put to it.
- `takeString` takes a single one, so that its owner may stop between two strings.
"""

from abc import abstractmethod

from twisted.protocols._heldbytes import HeldBytes


class StringRefused(Exception):
    """What is at the front of a buffer is no string that is allowed; the buffer keeps it."""


class HeldStrings(HeldBytes):
    """The bytes of a stream of strings that were received and not taken yet."""

    __slots__ = ("_missing",)

    def __init__(self) -> None:
        super().__init__()
        # How many bytes have to come, if one is held, before it is worth looking again.
        self._missing = 0

    @abstractmethod
    def takeStrings(self, data: bytes, maxLength: int) -> list[bytes]:
        """Add a chunk of the stream to a buffer that `isPartial`, and take the whole strings.

        Args:
            data: The chunk.
            maxLength: How many bytes a string may have.

        Returns:
            The strings. If one is refused, those before it; it stays here with all that follows,
            and `isPartial` is false.
        """

    @abstractmethod
    def takeString(self, maxLength: int) -> bytes | None:
        """Take the next string off the front.

        Args:
            maxLength: How many bytes it may have.

        Returns:
            The string, or None if its end was not received yet.

        Raises:
            StringRefused: It is longer than that, or none. It stays here.
        """

    @abstractmethod
    def giveBack(self, strings: list[bytes]) -> None:
        """Put strings in front again that `takeStrings` returned, and that are not wanted yet.

        Args:
            strings: The last ones that it returned.
        """

    def _wait(self, missing: int) -> None:
        """Let go of what was taken; the rest is the beginning of a string.

        Args:
            missing: How many bytes have to come at least before it is whole.
        """
        self.letGo()
        self.isPartial = True
        self._missing = missing


__all__ = ["HeldStrings", "StringRefused"]
