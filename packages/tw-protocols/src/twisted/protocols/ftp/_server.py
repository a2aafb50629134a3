"""The server: logging in, directories, files and what there is to know of them."""

import fnmatch
import io
import re
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NoReturn, cast

from twisted.cred.credentials import Anonymous, ICredentials, UsernamePassword
from twisted.cred.error import LoginFailed
from twisted.cred.portal import Portal
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IConsumer, ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.protocols.ftp import _errors, _replies
from twisted.protocols.ftp._control import CommandResult
from twisted.protocols.ftp._datacontrol import DataControl
from twisted.protocols.ftp._dtp import DTP
from twisted.protocols.ftp._files import ASCIIConsumerWrapper, FileReader, LineEnds
from twisted.protocols.ftp._interfaces import (
    KEYS,
    Entry,
    IFTPShell,
    IReadFile,
    IResumingFTPShell,
    IWriteFile,
)
from twisted.protocols.ftp._listings import FACTS, factLine, listLine, timestamp
from twisted.protocols.ftp._paths import errorFor, toSegments
from twisted.python.components import implementer, provides
from twisted.python.failure import Failure

_log = Logger("twisted.protocols.ftp")

LOGIN_DELAY = 1.0
"""After how many seconds a login is refused."""

MAX_LOGIN_ATTEMPTS = 3
"""How many logins of one connection may be refused."""

_GLOB = re.compile(r"[*?\[]")
_OPTIONS = re.compile(r"(-[A-Za-z0-9]*( |\Z))*")


class FTP(DataControl):
    """Serves one client.

    A command is a method `ftp_NAME` that takes the argument as text, if the client sends one, and
    returns the key of the reply, a tuple of it and its arguments, or a Deferred of that. Subclasses
    add more.

    Attributes:
        UNAUTH: The state before the name.
        INAUTH: The state before the password.
        AUTHED: The state in which files can be reached.
        RENAMING: The state after RNFR.
        PUBLIC_COMMANDS: What is done without a login.
        FEATURES: What is told by FEAT, beside what depends on how the server is set up.
        portal: Where to log in.
        shell: The files of the user; None if nobody is logged in.
        state: The state.
        workingDirectory: The names on the way to the current directory.
        loginDelay: After how many seconds a login is refused.
        maxLoginAttempts: How many logins may be refused before the connection is closed.
    """

    UNAUTH: int = 0
    INAUTH: int = 1
    AUTHED: int = 2
    RENAMING: int = 3

    PUBLIC_COMMANDS: list[str] = [
        *("ABOR", "ALLO", "AUTH", "FEAT", "HELP", "MODE", "NOOP", "OPTS", "PASS", "PBSZ", "PROT"),
        *("QUIT", "STRU", "SYST", "TYPE", "USER"),
    ]
    FEATURES: list[str] = ["EPRT", "EPSV", "MDTM", "REST STREAM", "SIZE", "TVFS", "UTF8"]

    # Declared again, since type checkers take what a subclass assigns for something of its own.
    isSecure: bool
    portal: Portal | None = None
    shell: IFTPShell | None = None
    loginDelay: float = LOGIN_DELAY
    maxLoginAttempts: int = MAX_LOGIN_ATTEMPTS
    allowAnonymous: bool = True
    userAnonymous: str = "anonymous"
    welcomeMessage: str = "Ready"

    def __init__(self) -> None:
        super().__init__()
        self.state: int = self.UNAUTH
        self.workingDirectory: list[str] = []
        self._user = ""
        self._refused = 0
        self._logout: object = None
        self._delay: Deferred[None] | None = None
        self._renamed: list[str] = []
        self._facts: tuple[str, ...] = FACTS

    # The connection

    def connectionMade(self) -> None:
        """Greet the client."""
        self.isSecure = provides(ISSLTransport, self.transport)
        self.setTimeout(self.timeOut)
        self.reply(_replies.WELCOME_MSG, self.welcomeMessage)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """End whatever goes on, and log out."""
        super().connectionLost(reason)
        self.cleanupDTP()
        if self._delay is not None:
            self._delay.cancel()
        self._logsOut()

    def processCommand(self, cmd: str, *params: str) -> object:
        """Do a command, if this is the time for it."""
        name = cmd.upper()
        if self.state == self.RENAMING and name != "RNTO":
            self.state = self.AUTHED
        if self.state in (self.UNAUTH, self.INAUTH) and name not in self.PUBLIC_COMMANDS:
            raise _errors._OtherError(_replies.NOT_LOGGED_IN)
        return super().processCommand(cmd, *params)

    # Logging in

    def ftp_USER(self, username: str) -> CommandResult:
        """Take the name of the user, and forget who was logged in.

        Args:
            username: The name.
        """
        if self.requireTLS and not self.isSecure:
            raise _errors._OtherError(_replies.TLS_REQUIRED)
        self._forgetsUser()
        self._user = username
        self.state = self.INAUTH
        if self._isGuest():
            return (_replies.GUEST_NAME_OK_NEED_EMAIL,)
        return _replies.USR_NAME_OK_NEED_PASS, username

    def _isGuest(self) -> bool:
        return self.allowAnonymous and self._user == self.userAnonymous

    def ftp_PASS(self, password: str = "") -> Deferred[CommandResult]:
        """Take the password, and log in.

        Args:
            password: The password.
        """
        if self.state != self.INAUTH:
            raise _errors.BadCmdSequenceError("USER has to come first")
        self.state = self.UNAUTH
        credentials: ICredentials = (
            Anonymous()
            if self._isGuest()
            else UsernamePassword(_encoded(self._user), _encoded(password))
        )
        return _run(self._logsIn(credentials))

    async def _logsIn(self, credentials: ICredentials) -> CommandResult:
        if self.portal is None:
            raise RuntimeError("this server has no portal: set FTPFactory.portal")
        try:
            _, shell, logout = await self.portal.login(credentials, None, IFTPShell)
        except LoginFailed:
            return await self._refusesLogin()
        self._logout = logout
        if self.disconnected:
            self._logsOut()
            return None
        self.shell = shell
        self.workingDirectory = []
        self.state = self.AUTHED
        return (
            _replies.GUEST_LOGGED_IN_PROCEED
            if isinstance(credentials, Anonymous)
            else _replies.USR_LOGGED_IN_PROCEED
        )

    async def _refusesLogin(self) -> CommandResult:
        self._refused += 1
        if self.disconnected:
            return None
        self._delay = deferLater(self._clock(), self.loginDelay)
        try:
            await self._delay
        except CancelledError:
            return None
        finally:
            self._delay = None
        self.reply(_replies.AUTH_FAILURE)
        if self._refused >= self.maxLoginAttempts:
            self.reply(_replies.SVC_NOT_AVAIL_CLOSING_CTRL_CNX, "Too many logins were refused")
            self.transport.loseConnection()
        return None

    def _forgetsUser(self) -> None:
        self._logsOut()
        self.cleanupDTP()
        self.state = self.UNAUTH
        self.workingDirectory = []

    def _logsOut(self) -> None:
        """Log out, once for each login."""
        logout, self._logout, self.shell = self._logout, None, None
        if callable(logout):
            logout()

    def ftp_QUIT(self) -> None:
        """Say goodbye, and close the connection."""
        self.reply(_replies.GOODBYE_MSG)
        self.transport.loseConnection()

    # Directories

    def _files(self) -> IFTPShell:
        """Return the files of the user."""
        if self.shell is None:
            raise _errors._OtherError(_replies.NOT_LOGGED_IN)
        return self.shell

    def _segments(self, path: str) -> list[str]:
        try:
            return toSegments(self.workingDirectory, path)
        except _errors.InvalidPath:
            # What is not below the root does not exist.
            raise _errors.FileNotFoundError(path) from None

    def ftp_CWD(self, path: str) -> Deferred[CommandResult]:
        """Make another directory the current one.

        Args:
            path: Its path.
        """
        segments = self._segments(path)

        def change(_: object) -> CommandResult:
            self.workingDirectory = segments
            return _replies.REQ_FILE_ACTN_COMPLETED_OK

        return maybeDeferred(self._files().access, segments).addCallback(change)

    def ftp_CDUP(self) -> Deferred[CommandResult]:
        """Make the directory above the current one."""
        return self.ftp_CWD("..")

    def ftp_PWD(self) -> CommandResult:
        """Tell the current directory."""
        self._files()
        return _replies.PWD_REPLY, _replies.quoted(_shown(self.workingDirectory))

    def ftp_MKD(self, path: str) -> Deferred[CommandResult]:
        """Make a directory.

        Args:
            path: Its path.
        """
        segments = self._segments(path)
        made = (_replies.MKD_REPLY, _replies.quoted(_shown(segments)))
        return _then(made, self._files().makeDirectory, segments)

    def ftp_RMD(self, path: str) -> Deferred[CommandResult]:
        """Remove a directory.

        Args:
            path: Its path.
        """
        remove = self._files().removeDirectory
        return _then(_replies.REQ_FILE_ACTN_COMPLETED_OK, remove, self._segments(path))

    def ftp_DELE(self, path: str) -> Deferred[CommandResult]:
        """Remove a file.

        Args:
            path: Its path.
        """
        remove = self._files().removeFile
        return _then(_replies.REQ_FILE_ACTN_COMPLETED_OK, remove, self._segments(path))

    def ftp_RNFR(self, fromName: str) -> Deferred[CommandResult]:
        """Take the path of what is to get another.

        Args:
            fromName: The path.
        """
        segments = self._segments(fromName)

        def found(_: object) -> CommandResult:
            self._renamed = segments
            self.state = self.RENAMING
            return _replies.REQ_FILE_ACTN_PENDING_FURTHER_INFO

        return maybeDeferred(self._files().stat, segments, ()).addCallback(found)

    def ftp_RNTO(self, toName: str) -> Deferred[CommandResult]:
        """Give it the other path.

        Args:
            toName: The path.
        """
        if self.state != self.RENAMING:
            raise _errors.BadCmdSequenceError("RNFR has to come first")
        self.state = self.AUTHED
        rename, target = self._files().rename, self._segments(toName)
        return _then(_replies.REQ_FILE_ACTN_COMPLETED_OK, rename, self._renamed, target)

    # What there is to know

    def ftp_SIZE(self, path: str) -> Deferred[CommandResult]:
        """Tell how many bytes a transfer of a file has.

        Args:
            path: Its path.
        """
        if not self.binary:
            raise _errors.CmdNotImplementedForArgError("SIZE in TYPE A")
        return _run(self._tells(path, "size"))

    def ftp_MDTM(self, path: str) -> Deferred[CommandResult]:
        """Tell when a file was changed.

        Args:
            path: Its path.
        """
        return _run(self._tells(path, "modified"))

    async def _tells(self, path: str, key: str) -> CommandResult:
        isDirectory, value = await self._files().stat(self._segments(path), ("directory", key))
        if isDirectory:
            raise _errors.IsADirectoryError(path)
        return _replies.FILE_STATUS, timestamp(cast(float, value)) if key == "modified" else value

    def ftp_MLST(self, path: str = "") -> Deferred[CommandResult]:
        """Tell the facts of a file, over the control connection.

        Args:
            path: Its path; that of the current directory if empty.
        """
        return _run(self._tellsFacts(path))

    async def _tellsFacts(self, path: str) -> CommandResult:
        segments = self._segments(path)
        values = await self._files().stat(segments, KEYS)
        known = dict(zip(KEYS, values, strict=True))
        self.replyLines(
            _replies.REQ_FILE_ACTN_COMPLETED_OK, [factLine(_shown(segments), known, self._facts)]
        )
        return None

    def ftp_FEAT(self) -> None:
        """Tell what this server can do beyond RFC 959."""
        facts = "".join(f"{fact}{'*' if fact in self._facts else ''};" for fact in FACTS)
        features = [*self.FEATURES, f"MLST {facts}"]
        if self.tlsOptions is not None:
            features += ["AUTH TLS", "PBSZ", "PROT"]
        self.replyLines(_replies.FEAT_OK, sorted(features))

    def ftp_OPTS(self, option: str) -> CommandResult:
        """Choose options: UTF8 ON, or the facts that MLST and MLSD tell.

        Args:
            option: The name of a command, and its options.
        """
        name, _, value = option.upper().partition(" ")
        if (name, value) == ("UTF8", "ON"):
            return _replies.CMD_OK
        if name != "MLST":
            raise _errors._OtherError(_replies.OPTS_NOT_IMPLEMENTED, name)
        wanted = value.lower().split(";")
        self._facts = tuple(fact for fact in FACTS if fact in wanted)
        return _replies.PROTECTION_SET_OK, "MLST OPTS " + "".join(
            f"{fact};" for fact in self._facts
        )

    def ftp_SYST(self) -> CommandResult:
        """Tell what system this is like."""
        return _replies.NAME_SYS_TYPE

    def ftp_HELP(self, topic: str = "") -> None:
        """Tell which commands there are.

        Args:
            topic: Not looked at.
        """
        names = sorted(name[4:] for name in dir(self) if name.startswith("ftp_"))
        self.replyLines(
            _replies.HELP_MSG, [" ".join(names[at : at + 8]) for at in range(0, len(names), 8)]
        )

    def ftp_NOOP(self, text: str = "") -> CommandResult:
        """Do nothing.

        Args:
            text: Not looked at.
        """
        return _replies.CMD_OK

    def ftp_ALLO(self, size: str = "") -> CommandResult:
        """Do nothing: no space has to be reserved.

        Args:
            size: Not looked at.
        """
        return _replies.CMD_NOT_IMPLMNTD_SUPERFLUOUS

    def ftp_ABOR(self) -> CommandResult:
        """Tell that no transfer is going on; one that was has been broken off."""
        self.cleanupDTP()
        return _replies.CLOSING_DATA_CNX

    # Transfers

    def ftp_LIST(self, path: str = "") -> Deferred[CommandResult]:
        """Send the names in a directory and more of each, as `ls -l` has it.

        Args:
            path: Its path; options as those of `ls` before it are not looked at.
        """
        return self._transfers(self._sendsList(_OPTIONS.sub("", path, count=1)))

    async def _sendsList(self, path: str) -> CommandResult:
        now = time.time()
        entries = await self._files().list(self._segments(path), KEYS)
        return await self._sendsLines(
            [listLine(name, dict(zip(KEYS, values, strict=True)), now) for name, values in entries]
        )

    def ftp_MLSD(self, path: str = "") -> Deferred[CommandResult]:
        """Send the names in a directory with their facts.

        Args:
            path: Its path; the current one if empty.
        """
        return self._transfers(self._sendsFacts(path))

    async def _sendsFacts(self, path: str) -> CommandResult:
        segments = self._segments(path)
        if not (await self._files().stat(segments, ("directory",)))[0]:
            raise _errors.IsNotADirectoryError(path)
        entries = await self._files().list(segments, KEYS)
        return await self._sendsLines(
            [
                factLine(name, dict(zip(KEYS, values, strict=True)), self._facts)
                for name, values in entries
            ]
        )

    def ftp_NLST(self, path: str = "") -> Deferred[CommandResult]:
        """Send the names in a directory.

        Args:
            path: Its path; the last name may be a pattern with `*`, `?` and `[...]`.
        """
        return self._transfers(self._sendsNames(_OPTIONS.sub("", path, count=1)))

    async def _sendsNames(self, path: str) -> CommandResult:
        segments = self._segments(path)
        entries: Sequence[Entry]
        try:
            entries = await self._files().list(segments)
        except _errors.FileNotFoundError:
            if not (segments and _GLOB.search(segments[-1])):
                raise
            matches = re.compile(fnmatch.translate(segments[-1])).match
            entries = [
                entry
                for entry in await self._files().list(segments[:-1])
                if matches(entry[0]) and not entry[0].startswith(".")
            ]
        return await self._sendsLines([name for name, _ in entries])

    async def _sendsLines(self, lines: Sequence[str]) -> CommandResult:
        text = "".join(f"{line}\r\n" for line in lines)
        return await self._sends(FileReader(io.BytesIO(_encoded(text))), isText=False)

    def ftp_RETR(self, path: str) -> Deferred[CommandResult]:
        """Send a file.

        Args:
            path: Its path.
        """
        return self._transfers(self._retrieves(path, self._takeOffset()))

    async def _retrieves(self, path: str, offset: int) -> CommandResult:
        segments = self._segments(path)
        shell = self._files()
        if offset:
            file = await self._resumable(shell).openForReadingAt(segments, offset)
        else:
            file = await shell.openForReading(segments)
        return await self._sends(file, isText=not self.binary)

    async def _sends(self, file: IReadFile, isText: bool) -> CommandResult:
        """Send what is in a file, and wait until it is out."""
        try:
            dtp = await self._connectedData()
            consumer = cast(IConsumer, ASCIIConsumerWrapper(dtp) if isText else dtp)
            try:
                await file.send(consumer)
            except CancelledError:
                raise
            except ConnectionLost:
                raise _errors._OtherError(_replies.CNX_CLOSED_TXFR_ABORTED) from None
            except Exception:
                _log.failure("A file can not be sent to {peer}", peer=self.transport.getPeer())
                raise _errors._OtherError(_replies.REQ_ACTN_ABRTD_LOCAL_ERR) from None
            dtp.transport.loseConnection()
            await self._endOf(dtp.whenEnded())
        finally:
            close = getattr(file, "close", None)
            if close is not None:
                close()
        return _replies.TXFR_COMPLETE_OK

    def ftp_STOR(self, path: str) -> Deferred[CommandResult]:
        """Take a file.

        Args:
            path: Its path.
        """
        return self._transfers(self._stores(path, self._takeOffset()))

    def ftp_APPE(self, path: str) -> Deferred[CommandResult]:
        """Take what comes at the end of a file.

        Args:
            path: Its path.
        """
        self._takeOffset()
        return self._transfers(self._stores(path, None))

    async def _stores(self, path: str, offset: int | None) -> CommandResult:
        segments = self._segments(path)
        shell = self._files()
        if offset == 0:
            file = await shell.openForWriting(segments)
        else:
            file = await self._resumable(shell).openForWritingAt(segments, offset)
        try:
            dtp = await self._connectedData()
            # Only now, when the content is about to come, what was there goes.
            consumer = await file.receive()
            text = None if self.binary else _TextConsumer(consumer)
            await self._endOf(dtp.registerConsumer(text or consumer))
            if text is not None:
                text.finish()
        except BaseException as error:
            await self._closes(file, path, error)
            raise
        await self._closes(file, path, None)
        return _replies.TXFR_COMPLETE_OK

    async def _closes(self, file: IWriteFile, path: str, error: BaseException | None) -> None:
        """Close a file, so that what came of it is kept; the first error is told."""
        try:
            await file.close()
        except OSError as late:
            if error is None:
                _refuseStorage(late, path)

    async def _endOf(self, ended: Deferred[None]) -> None:
        """Wait for the end of a data connection, and raise what a client is told of a bad one."""
        try:
            await ended
        except (CancelledError, _errors.FTPCmdError):
            raise
        except OSError as error:
            _refuseStorage(error, "The file")
        except Exception:
            raise _errors._OtherError(_replies.CNX_CLOSED_TXFR_ABORTED) from None

    async def _connectedData(self) -> DTP:
        """Wait for the data connection."""
        try:
            return await self.openedData()
        except _errors.PortConnectionError:
            raise _errors._OtherError(_replies.CANT_OPEN_DATA_CNX) from None

    def _resumable(self, shell: IFTPShell) -> IResumingFTPShell:
        if not provides(IResumingFTPShell, shell):
            raise _errors.CmdNotImplementedForArgError("Beginning in the middle of a file")
        return cast(IResumingFTPShell, shell)

    def _transfers(
        self, work: Coroutine[Deferred[Any], Any, CommandResult]
    ) -> Deferred[CommandResult]:
        """Do a transfer, which may be broken off, and put the data connection away after it."""
        transfer = _run(work)

        def brokenOff(failure: Failure) -> CommandResult:
            failure.trap(CancelledError)
            return _replies.CNX_CLOSED_TXFR_ABORTED

        def over(result: CommandResult | Failure) -> CommandResult | Failure:
            if self._transfer is transfer:
                self._transferEnds()
            self.cleanupDTP()
            return result

        if not transfer.called:
            self._transferBegins(transfer)
        return cast("Deferred[CommandResult]", transfer.addErrback(brokenOff).addBoth(over))

    ftp_XCUP = ftp_CDUP
    ftp_XCWD = ftp_CWD
    ftp_XMKD = ftp_MKD
    ftp_XPWD = ftp_PWD
    ftp_XRMD = ftp_RMD


@implementer(IConsumer)
class _TextConsumer:
    """Gives a consumer text with the line ends of this machine."""

    def __init__(self, consumer: IConsumer) -> None:
        self._consumer = consumer
        self._ends = LineEnds()
        self.registerProducer = consumer.registerProducer
        self.unregisterProducer = consumer.unregisterProducer

    def write(self, data: bytes) -> None:
        self._consumer.write(self._ends.decode(data))

    def finish(self) -> None:
        """Write what was held back."""
        self._consumer.write(self._ends.rest())


def _run(work: Coroutine[Deferred[Any], Any, CommandResult]) -> Deferred[CommandResult]:
    return Deferred.fromCoroutine(work)


def _then(
    answer: CommandResult, action: Callable[..., Deferred[None]], *paths: Sequence[str]
) -> Deferred[CommandResult]:
    """Let a shell do something, and answer then."""
    return maybeDeferred(action, *paths).addCallback(lambda _: answer)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _shown(segments: Sequence[str]) -> str:
    return "/" + "/".join(segments)


def _refuseStorage(error: OSError, path: str) -> NoReturn:
    """Raise what tells a client that the disk does not take its file."""
    known = errorFor(error, path)
    if isinstance(known, _errors.FTPCmdError):
        raise known from None
    _log.error("A file can not be stored: {error}", error=error)
    raise _errors._OtherError(_replies.REQ_ACTN_ABRTD_INSUFF_STORAGE) from None


__all__ = ["FTP", "LOGIN_DELAY", "MAX_LOGIN_ATTEMPTS"]
