"""Tk in a program that runs a reactor: `install(root)`, then `reactor.run()` in place of `mainloop`.

Importing it raises ImportError where tkinter is not there. A dialog that waits for its answer (as
`getPassword` does) runs Tk's own loop meanwhile, and the reactor waits with it.
"""

from twisted.internet._toolkitupdates import IReactorOfToolkits, ToolkitUpdates, theDefaultReactor

try:
    import tkinter
    from tkinter import simpledialog
except ImportError as _reason:
    raise ImportError(
        "Tk is asked for, and this Python has no tkinter: Debian's package is python3-tk",
        name=__name__,
    ) from _reason

_CLOSED = "WM_DELETE_WINDOW"

_installed: ToolkitUpdates | None = None


class WindowClosed(Exception):
    """The window is gone."""


def install(widget: tkinter.Misc, ms: int = 10, reactor: IReactorOfToolkits | None = None) -> None:
    """Have the reactor serve Tk; what was installed before is served no more.

    When the main window is closed the reactor stops, and the window stays until that is done. A
    program that has set a protocol for `WM_DELETE_WINDOW` itself decides about that itself.

    Args:
        widget: The main window, or any other widget.
        ms: How often Tk's events are dealt with, in milliseconds.
        reactor: The reactor; the default one if None.
    """
    global _installed
    uninstall()
    serving = theDefaultReactor() if reactor is None else reactor
    window = widget.winfo_toplevel()
    if not window.protocol(_CLOSED):
        window.protocol(_CLOSED, lambda: _close(window, serving))

    def update() -> None:
        window.update()
        # The program may have destroyed it. When it was the main window, this raises a TclError.
        if not window.winfo_exists():
            raise WindowClosed

    _installed = ToolkitUpdates(update, ms / 1000, serving, tkinter.TclError, WindowClosed)


def uninstall() -> None:
    """Leave Tk alone; does nothing if it is not served."""
    global _installed
    installed, _installed = _installed, None
    if installed is not None:
        installed.stop()


def getPassword(prompt: str = "", confirm: bool = False) -> str | None:
    """Ask for a password in a dialog.

    Args:
        prompt: What is asked.
        confirm: Whether it has to be given twice; while the two differ both are asked for again.

    Returns:
        The password; None if the dialog was closed without one.
    """
    while True:
        password = simpledialog.askstring("Password", prompt, show="*")
        if password is None or not confirm:
            return password
        again = simpledialog.askstring("Password", "Enter it again, please:", show="*")
        if again is None or again == password:
            return again


def _close(window: tkinter.Tk | tkinter.Toplevel, reactor: IReactorOfToolkits) -> None:
    if reactor.running:
        reactor.addSystemEventTrigger("after", "shutdown", window.destroy)
        reactor.stop()
    else:
        window.destroy()


__all__ = ["getPassword", "install", "uninstall"]
