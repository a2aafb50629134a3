"""Pollers: how to ask the operating system what has happened to many descriptors.

A poller knows numbers, not objects: `watch(fd, events)` says what is asked about a descriptor from
now on, `wait(timeout)` sleeps and returns pairs `(fd, events)`. That is the whole seam; whatever
lies over it (who reads, who writes, what is lost) is the same for all pollers.

Events are bits. The numbers are those of poll(2) and epoll(7) on Linux, so that these two need no
translation.
"""

import errno
import select
from collections.abc import Iterable, Sequence
from typing import Protocol, cast

READABLE = 0x01
WRITABLE = 0x04
FAILED = 0x08
HUNG_UP = 0x10
INVALID = 0x20
"""The descriptor is not open (poll only; select raises, epoll refuses or forgets)."""


MOST_EVENTS = 1024
"""How many events kqueue tells about at once; the others come with the next call."""


class Poller(Protocol):
    """What a reactor wants from the operating system."""

    def watch(self, fd: int, events: int) -> None:
        """Say what is asked about a descriptor from now on, instead of what was asked before.

        Args:
            fd: The descriptor's number.
            events: `READABLE`, `WRITABLE`, both, or 0 to forget it. Failures and hang-ups are
                told in any case, except about a descriptor that is forgotten. Forgetting one that
                is unknown, or closed already, is harmless.

        Raises:
            OSError: The descriptor is not open, or can't be waited for.
        """

    def wait(self, timeout: float | None) -> Sequence[tuple[int, int]]:
        """Sleep until something happens.

        Args:
            timeout: The longest time in seconds; None sleeps as long as it takes.

        Returns:
            Each descriptor to which something happened, with the events.

        Raises:
            OSError: One of the descriptors is not open (select only).
            ValueError: One of the descriptors has a number that is too large (select only).
        """
        ...

    def close(self) -> None:
        """Free what the poller itself has open."""


class SelectPoller:
    """select(2): everywhere, but only for descriptors below 1024 and slow with many."""

    def __init__(self) -> None:
        self._readable: set[int] = set()
        self._writable: set[int] = set()

    def watch(self, fd: int, events: int) -> None:
        """Say what is asked about a descriptor from now on."""
        for asked, watched in ((READABLE, self._readable), (WRITABLE, self._writable)):
            if events & asked:
                watched.add(fd)
            else:
                watched.discard(fd)

    def wait(self, timeout: float | None) -> Sequence[tuple[int, int]]:
        """Sleep until something happens."""
        # Windows tells that a connection attempt failed in the third set only.
        readable, writable, failed = select.select(
            self._readable, self._writable, self._writable, timeout
        )
        happened = [(fd, READABLE) for fd in readable]
        happened += [(fd, WRITABLE) for fd in writable]
        if failed:
            happened += [(fd, WRITABLE) for fd in set(failed).difference(writable)]
        return happened

    def close(self) -> None:
        """Free what the poller has open."""
        self._readable.clear()
        self._writable.clear()


class PollPoller:
    """poll(2): like select, without its limit."""

    def __init__(self) -> None:
        self._poll = select.poll()

    def watch(self, fd: int, events: int) -> None:
        """Say what is asked about a descriptor from now on."""
        if events:
            self._poll.register(fd, events)
        else:
            try:
                self._poll.unregister(fd)
            except (KeyError, ValueError):
                pass

    def wait(self, timeout: float | None) -> Sequence[tuple[int, int]]:
        """Sleep until something happens."""
        return self._poll.poll(None if timeout is None else timeout * 1000)

    def close(self) -> None:
        """Free what the poller has open."""
        self._poll = select.poll()


class EpollPoller:
    """epoll(7), level triggered: the cost of waiting does not grow with what is idle.

    epoll refuses descriptors that never block (regular files, /dev/null); those are always ready.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        # A bound method, since it is called in every turn; `maxevents` is what makes epoll tell
        # about many descriptors in one call.
        self._poll = self._epoll.poll
        self._watched: set[int] = set()
        self._always: dict[int, int] = {}

    def watch(self, fd: int, events: int) -> None:
        """Say what is asked about a descriptor from now on."""
        if not events:
            self._forget(fd)
        elif fd in self._watched:
            try:
                self._epoll.modify(fd, events)
            except FileNotFoundError:
                # It was closed behind our back, and the number belongs to another file now.
                self._epoll.register(fd, events)
        else:
            self._register(fd, events)

    def wait(self, timeout: float | None) -> Sequence[tuple[int, int]]:
        """Sleep until something happens."""
        if self._always:
            return [*self._poll(0), *self._always.items()]
        return self._poll(timeout)

    def fileno(self) -> int:
        """Return the descriptor of epoll itself, readable when something happened."""
        return self._epoll.fileno()

    @property
    def alwaysReady(self) -> bool:
        """Whether descriptors are watched that never block; `fileno` does not tell of them."""
        return bool(self._always)

    def close(self) -> None:
        """Free what the poller has open."""
        self._epoll.close()

    def _register(self, fd: int, events: int) -> None:
        try:
            self._epoll.register(fd, events)
        except FileExistsError:
            self._epoll.modify(fd, events)
        except PermissionError:
            self._always[fd] = events
            return
        self._watched.add(fd)

    def _forget(self, fd: int) -> None:
        self._always.pop(fd, None)
        if fd not in self._watched:
            return
        self._watched.discard(fd)
        try:
            self._epoll.unregister(fd)
        except (OSError, ValueError):
            # Closing a descriptor takes it out of epoll, so there is nothing left to do.
            pass


class KqueueEvent(Protocol):
    """What kqueue tells (`select.kevent`)."""

    @property
    def ident(self) -> int:
        """The descriptor."""
        ...

    @property
    def filter(self) -> int:
        """What has happened to it."""
        ...

    @property
    def flags(self) -> int:
        """How it stands."""
        ...


class Kqueue(Protocol):
    """A queue of kernel events (`select.kqueue`)."""

    def control(
        self, changes: Iterable[KqueueEvent] | None, most: int, timeout: float | None = None, /
    ) -> Sequence[KqueueEvent]:
        """Change what is asked for, and wait for at most so many events."""
        ...

    def fileno(self) -> int:
        """Return its descriptor."""
        ...

    def close(self) -> None:
        """Close its descriptor."""


class KqueueModule(Protocol):
    """What there is in the module `select` where the system has kqueue(2)."""

    KQ_FILTER_READ: int
    KQ_FILTER_WRITE: int
    KQ_EV_ADD: int
    KQ_EV_DELETE: int
    KQ_EV_ERROR: int

    def kqueue(self) -> Kqueue:
        """Make a queue."""
        ...

    def kevent(self, ident: int, filter: int, flags: int, /) -> KqueueEvent:
        """Describe an event."""
        ...


class KqueuePoller:
    """kqueue(2), level triggered: what epoll is on Linux, on BSD and macOS.

    Reading and writing are two filters there, so one descriptor may come twice from one `wait`.
    """

    def __init__(self, kernel: KqueueModule | None = None) -> None:
        """Make a poller.

        Args:
            kernel: The functions and numbers of the system; those of `select` if None.
        """
        self._kernel = cast(KqueueModule, select) if kernel is None else kernel
        self._kqueue = self._kernel.kqueue()
        self._watched: dict[int, int] = {}

    def watch(self, fd: int, events: int) -> None:
        """Say what is asked about a descriptor from now on."""
        kernel = self._kernel
        before = self._watched.pop(fd, 0)
        now = 0
        try:
            for asked, kind in (
                (READABLE, kernel.KQ_FILTER_READ),
                (WRITABLE, kernel.KQ_FILTER_WRITE),
            ):
                if events & asked:
                    # Again, too: the number may belong to another file by now.
                    self._change(fd, kind, kernel.KQ_EV_ADD)
                    now |= asked
                elif before & asked:
                    self._delete(fd, kind)
        finally:
            if now:
                self._watched[fd] = now

    def wait(self, timeout: float | None) -> Sequence[tuple[int, int]]:
        """Sleep until something happens."""
        kernel = self._kernel
        happened: list[tuple[int, int]] = []
        for event in self._kqueue.control(None, MOST_EVENTS, timeout):
            if event.flags & kernel.KQ_EV_ERROR:
                happened.append((event.ident, FAILED))
            elif event.filter == kernel.KQ_FILTER_READ:
                happened.append((event.ident, READABLE))
            elif event.filter == kernel.KQ_FILTER_WRITE:
                happened.append((event.ident, WRITABLE))
        return happened

    def close(self) -> None:
        """Free what the poller has open."""
        self._kqueue.close()

    def fileno(self) -> int:
        """Return the descriptor that is readable when `wait` would return at once."""
        return self._kqueue.fileno()

    def _change(self, fd: int, kind: int, flags: int) -> None:
        self._kqueue.control([self._kernel.kevent(fd, kind, flags)], 0, 0)

    def _delete(self, fd: int, kind: int) -> None:
        try:
            self._change(fd, kind, self._kernel.KQ_EV_DELETE)
        except OSError:
            # Closing a descriptor takes its filters out, so there is nothing left to do.
            pass


def notOpen(fds: Iterable[int]) -> list[int]:
    """Return those descriptors that can't be waited for, because they are closed or too large."""
    bad: list[int] = []
    for fd in fds:
        try:
            select.select([fd], [], [], 0)
        except OSError as error:
            if error.errno != errno.EINTR:
                bad.append(fd)
        except ValueError:
            bad.append(fd)
    return bad


__all__ = [
    "FAILED",
    "HUNG_UP",
    "INVALID",
    "MOST_EVENTS",
    "READABLE",
    "WRITABLE",
    "EpollPoller",
    "Kqueue",
    "KqueueEvent",
    "KqueueModule",
    "KqueuePoller",
    "PollPoller",
    "Poller",
    "SelectPoller",
    "notOpen",
]
