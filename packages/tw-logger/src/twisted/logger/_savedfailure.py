"""Failures that were read back from a file of events."""

import sys
from typing import Protocol

from twisted.python.failure import Failure


class _Writable(Protocol):
    """What a failure is printed to."""

    def write(self, text: str, /) -> object:
        """Take a piece of text."""
        ...


class SavedFailure(Failure):
    """A failure that knows its texts and the names of its classes, and no frames.

    `check` and `trap` work with names, and with classes that have one of these names.
    """

    _text = ""

    @classmethod
    def fromTexts(cls, parents: list[str], message: str, text: str) -> "SavedFailure":
        """Make a failure.

        Args:
            parents: The full names of the exception's class and of its bases.
            message: The exception's message.
            text: The traceback.
        """
        failure = cls(Exception(message))
        failure.parents = parents
        # As with failures from other processes, a name stands for the class.
        failure.type = parents[0]  # type: ignore[assignment]
        failure._text = text
        return failure

    def printTraceback(
        self,
        file: _Writable | None = None,
        elideFrameworkCode: bool = False,
        detail: str = "default",
    ) -> None:
        """Print the traceback as it was saved.

        Args:
            file: Where to; standard error, if left out.
            elideFrameworkCode: Makes no difference.
            detail: `default`; any other prints the type and the message only.
        """
        if detail == "default":
            (sys.stderr if file is None else file).write(self._text)
        else:
            super().printTraceback(file, elideFrameworkCode, detail)


__all__ = ["SavedFailure"]
