"""Numbers on a command line."""

import re


def seconds(text: str) -> float:
    """Return a number of seconds.

    Raises:
        ValueError: It is not a decimal number, or not positive.
    """
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text, re.ASCII) is None:
        raise ValueError("a number of seconds, such as 5 or 0.5, is wanted")
    return float(text)
