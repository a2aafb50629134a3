"""Sockets that systemd, or whoever started this process, opened for it.

systemd binds the sockets of a service before it starts it, and hands them on as descriptors from 3
on. Environment variables tell about them: `LISTEN_FDS` how many there are, `LISTEN_PID` which
process they are for, and `LISTEN_FDNAMES` what they are called, with colons between the names
(sd_listen_fds(3)).
"""

import os
from collections.abc import Mapping, MutableMapping, Sequence
from typing import ClassVar

_FIRST_DESCRIPTOR = 3
_VARIABLES = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID")


def _number(text: str) -> int | None:
    """Return the number that a text is in decimal digits, or None if it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


class ListenFDs:
    """The descriptors that this process was started with.

    Attributes:
        maxDescriptors: The most descriptors that the environment may announce (65,536).
    """

    maxDescriptors: ClassVar[int] = 65536

    def __init__(self, descriptors: Sequence[int], names: Sequence[str] = ()) -> None:
        """Take the descriptors as they are.

        Args:
            descriptors: The descriptors.
            names: Their names, in the same order.
        """
        self._descriptors = list(descriptors)
        self._names = list(names)

    @classmethod
    def fromEnvironment(
        cls, environ: Mapping[str, str] | None = None, start: int | None = None
    ) -> "ListenFDs":
        """Find out what descriptors the environment tells about.

        There are none if it tells of none, tells of another process, or contradicts itself.

        Args:
            environ: The environment; that of this process, if left out.
            start: The first descriptor; 3, if left out.
        """
        environment = os.environ if environ is None else environ
        count = _number(environment.get("LISTEN_FDS", ""))
        if count is None or count > cls.maxDescriptors:
            return cls([])
        if _number(environment.get("LISTEN_PID", "")) != os.getpid():
            return cls([])
        said = environment.get("LISTEN_FDNAMES")
        names = [] if said is None else said.split(":")
        if said is not None and len(names) != count:
            return cls([])
        first = _FIRST_DESCRIPTOR if start is None else start
        return cls(range(first, first + count), names)

    @classmethod
    def takeFromEnvironment(
        cls, environ: MutableMapping[str, str] | None = None, start: int | None = None
    ) -> "ListenFDs":
        """Find out what descriptors the environment tells about, and keep them to this process.

        The variables are removed, and programs that this process starts do not inherit the
        descriptors.

        Args:
            environ: The environment; that of this process, if left out.
            start: The first descriptor; 3, if left out.
        """
        environment = os.environ if environ is None else environ
        found = cls.fromEnvironment(environment, start)
        for name in _VARIABLES:
            environment.pop(name, None)
        for descriptor in found._descriptors:
            try:
                os.set_inheritable(descriptor, False)
            except OSError:
                pass  # it is not open, as whoever uses it will find out
        return found

    def inheritedDescriptors(self) -> list[int]:
        """Return the descriptors, in the order in which systemd has them."""
        return list(self._descriptors)

    def inheritedNamedDescriptors(self) -> dict[str, int]:
        """Return the descriptors by name; of several with one name, the last."""
        return dict(zip(self._names, self._descriptors, strict=False))

    def __repr__(self) -> str:
        return f"ListenFDs({self._descriptors!r}, {self._names!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ListenFDs):
            return NotImplemented
        return (self._descriptors, self._names) == (other._descriptors, other._names)

    def __hash__(self) -> int:
        return hash((tuple(self._descriptors), tuple(self._names)))


__all__ = ["ListenFDs"]
