"""Answering those who ask which version of the distribution Twisted is installed.

Tools that know the incumbent by name ask `importlib.metadata` for the version of Twisted; pytest
does so in every run that has loaded `twisted.trial.unittest`. Where only our parts are installed
no distribution has that name, and the question ends in an error. The finder of this room answers
it, in this process alone, and only if nothing that is installed does.
"""

import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, DistributionFinder
from os import PathLike
from pathlib import Path

from twisted import __version__

NAME = "Twisted"


class VersionOfTwisted(Distribution):
    """The metadata of a distribution called Twisted: its name and its version."""

    def read_text(self, filename: str) -> str | None:
        """Return a file of the metadata.

        Args:
            filename: Its name.
        """
        if filename == "METADATA":
            return f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {__version__}\n"
        return None

    def locate_file(self, path: "str | PathLike[str]") -> Path:
        """Return where a file of the distribution would be.

        Args:
            path: Its name.
        """
        return Path(path)


class TwistedFinder(DistributionFinder):
    """Finds a distribution called Twisted; to be asked after all others."""

    def find_spec(self, *args: object, **kwargs: object) -> None:
        """Find no module: this finder knows distributions only."""

    def find_distributions(
        self, context: DistributionFinder.Context | None = None
    ) -> Iterable[Distribution]:
        """Return the distributions that are asked for.

        Args:
            context: What is asked for. Lists of all distributions are left as they are.
        """
        name = None if context is None else context.name
        if name is not None and name.lower() == NAME.lower():
            return [VersionOfTwisted()]
        return []


def answerForTwisted() -> None:
    """Have the question for the version of Twisted answered; harmless if that is so already."""
    if not any(isinstance(finder, TwistedFinder) for finder in sys.meta_path):
        sys.meta_path.append(TwistedFinder())


__all__ = ["TwistedFinder", "VersionOfTwisted", "answerForTwisted"]
