"""The options of a command for what surrounds its service; see `twisted.application.operation`.

This room is what `--version` and `--help` need, and imports no more than that.
"""

import os
import signal
from collections.abc import Callable
from typing import cast

from twisted.python.usage import CompleteFiles, CompleteList, Completions, UsageError

MAXIMUM_DRAIN_TIME = 86400.0
"""The longest time for draining that can be asked for, in seconds."""
MAXIMUM_WORKERS = 1024
"""How many workers can be asked for."""
RESTART_SIGNALS: dict[str, int] = {
    name: getattr(signal, f"SIG{name}")
    for name in ("HUP", "USR1", "USR2")
    if hasattr(signal, f"SIG{name}")
}
"""The signals that can be chosen for restarting, by name."""


class OperationOptions:
    """The options --drain, --restart-on, --inspect and --workers; put it before `usage.Options`.

    The values are seconds, the number of a signal or None, a path that may be empty, and a number.
    """

    compData: Completions | None = Completions(
        optActions={
            "restart-on": CompleteList(list(RESTART_SIGNALS)),
            "inspect": CompleteFiles(descr="socket"),
            "workers": CompleteList(["auto"]),
        },
    )

    def __init__(self) -> None:
        """Set the defaults."""
        super().__init__()
        found = self._found
        found["drain"] = 0.0
        found["restart-on"] = None
        found["inspect"] = ""
        found["workers"] = 0

    @property
    def _found(self) -> dict[str, object]:
        """The options, which are this."""
        return cast("dict[str, object]", self)

    def opt_drain(self, seconds: str) -> None:
        """At the end, let connections go on for up to so many seconds; 0 (the default) cuts them at once."""
        whole, _, rest = seconds.partition(".")
        if not (whole + rest).isdecimal() or not (whole + rest).isascii() or len(seconds) > 10:
            raise UsageError(f"--drain needs a number of seconds, not {seconds!r}")
        if float(seconds) > MAXIMUM_DRAIN_TIME:
            raise UsageError(f"--drain takes at most {MAXIMUM_DRAIN_TIME:g} seconds")
        self._found["drain"] = float(seconds)

    def opt_restart_on(self, name: str) -> None:
        """Start the program anew on this signal, HUP, USR1 or USR2, and hand the ports over to it."""
        number = RESTART_SIGNALS.get(name.upper().removeprefix("SIG"))
        if number is None:
            raise UsageError(f"--restart-on takes {', '.join(RESTART_SIGNALS)}, not {name!r}")
        self._found["restart-on"] = number

    def opt_inspect(self, path: str) -> None:
        """Let twisted-inspect ask the service, over a UNIX socket at this path."""
        if not path:
            raise UsageError("--inspect needs the path of a socket that is to be made")
        self._found["inspect"] = path

    def opt_workers(self, count: str) -> None:
        """Run the service in so many processes, which share its ports; 'auto' is one for each processor."""
        if count == "auto":
            self._found["workers"] = defaultCount()
        elif (
            count.isascii() and count.isdigit() and len(count) < 5 and int(count) <= MAXIMUM_WORKERS
        ):
            self._found["workers"] = int(count)
        else:
            raise UsageError(f"--workers takes 0 to {MAXIMUM_WORKERS} or 'auto', not {count!r}")

    def operationSetters(self) -> dict[str, Callable[[str], object]]:
        """Return what sets each of these options, by its name."""
        return {
            "drain": self.opt_drain,
            "restart-on": self.opt_restart_on,
            "inspect": self.opt_inspect,
            "workers": self.opt_workers,
        }


def defaultCount() -> int:
    """Return how many workers make sense: one for each processor that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


__all__ = [
    "MAXIMUM_DRAIN_TIME",
    "MAXIMUM_WORKERS",
    "RESTART_SIGNALS",
    "OperationOptions",
    "defaultCount",
]
