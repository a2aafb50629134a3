"""The choice of a reactor by name; it lives in tw-reactor and is named here too."""

from twisted.internet._reactorchoice import (
    IReactorInstaller,
    NoSuchReactor,
    Reactor,
    getReactorTypes,
    installReactor,
)

__all__ = ["IReactorInstaller", "NoSuchReactor", "Reactor", "getReactorTypes", "installReactor"]
