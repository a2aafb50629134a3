"""Says in one line what is wrong and what to do about it.

People who start a service see what others wrote wrong only seldom; mostly a port is taken, a file
is not there, or an option has a typo. A traceback helps with none of these.
"""

import errno
import os

from twisted.application.runner._exit import ExitStatus
from twisted.internet.error import CannotListenError
from twisted.python.usage import UsageError


class CannotRunError(Exception):
    """Something is wrong that keeps a program from running; the text says what to do.

    Attributes:
        status: The status to exit with.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


_FILE_ADVICE = {
    errno.ENOENT: "Check the name.",
    errno.EISDIR: "Name a file in it.",
    errno.EACCES: "Change its permissions, or run as somebody who may.",
}


def explain(error: BaseException) -> tuple[int, str]:
    """Return the exit status for an error, and a text about it for people."""
    match error:
        case CannotRunError():
            return error.status, str(error)
        case UsageError():
            return ExitStatus.EX_USAGE, str(error)
        case CannotListenError():
            # The reactor says already what to do about it.
            return ExitStatus.EX_UNAVAILABLE, str(error)
        case OSError(filename=None) | OSError(strerror=None):
            return ExitStatus.EX_OSERR, str(error) or type(error).__name__
        case OSError():
            advice = _FILE_ADVICE.get(error.errno or 0, "")
            text = f"Cannot open {os.fsdecode(error.filename)}: {error.strerror}. {advice}"
            return ExitStatus.EX_NOINPUT, text
        case _:
            text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            return ExitStatus.EX_SOFTWARE, f"{text}. --log-level=debug shows where it comes from."


def oneLine(text: str) -> str:
    """Return a text without line breaks or other control characters."""
    words = " ".join(text.split())
    return "".join(char if char.isprintable() else "?" for char in words)
