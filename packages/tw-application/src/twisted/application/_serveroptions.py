"""The options of a command that runs an application, as far as they hold on every system.

This room is what `twistd --version` and `--help` need, and imports no more than that.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from twisted import __version__
from twisted.application._operationoptions import RESTART_SIGNALS, OperationOptions
from twisted.application._plugincommands import PluginCommands, findServiceMakers, refuseWords
from twisted.internet._reactoroption import ReactorSelectionMixin
from twisted.python.usage import (
    CompleteDirs,
    CompleteFiles,
    CompleteList,
    Completions,
    Options,
    UsageError,
)

if TYPE_CHECKING:
    from twisted.application.service import IServiceMaker

PROFILERS = ("profile", "cprofile")


class ServerOptions(ReactorSelectionMixin, PluginCommands, OperationOptions, Options):  # type: ignore[misc]  # commands that are made on use
    """The options of `twistd`, which come before the name of a command.

    Attributes:
        loadedPlugins: The plugins that make services, by the name of their command.
    """

    longdesc = (
        "Runs an application: one that a .tac file makes, or a service that a plugin makes. "
        "'twistd COMMAND --help' tells about the options of a command."
    )
    optFlags: Sequence[Sequence[Any]] = [
        ["savestats", None, "Save the statistics of the profiler as they are, not as text."],
        ["no_save", "o", "Do not save the application when it ends."],
        ["encrypted", "e", "The file of --file or --source is encrypted: such files are refused."],
    ]
    optParameters: Sequence[Sequence[Any]] = [
        ["logfile", "l", None, "Log to this file; - is standard output."],
        [
            "logger",
            None,
            None,
            "Log to the observer that this function returns, given by its dotted name; it takes "
            "precedence over --logfile and --syslog.",
        ],
        ["profile", "p", None, "Run under a profiler, and write its results to this file."],
        ["profiler", None, "cprofile", f"The profiler to use: {' or '.join(PROFILERS)}."],
        ["file", "f", "twistd.tap", "Load the application from this .tap file, a pickle."],
        ["python", "y", None, "Load the application from this .tac file, a program (implies -o)."],
        ["source", "s", None, "Load the application from this .tas file."],
        ["rundir", "d", ".", "Change to this directory before running."],
    ]
    compData: Completions | None = Completions(
        mutuallyExclusive=[("file", "python", "source")],
        optActions={
            "file": CompleteFiles("*.tap"),
            "python": CompleteFiles("*.(tac|py)"),
            "source": CompleteFiles("*.tas"),
            "rundir": CompleteDirs(),
            "profiler": CompleteList(list(PROFILERS)),
        },
    )

    def __init__(
        self, findMakers: "Callable[[], Mapping[str, IServiceMaker]]" = findServiceMakers
    ) -> None:
        """Set the defaults.

        Args:
            findMakers: Returns the plugins by the name of their command.
        """
        super().__init__(findMakers)
        self["debug"] = False
        self["spew"] = False
        self["reactor"] = None

    @property
    def loadedPlugins(self) -> "Mapping[str, IServiceMaker]":
        """The plugins that make services, by the name of their command."""
        return self.serviceMakers

    def getSynopsis(self) -> str:
        """Return the first line of the help, and what comes before the name of a command."""
        rest = "" if self.subCommand else " [command [options of the command]]"
        return f"Usage: twistd [options]{rest}"

    def opt_version(self) -> None:
        """Print the version and exit."""
        sys.stdout.write(f"twistd {__version__}\n")
        sys.exit(0)

    def opt_debug(self) -> None:
        """Run in the Python debugger, in the foreground; SIGUSR2 interrupts into it."""
        self["debug"] = True

    opt_b = opt_debug

    def opt_spew(self) -> None:
        """Print each call of a function: to find out where a program is that hangs."""
        self["spew"] = True

    def parseOptions(self, options: Iterable[str] | None = None) -> None:
        """Parse a command line; see `usage.Options.parseOptions`.

        Args:
            options: Its words, without the command. Those of this process, if left out; without
                any of them the help is printed.

        Raises:
            UsageError: The command line is wrong.
            SystemExit: The help or something of that kind was asked for.
        """
        if options is None:
            options = sys.argv[1:] or ["--help"]
        super().parseOptions(options)

    def postOptions(self) -> None:
        """Check what was found.

        Raises:
            UsageError: There is no such profiler, encrypted files are asked for, or options exclude
                each other.
        """
        if self.subCommand is not None or self["python"] is not None:
            self["no_save"] = True
        if str(self["profiler"]).lower() not in PROFILERS:
            raise UsageError(
                f"there is no profiler {self['profiler']!r}, only {', '.join(PROFILERS)}"
            )
        if self["encrypted"]:
            raise UsageError("encrypted files are not supported: save the application without")
        if self["workers"]:
            self._refuseWithWorkers()
        number = self["restart-on"]
        if self["debug"] and number is not None and number == RESTART_SIGNALS.get("USR2"):
            raise UsageError("--debug has SIGUSR2 for itself: choose another for --restart-on")

    def _refuseWithWorkers(self) -> None:
        """Refuse what makes sense for one process alone.

        Raises:
            UsageError: There is something.
        """
        if self["debug"]:
            raise UsageError("--debug looks into one process: leave out --workers")
        if self["profile"] is not None:
            raise UsageError("--profile measures one process: leave out --workers")
        if not self["no_save"]:
            raise UsageError("workers cannot all save the application: add --no_save")

    def parseArgs(self, *words: str) -> None:
        """Refuse words that are no command."""
        refuseWords(words)


__all__ = ["PROFILERS", "ServerOptions", "findServiceMakers"]
