"""Choosing the reactor by a short name: `--reactor epoll`.

The names come from plugins (`IReactorInstaller`), so that a reactor of a third party can be chosen
like one of ours. Looking for them imports no reactor; a plugin only knows the name of its module.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO, cast

from twisted.internet.interfaces import IReactorCore
from twisted.plugin import IPlugin, getPlugins
from twisted.python.components import Attribute, Interface, implementer
from twisted.python.reflect import namedAny
from twisted.python.usage import UsageError


class IReactorInstaller(Interface):
    """What installs one kind of reactor; a plugin that provides it can be chosen by its name."""

    shortName: str = Attribute("The name by which it is chosen, such as `epoll`.")
    description: str = Attribute("What kind of reactor it is, in a line.")

    def install(self) -> None:
        """Make a reactor of this kind the default one.

        Raises:
            ImportError: This kind needs something that is not there.
            ReactorAlreadyInstalledError: There is a default reactor already.
        """


class NoSuchReactor(KeyError):
    """A reactor was chosen by a name that none has."""

    def __str__(self) -> str:
        return f"there is no reactor called {', '.join(map(str, self.args))}"


@implementer(IPlugin, IReactorInstaller)
class Reactor:
    """A kind of reactor whose module has a function `install`.

    Attributes:
        shortName: The name by which it is chosen.
        moduleName: The full name of the module.
        description: What kind of reactor it is, in a line.
    """

    def __init__(self, shortName: str, moduleName: str, description: str) -> None:
        """Name a kind of reactor; its module is not imported.

        Args:
            shortName: The name by which it is chosen.
            moduleName: The full name of the module.
            description: What kind of reactor it is, in a line.
        """
        self.shortName = shortName
        self.moduleName = moduleName
        self.description = description

    def install(self) -> None:
        """Import the module and call its `install`."""
        namedAny(self.moduleName).install()


def getReactorTypes() -> Iterator[IReactorInstaller]:
    """Return the kinds of reactor that can be chosen."""
    return getPlugins(IReactorInstaller)


def installReactor(shortName: str) -> IReactorCore:
    """Make a reactor of a kind the default one.

    Args:
        shortName: The name of the kind.

    Returns:
        The reactor.

    Raises:
        NoSuchReactor: No kind has this name.
        ImportError: The kind needs something that is not there.
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    for installer in getReactorTypes():
        if installer.shortName == shortName:
            installer.install()
            # The name of the module belongs to the reactor itself by now.
            from twisted.internet import reactor

            return cast(IReactorCore, reactor)
    raise NoSuchReactor(shortName)


class ReactorSelectionMixin:
    """The options `--reactor` and `--help-reactors`; put it before `usage.Options` as a base.

    The reactor is installed as soon as the option is seen, before anything can use another one.

    Attributes:
        messageOutput: What `--help-reactors` writes to.
    """

    messageOutput: TextIO = sys.stdout

    def opt_help_reactors(self) -> None:
        """Display the kinds of reactor that --reactor takes, and exit."""
        self.messageOutput.write(_listOf(getReactorTypes()))
        sys.exit(0)

    def opt_reactor(self, shortName: str) -> None:
        """Which kind of reactor to run (see --help-reactors for a list of possibilities)."""
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


def _listOf(installers: Iterable[IReactorInstaller]) -> str:
    kinds = sorted((installer.shortName, installer.description) for installer in installers)
    width = max((len(name) for name, _ in kinds), default=0)
    return "".join(f"    {name:<{width}}  {description}\n" for name, description in kinds)


__all__ = [
    "IReactorInstaller",
    "NoSuchReactor",
    "Reactor",
    "ReactorSelectionMixin",
    "getReactorTypes",
    "installReactor",
]
