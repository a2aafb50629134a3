"""What a server asks of the files behind it; a program that has other files than those on a disk
provides these interfaces.

A path is a sequence of names on the way from the root; none of them is empty, `.` or `..`. Whatever
fails with an `FTPCmdError` is told to the client as that; anything else is logged, and the client
learns only that it failed. A method that returns a Deferred may be a coroutine as well.
"""

from collections.abc import Sequence

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer
from twisted.python.components import Interface

Path = Sequence[str]

Entry = tuple[str, list[object]]
"""The name of something in a directory, and the values that were asked for."""

KEYS: tuple[str, ...] = (
    "size",
    "directory",
    "permissions",
    "hardlinks",
    "modified",
    "owner",
    "group",
)
"""What can be asked of a file: bytes, whether it is a directory, a `Permissions`, a number, seconds
since the epoch, a name, a name."""


class IReadFile(Interface):
    """A file that is open for reading."""

    def send(self, consumer: IConsumer) -> Deferred[object]:
        """Write the content to a consumer.

        Args:
            consumer: Where to; a producer is registered with it until all was written.

        Returns:
            A Deferred that fires when all was written.
        """
        ...


class IWriteFile(Interface):
    """A file that is open for writing."""

    def receive(self) -> Deferred[IConsumer]:
        """Return a Deferred of what takes the content; called when the content is about to come."""
        ...

    def close(self) -> Deferred[None]:
        """Return a Deferred that fires when all that was taken is kept for good."""
        ...


class IFinishableConsumer(IConsumer, Interface):
    """A consumer that has to be told when all was written."""

    def finish(self) -> None:
        """Learn that nothing more comes."""


class IFTPShell(Interface):
    """The files of one user; the avatar that a server asks its realm for."""

    def makeDirectory(self, path: Path) -> Deferred[None]:
        """Make a directory.

        Args:
            path: Its path.
        """
        ...

    def removeDirectory(self, path: Path) -> Deferred[None]:
        """Remove a directory that is empty.

        Args:
            path: Its path.
        """
        ...

    def removeFile(self, path: Path) -> Deferred[None]:
        """Remove a file.

        Args:
            path: Its path.
        """
        ...

    def rename(self, fromPath: Path, toPath: Path) -> Deferred[None]:
        """Give a file or directory another path.

        Args:
            fromPath: The old one.
            toPath: The new one.
        """
        ...

    def access(self, path: Path) -> Deferred[None]:
        """Return a Deferred that fails unless a directory can be made the current one.

        Args:
            path: Its path.
        """
        ...

    def stat(self, path: Path, keys: Sequence[str] = ()) -> Deferred[list[object]]:
        """Return a Deferred of what is known of a file or directory.

        Args:
            path: Its path.
            keys: What to tell, of `size`, `directory`, `permissions`, `hardlinks`, `modified`,
                `owner` and `group`; the values come in the same order.
        """
        ...

    def list(self, path: Path, keys: Sequence[str] = ()) -> Deferred[list[Entry]]:
        """Return a Deferred of what is in a directory: a name and the values for each.

        Args:
            path: The path of a directory, or of a file, which is then the only one.
            keys: As for `stat`.
        """
        ...

    def openForReading(self, path: Path) -> Deferred[IReadFile]:
        """Open a file, to be sent to the client.

        Args:
            path: Its path.
        """
        ...

    def openForWriting(self, path: Path) -> Deferred[IWriteFile]:
        """Open a file, to take its content from the client; what it has is replaced.

        Args:
            path: Its path.
        """
        ...


class IResumingFTPShell(IFTPShell, Interface):
    """A shell that can begin in the middle of a file; without it REST and APPE are refused."""

    def openForReadingAt(self, path: Path, offset: int) -> Deferred[IReadFile]:
        """Open a file, to be sent to the client from somewhere on.

        Args:
            path: Its path.
            offset: How many bytes to leave out.
        """
        ...

    def openForWritingAt(self, path: Path, offset: int | None) -> Deferred[IWriteFile]:
        """Open a file, to replace what comes after its beginning.

        Args:
            path: Its path.
            offset: How many bytes of the file stay; None for all, and a file that is not there is
                made.
        """
        ...


__all__ = [
    "KEYS",
    "Entry",
    "IFTPShell",
    "IFinishableConsumer",
    "IReadFile",
    "IResumingFTPShell",
    "IWriteFile",
    "Path",
]
