"""The client: logging in, directories, and files that are sent and received."""

from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocol, ITLSTransport
from twisted.protocols.ftp import _errors
from twisted.protocols.ftp._clientdata import SenderProtocol
from twisted.protocols.ftp._clienttransfers import TransferringClient
from twisted.protocols.ftp._paths import checkPath
from twisted.protocols.ftp._replyparser import parsePWDResponse

Lines = list[str]
"""The lines of a reply, without their ends."""


class FTPClient(TransferringClient):
    """A client that logs in as soon as it is connected.

    All methods can be called at once: what they ask for is done in order. A Deferred fails with
    `CommandFailed` if the server refuses. Cancelling one that transfers a file breaks that off.

    Attributes:
        username: The name of the user.
        password: The password.
        passive: Whether data connections are made by this side (PASV or EPSV), not by the server.
        trustPasvAddr: Whether to connect to the host that the reply to PASV names, even if it is
            not that of the control connection.
    """

    def __init__(
        self,
        username: str = "anonymous",
        password: str = "anonymous@",
        passive: int = 1,
        trustPasvAddr: bool = False,
    ) -> None:
        """Make a client.

        Args:
            username: The name of the user.
            password: The password.
            passive: Whether this side makes the data connections.
            trustPasvAddr: Whether to connect to any host that the server names.
        """
        super().__init__()
        self.username = username
        self.password = password
        self.passive = passive
        self.trustPasvAddr = trustPasvAddr

    # Logging in

    def connectionMade(self) -> None:
        """Log in."""
        super().connectionMade()
        # What was asked for before there was a connection comes after the login.
        waiting = list(self.actionQueue)
        self.actionQueue.clear()
        if self.tlsOptions is not None:
            self.queueStringCommand("AUTH TLS", 0).addCallback(self._startTLS).addErrback(self.fail)
        self.queueLogin(self.username, self.password)
        self.actionQueue.extend(waiting)

    def _startTLS(self, _: object) -> None:
        assert self.tlsOptions is not None
        cast(ITLSTransport, self.transport).startTLS(self.tlsOptions)
        # Before the login; without PROT data connections would be in the clear.
        for command in ("PROT P", "PBSZ 0"):
            self._queueFirst(command).addErrback(self.fail)

    def queueLogin(self, username: str, password: str) -> Deferred[Lines]:
        """Log in when the turn comes, and choose to transfer files as they are."""
        loggedIn = super().queueLogin(username, password)
        self.queueStringCommand("TYPE I", 0).addErrback(lambda failure: None)
        return loggedIn

    def quit(self) -> Deferred[Lines]:
        """Say goodbye, and close the connection when that was answered."""

        def close(lines: Lines) -> list[str]:
            self.transport.loseConnection()
            return lines

        return self.queueStringCommand("QUIT").addCallback(close)

    # Directories and names

    def escapePath(self, path: str) -> str:
        """Return a path as it stands in a command.

        Args:
            path: The path.

        Raises:
            InvalidPath: It has a line end or a NUL in it, and would be more than one command.
        """
        checkPath(path)
        return path

    def _ask(self, command: str, path: str) -> Deferred[Lines]:
        # The command is checked as a whole.
        return self.queueStringCommand(f"{command} {path}" if path else command)

    def cwd(self, path: str) -> Deferred[Lines]:
        """Make another directory the current one.

        Args:
            path: Its path.
        """
        return self._ask("CWD", path)

    def cdup(self) -> Deferred[Lines]:
        """Make the directory above the current one."""
        return self.queueStringCommand("CDUP")

    def pwd(self) -> Deferred[Lines]:
        """Ask for the current directory; `getDirectory` finds it in the reply."""
        return self.queueStringCommand("PWD")

    def getDirectory(self) -> Deferred[str]:
        """Return a Deferred of the path of the current directory."""

        def found(lines: Lines) -> str:
            path = parsePWDResponse(lines[0])
            if path is None:
                raise _errors.CommandFailed(lines)
            return path

        return self.pwd().addCallback(found)

    def makeDirectory(self, path: str) -> Deferred[Lines]:
        """Make a directory.

        Args:
            path: Its path.
        """
        return self._ask("MKD", path)

    def removeDirectory(self, path: str) -> Deferred[Lines]:
        """Remove a directory.

        Args:
            path: Its path.
        """
        return self._ask("RMD", path)

    def removeFile(self, path: str) -> Deferred[Lines]:
        """Remove a file.

        Args:
            path: Its path.
        """
        return self._ask("DELE", path)

    def rename(self, pathFrom: str, pathTo: str) -> Deferred[tuple[Lines, Lines]]:
        """Give a file or directory another path.

        Args:
            pathFrom: The old path.
            pathTo: The new one.

        Returns:
            A Deferred of the lines of both replies.
        """

        async def both() -> tuple[Lines, Lines]:
            checkPath(pathTo)
            first = await self._ask("RNFR", pathFrom)
            second = self._queueFirst(f"RNTO {pathTo}")
            self.sendNextCommand()
            return first, await second

        return Deferred.fromCoroutine(both())

    # Files

    def list(self, path: str, protocol: IProtocol) -> Deferred[Lines]:
        """Receive the names in a directory and more of each, as the server likes to write it.

        Args:
            path: The path of the directory; the current one if empty.
            protocol: Takes it; `FTPFileListProtocol` reads the usual forms.
        """
        return self.receiveFromConnection([_command("LIST", path)], protocol)

    def nlst(self, path: str, protocol: IProtocol) -> Deferred[Lines]:
        """Receive the names in a directory.

        Args:
            path: The path of the directory; the current one if empty.
            protocol: Takes it.
        """
        return self.receiveFromConnection([_command("NLST", path)], protocol)

    def mlsd(self, path: str, protocol: IProtocol) -> Deferred[Lines]:
        """Receive the names in a directory with their facts (RFC 3659).

        Args:
            path: The path of the directory; the current one if empty.
            protocol: Takes it; `FTPFactListProtocol` reads it.
        """
        return self.receiveFromConnection([_command("MLSD", path)], protocol)

    def retrieveFile(self, path: str, protocol: IProtocol, offset: int = 0) -> Deferred[Lines]:
        """Receive a file.

        Args:
            path: Its path.
            protocol: Takes its content.
            offset: How many bytes to leave out.
        """
        return self.receiveFromConnection(_at(offset, _command("RETR", path)), protocol)

    retr = retrieveFile

    def storeFile(
        self, path: str, offset: int = 0
    ) -> tuple[Deferred[SenderProtocol], Deferred[Lines]]:
        """Send a file.

        Args:
            path: Its path.
            offset: How many bytes of the file stay that the server has already.

        Returns:
            Two Deferreds: the first of a consumer, to which the content is written and whose
            `finish` is called then; the second of the lines of the reply when the file is stored.
        """
        return self.sendToConnection(_at(offset, _command("STOR", path)))

    stor = storeFile


def _command(name: str, path: str) -> str:
    return f"{name} {path}" if path else name


def _at(offset: int, command: str) -> list[str]:
    """Return the commands for a transfer that begins somewhere in the file."""
    if offset < 0:
        raise ValueError(f"a file has no byte {offset}")
    return [f"REST {offset}", command] if offset else [command]


__all__ = ["FTPClient"]
