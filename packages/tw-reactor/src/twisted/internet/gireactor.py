"""The reactor over GLib's main loop, by PyGObject: for programs with a GUI, D-Bus, GStreamer.

Without a display it works too. Importing it raises ImportError where PyGObject is not there.
"""

import importlib
from typing import cast

from twisted.internet._glibloop import GLib, Running
from twisted.internet._glibreactor import AskedPoller, GLibReactor
from twisted.internet._gtkloop import gtkLoop
from twisted.internet._reactorinstall import installReactor

try:
    _glib = cast(GLib, importlib.import_module("gi.repository.GLib"))
except ImportError as _reason:
    raise ImportError(
        "GLib's main loop is asked for, and PyGObject is not installed: "
        "pip install PyGObject (or tw-reactor[gtk]; Debian's package is python3-gi)",
        name=__name__,
    ) from _reason


class GIReactor(GLibReactor):
    """A reactor that GLib's default main loop turns."""

    def __init__(self, useGtk: bool = False) -> None:
        """Make a reactor.

        Args:
            useGtk: Whether GTK's functions run the main loop, so that `Gtk.main_quit` ends it.
        """
        super().__init__(_glib, _runner(useGtk))


class PortableGIReactor(GLibReactor):
    """A reactor that GLib's main loop turns a hundred times a second, for every platform."""

    def __init__(self, useGtk: bool = False) -> None:
        """Make a reactor.

        Args:
            useGtk: Whether GTK's functions run the main loop, so that `Gtk.main_quit` ends it.
        """
        super().__init__(_glib, _runner(useGtk), AskedPoller())


def _runner(useGtk: bool) -> Running | None:
    return gtkLoop() if useGtk else None


def install(useGtk: bool = False) -> GIReactor:
    """Make a `GIReactor` the default reactor.

    Args:
        useGtk: Whether GTK's functions run the main loop, so that `Gtk.main_quit` ends it.

    Returns:
        The reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    reactor = GIReactor(useGtk)
    installReactor(reactor)
    return reactor


__all__ = ["GIReactor", "PortableGIReactor", "install"]
