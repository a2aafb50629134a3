"""The command line of `twist`.

The commands are those that plugins make; they are looked up when the command line needs them.
"""

import sys
from collections.abc import Callable, Mapping
from functools import partial

from twisted import __version__
from twisted.application.operation import MAXIMUM_DRAIN_TIME, RESTART_SIGNALS
from twisted.application.service import IServiceMaker
from twisted.application.twist._configuration import (
    Configuration,
    applySettings,
    readConfiguration,
)
from twisted.application.workers import MAXIMUM_WORKERS, defaultCount
from twisted.internet._reactoroption import ReactorSelectionMixin
from twisted.logger import InvalidLogLevelError, LogLevel
from twisted.plugin import getPlugins
from twisted.python.usage import Options, UsageError

LOG_FORMATS = ("text", "json")


def findServiceMakers() -> Mapping[str, IServiceMaker]:
    """Return the plugins that make services, by the name of their command."""
    makers = {maker.tapname: maker for maker in getPlugins(IServiceMaker)}
    return dict(sorted(makers.items()))


def _optionsOf(maker: IServiceMaker) -> Options:
    """Return what parses a command; only now the plugin need import the module that has it."""
    return maker.options()


class TwistOptions(ReactorSelectionMixin, Options):
    """The options of `twist`, which come before the name of the command."""

    longdesc = (
        "Runs a service in the foreground until Ctrl-C or a signal stops it. "
        "'twist COMMAND --help' tells about the options of a command."
    )

    def __init__(
        self, findMakers: Callable[[], Mapping[str, IServiceMaker]] = findServiceMakers
    ) -> None:
        """Set the defaults.

        Args:
            findMakers: Returns the plugins by the name of their command.
        """
        super().__init__()
        self["log-level"] = LogLevel.info
        self["log-format"] = LOG_FORMATS[0]
        self["log-file"] = "-"
        self["drain"] = 0.0
        self["restart-on"] = None
        self["inspect"] = ""
        self["workers"] = 0
        self.configuration: Configuration | None = None
        self._findMakers = findMakers
        self._makers: Mapping[str, IServiceMaker] | None = None

    @property
    def serviceMakers(self) -> Mapping[str, IServiceMaker]:
        """The plugins that make services, by the name of their command."""
        if self._makers is None:
            self._makers = self._findMakers()
        return self._makers

    @property
    def subCommands(self) -> list[tuple[str, None, Callable[[], Options], str]]:  # type: ignore[override]  # a list that is made on use
        """The commands, as `usage.Options` wants them."""
        return [
            (name, None, partial(_optionsOf, maker), maker.description)
            for name, maker in self.serviceMakers.items()
        ]

    def getSynopsis(self) -> str:
        """Return the first line of the help, and what comes before the name of a command."""
        rest = "" if self.subCommand else " command [options of the command]"
        return f"Usage: twist [options]{rest}"

    def opt_version(self) -> None:
        """Print the version and exit."""
        sys.stdout.write(f"twist {__version__}\n")
        sys.exit(0)

    def opt_log_level(self, name: str) -> None:
        """Leave out of the log what is below this level: debug, info (the default), warn, error or critical."""
        try:
            self["log-level"] = LogLevel.levelWithName(name)
        except InvalidLogLevelError:
            levels = ", ".join(level.name for level in LogLevel.iterconstants())
            raise UsageError(f"there is no log level {name!r}, only {levels}")

    def opt_log_format(self, name: str) -> None:
        """Write the log as text (the default) or as json, with one event a line."""
        if name not in LOG_FORMATS:
            raise UsageError(f"there is no log format {name!r}, only {', '.join(LOG_FORMATS)}")
        self["log-format"] = name

    def opt_log_file(self, name: str) -> None:
        """Add the log to the end of this file; '-' is standard output (the default), '+' standard error."""
        if not name:
            raise UsageError("--log-file needs the name of a file, or - or +")
        self["log-file"] = name

    def opt_drain(self, seconds: str) -> None:
        """At the end, let connections go on for up to so many seconds; 0 (the default) cuts them at once."""
        whole, _, rest = seconds.partition(".")
        if not (whole + rest).isdecimal() or not (whole + rest).isascii() or len(seconds) > 10:
            raise UsageError(f"--drain needs a number of seconds, not {seconds!r}")
        if float(seconds) > MAXIMUM_DRAIN_TIME:
            raise UsageError(f"--drain takes at most {MAXIMUM_DRAIN_TIME:g} seconds")
        self["drain"] = float(seconds)

    def opt_restart_on(self, name: str) -> None:
        """Start the program anew on this signal, HUP, USR1 or USR2, and hand the ports over to it."""
        number = RESTART_SIGNALS.get(name.upper().removeprefix("SIG"))
        if number is None:
            raise UsageError(f"--restart-on takes {', '.join(RESTART_SIGNALS)}, not {name!r}")
        self["restart-on"] = number

    def opt_inspect(self, path: str) -> None:
        """Let twisted-inspect ask the service, over a UNIX socket at this path."""
        if not path:
            raise UsageError("--inspect needs the path of a socket that is to be made")
        self["inspect"] = path

    def opt_workers(self, count: str) -> None:
        """Run the service in so many processes, which share its ports; 'auto' is one for each processor."""
        if count == "auto":
            self["workers"] = defaultCount()
        elif (
            count.isascii() and count.isdigit() and len(count) < 5 and int(count) <= MAXIMUM_WORKERS
        ):
            self["workers"] = int(count)
        else:
            raise UsageError(f"--workers takes 0 to {MAXIMUM_WORKERS} or 'auto', not {count!r}")

    def opt_config(self, path: str) -> None:
        """Read a file in TOML that says what to run; options that come later count more than it."""
        self.configuration = readConfiguration(path)
        settings = {
            "reactor": self.opt_reactor,
            "log-file": self.opt_log_file,
            "log-format": self.opt_log_format,
            "log-level": self.opt_log_level,
            "drain": self.opt_drain,
            "restart-on": self.opt_restart_on,
            "inspect": self.opt_inspect,
            "workers": self.opt_workers,
        }
        applySettings(self.configuration, settings)

    def parseArgs(self, *words: str) -> None:
        """Refuse a command line without a command, unless a file says what to run."""
        if not words and self.configuration is not None and self.configuration.services:
            return
        if words:
            raise UsageError(f"unknown command {words[0]!r}: no plugin was found")
        raise UsageError("which service is to run? A command is missing")
