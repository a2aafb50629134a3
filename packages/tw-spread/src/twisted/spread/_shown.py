"""Short forms of what a peer sent, for messages and the log.

`repr` is not for that: what came may be as large as a message, and objects that occur many times in
each other have a form that never ends.
"""

from twisted.python.reflect import qual

MAX_LOGGED = 500
"""How many characters of a message the log gets: the peer chooses how long it is."""

_LONGEST = 80
_MOST = 4


def inShort(message: object) -> str:
    """Return the text of a message, or its beginning if it is long."""
    text = str(message)
    return text if len(text) <= MAX_LOGGED else f"{text[:MAX_LOGGED]}..."


def shown(value: object, depth: int = 2) -> str:
    """Return a form of a value that has no more than some hundred characters.

    Args:
        value: An expression, or an object that was made of one.
        depth: How many lists in each other are shown.
    """
    if isinstance(value, (bytes, str)):
        return repr(value) if len(value) <= _LONGEST else repr(value[:_LONGEST]) + "..."
    if isinstance(value, (list, tuple)):
        items = [shown(item, depth - 1) for item in value[:_MOST]] if depth else []
        if len(items) < len(value):
            items.append("...")
        return f"[{', '.join(items)}]"
    if value is None or isinstance(value, (int, float)):
        return repr(value)
    return f"a {qual(type(value))}"


__all__ = ["MAX_LOGGED", "inShort", "shown"]
