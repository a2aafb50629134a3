r"""The header of the PROXY protocol, without I/O: bytes in, the addresses of a connection out.

A header comes once, before anything else. The first bytes tell the version apart: one of version 1
is a line of text (`PROXY TCP4 192.0.2.1 192.0.2.2 49152 80\r\n`), one of version 2 begins with
twelve bytes that are no text of any protocol. A stream is refused with the first byte after which it
cannot be a header any more.
"""

from dataclasses import dataclass

from twisted.internet.interfaces import IAddress
from twisted.protocols.haproxy._binaryheader import FIXED, SIGNATURE, addressesFrom, announced
from twisted.protocols.haproxy._errors import HeaderRefused
from twisted.protocols.haproxy._textheader import LONGEST_LINE, START, addressesFromLine

MAXIMUM_HEADER = 4096
"""How many bytes a header of version 2 may have, with all that it says beside the addresses. One of
version 1 never has more than 107, its end included (section 2.1)."""


@dataclass(frozen=True, slots=True)
class ProxyHeader:
    """What a header says.

    Attributes:
        source: Where the client is; None if the header leaves that to the connection.
        destination: What the client connected to; None if the header leaves that to the connection.
    """

    source: IAddress | None
    destination: IAddress | None


class HeaderParser:
    """Takes the header off the front of a stream.

    Attributes:
        rest: What came after the header.
    """

    def __init__(self, maxLength: int = MAXIMUM_HEADER) -> None:
        """Make a parser of one stream.

        Args:
            maxLength: How many bytes a header of version 2 may have.
        """
        self.rest: bytes = b""
        self._maxLength = maxLength
        self._held = b""

    def receive(self, data: bytes) -> ProxyHeader | None:
        """Take bytes of the stream, until the header is whole.

        Args:
            data: The bytes.

        Returns:
            The header, or None if it is not whole yet.

        Raises:
            HeaderRefused: There is none, or one that is malformed or too long.
        """
        held = self._held = self._held + data
        if _mayBegin(held, SIGNATURE):
            return self._binary(held)
        if _mayBegin(held, START):
            return self._text(held)
        raise HeaderRefused("it does not begin with a header")

    def _text(self, held: bytes) -> ProxyHeader | None:
        end = held.find(b"\r\n", 0, LONGEST_LINE)
        if end >= 0:
            header = ProxyHeader(*addressesFromLine(held[:end]))
            return self._whole(header, end + 2)
        if len(held) >= LONGEST_LINE:
            raise HeaderRefused(f"a line of more than {LONGEST_LINE} bytes")
        return None

    def _binary(self, held: bytes) -> ProxyHeader | None:
        if len(held) < FIXED:
            return None
        size = FIXED + announced(held[:FIXED])
        if size > self._maxLength:
            raise HeaderRefused(f"a header of {size} bytes; {self._maxLength} are allowed")
        if len(held) < size:
            return None
        header = ProxyHeader(*addressesFrom(held[:size]))
        return self._whole(header, size)

    def _whole(self, header: ProxyHeader, size: int) -> ProxyHeader:
        self.rest = self._held[size:]
        self._held = b""
        return header


def _mayBegin(held: bytes, start: bytes) -> bool:
    """Return whether bytes are the beginning of a stream that begins so."""
    return held[: len(start)] == start[: len(held)]


__all__ = ["MAXIMUM_HEADER", "HeaderParser", "HeaderRefused", "ProxyHeader"]
