"""wxPython in a program that runs any reactor; `wxreactor` is the better way, which costs less.

`install(app)`, then `reactor.run()` in place of `app.MainLoop()`. Importing it raises ImportError
where wxPython is not there.
"""

import importlib
from typing import Protocol, cast

from twisted.internet._toolkitupdates import ToolkitUpdates, theDefaultReactor

EVERY = 0.01
"""How often the events of wx are dealt with, in seconds."""


class WxEventLoop(Protocol):
    """What is used of `wx.GUIEventLoop`."""

    def Pending(self) -> bool:
        """Return whether an event is there."""
        ...

    def Dispatch(self) -> object:
        """Deal with an event."""

    def ProcessIdle(self) -> bool:
        """Do what is done when no event is there."""
        ...


class Wx(Protocol):
    """What is used of the module `wx`."""

    def GUIEventLoop(self) -> WxEventLoop:
        """Make an event loop."""
        ...

    def EventLoopActivator(self, loop: WxEventLoop, /) -> object:
        """Make an event loop the active one for as long as the result lives."""
        ...

    def GetTopLevelWindows(self) -> list[object]:
        """Return the windows that are in no other one."""
        ...


try:
    _wx = cast(Wx, importlib.import_module("wx"))
except ImportError as _reason:
    raise ImportError(
        "wx is asked for, and wxPython is not installed: "
        "pip install wxPython (or tw-reactor[wx]; Debian's package is python3-wxgtk4.0)",
        name=__name__,
    ) from _reason


class LastWindowClosed(Exception):
    """The application has no windows any more."""


class WxUpdates:
    """Deals with the events of a wx application."""

    def __init__(self, app: object, wx: Wx) -> None:
        """Make an event loop the active one.

        Args:
            app: The application, which is kept alive.
            wx: The module.
        """
        self.app = app
        self._wx = wx
        self._loop = wx.GUIEventLoop()
        self._activator = wx.EventLoopActivator(self._loop)
        self._hadWindows = False

    def update(self) -> None:
        """Deal with the events that are there.

        Raises:
            LastWindowClosed: There were windows, and the last one is gone.
        """
        loop = self._loop
        while loop.Pending():
            loop.Dispatch()
        loop.ProcessIdle()
        if self._wx.GetTopLevelWindows():
            self._hadWindows = True
        elif self._hadWindows:
            raise LastWindowClosed


def install(app: object) -> None:
    """Have the default reactor serve a wx application, and stop when its last window is closed.

    Args:
        app: The `wx.App`.
    """
    updates = WxUpdates(app, _wx)
    ToolkitUpdates(updates.update, EVERY, theDefaultReactor(), LastWindowClosed)


__all__ = ["install"]
