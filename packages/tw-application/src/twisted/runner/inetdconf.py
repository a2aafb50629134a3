"""Reading what inetd(8) reads: inetd.conf(5) and services(5).

Both are tables: a record a line, fields between blanks, comments from `#` on. A line that is wrong
raises an error that names the file and the line.
"""

import os
from collections.abc import Mapping
from typing import ClassVar, TextIO

from twisted.python.usage import portCoerce
from twisted.python.util import gidFromString, uidFromString

MAXIMUM_SIZE = 4 * 1024 * 1024
"""How many characters of a file are read; more are an error."""


_SERVICES = "/etc/services"


class InvalidConfError(Exception):
    """A configuration file is wrong."""


class InvalidInetdConfError(InvalidConfError):
    """inetd.conf is wrong."""


class InvalidServicesConfError(InvalidConfError):
    """services is wrong."""


class UnknownService(Exception):
    """A service has a name that is no number, and no name of a port."""


class SimpleConfFile:
    """A table in a file; subclasses say what a record is.

    Attributes:
        commentChar: What begins a comment.
        defaultFilename: The file that is read if none is given.
    """

    commentChar: str = "#"
    defaultFilename: ClassVar[str | None] = None

    def parseFile(self, file: TextIO | None = None) -> None:
        """Read a file.

        Args:
            file: The file, which is closed afterwards; the default one if it is left out.

        Raises:
            OSError: The default file cannot be read.
            InvalidConfError: A line is wrong.
        """
        if file is None:
            if self.defaultFilename is None:
                raise TypeError("there is no default file: name one")
            with open(self.defaultFilename, encoding="utf-8", errors="backslashreplace") as file:
                self._parse(file, self.defaultFilename)
        else:
            with file:
                self._parse(file, str(getattr(file, "name", "the file")))

    def _parse(self, file: TextIO, name: str) -> None:
        text = file.read(MAXIMUM_SIZE + 1)
        if len(text) > MAXIMUM_SIZE:
            raise InvalidConfError(f"{name} has more than {MAXIMUM_SIZE} characters")
        for number, line in enumerate(text.splitlines(), 1):
            try:
                self.parseLine(line)
            except (InvalidConfError, UnknownService) as error:
                raise type(error)(f"{name}, line {number}: {error}") from error

    def parseLine(self, line: str) -> None:
        """Read a line: without its comment, if anything is left.

        Args:
            line: The line.

        Raises:
            InvalidConfError: It is wrong.
        """
        fields = line.partition(self.commentChar)[0].split()
        if not fields:
            return
        try:
            self.parseFields(*fields)
        except TypeError as error:
            raise self._error(f"there are too few fields: {' '.join(fields)}") from error

    def parseFields(self, *fields: str) -> None:
        """Take a record: nothing here.

        Args:
            fields: Its fields.
        """

    def _error(self, text: str) -> InvalidConfError:
        return InvalidConfError(text)


class ServicesConf(SimpleConfFile):
    """The names of ports.

    Attributes:
        services: The number of a port by the name of the service and of the protocol.
    """

    defaultFilename: ClassVar[str | None] = _SERVICES

    def __init__(self) -> None:
        self.services: dict[tuple[str, str], int] = {}

    def parseFields(self, name: str, portAndProtocol: str, *aliases: str) -> None:  # type: ignore[override]  # a record of this file
        """Take a record.

        Args:
            name: The name of the service.
            portAndProtocol: As in `79/tcp`.
            aliases: More names.

        Raises:
            InvalidServicesConfError: The second field is something else.
        """
        port, slash, protocol = portAndProtocol.partition("/")
        try:
            number = portCoerce(port)
        except ValueError as error:
            raise self._error(f"{portAndProtocol!r}: {error}") from error
        if not slash or not protocol:
            raise self._error(f"{portAndProtocol!r} should be a port and a protocol, as in 79/tcp")
        for each in (name, *aliases):
            self.services.setdefault((each, protocol), number)

    def _error(self, text: str) -> InvalidConfError:
        return InvalidServicesConfError(text)


class InetdService:
    """A record of inetd.conf: what listens where, and what it runs as whom.

    Args:
        name: The name of the service, or its port in digits.
        port: The number of the port.
        socketType: `stream` or `dgram`.
        protocol: `tcp`, `tcp6`, `udp`, ...
        wait: Whether the program takes the listening socket, and one at a time runs.
        user: The number of the user that it runs as.
        group: The number of its group.
        program: Its path; `internal` for what inetd does itself.
        programArgs: Its arguments, its own name first.
    """

    name: str | None = None
    port: int | None = None
    socketType: str | None = None
    protocol: str | None = None
    wait: bool | None = None
    user: int | None = None
    group: int | None = None
    program: str | None = None
    programArgs: list[str] | None = None

    def __init__(
        self,
        name: str,
        port: int,
        socketType: str,
        protocol: str,
        wait: bool,
        user: int,
        group: int,
        program: str,
        programArgs: list[str],
    ) -> None:
        self.name = name
        self.port = port
        self.socketType = socketType
        self.protocol = protocol
        self.wait = wait
        self.user = user
        self.group = group
        self.program = program
        self.programArgs = programArgs


class InetdConf(SimpleConfFile):
    """The services of an inetd.conf.

    Args:
        knownServices: The names of ports; those of /etc/services, read when the first is needed,
            if it is left out.

    Attributes:
        services: The services, in their order.
    """

    defaultFilename: ClassVar[str | None] = "/etc/inetd.conf"

    def __init__(self, knownServices: ServicesConf | None = None) -> None:
        self.services: list[InetdService] = []
        self._knownServices = knownServices

    def parseFields(  # type: ignore[override]  # a record of this file
        self,
        serviceName: str,
        socketType: str,
        protocol: str,
        wait: str,
        user: str,
        program: str,
        *programArgs: str,
    ) -> None:
        """Take a record.

        Args:
            serviceName: The name of the service, or its port in digits.
            socketType: `stream` or `dgram`.
            protocol: `tcp`, `tcp6`, `udp`, ...
            wait: `wait` or `nowait`, perhaps with a limit as in `nowait.40`, which is not used.
            user: The user, and perhaps the group: `news`, `news.uucp`, `news:uucp`.
            program: The path of the program, or `internal`.
            programArgs: Its arguments, its own name first.

        Raises:
            InvalidInetdConfError: Something is wrong.
            UnknownService: The name is not known.
        """
        kind = wait.partition(".")[0]
        if kind not in ("wait", "nowait"):
            raise self._error(f"{wait!r} should be wait or nowait")
        uid, gid = self._account(user)
        port = self._port(serviceName, protocol)
        self.services.append(
            InetdService(
                serviceName,
                port,
                socketType,
                protocol,
                kind == "wait",
                uid,
                gid,
                program,
                list(programArgs),
            )
        )

    def _account(self, text: str) -> tuple[int, int]:
        """Return the numbers of a user and a group; the user's primary one by default."""
        import pwd

        separator = ":" if ":" in text else "."
        user, _, group = text.partition(separator)
        try:
            uid = uidFromString(user)
            return uid, gidFromString(group) if group else pwd.getpwuid(uid).pw_gid
        except (KeyError, ValueError, OverflowError) as error:
            # No name has a NUL in it, and no number is so large.
            raise self._error(f"{text!r} is no user, or has no such group") from error

    def _port(self, name: str, protocol: str) -> int:
        if name.isascii() and name.isdigit():
            try:
                return portCoerce(name)
            except ValueError as error:
                raise self._error(str(error)) from error
        port = self._names().get((name, protocol.rstrip("46")))
        if port is None:
            raise UnknownService(f"{name}/{protocol} is no service that is known")
        return port

    def _names(self) -> Mapping[tuple[str, str], int]:
        if self._knownServices is None:
            self._knownServices = ServicesConf()
            if os.path.exists(_SERVICES):
                self._knownServices.parseFile()
        return self._knownServices.services

    def _error(self, text: str) -> InvalidConfError:
        return InvalidInetdConfError(text)


__all__ = [
    "InetdConf",
    "InetdService",
    "InvalidConfError",
    "InvalidInetdConfError",
    "InvalidServicesConfError",
    "ServicesConf",
    "SimpleConfFile",
    "UnknownService",
]
