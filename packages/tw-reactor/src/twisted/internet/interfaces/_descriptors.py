"""File descriptors that the reactor watches.

The low-level way into the event loop, for objects that have a file descriptor of their own. All
methods are called on the reactor's thread.
"""

from typing import TYPE_CHECKING

from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.python.failure import Failure


class ILoggingContext(Interface):
    """Something that is named in the log while it is at work."""

    def logPrefix(self) -> str:
        """Return a short name, such as the name of the protocol class."""
        ...


class IFileDescriptor(ILoggingContext, Interface):
    """Something with a file descriptor."""

    def fileno(self) -> int:
        """Return the number of the descriptor, or -1 when it is closed."""
        ...

    def connectionLost(self, reason: "Failure") -> None:
        """Learn that the descriptor is of no use any more, and close it.

        Called by the reactor when the descriptor is broken or when `doRead` or `doWrite` said
        so. The reactor has stopped watching it.

        Args:
            reason: Wraps the error.
        """


class IReadDescriptor(IFileDescriptor, Interface):
    """A file descriptor that can be read from."""

    def doRead(self) -> Exception | None:
        """Read what is there.

        Called by the reactor when the descriptor has become readable; it must not block.

        Returns:
            None, or an exception (`ConnectionDone`, `ConnectionLost`) that ends the connection.
        """
        ...


class IWriteDescriptor(IFileDescriptor, Interface):
    """A file descriptor that can be written to."""

    def doWrite(self) -> Exception | None:
        """Write what is waiting to be written.

        Called by the reactor when the descriptor has become writable; it must not block.

        Returns:
            None, or an exception (`ConnectionDone`, `ConnectionLost`) that ends the connection.
        """
        ...


class IReadWriteDescriptor(IReadDescriptor, IWriteDescriptor, Interface):
    """A file descriptor that can be read from and written to."""


class IHalfCloseableDescriptor(Interface):
    """A file descriptor whose two directions can end apart."""

    def writeConnectionLost(self, reason: "Failure") -> None:
        """Learn that nothing can be written any more.

        Called by the reactor. Reading goes on.

        Args:
            reason: Wraps the error.
        """

    def readConnectionLost(self, reason: "Failure") -> None:
        """Learn that nothing can be read any more.

        Called by the reactor. Writing goes on.

        Args:
            reason: Wraps the error.
        """


class IReactorFDSet(Interface):
    """A reactor that watches file descriptors for others.

    The reactor holds a reference to everything that it watches. An exception in `doRead` or
    `doWrite` is logged and ends in `connectionLost`, as an exception returned by them does.
    """

    def addReader(self, reader: IReadDescriptor) -> None:
        """Call the reader's `doRead` whenever its descriptor is readable.

        Args:
            reader: Watched until `removeReader`; adding it twice is the same as once.
        """

    def addWriter(self, writer: IWriteDescriptor) -> None:
        """Call the writer's `doWrite` whenever its descriptor is writable.

        Args:
            writer: Watched until `removeWriter`; adding it twice is the same as once.
        """

    def removeReader(self, reader: IReadDescriptor) -> None:
        """Stop watching for readability; harmless for one that is not watched."""

    def removeWriter(self, writer: IWriteDescriptor) -> None:
        """Stop watching for writability; harmless for one that is not watched."""

    def removeAll(self) -> list[IReadDescriptor | IWriteDescriptor]:
        """Stop watching everything but what the reactor needs for itself.

        Returns:
            What was watched, each once.
        """
        ...

    def getReaders(self) -> list[IReadDescriptor]:
        """Return what is watched for readability, without what the reactor needs for itself."""
        ...

    def getWriters(self) -> list[IWriteDescriptor]:
        """Return what is watched for writability."""
        ...
