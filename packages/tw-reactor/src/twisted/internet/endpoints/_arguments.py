"""Strict readers of the values in descriptions."""

import ipaddress
import re

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_MODE = re.compile(r"[0-7]{1,4}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


def portFrom(text: str, lowest: int = 0) -> int:
    """Return the number of a port.

    Args:
        text: Decimal digits.
        lowest: The lowest number that is allowed; 65535 is the highest.

    Raises:
        ValueError: It is none.
    """
    if _DIGITS.fullmatch(text) and lowest <= int(text) <= 65535:
        return int(text)
    raise ValueError(f"a port is a number from {lowest} to 65535, not {text!r}")


def backlogFrom(text: str) -> int:
    """Return how many connections may wait.

    Raises:
        ValueError: It is no positive number.
    """
    if _DIGITS.fullmatch(text) and int(text) > 0:
        return int(text)
    raise ValueError(f"a backlog is a number from 1 on, not {text!r}")


def timeoutFrom(text: str) -> float:
    """Return a time in seconds.

    Raises:
        ValueError: It is none.
    """
    if _SECONDS.fullmatch(text):
        return float(text) if "." in text else int(text)
    raise ValueError(f"a timeout is a number of seconds, not {text!r}")


def literalFrom(text: str, version: int) -> str:
    """Return an address of a version of IP.

    Args:
        text: The address.
        version: 4 or 6.

    Raises:
        ValueError: It is none.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        address = None
    if address is None or address.version != version:
        hint = " (colons in it need a backslash each)" if version == 6 else ""
        raise ValueError(f"an interface is an IPv{version} address{hint}, not {text!r}")
    return text


def hostFrom(text: str) -> str:
    """Return the name or address of a host.

    Raises:
        ValueError: It is empty.
    """
    if not text:
        raise ValueError("the host is missing")
    return text


def bindAddressFrom(text: str | None) -> tuple[str, int] | None:
    """Return where to connect from: a host, with any port.

    Args:
        text: The host, or None.
    """
    return None if text is None else (hostFrom(text), 0)


def numberFrom(text: str, what: str) -> int:
    """Return a number from 0 on.

    Args:
        text: Decimal digits.
        what: What the number is, for the error.

    Raises:
        ValueError: It is none.
    """
    if _DIGITS.fullmatch(text):
        return int(text)
    raise ValueError(f"{what} is a number from 0 on, not {text!r}")


def modeFrom(text: str) -> int:
    """Return the permissions of a file.

    Args:
        text: Octal digits, as chmod(1) takes them.

    Raises:
        ValueError: They are none.
    """
    if _MODE.fullmatch(text):
        return int(text, 8)
    raise ValueError(f"a mode is one to four octal digits, as in 660, not {text!r}")


def pathFrom(text: str) -> str:
    """Return a path.

    Raises:
        ValueError: It is empty.
    """
    if not text:
        raise ValueError("the path is missing")
    return text


def whetherFrom(text: str) -> bool:
    """Return whether something is wanted.

    Args:
        text: `0` or `1`.

    Raises:
        ValueError: It is neither.
    """
    if text in ("0", "1"):
        return text == "1"
    raise ValueError(f"a switch is 0 or 1, not {text!r}")
