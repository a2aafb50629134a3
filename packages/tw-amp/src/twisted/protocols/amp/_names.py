"""What arguments are called: on the wire in bytes, in Python by identifiers."""

# Those of the Python that AMP is as old as. Names that became keywords later are as they are on
# the wire: whoever has one of them as a parameter calls by `**`.
PYTHON_KEYWORDS: list[str] = [
    "and",
    "del",
    "for",
    "is",
    "raise",
    "assert",
    "elif",
    "from",
    "lambda",
    "return",
    "break",
    "else",
    "global",
    "not",
    "try",
    "class",
    "except",
    "if",
    "or",
    "while",
    "continue",
    "exec",
    "import",
    "pass",
    "yield",
    "def",
    "finally",
    "in",
    "print",
]
"""Names that Python sees with a capital: an argument `class` is called `Class`."""

_RESERVED = frozenset(PYTHON_KEYWORDS)


def pythonName(name: bytes) -> str:
    """Return the identifier for a name on the wire: `from-user` is `from_user`, `class` is `Class`.

    Args:
        name: The name on the wire.
    """
    text = name.decode("ascii").replace("-", "_")
    return text.title() if text in _RESERVED else text


def wireName(name: str | bytes, what: str) -> bytes:
    """Return a name in bytes.

    Args:
        name: The name, in text or in bytes.
        what: What is called so, for the error.

    Raises:
        TypeError: It is neither.
        ValueError: It has letters beyond ASCII, or is empty.
    """
    if not isinstance(name, str | bytes):
        raise TypeError(f"{what} must be text or bytes, not {name!r}")
    text = name if isinstance(name, str) else name.decode("ascii", "replace")
    if not text or not text.isascii():
        raise ValueError(f"{what} must be of ASCII letters, and at least one of them: {name!r}")
    return text.encode("ascii")


__all__ = ["PYTHON_KEYWORDS", "pythonName", "wireName"]
