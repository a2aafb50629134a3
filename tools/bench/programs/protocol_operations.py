"""Receivers of lines and strings, written to Twisted's documented API: as they are on ours and theirs.

Each case hands a stream to a protocol `count` times. Nothing is sent: what costs is the parsing.
"""

import struct
from collections.abc import Callable

from twisted.internet.testing import StringTransport
from twisted.protocols.basic import Int32StringReceiver, LineReceiver, NetstringReceiver

CHUNK = 64 * 1024
LARGE_CHUNK = 2 * 1024 * 1024
PIECE = 7


class Lines(LineReceiver):
    """Takes lines."""

    def lineReceived(self, line: bytes) -> None:
        """Take one."""


class Frames(Int32StringReceiver):
    """Takes strings with their length in front."""

    def stringReceived(self, string: bytes) -> None:
        """Take one."""


class Netstrings(NetstringReceiver):
    """Takes netstrings."""

    def stringReceived(self, string: bytes) -> None:
        """Take one."""


def line(size: int) -> bytes:
    """Return a line of so many bytes without its end."""
    return b"x" * size + b"\r\n"


def frame(size: int) -> bytes:
    """Return a string with its length in front."""
    return struct.pack("!I", size) + b"x" * size


def netstring(size: int) -> bytes:
    """Return a netstring."""
    return b"%d:%s," % (size, b"x" * size)


def whole(message: bytes, size: int) -> list[bytes]:
    """Return one chunk of about a size, made of whole messages."""
    return [message * max(1, size // len(message))]


def pieces(message: bytes) -> list[bytes]:
    """Return seven messages cut into pieces of seven bytes."""
    stream = message * PIECE
    return [stream[at : at + PIECE] for at in range(0, len(stream), PIECE)]


def receive(
    kind: Callable[[], LineReceiver | Int32StringReceiver | NetstringReceiver],
    chunks: list[bytes],
) -> Callable[[int], None]:
    """Return a case: a protocol gets the chunks so many times."""

    def case(count: int) -> None:
        protocol = kind()
        protocol.makeConnection(StringTransport())
        for _ in range(count):
            for chunk in chunks:
                protocol.dataReceived(chunk)

    return case


CASES: dict[str, Callable[[int], None]] = {
    name: case
    for kind, make, short in (
        (Lines, line, "line"),
        (Frames, frame, "int32"),
        (Netstrings, netstring, "netstring"),
    )
    for name, case in (
        (f"{short}-single", receive(kind, [make(10)])),
        (f"{short}-chunk-10", receive(kind, whole(make(10), CHUNK))),
        (f"{short}-chunk-100", receive(kind, whole(make(100), CHUNK))),
        (f"{short}-large-100", receive(kind, whole(make(100), LARGE_CHUNK))),
        (f"{short}-pieces-100", receive(kind, pieces(make(100)))),
    )
}
