"""The options `--reactor` and `--help-reactors` of commands.

This room is imported by every command that has them, so it imports the choice itself, with all
that belongs to plugins, only when one of the two is given.
"""

import sys
from typing import TYPE_CHECKING, TextIO, cast

from twisted.python.usage import CompleteList, Completer, Completions, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twisted.internet._reactorchoice import IReactorInstaller


class _CompleteReactors(Completer):
    """One of the kinds of reactor there are when the shell asks."""

    def zshAction(self) -> str:
        """Return zsh's action for a fixed list."""
        return CompleteList(self.candidates("")).zshAction()

    def candidates(self, prefix: str) -> "Iterable[str]":
        """Return their names."""
        from twisted.internet._reactorchoice import getReactorTypes

        return sorted(installer.shortName for installer in getReactorTypes())


class ReactorSelectionMixin:
    """The options `--reactor` and `--help-reactors`; put it before `usage.Options` as a base.

    The reactor is installed as soon as the option is seen, before anything can use another one.

    Attributes:
        messageOutput: What `--help-reactors` writes to.
    """

    messageOutput: TextIO = sys.stdout
    compData: Completions | None = Completions(
        optActions={"reactor": _CompleteReactors(descr="reactor")}
    )

    def opt_help_reactors(self) -> None:
        """Display the kinds of reactor that --reactor takes, and exit."""
        from twisted.internet._reactorchoice import getReactorTypes

        self.messageOutput.write(_listOf(getReactorTypes()))
        sys.exit(0)

    def opt_reactor(self, shortName: str) -> None:
        """Which kind of reactor to run (see --help-reactors for a list of possibilities)."""
        from twisted.internet._reactorchoice import NoSuchReactor, installReactor

        try:
            installReactor(shortName)
        except NoSuchReactor:
            raise UsageError(
                f"there is no reactor called {shortName!r}: --help-reactors lists those there are"
            )
        except (ImportError, AssertionError) as error:
            raise UsageError(f"the reactor {shortName!r} can't be used: {error}")
        cast("dict[str, object]", self)["reactor"] = shortName

    opt_r = opt_reactor


def _listOf(installers: "Iterable[IReactorInstaller]") -> str:
    kinds = sorted((installer.shortName, installer.description) for installer in installers)
    width = max((len(name) for name, _ in kinds), default=0)
    return "".join(f"    {name:<{width}}  {description}\n" for name, description in kinds)


__all__ = ["ReactorSelectionMixin"]
