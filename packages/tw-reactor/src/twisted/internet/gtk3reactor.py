"""The reactor over the main loop of GTK 3: windows and connections in one loop.

Importing it raises ImportError where PyGObject or GTK 3 is not there, and for a later version of
GTK `gireactor` is the right one.
"""

from twisted.internet import gireactor
from twisted.internet._gtkloop import gtkLoop
from twisted.internet._reactorinstall import installReactor

# Before anybody imports GTK without saying which version.
gtkLoop("3.0")


class Gtk3Reactor(gireactor.GIReactor):
    """A reactor that the main loop of GTK 3 turns."""

    def __init__(self) -> None:
        """Make a reactor."""
        super().__init__(useGtk=True)


class PortableGtk3Reactor(gireactor.PortableGIReactor):
    """A reactor that the main loop of GTK 3 turns a hundred times a second."""

    def __init__(self) -> None:
        """Make a reactor."""
        super().__init__(useGtk=True)


def install() -> Gtk3Reactor:
    """Make a `Gtk3Reactor` the default reactor.

    Returns:
        The reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    reactor = Gtk3Reactor()
    installReactor(reactor)
    return reactor


__all__ = ["Gtk3Reactor", "PortableGtk3Reactor", "install"]
