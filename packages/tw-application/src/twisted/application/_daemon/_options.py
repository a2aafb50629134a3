"""The options of `twistd` on systems that have daemons."""

import re
from collections.abc import Sequence
from typing import Any

from twisted.application._serveroptions import ServerOptions as _ServerOptions
from twisted.python.usage import (
    CompleteDirs,
    CompleteFiles,
    CompleteGroups,
    CompleteUsernames,
    Completions,
    UsageError,
)
from twisted.python.util import gidFromString, uidFromString


def _mask(text: str) -> int:
    """Return a file creation mask.

    Raises:
        ValueError: It is not octal, or too large.
    """
    if re.fullmatch(r"(0o)?[0-7]{1,4}", text, re.ASCII) is None or int(text, 8) > 0o777:
        raise ValueError("a mask is an octal number from 0 to 777")
    return int(text, 8)


def _user(text: str) -> int:
    """Return the number of a user.

    Raises:
        ValueError: There is no such user.
    """
    try:
        return uidFromString(text)
    except KeyError:
        raise ValueError("there is no user of that name") from None


def _group(text: str) -> int:
    """Return the number of a group.

    Raises:
        ValueError: There is no such group.
    """
    try:
        return gidFromString(text)
    except KeyError:
        raise ValueError("there is no group of that name") from None


class ServerOptions(_ServerOptions):
    """The options of `twistd`, with those for daemons."""

    optFlags: Sequence[Sequence[Any]] = [
        ["nodaemon", "n", "Stay in the foreground, with the usual file creation mask."],
        ["no-daemon", None, "The same as --nodaemon."],
        ["originalname", None, "Do not change the name of the process."],
        ["syslog", None, "Log to the system's log, not to a file."],
        [
            "euid",
            None,
            "Change the effective user only, so that the program can act as root again; without "
            "it the rights of root are given up for good.",
        ],
    ]
    optParameters: Sequence[Sequence[Any]] = [
        ["prefix", None, "twisted", "The name of the program in the system's log."],
        [
            "pidfile",
            None,
            "twistd.pid",
            "The file for the number of the process; empty for none.",
        ],
        ["chroot", None, None, "Change the root of the file system before running."],
        ["uid", "u", None, "The user to run as, once the ports are bound.", _user],
        [
            "gid",
            "g",
            None,
            "The group to run as; by default the primary one of the user of --uid.",
            _group,
        ],
        ["umask", None, None, "The file creation mask, octal; 077 for daemons by default.", _mask],
    ]
    compData: Completions | None = Completions(
        optActions={
            "pidfile": CompleteFiles("*.pid"),
            "chroot": CompleteDirs(descr="chroot directory"),
            "uid": CompleteUsernames(descr="user to run as"),
            "gid": CompleteGroups(descr="group to run as"),
        },
    )

    def postOptions(self) -> None:
        """Check what was found.

        Raises:
            UsageError: Options that make no sense together.
        """
        super().postOptions()
        if self["no-daemon"] or self["debug"]:
            self["nodaemon"] = 1
        if self["pidfile"] == "":
            self["pidfile"] = None
        if self["syslog"] and self["logfile"] is not None:
            raise UsageError("--syslog and --logfile exclude each other: leave out one")
        if self["logfile"] == "-" and not self["nodaemon"]:
            raise UsageError("a daemon has no standard output to log to: add --nodaemon")
        if self["chroot"] is not None and (self["restart-on"] is not None or self["workers"]):
            raise UsageError(
                "no program can be started from inside of --chroot: leave that out, or both "
                "--restart-on and --workers"
            )


__all__ = ["ServerOptions"]
