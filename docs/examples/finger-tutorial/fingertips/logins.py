"""Which words can be names of accounts.

What comes from a stranger must not be taken for an option of a program, nor for a path.
"""

import re

LOGIN = re.compile(rb"[A-Za-z_][A-Za-z0-9_-]{0,31}")


def isLogin(word: bytes) -> bool:
    """Return whether a word can be the name of an account."""
    return LOGIN.fullmatch(word) is not None
