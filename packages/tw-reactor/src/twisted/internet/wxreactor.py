"""The reactor for wxPython: a thread waits for the network, and wx's main loop does the rest.

Importing it raises ImportError where wxPython is not there.
"""

import importlib
import signal
import threading
from collections.abc import Sequence
from typing import Protocol, cast

from twisted.internet._bestpoller import bestPoller
from twisted.internet._reactorinstall import installReactor
from twisted.internet._threadedselect import ThreadedSelectReactor
from twisted.internet._waitingthread import WaitingThread, Waker


class WxApp(Protocol):
    """What is used of `wx.App`."""

    def MainLoop(self) -> object:
        """Run the main loop."""

    def ExitMainLoop(self) -> object:
        """Let `MainLoop` return."""

    def GetExitOnFrameDelete(self) -> bool:
        """Return whether the main loop ends when the last window is closed."""
        ...

    def SetExitOnFrameDelete(self, flag: bool, /) -> object:
        """Say whether the main loop ends when the last window is closed."""


class WxFrame(Protocol):
    """What is used of `wx.Frame`."""

    def Destroy(self) -> object:
        """Take the window away."""


class Wx(Protocol):
    """What is used of the module `wx`."""

    CallAfter: Waker

    def App(self, redirect: bool, /) -> WxApp:
        """Make an application."""
        ...

    def Frame(self, parent: None, /) -> WxFrame:
        """Make a window that is not shown yet."""
        ...

    def GetTopLevelWindows(self) -> Sequence[object]:
        """Return the windows that are in no other one."""
        ...


try:
    _wx = cast(Wx, importlib.import_module("wx"))
except ImportError as _reason:
    raise ImportError(
        "wx's main loop is asked for, and wxPython is not installed: "
        "pip install wxPython (or tw-reactor[wx]; Debian's package is python3-wxgtk4.0)",
        name=__name__,
    ) from _reason


class WxLoop(WaitingThread):
    """The main loop of a wx application, helped by a thread that waits for the network.

    Attributes:
        app: The application; one is made when it is needed and there is none.
    """

    def __init__(self) -> None:
        """Leave wx alone until there is something to run."""
        super().__init__(_wx.CallAfter)
        self.app: WxApp | None = None
        self._hidden: WxFrame | None = None

    def theApp(self) -> WxApp:
        """Return the application, after making one if there is none."""
        if self.app is None:
            self.app = _wx.App(False)
        return self.app

    def run(self) -> None:
        """Run until `quit` is called, or the last window was closed."""
        app = self.theApp()
        alone = not any(window is not self._hidden for window in _wx.GetTopLevelWindows())
        exits = app.GetExitOnFrameDelete()
        if alone:
            # Without a window the main loop of wx returns at once. An application that opens its
            # windows later, or none, runs until the reactor is stopped.
            if self._hidden is None:
                self._hidden = _wx.Frame(None)
            app.SetExitOnFrameDelete(False)
        elif self._hidden is not None:
            self._hidden.Destroy()
            self._hidden = None
        self._running = True
        try:
            app.MainLoop()
        finally:
            self._running = False
            if alone:
                app.SetExitOnFrameDelete(exits)

    def quit(self) -> None:
        """Let `run` return."""
        if self._running:
            self.theApp().ExitMainLoop()


class WxReactor(ThreadedSelectReactor):
    """A reactor that the main loop of a wx application turns."""

    def __init__(self) -> None:
        """Make a reactor."""
        self._wxLoop = WxLoop()
        super().__init__(self._wxLoop, bestPoller())

    def registerWxApp(self, wxapp: WxApp) -> None:
        """Say which application's main loop `run` runs.

        Args:
            wxapp: The `wx.App`; without one `run` makes one that has no windows.

        Raises:
            RuntimeError: There is one already, or the reactor was started.
        """
        if self._wxLoop.app is not None:
            raise RuntimeError("an application was registered already: a reactor runs one")
        if self._lifecycle.alive:
            raise RuntimeError("register the application before the reactor is run")
        self._wxLoop.app = wxapp

    def startRunning(self, installSignalHandlers: bool = True) -> None:
        """Start, and be turned from now on by the main loop of wx.

        Args:
            installSignalHandlers: As in `run`.

        Raises:
            ReactorAlreadyRunning: It is running.
        """
        # wx takes calls from threads only when there is an application.
        self._wxLoop.theApp()
        if installSignalHandlers and signal.getsignal(signal.SIGINT) == signal.SIG_DFL:
            # wx.App sets it so, unless it is told not to, and then an interrupt would end the
            # process without any shutdown. It is no choice that the program has made.
            _letInterruptsStop()
        super().startRunning(installSignalHandlers)


def _letInterruptsStop() -> None:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def install() -> WxReactor:
    """Make a `WxReactor` the default reactor.

    Returns:
        The reactor.

    Raises:
        ReactorAlreadyInstalledError: There is a default reactor already.
    """
    reactor = WxReactor()
    installReactor(reactor)
    return reactor


__all__ = ["WxApp", "WxReactor", "install"]
