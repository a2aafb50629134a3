"""The command line of `twist`.

The commands are those that plugins make; they are looked up when the command line needs them.
"""

import sys
from collections.abc import Callable, Mapping

from twisted import __version__
from twisted.application._operationoptions import OperationOptions
from twisted.application._plugincommands import PluginCommands, findServiceMakers, refuseWords
from twisted.application.service import IServiceMaker
from twisted.application.twist._configuration import (
    Configuration,
    applySettings,
    readConfiguration,
)
from twisted.internet._reactoroption import ReactorSelectionMixin
from twisted.logger import InvalidLogLevelError, LogLevel
from twisted.python.usage import Options, UsageError

LOG_FORMATS = ("text", "json")


class TwistOptions(ReactorSelectionMixin, PluginCommands, OperationOptions, Options):  # type: ignore[misc]  # commands that are made on use
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
        super().__init__(findMakers)
        self["log-level"] = LogLevel.info
        self["log-format"] = LOG_FORMATS[0]
        self["log-file"] = "-"
        self.configuration: Configuration | None = None

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

    def opt_config(self, path: str) -> None:
        """Read a file in TOML that says what to run; options that come later count more than it."""
        self.configuration = readConfiguration(path)
        settings = {
            "reactor": self.opt_reactor,
            "log-file": self.opt_log_file,
            "log-format": self.opt_log_format,
            "log-level": self.opt_log_level,
            **self.operationSetters(),
        }
        applySettings(self.configuration, settings)

    def parseArgs(self, *words: str) -> None:
        """Refuse a command line without a command, unless a file says what to run."""
        if not words and self.configuration is not None and self.configuration.services:
            return
        refuseWords(words)
        raise UsageError("which service is to run? A command is missing")
