"""A port whose socket has a name of UNIX: what belongs to the name goes with the socket."""

import os

from twisted.internet._sockets._baseport import BasePort
from twisted.internet._sockets._unixbinding import UNIXBinding


class UNIXNamedPort(BasePort):
    """A port that is bound to a path or an abstract name, and can leave that to another process.

    Attributes:
        port: The name that was asked for.
        wantPID: Whether a lock file says that this server is alive.
    """

    port: str | bytes
    wantPID: bool

    _binding: UNIXBinding | None = None

    def request(self) -> str:
        """Return what was asked for; an abstract name and a path are never the same."""
        return f"{self._kind} {os.fsdecode(self.port)!r}"

    def leaveTo(self, process: int) -> None:
        """Leave the socket file and the lock to another process, which removes them."""
        binding, self._binding = self._binding, None
        if binding is not None:
            binding.leaveTo(process)

    def _ownName(self) -> str | bytes | None:
        """Return the name that the socket is bound to; None if it is bound to none."""
        return self.port

    def _tookOver(self) -> None:
        name = self._ownName()
        if name is not None:
            self._binding = UNIXBinding.left(name, self.wantPID)

    def _closed(self) -> None:
        binding, self._binding = self._binding, None
        if binding is not None:
            binding.free()


__all__ = ["UNIXNamedPort"]
