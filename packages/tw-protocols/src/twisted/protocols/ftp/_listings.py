"""What a server says of files: lines as `ls -l` has them, and facts (RFC 3659 section 7)."""

import time
from collections.abc import Mapping
from typing import cast

from twisted.python.filepath import Permissions

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

RECENT_SECONDS = 182 * 24 * 3600
"""Up to how old a file is listed with the time of the day instead of the year."""

FACTS = ("type", "size", "modify")
"""What a server can tell by MLSD and MLST."""


def listLine(name: str, values: Mapping[str, object], now: float) -> str:
    """Return the line of a file, as `ls -l` has it, with times in UTC.

    Args:
        name: Its name.
        values: What is known of it, as `IFTPShell` tells it.
        now: The seconds since the epoch.
    """
    modified = cast(float, values["modified"])
    kind = "d" if values["directory"] else "-"
    permissions = values["permissions"]
    shorthand = (
        permissions.shorthand() if isinstance(permissions, Permissions) else _bits(permissions)
    )
    return (
        f"{kind}{shorthand} {values['hardlinks']!s:>3} {_word(values['owner']):<8} "
        f"{_word(values['group']):<8} {values['size']!s:>12} {_date(modified, now)} {name}"
    )


def _bits(permissions: object) -> str:
    """Return the letters of permissions that are a number."""
    return Permissions(permissions).shorthand() if isinstance(permissions, int) else "---------"


def _word(value: object) -> str:
    """Return a name without blanks, since those part the columns."""
    return "_".join(str(value).split()) or "-"


def _date(modified: float, now: float) -> str:
    try:
        moment = time.gmtime(modified)
    except (OverflowError, OSError, ValueError):
        moment = time.gmtime(0)
    if 0 <= now - modified < RECENT_SECONDS:
        last = time.strftime("%H:%M", moment)
    else:
        last = f"{moment.tm_year:5}"
    return f"{MONTHS[moment.tm_mon - 1]} {moment.tm_mday:2} {last:>5}"


def timestamp(modified: float) -> str:
    """Return a time as MDTM and the facts have it, in UTC.

    Args:
        modified: The seconds since the epoch.
    """
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(modified))


def factLine(name: str, values: Mapping[str, object], facts: tuple[str, ...] = FACTS) -> str:
    """Return the line of a file with its facts.

    Args:
        name: Its name, or its path.
        values: What is known of it, as `IFTPShell` tells it.
        facts: What to tell, of `FACTS`.
    """
    isDirectory = bool(values["directory"])
    known = {
        "type": "dir" if isDirectory else "file",
        "size": None if isDirectory else str(values["size"]),
        "modify": timestamp(cast(float, values["modified"])),
    }
    told = "".join(f"{fact}={known[fact]};" for fact in facts if known[fact] is not None)
    return f"{told} {name}"


__all__ = ["FACTS", "MONTHS", "RECENT_SECONDS", "factLine", "listLine", "timestamp"]
