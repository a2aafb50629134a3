"""The file that tells which process a daemon is.

It holds the number of the process, as other programs expect it: ``kill `cat twistd.pid` ``.

The daemon also keeps a lock on the file (flock(2)) for as long as it lives, however it ends. A file
that is locked is one of a process that lives. One that is not was left behind, or was written by
another program: then the number decides. Numbers are used again, so a process that began after the
file was written is not the one that it speaks of; nor is a zombie, or the process that asks.

A daemon that starts a new one in its place hands the open file on, and the lock with it, which at
no moment is free; the new one needs no rights for the file.
"""

import errno
import fcntl
import os
import re

from twisted.application.runner._exit import ExitStatus
from twisted.application.runner._trouble import CannotRunError
from twisted.logger import Logger

_log = Logger("twisted.application.app")

MAXIMUM_LENGTH = 64
"""How many bytes of a file are looked at; a number of a process has ten at most."""

MAXIMUM_ATTEMPTS = 20
"""How often to begin anew because somebody removed the file meanwhile."""

CLOCK_TOLERANCE = 2.0
"""How many seconds the start of a process, counted in ticks since the boot, may seem too late."""


class PidFileError(CannotRunError):
    """The file cannot be used."""

    def __init__(self, text: str) -> None:
        super().__init__(ExitStatus.EX_CANTCREAT, text)


class AlreadyRunningError(PidFileError):
    """The process that the file speaks of lives.

    Attributes:
        pid: Its number.
    """

    def __init__(self, path: str, pid: int | None) -> None:
        self.pid = pid
        super().__init__(
            f"Another twistd server is running, PID {'unknown' if pid is None else pid}. "
            f"Stop it first, or choose another file than {path} with --pidfile"
        )


class PidFile:
    """The file of one daemon.

    Attributes:
        path: The path of the file.
    """

    def __init__(self, path: str) -> None:
        """Name the file; it is not touched.

        Args:
            path: The path of the file.
        """
        self.path = path
        self._descriptor: int | None = None
        self._adopted = False

    def check(self) -> None:
        """Look whether a daemon may be started.

        Raises:
            AlreadyRunningError: The one that the file speaks of lives.
            PidFileError: The file is no such file, or cannot be read.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise PidFileError(
                f"Cannot read the pid file {self.path}: {error.strerror}. "
                "Choose another one with --pidfile"
            ) from error
        try:
            self._refuseLive(descriptor)
        finally:
            os.close(descriptor)

    def write(self) -> None:
        """Write the number of this process into the file, and keep it locked.

        Raises:
            AlreadyRunningError: The daemon that the file speaks of lives.
            PidFileError: The file is no such file, or cannot be written.
        """
        try:
            self._descriptor = self._openLocked()
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, b"%d\n" % os.getpid())
        except OSError as error:
            self.remove()
            raise PidFileError(
                f"Cannot write the pid file {self.path}: {error.strerror}. "
                "Choose another one with --pidfile, or none with --pidfile="
            ) from error

    def fileno(self) -> int:
        """Return the descriptor of the file that was written or adopted; -1 if there is none."""
        return -1 if self._descriptor is None else self._descriptor

    def adopt(self, descriptor: int) -> None:
        """Take over the file that another daemon has written, and leaves to this one.

        Args:
            descriptor: The descriptor that it was left by, which belongs to this from now on.
        """
        self._descriptor = descriptor
        self._adopted = True

    def leaveTo(self, process: int) -> None:
        """Write the number of another daemon, which has adopted the file; it is not removed here.

        Args:
            process: The number.
        """
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            # In one write, so that nobody reads half a number; blanks cover the end of a longer.
            length = os.fstat(descriptor).st_size
            os.pwrite(descriptor, f"{process}".ljust(length - 1).encode() + b"\n", 0)
        except OSError as error:
            _log.error(
                "Cannot write the number of process {process} into the pid file {path}: {error}",
                process=process,
                path=self.path,
                error=error.strerror,
            )
        finally:
            os.close(descriptor)

    def remove(self) -> None:
        """Remove the file, if it is the one that was written."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        if self._adopted and self._holdsAnother(descriptor):
            # The daemon before this one goes on.
            os.close(descriptor)
            return
        try:
            if self._isStill(descriptor):
                os.unlink(self.path)
        except OSError as error:
            # As when the rights to its directory were given up. An empty file holds up nobody.
            os.ftruncate(descriptor, 0)
            _log.warn(
                "Cannot remove the pid file {path}, which is empty now: {error}",
                path=self.path,
                error=error.strerror,
            )
        finally:
            os.close(descriptor)

    def _openLocked(self) -> int:
        """Open the file, made anew if need be, and lock it."""
        for _ in range(MAXIMUM_ATTEMPTS):
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
            descriptor = os.open(self.path, flags, 0o644)
            try:
                if _lock(descriptor) and self._isStill(descriptor):
                    stale = self._refuseLive(descriptor)
                    if stale is not None:
                        _log.info(
                            "Removing stale pidfile {path}: process {pid} is not its daemon",
                            path=self.path,
                            pid=stale,
                        )
                    return descriptor
                if self._isStill(descriptor):
                    raise AlreadyRunningError(self.path, self._read(descriptor))
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
        raise OSError(errno.EBUSY, "others remove it again and again")

    def _isStill(self, descriptor: int) -> bool:
        """Return whether a descriptor is that of the file which has the name now."""
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def _holdsAnother(self, descriptor: int) -> bool:
        """Return whether the number in the file is that of another process."""
        try:
            return self._read(descriptor) != os.getpid()
        except PidFileError:
            return True

    def _refuseLive(self, descriptor: int) -> int | None:
        """Return the number in the file, if there is one; refuse that of a process that lives."""
        pid = self._read(descriptor)
        if pid is not None and pid != os.getpid() and _lives(pid, os.fstat(descriptor).st_mtime):
            raise AlreadyRunningError(self.path, pid)
        return pid

    def _read(self, descriptor: int) -> int | None:
        """Return the number in the file; None if it is empty."""
        try:
            content = os.pread(descriptor, MAXIMUM_LENGTH, 0).strip()
        except OSError as error:
            raise PidFileError(
                f"Cannot read the pid file {self.path}: {error.strerror}. "
                "Choose another one with --pidfile"
            ) from error
        if not content:
            return None
        if re.fullmatch(rb"[0-9]{1,10}", content) is None or int(content) == 0:
            raise PidFileError(
                f"The file {self.path} does not hold the number of a process. "
                "Remove it, or choose another one with --pidfile"
            )
        return int(content)


def _lock(descriptor: int) -> bool:
    """Lock a file; return whether nobody else has it locked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: the number in the file has to do.
        pass
    return True


def _lives(pid: int, written: float) -> bool:
    """Return whether a process lives that may have been there when a file was written."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return not _isAnother(pid, written)


def _isAnother(pid: int, written: float) -> bool:
    """Return whether the system's tables say that a process is dead, or began too late."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name, which comes second, may have blanks and brackets.
            fields = file.read().rpartition(b")")[2].split()
        with open("/proc/stat", "rb") as file:
            boot = next(int(line.split()[1]) for line in file if line.startswith(b"btime "))
        state, ticks = fields[0], int(fields[19])
    except (OSError, IndexError, ValueError, StopIteration):
        return False
    began = boot + ticks / os.sysconf("SC_CLK_TCK")
    return state in (b"Z", b"X") or began > written + CLOCK_TOLERANCE


__all__ = ["AlreadyRunningError", "PidFile", "PidFileError"]
