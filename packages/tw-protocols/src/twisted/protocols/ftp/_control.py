"""The control connection of a server: lines in, replies out, one command after the other.

A command that does not end at once holds back those that follow. While a file is transferred, ABOR
is heard all the same; a few more commands are kept, and then the client is not read from.
"""

import errno
from collections import deque
from collections.abc import Callable, Sequence
from inspect import signature
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IDelayedCall, IReactorTCP, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.protocols._unsent import MAX_UNSENT, UnsentReplies
from twisted.protocols.basic import LineReceiver
from twisted.protocols.ftp import _errors, _replies
from twisted.protocols.ftp._commands import Command, parseCommand
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

_log = Logger("twisted.protocols.ftp")

MAX_COMMAND_LENGTH = 8192
"""How many bytes a command may have."""

MAX_QUEUED_COMMANDS = 16
"""How many commands are kept while a file is transferred."""

CommandResult = str | tuple[object, ...] | None
"""What a command answers: the key of a reply, or a tuple of it and its arguments; None if it has
answered itself."""


class ControlConnection(LineReceiver, TimeoutMixin):
    """Takes commands and sends replies; `FTP` has the commands.

    Attributes:
        MAX_LENGTH: How many bytes a command may have.
        maxQueuedCommands: How many commands are kept while a file is transferred.
        maxUnsent: After how many bytes of replies a client has to have taken them before more
            commands are done.
        reactor: What connects, listens and has the time; the default reactor if None.
        disconnected: Whether the connection is gone.
    """

    MAX_LENGTH: int = MAX_COMMAND_LENGTH
    maxQueuedCommands: int = MAX_QUEUED_COMMANDS
    reactor: object | None = None
    disconnected: bool = False

    maxUnsent: int = MAX_UNSENT

    _isBusy: bool = False
    # The transfer that is going on; cancelling it breaks it off.
    _transfer: Deferred[CommandResult] | None = None
    # How long the connection may be idle; kept while a transfer is going on, when it may.
    _idleSeconds: float | None = None

    def __init__(self) -> None:
        self._queue: deque[Command] = deque()
        self._unsent = UnsentReplies(self._hold, self._goesOn)

    # The reactor

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule a call with the reactor of this server."""
        return self._clock().callLater(period, func)

    def _clock(self) -> IReactorTime:
        if self.reactor is None:
            return defaultReactor(IReactorTime)
        return cast(IReactorTime, self.reactor)

    def _network(self) -> IReactorTCP:
        if self.reactor is None:
            return defaultReactor(IReactorTCP)
        return cast(IReactorTCP, self.reactor)

    # Replies

    def sendLine(self, line: bytes | str) -> None:
        """Send a line.

        Args:
            line: The line without its end; text is encoded as UTF-8.
        """
        if isinstance(line, str):
            line = line.encode("utf-8", "surrogateescape")
        if not self.disconnected:
            super().sendLine(line)
            self._unsent.wrote(self.transport, len(line) + 2, self.maxUnsent)

    def reply(self, key: str, *args: object) -> None:
        """Send a reply.

        Args:
            key: Its key, such as `FILE_NOT_FOUND`.
            args: What goes into its places.
        """
        self.sendLine(f"{_replies.codeOf(key)} {_replies.textOf(key, args)}")

    def replyLines(self, key: str, lines: Sequence[str]) -> None:
        """Send a reply of several lines.

        Args:
            key: Its key; its text is the first line.
            lines: The lines between the first and the last.
        """
        code = _replies.codeOf(key)
        inner = "".join(f"\r\n {line.translate(_replies._CONTROLS)}" for line in lines)
        self.sendLine(f"{code}-{_replies.textOf(key, ())}{inner}\r\n{code} End")

    # Commands

    def lineReceived(self, line: bytes) -> None:
        """Take a command."""
        self.resetTimeout()
        try:
            command = parseCommand(line)
        except _errors.CmdSyntaxError as error:
            self.sendLine(error.response())
            return
        if self._mayBegin() and not self._queue:
            self._begin(command)
            return
        self._queue.append(command)
        if command.name == "ABOR" and self._transfer is not None:
            # The transfer is answered first, then what was kept, and then ABOR.
            self._transfer.cancel()
        elif len(self._queue) >= self.maxQueuedCommands:
            self._hold()

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a line that is too long, and close the connection."""
        self.reply(_replies.SYNTAX_ERR, "This line is too long")
        self.transport.loseConnection()

    def processCommand(self, cmd: str, *params: str) -> object:
        """Do a command.

        Args:
            cmd: Its name, in any case.
            params: Its argument; none if it has none.

        Returns:
            The key of the reply, a tuple of it and its arguments, None, or a Deferred of that.

        Raises:
            FTPCmdError: There is no such command, or it does not take this argument.
        """
        method = getattr(self, f"ftp_{cmd.upper()}", None)
        if method is None:
            raise _errors.CmdNotImplementedError(cmd)
        try:
            signature(method).bind(*params)
        except TypeError:
            raise _errors.CmdArgSyntaxError(cmd) from None
        return method(*params)

    def _begin(self, command: Command) -> None:
        self._isBusy = True
        params = (command.argument,) if command.argument else ()
        doing = maybeDeferred(self.processCommand, command.name, *params)
        doing.addCallback(self._answer)
        doing.addErrback(self._refuse)
        doing.addBoth(lambda _: self._done())
        if self._isBusy and self._transfer is None:
            self._hold()

    def _answer(self, result: object) -> None:
        if isinstance(result, tuple):
            self.reply(*result)
        elif isinstance(result, str):
            self.reply(result)

    def _refuse(self, failure: Failure) -> None:
        """Tell the client that a command failed; what was not foreseen is for the log."""
        if isinstance(failure.value, _errors.FTPCmdError):
            self.sendLine(failure.value.response())
            return
        if isinstance(failure.value, OSError):
            # What the file system says against it is no mistake of ours.
            _log.error(
                "A command of {peer} failed: {error}",
                peer=self.transport.getPeer(),
                error=failure.value,
            )
            isFull = failure.value.errno in (errno.ENOSPC, errno.EDQUOT)
            self.reply(
                _replies.REQ_ACTN_ABRTD_INSUFF_STORAGE if isFull else _replies.REQ_ACTN_NOT_TAKEN
            )
            return
        _log.failure("A command of {peer} failed", failure, peer=self.transport.getPeer())
        self.reply(_replies.REQ_ACTN_NOT_TAKEN)

    def _done(self) -> None:
        self._isBusy = False
        if self.disconnected:
            return
        self._goesOn()

    def _goesOn(self) -> None:
        """Do the commands that are kept, and take more if there is room for them."""
        while self._mayBegin() and self._queue:
            self._begin(self._queue.popleft())
        if self.paused and self._mayBegin():
            self.resumeProducing()

    def _mayBegin(self) -> bool:
        return not (self._isBusy or self._unsent.isHolding or self._isClosing())

    def _hold(self) -> None:
        """Take no more commands for now."""
        if not (self.paused or self._isClosing()):
            self.pauseProducing()

    def _isClosing(self) -> bool:
        return self.disconnected or bool(getattr(self.transport, "disconnecting", False))

    def _dropsCommands(self) -> bool:
        """Forget the commands that are kept; return whether there were some."""
        dropped = bool(self._queue)
        self._queue.clear()
        return dropped

    # The connection

    def timeoutConnection(self) -> None:
        """Close the connection, since the client says nothing, or takes nothing."""
        if self._unsent.isHolding:
            getattr(self.transport, "abortConnection", self.transport.loseConnection)()
            return
        self.reply(_replies.SVC_NOT_AVAIL_CLOSING_CTRL_CNX, "Nothing was said for too long")
        self.transport.loseConnection()

    def _transferBegins(self, transfer: Deferred[CommandResult]) -> None:
        self._transfer = transfer
        self._idleSeconds = self.setTimeout(None)

    def _transferEnds(self) -> None:
        self._transfer = None
        if not self._isClosing():
            self.setTimeout(self._idleSeconds)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """End whatever goes on."""
        self.disconnected = True
        self.setTimeout(None)
        self._queue.clear()
        if self._transfer is not None:
            self._transfer.cancel()


__all__ = [
    "MAX_COMMAND_LENGTH",
    "MAX_QUEUED_COMMANDS",
    "CommandResult",
    "ControlConnection",
]
