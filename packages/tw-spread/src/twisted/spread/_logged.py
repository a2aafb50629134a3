"""What the log is told of what a peer sent: the peer chooses how long that is, and logs fill disks."""

MAX_LOGGED = 500
"""How many characters of a message the log gets."""


def inShort(message: object) -> str:
    """Return the text of a message, or its beginning if it is long."""
    text = str(message)
    return text if len(text) <= MAX_LOGGED else f"{text[:MAX_LOGGED]}..."


__all__ = ["MAX_LOGGED", "inShort"]
