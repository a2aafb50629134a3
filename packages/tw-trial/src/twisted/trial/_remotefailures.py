"""Failures of tests that ran in another process."""

from typing import TypeAlias

from twisted.python.failure import Failure
from twisted.trial._kinds import AnyObject

LONGEST_TEXT = 256 * 1024
"""How many characters of a traceback or a message come from a worker, at most."""

Description: TypeAlias = "tuple[str, str, str, str]"
"""Of an exception: module, class, message, traceback."""


class RemoteError(Exception):
    """Stands for what a test has raised in another process."""


class RemoteFailure(Failure):
    """A failure in another process: what it is called there, and its traceback as a text.

    Attributes:
        text: The traceback.
    """

    def __init__(self, description: Description) -> None:
        """Stand for a failure.

        Args:
            description: What is known of it.
        """
        module, name, message, self.text = description
        cls = type(name, (RemoteError,), {"__module__": module, "__qualname__": name})
        super().__init__(cls(message))

    def getTraceback(self, *args: AnyObject, **kwargs: AnyObject) -> str:
        """Return the traceback as the other process has written it."""
        return self.text


def shortened(text: str) -> str:
    """Return a text without its middle, if it is too long.

    Args:
        text: The text.
    """
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters ...\n{text[-half:]}"


__all__ = ["LONGEST_TEXT", "Description", "RemoteError", "RemoteFailure", "shortened"]
