"""The stream that a reporter writes to, and colors on it."""

import os

from twisted.trial._kinds import AnyObject, AnyStream

_CODES = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36}


class SafeStream:
    """A stream to which anything can be written, whatever its encoding.

    Attributes:
        original: The stream.
    """

    def __init__(self, original: AnyStream) -> None:
        """Write to a stream.

        Args:
            original: The stream.
        """
        self.original = original

    def __getattr__(self, name: str) -> AnyObject:
        return getattr(self.original, name)

    def write(self, *a: str, **kw: AnyObject) -> object:
        """Write text; what the encoding of the stream has no sign for is written as an escape."""
        try:
            return self.original.write(*a, **kw)
        except UnicodeEncodeError:
            encoding = getattr(self.original, "encoding", None) or "ascii"
            safe = [text.encode(encoding, "backslashreplace").decode(encoding) for text in a]
            return self.original.write(*safe, **kw)


def colored(text: str, color: str) -> str:
    """Return a text with the codes that show it in a color.

    Args:
        text: The text.
        color: `red`, `green`, `yellow`, `blue`, `magenta` or `cyan`.
    """
    return f"\x1b[{_CODES[color]};1m{text}\x1b[0m"


def showsColors(stream: AnyStream) -> bool:
    """Return whether a stream is a terminal that shows colors, and its user wants them.

    `NO_COLOR` in the environment says that they don't (https://no-color.org).

    Args:
        stream: The stream.
    """
    return (
        isTerminal(stream)
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") not in ("", "dumb")
    )


def isTerminal(stream: AnyStream) -> bool:
    """Return whether a stream is a terminal.

    Args:
        stream: The stream.
    """
    isatty = getattr(stream, "isatty", None)
    try:
        return bool(isatty is not None and isatty())
    except ValueError:
        # It is closed.
        return False


__all__ = ["SafeStream", "colored", "isTerminal", "showsColors"]
