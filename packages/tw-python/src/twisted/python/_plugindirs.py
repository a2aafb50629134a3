"""Directories that old programs look for plugins in, before there were plugin packages."""

import os
import sys

import twisted


def getPluginDirs() -> list[str]:
    """Return those of the directories of old that exist.

    They are `TwistedPlugins` beside the package `twisted` and in the home directory, and
    `.twisted` in the home directory. `twisted.plugin.getPlugins` does not look there.
    """
    home = os.path.expanduser("~")
    beside = [os.path.dirname(directory) for directory in twisted.__path__]
    candidates = [
        *(os.path.join(directory, "TwistedPlugins") for directory in beside),
        os.path.join(home, "TwistedPlugins"),
        os.path.join(home, ".twisted"),
    ]
    return [directory for directory in candidates if os.path.isdir(directory)]


def addPluginDir() -> None:
    """Add the directories of `getPluginDirs` to the end of `sys.path`."""
    sys.path.extend(getPluginDirs())


__all__ = ["addPluginDir", "getPluginDirs"]
