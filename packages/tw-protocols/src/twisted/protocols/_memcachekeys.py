"""The lines of commands to memcached, checked before they are sent, without I/O.

A key or an argument with a blank or a line end in it would be another command to the server, so
that who chooses a key could send what they like. All words of a line are checked here.
"""

from typing import cast

from twisted.protocols._memcachereplies import MAX_FLAGS, MAX_NUMBER

MAX_EXPIRATION = 2**63 - 1
"""The latest time at which a value may be forgotten."""


class ClientError(Exception):
    """A command has a mistake; the server has said so, or it was not sent."""


def checkWord(name: str, word: object, maxLength: int) -> bytes:
    """Return a word of a command line.

    Args:
        name: What it is called in errors.
        word: What is to be sent.
        maxLength: How many bytes it may have.

    Raises:
        ClientError: It is not bytes, empty, too long, or has blanks or control characters in it.
    """
    if not isinstance(word, bytes):
        raise ClientError(f"a {name} must be bytes, not {type(word).__name__}: encode text first")
    if not word:
        raise ClientError(f"a {name} must have at least one byte")
    if len(word) > maxLength:
        raise ClientError(f"a {name} of {len(word)} bytes: memcached takes {maxLength}")
    if any(byte <= 32 or byte == 127 for byte in word):
        raise ClientError(f"the {name} {word!r} has a blank or a control character in it")
    return word


def checkWords(name: str, words: object, maxLength: int) -> bytes:
    """Return words of a command line.

    Args:
        name: What they are called in errors.
        words: What is to be sent, with single blanks between the words.
        maxLength: How many bytes a word may have.

    Raises:
        ClientError: One of them is no word.
    """
    for word in words.split(b" ") if isinstance(words, bytes) else [words]:
        checkWord(name, word, maxLength)
    return cast(bytes, words)


def checkNumber(name: str, number: object, lowest: int, greatest: int) -> int:
    """Return a number of a command line.

    Args:
        name: What it is called in errors.
        number: What is to be sent.
        lowest: The lowest number that memcached takes.
        greatest: The greatest one.

    Raises:
        ClientError: It is no number, or not one between the two.
    """
    if not isinstance(number, int) or not lowest <= number <= greatest:
        raise ClientError(f"{name} must be a number from {lowest} to {greatest}, not {number!r}")
    return int(number)


def storing(
    command: bytes,
    key: bytes,
    value: object,
    flags: object,
    expireTime: object,
    identifier: bytes | None,
) -> bytes:
    """Return a command that stores a value, with the value behind it.

    Args:
        command: Its name.
        key: A key that was checked.
        value: The value.
        flags: What to put beside it.
        expireTime: When it is to be forgotten: after how many seconds, or at which time.
        identifier: Which version it is to replace; None for any.

    Raises:
        ClientError: One of these is not what memcached takes.
    """
    if not isinstance(value, bytes):
        raise ClientError(f"a value must be bytes, not {type(value).__name__}: encode text first")
    line = b"%b %b %d %d %d" % (
        command,
        key,
        checkNumber("flags", flags, 0, MAX_FLAGS),
        checkNumber("expireTime", expireTime, -1, MAX_EXPIRATION),
        len(value),
    )
    if identifier is not None:
        word = checkWord("identifier", identifier, len(str(MAX_NUMBER)))
        if not word.isdigit():
            raise ClientError(f"{word!r} is no identifier of a value")
        line += b" " + word
    return b"%b\r\n%b" % (line, value)


__all__ = ["ClientError", "checkNumber", "checkWord", "checkWords", "storing"]
