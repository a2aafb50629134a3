"""The command `procmon`: keeps one program running."""

import os
from collections.abc import Sequence
from typing import Any

from twisted.python.usage import Options as UsageOptions
from twisted.python.usage import UsageError
from twisted.runner._numbers import seconds
from twisted.runner.procmon import ProcessMonitor


class Options(UsageOptions):
    """The options of `twistd procmon`; the program and its arguments follow them."""

    synopsis = "[procmon options] commandline"
    longdesc = (
        "Runs a program, logs what it writes, and starts it again when it ends. If it ends "
        "instantly, there is a pause first, twice as long each time; a longer life resets that. "
        "For example: twistd procmon sleep 10"
    )
    optParameters: Sequence[Sequence[Any]] = [
        ["threshold", "t", 1.0, "How many seconds make a death not an instant one.", seconds],
        ["killtime", "k", 5.0, "How many seconds it has to end before it is killed.", seconds],
        ["minrestartdelay", "m", 1.0, "How many seconds the first pause takes.", seconds],
        ["maxrestartdelay", "M", 3600.0, "How many seconds a pause takes at most.", seconds],
    ]

    def parseArgs(self, *args: str) -> None:
        """Take the program and its arguments.

        Args:
            args: Its name, and its arguments.
        """
        self["args"] = args

    def postOptions(self) -> None:
        """Check what was found.

        Raises:
            UsageError: There is no program, or the pauses make no sense.
        """
        if not self["args"]:
            raise UsageError("name the program that is to be kept running, and its arguments")
        if self["minrestartdelay"] > self["maxrestartdelay"]:
            raise UsageError("--minrestartdelay must not be greater than --maxrestartdelay")


def makeService(config: Options) -> ProcessMonitor:
    """Return a service that keeps the program running, with this process's environment.

    Args:
        config: The options.
    """
    monitor = ProcessMonitor()
    monitor.threshold = config["threshold"]
    monitor.killTime = config["killtime"]
    monitor.minRestartDelay = config["minrestartdelay"]
    monitor.maxRestartDelay = config["maxrestartdelay"]
    args = list(config["args"])
    monitor.addProcess(" ".join(args), args, env=dict(os.environ))
    return monitor


__all__ = ["Options", "makeService"]
