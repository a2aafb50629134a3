"""What kind of platform this is."""

import ctypes
import os
import sys
import time
from collections.abc import Callable

_TYPES = {"posix": "posix", "nt": "win32"}

seconds: Callable[[], float] = time.time


def shortPythonVersion() -> str:
    """Return the version of the running Python: `3.11.7`."""
    return ".".join(map(str, sys.version_info[:3]))


class Platform:
    """A platform, by default the one that this process runs on.

    Attributes:
        type: `posix` or `win32`; None if it is neither.
    """

    type: str | None = _TYPES.get(os.name)
    seconds: Callable[[], float] = staticmethod(time.time)

    def __init__(self, name: str | None = None, platform: str | None = None) -> None:
        """Describe a platform.

        Args:
            name: As `os.name`; that of this process, if left out.
            platform: As `sys.platform`; that of this process, if left out.
        """
        if name is not None:
            self.type = _TYPES.get(name)
        self._platform = sys.platform if platform is None else platform

    def isKnown(self) -> bool:
        """Return whether it is a platform of a known type."""
        return self.type is not None

    def getType(self) -> str | None:
        """Return `posix` or `win32`, or None if it is neither."""
        return self.type

    def isMacOSX(self) -> bool:
        """Return whether it is macOS."""
        return self._platform == "darwin"

    def isWindows(self) -> bool:
        """Return whether it is Windows."""
        return self.type == "win32"

    def isWinNT(self) -> bool:
        """Return whether it is Windows; every Windows that Python runs on is NT."""
        return self.isWindows()

    def isVista(self) -> bool:
        """Return False: Python does not run on Windows Vista."""
        return False

    def isLinux(self) -> bool:
        """Return whether it is Linux."""
        return self._platform.startswith("linux")

    def isDocker(self, _initCGroupLocation: str = "/proc/1/cgroup") -> bool:
        """Return whether this process runs in a Docker container.

        Args:
            _initCGroupLocation: The file that lists the control groups of the first process.
        """
        if not self.isLinux():
            return False
        try:
            with open(_initCGroupLocation, encoding="utf-8", errors="replace") as groups:
                # Each line is `number:controllers:path`; it has a few lines, a page at most.
                paths = [line.rpartition(":")[2] for line in groups.read(65536).splitlines()]
        except OSError:
            return False
        return any(path.startswith("/docker/") for path in paths)

    def supportsThreads(self) -> bool:
        """Return True: every Python that is supported has threads."""
        return True

    def supportsINotify(self) -> bool:
        """Return whether the kernel tells about changes of files by inotify."""
        return self.isLinux() and hasattr(ctypes.CDLL(None), "inotify_init1")


platform: Platform = Platform()

platformType: str | None = platform.getType()

__all__ = ["Platform", "platform", "platformType", "seconds", "shortPythonVersion"]
