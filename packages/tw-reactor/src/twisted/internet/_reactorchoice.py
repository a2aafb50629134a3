"""Choosing the reactor by a short name: `--reactor epoll`.

The names come from plugins (`IReactorInstaller`), so that a reactor of a third party can be chosen
like one of ours. Looking for them imports no reactor; a plugin only knows the name of its module.
"""

from collections.abc import Iterator
from typing import cast

from twisted.internet._reactoroption import ReactorSelectionMixin
from twisted.internet.interfaces import IReactorCore
from twisted.plugin import IPlugin, getPlugins
from twisted.python.components import Attribute, Interface, implementer
from twisted.python.reflect import namedAny


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


__all__ = [
    "IReactorInstaller",
    "NoSuchReactor",
    "Reactor",
    "ReactorSelectionMixin",
    "getReactorTypes",
    "installReactor",
]
