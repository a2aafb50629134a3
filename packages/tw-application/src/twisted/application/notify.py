"""Tells the supervisor of this process what it is doing: ready, reloading, stopping, alive.

This is the protocol of sd_notify(3), which systemd speaks and others have taken up: a datagram of
lines `NAME=value` to the UNIX socket that the variable `NOTIFY_SOCKET` names. No library of systemd
is needed. Who is not supervised so has no such variable, and then nothing is sent.

A supervisor that cannot be reached is no reason for a service to fail: that is logged once.
"""

import array
import os
import socket
import time
from collections.abc import MutableMapping, Sequence

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

_log = Logger("twisted.application.notify")

MAXIMUM_DESCRIPTORS = 253
"""How many descriptors the kernel takes in one message (SCM_MAX_FD, unix(7))."""
MAXIMUM_NAME = 255
"""How long the name of stored descriptors may be, in characters (sd_notify(3))."""
MAXIMUM_STATUS = 4096
"""How much of a status text is sent, in characters."""
PATIENCE = 1.0
"""How many seconds a message may wait for room in the supervisor's queue."""


class Notifier:
    """Sends messages to the supervisor.

    Attributes:
        address: Where it listens: a path, or `@` and an abstract name; empty if there is none.
        watchdogInterval: After how many seconds without `alive` the supervisor takes this process
            for hung; None if it does not watch.
    """

    def __init__(self, address: str = "", watchdogInterval: float | None = None) -> None:
        """Send to an address, or nowhere if it is empty."""
        self.address = address
        self.watchdogInterval = watchdogInterval
        self._complained = False

    @classmethod
    def takeFromEnvironment(cls, environ: MutableMapping[str, str] | None = None) -> "Notifier":
        """Return what sends to the supervisor that the environment names.

        The variables are taken out, so that child processes do not speak for this one.

        Args:
            environ: The environment; that of this process, if left out.
        """
        environment = os.environ if environ is None else environ
        address = environment.pop("NOTIFY_SOCKET", "")
        microseconds = environment.pop("WATCHDOG_USEC", "")
        process = environment.pop("WATCHDOG_PID", str(os.getpid()))
        interval = None
        if (
            microseconds.isascii()
            and microseconds.isdigit()
            and 0 < len(microseconds) <= 18
            and process == str(os.getpid())
        ):
            interval = int(microseconds) / 1e6 or None
        return cls(address, interval)

    def environment(self) -> dict[str, str]:
        """Return this process's environment for one that takes its place, and has its supervisor."""
        found = dict(os.environ)
        if self.address:
            found["NOTIFY_SOCKET"] = self.address
        if self.watchdogInterval is not None:
            found["WATCHDOG_USEC"] = str(round(self.watchdogInterval * 1e6))
        return found

    def __bool__(self) -> bool:
        """Whether there is a supervisor to tell."""
        return bool(self.address)

    def ready(self, status: str = "", mainProcess: int | None = None) -> bool:
        """Say that the start, or reloading, is complete.

        Args:
            status: What `systemctl status` is to show.
            mainProcess: The process that is the service from now on, if that changes.

        Returns:
            Whether it was sent.
        """
        lines = ["READY=1"]
        if mainProcess is not None:
            lines.append(f"MAINPID={mainProcess}")
        return self._send([*lines, *_statusLines(status)])

    def reloading(self, status: str = "") -> bool:
        """Say that this process reloads; `ready` says that it has.

        Returns:
            Whether it was sent.
        """
        # systemd tells by the time whether this answers its request (Type=notify-reload).
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        return self._send(["RELOADING=1", f"MONOTONIC_USEC={now}", *_statusLines(status)])

    def stopping(self, status: str = "") -> bool:
        """Say that this process begins to end.

        Returns:
            Whether it was sent.
        """
        return self._send(["STOPPING=1", *_statusLines(status)])

    def status(self, text: str) -> bool:
        """Say in a line what this process does; `systemctl status` shows it.

        Returns:
            Whether it was sent.
        """
        return self._send(_statusLines(text) or ["STATUS="])

    def alive(self) -> bool:
        """Say that this process is not hung, for the watchdog (`WatchdogSec=`).

        Returns:
            Whether it was sent.
        """
        return self._send(["WATCHDOG=1"])

    def storeDescriptors(self, name: str, descriptors: Sequence[int]) -> bool:
        """Let the supervisor keep descriptors; it hands them to the next process of the service.

        They come back like sockets that it opened (`systemd:` endpoints,
        `twisted.python.systemd`), and systemd needs `FileDescriptorStoreMax=` for it.

        Args:
            name: What to find them by.
            descriptors: Their numbers; they stay open here.

        Returns:
            Whether it was sent.

        Raises:
            ValueError: The name is not of printable ASCII without a colon, or too long; or there
                are no descriptors, or too many.
        """
        if not 0 < len(descriptors) <= MAXIMUM_DESCRIPTORS:
            raise ValueError(
                f"1 to {MAXIMUM_DESCRIPTORS} descriptors can be stored at once, "
                f"not {len(descriptors)}"
            )
        return self._send(["FDSTORE=1", f"FDNAME={_checkedName(name)}"], descriptors)

    def removeDescriptors(self, name: str) -> bool:
        """Let the supervisor close what it keeps under a name.

        Returns:
            Whether it was sent.

        Raises:
            ValueError: The name is not of printable ASCII without a colon, or too long.
        """
        return self._send(["FDSTOREREMOVE=1", f"FDNAME={_checkedName(name)}"])

    def _send(self, lines: Sequence[str], descriptors: Sequence[int] = ()) -> bool:
        """Send a message; whether that went well."""
        if not self.address:
            return False
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
                sending.settimeout(PATIENCE)
                sending.connect(_socketName(self.address))
                sending.sendmsg(["\n".join(lines).encode()], rights if descriptors else [])
        except (OSError, ValueError) as error:
            if not self._complained:
                self._complained = True
                _log.warn(
                    "The supervisor cannot be told {message!r} at NOTIFY_SOCKET={address}: {error}",
                    message=lines[0],
                    address=self.address,
                    error=error,
                )
            return False
        return True


class Watchdog:
    """Tells the supervisor, twice in its interval, that the reactor turns.

    Args:
        notifier: Sends the messages; without an interval nothing is sent.
        reactor: Whatever holds it up is what the supervisor is to notice.
    """

    def __init__(self, notifier: Notifier, reactor: IReactorTime) -> None:
        self._notifier = notifier
        self._call = LoopingCall(notifier.alive)
        self._call.clock = reactor

    def start(self) -> None:
        """Begin; without an interval, do nothing."""
        interval = self._notifier.watchdogInterval
        if interval is not None and not self._call.running:
            self._call.start(interval / 2)

    def stop(self) -> None:
        """Tell no more."""
        if self._call.running:
            self._call.stop()


def _socketName(address: str) -> bytes:
    """Return the address as the kernel takes it.

    Raises:
        ValueError: It is neither a path nor an abstract name.
    """
    if address[:1] not in ("/", "@"):
        raise ValueError("it has to begin with / or @")
    name = os.fsencode(address)
    return b"\0" + name[1:] if name.startswith(b"@") else name


def _statusLines(status: str) -> list[str]:
    """Return the line that tells a status, none if it is empty."""
    text = " ".join(status[:MAXIMUM_STATUS].split())
    return [f"STATUS={text}"] if text else []


def _checkedName(name: str) -> str:
    """Return a name of stored descriptors.

    Raises:
        ValueError: It cannot be one.
    """
    allowed = name.isascii() and name.isprintable() and ":" not in name
    if not allowed or not 0 < len(name) <= MAXIMUM_NAME:
        raise ValueError(
            f"{name!r} cannot name descriptors: 1 to {MAXIMUM_NAME} printable characters of ASCII "
            "without a colon can"
        )
    return name


__all__ = [
    "MAXIMUM_DESCRIPTORS",
    "MAXIMUM_NAME",
    "MAXIMUM_STATUS",
    "PATIENCE",
    "Notifier",
    "Watchdog",
]
