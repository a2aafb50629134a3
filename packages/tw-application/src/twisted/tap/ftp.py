"""The command `ftp`: serves the files of a directory to guests, and others to users who log in."""

import os
from collections.abc import Sequence
from typing import Any

from twisted.application import strports
from twisted.application.service import Service
from twisted.cred.checkers import AllowAnonymousAccess, FilePasswordDB
from twisted.cred.portal import Portal
from twisted.cred.strcred import AuthOptionMixin
from twisted.protocols.ftp import FTPFactory, FTPRealm
from twisted.python.usage import CompleteDirs, Completions, UsageError
from twisted.python.usage import Options as UsageOptions


class Options(AuthOptionMixin, UsageOptions):
    """The options of `twistd ftp`."""

    synopsis = "[options]"
    longdesc = (
        "Serves the files below a directory to guests, who can read them, and the directories "
        "below /home to users who log in (see --auth)."
    )
    optParameters: Sequence[Sequence[Any]] = [
        ["port", "p", "2121", "Where to listen: a port, or an endpoint."],
        ["root", "r", "/usr/local/ftp", "The directory of the guests."],
        ["userAnonymous", None, "anonymous", "The name of the guests."],
    ]
    compData: Completions | None = Completions(
        optActions={"root": CompleteDirs(descr="root of the ftp site")}
    )

    def opt_password_file(self, filename: str) -> None:
        """Let users log in by a file of lines like name:password; the same as --auth=file:FILE."""
        if not os.path.isfile(filename):
            raise UsageError(f"--password-file={filename} is no file: check the name")
        self["password-file"] = filename
        self.addChecker(FilePasswordDB(filename, cache=True))

    def postOptions(self) -> None:
        """Check what was found.

        Raises:
            UsageError: The directory of the guests is not there.
        """
        if not os.path.isdir(self["root"]):
            raise UsageError(f"--root={self['root']} is no directory: check the name")


def makeService(config: UsageOptions) -> Service:
    """Return a service that serves files.

    Args:
        config: The options.

    Raises:
        UsageError: The endpoint cannot be understood.
    """
    portal = Portal(FTPRealm(config["root"]), [AllowAnonymousAccess()])
    for checker in config.get("credCheckers", []):
        portal.registerChecker(checker)
    factory = FTPFactory(portal, config["userAnonymous"])
    port = str(config["port"])
    description = f"tcp:{port}" if port.isascii() and port.isdigit() else port
    try:
        return strports.service(description, factory)
    except ValueError as error:
        raise UsageError(f"--port does not take {port!r}: {error}") from error


__all__ = ["Options", "makeService"]
