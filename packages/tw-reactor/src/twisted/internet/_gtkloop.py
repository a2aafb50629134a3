"""GTK's functions around GLib's main loop: `Gtk.main` and `Gtk.main_quit`, which GTK 4 has no more."""

import importlib
from typing import Protocol, cast

from twisted.internet._glibloop import Running


class Gtk(Protocol):
    """What is used of GTK 3's module."""

    def main(self) -> object:
        """Run the main loop."""

    def main_quit(self) -> object:
        """End the innermost main loop."""

    def main_level(self) -> int:
        """Return how many main loops run."""
        ...


class GtkLoop:
    """GTK's own way to run GLib's default main loop."""

    def __init__(self, gtk: Gtk) -> None:
        self._gtk = gtk

    def run(self) -> object:
        """Run until `quit`, or somebody else, calls `Gtk.main_quit`."""
        return self._gtk.main()

    def quit(self) -> object:
        """End the main loop, if it runs."""
        return self._gtk.main_quit() if self._gtk.main_level() else None


def gtkLoop(version: str | None = None) -> Running | None:
    """Return GTK's way to run the main loop; None where it has none, and GLib's own will do.

    Args:
        version: The version of GTK that is wanted; the one that was imported, or the newest, if
            None.

    Raises:
        ImportError: GTK, or its binding, is not there in this version.
    """
    try:
        if version is not None:
            importlib.import_module("gi").require_version("Gtk", version)
        gtk = importlib.import_module("gi.repository.Gtk")
    except (ImportError, ValueError) as error:
        raise ImportError(
            f"GTK {version or ''} is asked for, and it is not installed or another version was "
            f"imported before ({error}): Debian's package is gir1.2-gtk-3.0",
            name="gi.repository.Gtk",
        ) from error
    return GtkLoop(cast(Gtk, gtk)) if hasattr(gtk, "main") else None


__all__ = ["Gtk", "GtkLoop", "gtkLoop"]
