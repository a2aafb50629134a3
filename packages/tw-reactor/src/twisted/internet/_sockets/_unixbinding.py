"""A UNIX socket that is bound to a name: its file, if it has one, and the lock beside that."""

import errno
import os
import socket

from twisted.internet._sockets._handedover import handedOver
from twisted.internet._sockets._unixnames import (
    bindAt,
    identityOf,
    lockOf,
    nameOf,
    removeDeadSocket,
    removeSocket,
)
from twisted.logger import Logger
from twisted.python.lockfile import FilesystemLock

_log = Logger(namespace="twisted.internet.unix")


class UNIXBinding:
    """A name that a socket is bound to, until it is freed.

    Attributes:
        name: The path, or the abstract name.
        lock: The lock beside the path, if there is one.
    """

    _wasLeft = False

    def __init__(
        self, skt: socket.socket, address: str | bytes, mode: int, wantPID: bool = False
    ) -> None:
        """Bind a socket.

        Args:
            skt: The socket.
            address: The path, or the abstract name.
            mode: The permissions of the socket file.
            wantPID: Whether a lock is taken first. With it a socket file that a dead server left
                behind is replaced.

        Raises:
            OSError: The name is taken, too long, or cannot be made; nothing is left behind then.
        """
        self.name = nameOf(address)
        self.lock: FilesystemLock | None = self._taken() if wantPID else None
        try:
            if self.lock is not None:
                removeDeadSocket(self.name, skt.type)
            self._identity = bindAt(skt, self.name, mode)
        except OSError:
            self._unlock()
            raise

    @classmethod
    def left(cls, address: str | bytes, wantPID: bool = False) -> "UNIXBinding":
        """Return that of a socket which another process has bound, and leaves to this one.

        Args:
            address: The path, or the abstract name.
            wantPID: Whether there is a lock, which the other process makes that of this one.

        Raises:
            OSError: The socket file is gone.
        """
        binding = cls.__new__(cls)
        binding.name = nameOf(address)
        binding.lock = lockOf(binding.name) if wantPID else None
        if binding.lock is not None:
            binding.lock.locked = True
        binding._identity = identityOf(binding.name)
        binding._wasLeft = True
        return binding

    def leaveTo(self, process: int) -> None:
        """Make another process the one that frees this; it frees nothing from now on.

        Args:
            process: The number of the process.
        """
        self._identity = None
        lock, self.lock = self.lock, None
        if lock is None:
            return
        name = os.fsdecode(lock.name)
        try:
            # At no moment is it without an owner that is alive.
            os.symlink(str(process), f"{name}.{process}")
            os.rename(f"{name}.{process}", name)
        except OSError as error:
            _log.error("{name!r} can't be handed over: {error}", name=name, error=error)

    def free(self) -> None:
        """Remove the socket file, and the lock; the second call does nothing.

        Nor does the first, if another process has left the name and may still go on itself.
        """
        if self._wasLeft and handedOver.undecided:
            return
        identity, self._identity = self._identity, None
        try:
            removeSocket(self.name, identity)
        except OSError as error:
            _log.error("{name!r} can't be removed: {error}", name=self.name, error=error)
        self._unlock()

    def _taken(self) -> FilesystemLock | None:
        """Return the lock, which is held; None for an abstract name.

        Raises:
            OSError: A server that is alive holds it.
        """
        lock = lockOf(self.name)
        if lock is None:
            return None
        try:
            taken = lock.lock()
        except ValueError as error:
            raise OSError(errno.EEXIST, str(error)) from error
        if not taken:
            raise OSError(
                errno.EBUSY, f"a server that is alive holds the lock {os.fsdecode(lock.name)!r}"
            )
        return lock

    def _unlock(self) -> None:
        lock, self.lock = self.lock, None
        if lock is not None:
            try:
                lock.unlock()
            except (OSError, ValueError) as error:
                # The program has forked since, and the lock is its parent's.
                _log.error("{name!r} can't be unlocked: {error}", name=lock.name, error=error)
