"""Running a reactor under one of Python's profilers.

Both write what they found when the reactor has stopped: the raw statistics, which the module
`pstats` reads, or a table as text.
"""

import io
import pstats
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from twisted.internet.interfaces import IReactorCore

if TYPE_CHECKING:
    import cProfile
    import profile

    _Profile = profile.Profile | cProfile.Profile


class Profiles(Protocol):
    """What runs a reactor under a profiler."""

    def run(self, reactor: IReactorCore) -> None:
        """Run the reactor, and write the results when it has stopped."""


class _ProfiledRun:
    """Runs a reactor under a profiler.

    Args:
        profileOutput: The file for the results; None for standard output.
        saveStats: Whether to write the raw statistics in place of a text.
    """

    def __init__(self, profileOutput: str | None, saveStats: bool | int) -> None:
        self.profileOutput = profileOutput
        self.saveStats = saveStats

    def _run(self, profile: "_Profile", reactor: IReactorCore) -> None:
        try:
            profile.runcall(reactor.run)
        finally:
            self._write(profile)

    def _write(self, profile: "_Profile") -> None:
        if self.saveStats and self.profileOutput is not None:
            profile.dump_stats(self.profileOutput)
            return
        text = io.StringIO()
        pstats.Stats(profile, stream=text).sort_stats("cumulative").print_stats()
        if self.profileOutput is None:
            sys.stdout.write(text.getvalue())
            return
        with open(self.profileOutput, "w", encoding="utf-8") as file:
            file.write(text.getvalue())


class CProfileRunner(_ProfiledRun):
    """Runs a reactor under `cProfile`.

    Args:
        profileOutput: The file for the results; None for standard output.
        saveStats: Whether to write the raw statistics in place of a text.
    """

    def run(self, reactor: IReactorCore) -> None:
        """Run the reactor, and write the results when it has stopped.

        Raises:
            OSError: The file cannot be written.
        """
        import cProfile

        self._run(cProfile.Profile(), reactor)


class ProfileRunner(_ProfiledRun):
    """Runs a reactor under `profile`, which is slower, and written in Python.

    Args:
        profileOutput: The file for the results; None for standard output.
        saveStats: Whether to write the raw statistics in place of a text.
    """

    def run(self, reactor: IReactorCore) -> None:
        """Run the reactor, and write the results when it has stopped.

        Raises:
            OSError: The file cannot be written.
        """
        import profile

        self._run(profile.Profile(), reactor)


class AppProfiler:
    """The profiler that the options of a command ask for.

    Args:
        options: The options: `profile`, `profiler` and `savestats`.

    Attributes:
        profilers: The kinds of profiler by their names in lower case.
        profiler: The name of the one that was chosen.
    """

    profilers: ClassVar[dict[str, Callable[[str | None, bool | int], Any]]] = {
        "profile": ProfileRunner,
        "cprofile": CProfileRunner,
    }

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.profiler: str = str(options.get("profiler", "cprofile")).lower()
        kind = self.profilers[self.profiler]
        self._chosen = kind(options.get("profile"), options.get("savestats", False))

    def run(self, reactor: IReactorCore) -> None:
        """Run the reactor, and write the results when it has stopped."""
        self._chosen.run(reactor)


__all__ = ["AppProfiler", "CProfileRunner", "ProfileRunner", "Profiles"]
