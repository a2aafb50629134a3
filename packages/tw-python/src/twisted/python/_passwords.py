"""A password that is typed at the terminal, or read from a pipe."""

import getpass
import sys

maxPasswordLength = 4096
"""How many characters of a line are read where the password comes from a pipe."""


def getPassword(
    prompt: str = "Password: ",
    confirm: int = 0,
    forceTTY: int = 0,
    confirmPrompt: str = "Confirm password: ",
    mismatchMessage: str = "Passwords don't match.",
) -> str:
    """Return a password that the user types, without showing it.

    Where standard input is no terminal the password is its first line, and nothing is asked.

    Args:
        prompt: What is shown.
        confirm: Whether it has to be typed twice; both are asked for until they are the same.
        forceTTY: Whether to ask at the terminal of the process even where standard input is none.
        confirmPrompt: What is shown the second time.
        mismatchMessage: What is shown if the two are not the same.

    Raises:
        RuntimeError: There is no terminal, and `forceTTY` is set.
        EOFError: Standard input ended before a line.
    """
    if not sys.stdin.isatty():
        if not forceTTY:
            return _firstLine()
        _requireTerminal()
    while True:
        password = getpass.getpass(prompt)
        if not confirm or getpass.getpass(confirmPrompt) == password:
            return password
        sys.stderr.write(mismatchMessage + "\n")


def _firstLine() -> str:
    """Return the first line of standard input."""
    line = sys.stdin.readline(maxPasswordLength)
    if not line:
        raise EOFError("standard input ended before a password")
    return line.rstrip("\r\n")


def _requireTerminal() -> None:
    """Check that the process has a terminal; without one `getpass` would read standard input."""
    try:
        with open("/dev/tty", "rb"):
            pass
    except OSError as error:
        raise RuntimeError("cannot ask for a password: this process has no terminal") from error


__all__ = ["getPassword", "maxPasswordLength"]
