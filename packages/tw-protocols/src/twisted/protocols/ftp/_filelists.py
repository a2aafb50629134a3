"""Reads what servers write about files: lines like those of `ls -l`, and facts (RFC 3659)."""

import re
from typing import TypedDict

from twisted.protocols.basic import LineReceiver
from twisted.protocols.ftp._commands import parseNumber

MAX_FILES = 1_000_000
"""How many files a listing may have."""


class FileInfo(TypedDict):
    """What a line of a listing tells."""

    filetype: str
    perms: str
    nlinks: int
    owner: str
    group: str
    size: int
    date: str
    filename: str
    linktarget: str | None


class Facts(TypedDict):
    """A name and its facts."""

    filename: str
    facts: dict[str, str]


class _ListProtocol(LineReceiver):
    """Takes lines up to a line feed, with a limit on how many there are."""

    delimiter: bytes = b"\n"
    maxFiles: int = MAX_FILES
    _count: int = 0

    def lineReceived(self, line: bytes) -> None:
        """Take a line."""
        self._count += 1
        if self._count > self.maxFiles:
            self.transport.loseConnection()
            return
        text = line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
        if text:
            self._textReceived(text)

    def _textReceived(self, text: str) -> None:
        raise NotImplementedError


class FTPFileListProtocol(_ListProtocol):
    """Takes a listing as most servers write it, as `ls -l` does.

    Attributes:
        files: What was found, in order: dictionaries with the keys `filetype`, `perms`, `nlinks`,
            `owner`, `group`, `size`, `date`, `filename` and `linktarget`.
        fileLinePattern: What a line is.
        maxFiles: How many lines are taken; more close the connection.
    """

    fileLinePattern: re.Pattern[str] = re.compile(
        r"(?P<filetype>[-a-zA-Z])(?P<perms>[-a-zA-Z]{9})[.+@]?[ ]+(?P<nlinks>[0-9]{1,19})[ ]+"
        r"(?P<owner>[^ ]+)[ ]+(?P<group>[^ ]+)[ ]+(?P<size>[0-9]{1,19})[ ]+"
        r"(?P<date>[^ ]+[ ]+[^ ]+[ ]+[0-9:]+) (?P<filename>.+?)(?: -> (?P<linktarget>.+))?"
    )

    def __init__(self) -> None:
        self.files: list[FileInfo] = []

    def _textReceived(self, text: str) -> None:
        info = self.parseDirectoryLine(text)
        if info is None:
            self.unknownLine(text)
        else:
            self.addFile(info)

    def parseDirectoryLine(self, line: str) -> FileInfo | None:
        """Return what a line tells; None if it is something else.

        Args:
            line: The line, without its end.
        """
        found = self.fileLinePattern.fullmatch(line)
        if found is None:
            return None
        filetype, filename, target = found["filetype"], found["filename"], found["linktarget"]
        if target is not None and filetype != "l":
            # The arrow is part of the name.
            filename, target = f"{filename} -> {target}", None
        return FileInfo(
            filetype=filetype,
            perms=found["perms"],
            nlinks=int(found["nlinks"]),
            owner=found["owner"],
            group=found["group"],
            size=int(found["size"]),
            date=found["date"],
            filename=filename,
            linktarget=target,
        )

    def addFile(self, info: FileInfo) -> None:
        """Keep a file; a subclass may do something else with it.

        Args:
            info: What is known of it.
        """
        self.files.append(info)

    def unknownLine(self, line: str) -> None:
        """Take a line that is no file, such as a total; the default does nothing.

        Args:
            line: The line.
        """


class FTPFactListProtocol(_ListProtocol):
    """Takes what MLSD sends: a name and facts in each line.

    Attributes:
        files: What was found, in order: dictionaries with `filename` and `facts`, a dictionary of
            texts by their names in lower case (`type`, `size`, `modify`, ...).
        maxFiles: How many lines are taken; more close the connection.
    """

    def __init__(self) -> None:
        self.files: list[Facts] = []

    def _textReceived(self, text: str) -> None:
        facts = parseFacts(text)
        if facts is None:
            self.unknownLine(text)
        else:
            self.files.append(facts)

    def unknownLine(self, line: str) -> None:
        """Take a line that has no facts; the default does nothing.

        Args:
            line: The line.
        """


def parseFacts(line: str) -> Facts | None:
    """Return the name and the facts of a line of MLSD or MLST; None if it is something else.

    Args:
        line: The line, without its end.
    """
    told, blank, filename = line.partition(" ")
    if not blank or not filename:
        return None
    facts: dict[str, str] = {}
    if told:
        if not told.endswith(";"):
            return None
        for fact in told[:-1].split(";"):
            name, equals, value = fact.partition("=")
            if not equals or not name:
                return None
            facts[name.lower()] = value
    if "size" in facts:
        try:
            parseNumber(facts["size"])
        except ValueError:
            return None
    return Facts(filename=filename, facts=facts)


__all__ = ["MAX_FILES", "FTPFactListProtocol", "FTPFileListProtocol", "parseFacts"]
