"""Files that a connection sends, each between what was written before and after it.

While there is one, the connection counts as blocked: what is written gathers, and the poller says
when the kernel takes more. So a connection without files does nothing for them in `write` and
`settle`; only `doWrite` looks whether there are some. Then it is done here: first what was written
before the file, then the file, then the next file's turn comes, or the connection goes on as usual.

The kernel copies from the file to the socket (sendfile(2)). When that fails nobody knows which of
the two is to blame, or whether this file just can't be sent like this (some of /proc can't); so from
there on the file is read and its blocks are sent, and whichever of these fails tells.
"""

import socket
from typing import TYPE_CHECKING

from twisted.internet._sockets._filedescriptor import PIECES_AT_ONCE, toPieces
from twisted.internet._sockets._filesource import BLOCK_SIZE, FileSource
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.internet._sockets._streamconnection import StreamConnection

FILE_PIECE_SIZE = 1024 * 1024
"""After so many bytes of a file other connections get their turn, if the kernel takes as many."""


class _Transfer:
    """One file on its way.

    Attributes:
        source: The file.
        before: What was written between the file before and this one, the last piece first.
        done: Fires when it was sent.
        inBlocks: Whether it is read here, since the kernel did not pass it on.
    """

    def __init__(self, source: FileSource, queue: "FileQueue") -> None:
        self.source = source
        self.before: list[bytes] = []
        self.done: Deferred[int] = Deferred(lambda done: queue.cancel(self))
        # Simulated sockets have numbers that are no descriptors.
        real = isinstance(queue.connection.socket, socket.socket)
        self.inBlocks = source.fd is None or not real


class FileQueue:
    """The files that a connection is to send, in order.

    Attributes:
        connection: The connection.
    """

    def __init__(self, connection: "StreamConnection") -> None:
        self.connection = connection
        self._transfers: list[_Transfer] = []

    def __bool__(self) -> bool:
        return bool(self._transfers)

    def add(self, source: FileSource) -> Deferred[int]:
        """Send a file after all that was written so far.

        Args:
            source: The file.

        Returns:
            A Deferred that fires when it was sent.
        """
        connection = self.connection
        transfer = _Transfer(source, self)
        pieces = toPieces(connection._gathered)
        connection._gathered.clear()
        if self._transfers:
            transfer.before = pieces
        else:
            connection._unsent[:0] = pieces
        self._transfers.append(transfer)
        connection._block()
        return transfer.done

    def proceed(self) -> None:
        """Send as much as the kernel takes; called when the connection is writable."""
        try:
            if not self._sendBefore():
                return
            transfer = self._transfers[0]
            try:
                complete = self._sendFrom(transfer)
            except _ReadingFailed as failed:
                self._fail(transfer, failed.error)
                return
        except BlockingIOError:
            return
        except Exception as error:
            self.connection._sendingFailed(error)
            return
        if complete:
            self._remove(transfer)
            transfer.done.callback(transfer.source.sent)
            self._goOn()

    def progress(self) -> tuple[object, int]:
        """Return the first file, and how many of its bytes were taken."""
        source = self._transfers[0].source
        return source, source.sent

    def lost(self, reason: Failure) -> None:
        """Learn that the connection was lost."""
        while self._transfers:
            # One by one: an errback may cancel another.
            transfer = self._transfers.pop(0)
            transfer.source.close()
            transfer.done.errback(reason)

    def cancel(self, transfer: _Transfer) -> None:
        """Take out a file; called by its Deferred, which fails then."""
        if transfer in self._transfers:
            self._remove(transfer)
            if transfer.source.sent:
                self.connection.abortConnection()

    def _sendBefore(self) -> bool:
        """Send what was written before the first file; return whether all is sent."""
        connection = self.connection
        unsent = connection._unsent
        for _ in range(PIECES_AT_ONCE):
            if not unsent:
                return True
            piece = unsent[-1]
            sent = connection._transmit(piece)
            connection._buffered -= sent
            if sent < len(piece):
                unsent[-1] = memoryview(piece)[sent:]
                return False
            unsent.pop()
        return not unsent

    def _sendFrom(self, transfer: _Transfer) -> bool:
        """Send some bytes of a file; return whether it is complete.

        Raises:
            _ReadingFailed: It can't be read, or ends too early.
        """
        source = transfer.source
        size = source.left(FILE_PIECE_SIZE)
        if not size:
            return True
        sent = None if transfer.inBlocks else self._sendByKernel(transfer, size)
        if sent is None:
            sent = self._sendBlock(source, min(size, BLOCK_SIZE))
        source.sent += sent
        if sent:
            return not source.left(1)
        try:
            source.atEnd()
        except EOFError as error:
            raise _ReadingFailed(error) from error
        return True

    def _sendByKernel(self, transfer: _Transfer, size: int) -> int | None:
        """Let the kernel send from a file; None if it can't or won't."""
        source = transfer.source
        assert source.fd is not None
        try:
            return self.connection._transmitFile(source.fd, source.position, size)
        except BlockingIOError:
            raise
        except OSError:
            transfer.inBlocks = True
            return None

    def _sendBlock(self, source: FileSource, size: int) -> int:
        """Read a block of a file and send it; what is not taken is read again."""
        try:
            block = source.read(size)
        except Exception as error:
            raise _ReadingFailed(error) from error
        return self.connection._transmitBlock(block) if block else 0

    def _fail(self, transfer: _Transfer, error: Exception) -> None:
        """Give up a file."""
        self._remove(transfer)
        if transfer.source.sent:
            self.connection.abortConnection()
        transfer.done.errback(Failure(error))
        self._goOn()

    def _remove(self, transfer: _Transfer) -> None:
        """Take a file out; what was written before it keeps its place."""
        transfer.source.close()
        index = self._transfers.index(transfer)
        del self._transfers[index]
        connection = self.connection
        if index < len(self._transfers):
            following = self._transfers[index]
            if index == 0:
                connection._unsent[:0] = following.before
                following.before = []
            else:
                following.before += transfer.before
        else:
            connection._gathered[:0] = reversed(transfer.before)

    def _goOn(self) -> None:
        """Send what was written after the last file."""
        connection = self.connection
        if not self._transfers and connection.connected and not connection._writeDisconnected:
            connection._sendUnsent()


class _ReadingFailed(Exception):
    """A file can't be read to the end.

    Attributes:
        error: Why.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error
