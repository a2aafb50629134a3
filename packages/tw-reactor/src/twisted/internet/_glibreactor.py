"""What the reactors over GLib and over GTK have in common: running, also within an application."""

from collections.abc import Sequence
from typing import Protocol

from twisted.internet._bestpoller import bestPoller
from twisted.internet._drivenreactor import DrivenReactor
from twisted.internet._glibloop import GLib, GLibLoop, Running
from twisted.internet._pollers import Poller, SelectPoller


class Application(Protocol):
    """What is used of `Gio.Application` and `Gtk.Application`."""

    def run(self, argv: None, /) -> object:
        """Start, unless it runs in another process already, and run until it quits."""

    def quit(self) -> object:
        """Let `run` return."""


class AskedPoller(SelectPoller):
    """select(2), for a main loop that asks it every now and then.

    Attributes:
        hadNews: Whether it had something to tell when it was asked last, and so may have more.
    """

    hadNews = False

    def wait(self, timeout: float | None) -> Sequence[tuple[int, int]]:
        """Sleep until something happens."""
        happened = super().wait(timeout)
        self.hadNews = bool(happened)
        return happened


class GLibReactor(DrivenReactor):
    """A reactor that GLib's default main loop turns."""

    def __init__(
        self, glib: GLib, runner: Running | None = None, poller: Poller | None = None
    ) -> None:
        """Make a reactor.

        Args:
            glib: The module `gi.repository.GLib`.
            runner: What runs the default context; a main loop of GLib if None.
            poller: What it waits with; the best one of the platform if None.
        """
        self._glibLoop = GLibLoop(glib)
        if runner is not None:
            self._glibLoop.runner = runner
        self._application: Application | None = None
        self._iterating = False
        super().__init__(self._glibLoop, bestPoller() if poller is None else poller)

    def registerGApplication(self, app: Application) -> None:
        """Have `run` run an application, with its uniqueness and the lifetime of its windows.

        When the application quits, the reactor stops; when the reactor stops, the application
        quits.

        Args:
            app: A `Gio.Application` or `Gtk.Application` that does not run.

        Raises:
            RuntimeError: There is one already, or the reactor was started.
        """
        if self._application is not None:
            raise RuntimeError("an application was registered already: a reactor runs one")
        if self._lifecycle.alive:
            raise RuntimeError("register the application before the reactor is run")
        self._application = app
        self._glibLoop.runner = RunningApplication(app)

    def iterate(self, delay: float = 0.0) -> None:
        """Turn once, and serve once what else GLib's main loop has to serve.

        Args:
            delay: How long to wait for something to happen, in seconds; the wait ends earlier if a
                call is due.
        """
        attached, keeping = self._attached, self._keepingErrors
        if not attached:
            self._attach()
            if isinstance(self._poller, AskedPoller):
                self._glibLoop.expect(0.0)
        self._iterating = self._keepingErrors = True
        try:
            self._turning = True
            self.runUntilCurrent()
            self._turning = False
            timeout = self._patience()
            self._glibLoop.iterate(delay if timeout is None else min(delay, timeout))
        finally:
            self._turning = self._iterating = False
            self._keepingErrors = keeping
            if not attached:
                self._detach()
        error, self._error = self._error, None
        if error is not None:
            raise error

    # A callback that shows a dialog and waits for it runs a main loop inside of a turn. What it
    # asked for before has to be known by then, and so has what is done in that main loop.

    def _changed(self) -> None:
        if self._turning and self._glibLoop.isNested():
            self.wakeUp()
        else:
            super()._changed()

    def _callIsEarlier(self, time: float) -> None:
        if self._attached and self._turning:
            self._glibLoop.expect(max(0.0, time - self.seconds()))
        else:
            super()._callIsEarlier(time)

    def _patience(self) -> float | None:
        poller = self._poller
        if isinstance(poller, AskedPoller) and poller.hadNews:
            return 0.0
        return super()._patience()

    def _leave(self) -> None:
        # A reactor that was not started, or has stopped, may be turned by hand.
        if not self._iterating:
            super()._leave()


class RunningApplication:
    """An application as what GLib's main loop runs."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def run(self) -> object:
        """Run until the application quits."""
        return self._app.run(None)

    def quit(self) -> object:
        """Let the application quit."""
        return self._app.quit()


__all__ = ["Application", "AskedPoller", "GLibReactor", "RunningApplication"]
