"""Sending files without reading them into the program."""

from typing import TYPE_CHECKING, Protocol

from twisted.internet.interfaces._transports import ITransport
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred


class ReadableFile(Protocol):
    """What can be sent: an open file, or anything else that gives bytes when it is read."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes; none at the end."""
        ...


class IFileSendingTransport(ITransport, Interface):
    """A transport that sends files by itself, between what was written before and after.

    `twisted.internet.sendfile.sendFile` sends a file over every other transport that is an
    `IConsumer`. When TLS was started on a transport of this kind, its file goes through TLS in
    blocks; then, and with a wrapper, write nothing more before the Deferred has fired.
    """

    def sendFile(
        self, file: ReadableFile, offset: int = 0, count: int | None = None
    ) -> "Deferred[int]":
        """Send a file, or a part of it, after all that was written before.

        What is written after this call is sent after the file. `loseConnection` waits for it. Its
        bytes are taken when they can be sent, so a peer that reads slowly costs no memory, and what
        is changed in the file meanwhile may arrive changed: replace files, don't overwrite them.

        When a part was sent and the rest can't be (reading fails, the file has become too short
        for `count`, the Deferred is cancelled) the connection is aborted: whatever came next would
        look to the peer like the rest of the file. When nothing was sent yet, it goes on.

        Args:
            file: An open file, in binary. A regular file is read by the kernel and may be closed
                right after this call. Anything else is read by its methods `read` and, if it has
                one, `seek`, on the reactor's thread, and stays open until it is sent.
            offset: At which byte to begin; where the file is now does not matter.
            count: How many bytes to send; all that there are if None, of a regular file those that
                there are now.

        Returns:
            A Deferred that fires with the number of bytes when the last one was handed to the
            kernel. It fails with what went wrong: the reason for which the connection was lost, an
            `OSError` of the file, an `EOFError` if it has fewer than `count` bytes, a
            `CancelledError`. Cancelling it takes the file out.

        Raises:
            RuntimeError: A producer is registered: it alone says what is sent.
            TypeError: The file is not open in binary.
            ValueError: `offset` or `count` is negative, or the file can't be read from `offset`.
        """
        ...
