"""The commands of a command line that plugins make: each runs the service of one.

They are looked up when the command line needs them, and a plugin that is not chosen need not import
the module that has its options. This room imports no more than `--version` needs.
"""

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from twisted.python.usage import Options, UsageError

if TYPE_CHECKING:
    from twisted.application.service import IServiceMaker


def findServiceMakers() -> "Mapping[str, IServiceMaker]":
    """Return the plugins that make services, by the name of their command."""
    from twisted.application.service import IServiceMaker
    from twisted.plugin import getPlugins

    makers = {maker.tapname: maker for maker in getPlugins(IServiceMaker)}
    return dict(sorted(makers.items()))


def _optionsOf(maker: "IServiceMaker") -> Options:
    """Return what parses a command; only now the plugin need import the module that has it."""
    return maker.options()


class PluginCommands:
    """Gives `usage.Options` a command for each plugin; put it before that as a base.

    Args:
        findMakers: Returns the plugins by the name of their command.
    """

    def __init__(
        self, findMakers: "Callable[[], Mapping[str, IServiceMaker]]" = findServiceMakers
    ) -> None:
        super().__init__()
        self._findMakers = findMakers
        self._makers: Mapping[str, IServiceMaker] | None = None

    @property
    def serviceMakers(self) -> "Mapping[str, IServiceMaker]":
        """The plugins that make services, by the name of their command."""
        if self._makers is None:
            self._makers = self._findMakers()
        return self._makers

    @property
    def subCommands(self) -> list[tuple[str, None, Callable[[], Options], str]]:
        """The commands, as `usage.Options` wants them."""
        return [
            (name, None, partial(_optionsOf, maker), maker.description)
            for name, maker in self.serviceMakers.items()
        ]


def findBelowDirectory() -> None:
    """Find plugins and modules below the current directory too, as `python -m` does."""
    try:
        sys.path.insert(0, os.getcwd())
    except FileNotFoundError:
        # It was removed, and nothing is below it.
        pass


def refuseWords(words: tuple[str, ...]) -> None:
    """Refuse words that are no command.

    Raises:
        UsageError: There are some.
    """
    if words:
        raise UsageError(f"unknown command {words[0]!r}: no plugin was found")


__all__ = ["PluginCommands", "findBelowDirectory", "findServiceMakers", "refuseWords"]
