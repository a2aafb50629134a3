"""The control connection of a client: commands wait in a queue, each for the reply to the last."""

from collections import deque
from collections.abc import Callable
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.protocols.ftp import _errors
from twisted.protocols.ftp._paths import checkPath
from twisted.protocols.ftp._replyparser import Reply, ReplyParser
from twisted.protocols.policies import TimeoutMixin
from twisted.python.failure import Failure

_log = Logger("twisted.protocols.ftp")

REPLY_SECONDS = 60
"""How long to wait for a reply."""


class FTPCommand:
    """A command that waits, or whose reply is waited for.

    Attributes:
        text: What to send; None for what the server says without being asked.
        public: Whether it was asked for by the user of the client, and not by the client itself.
        deferred: Fires with the lines of the reply, and fails with `CommandFailed` if that refuses.
        prepare: Called when its turn comes, to choose the text; if it raises, the command fails.
        holdsQueue: Whether the queue waits when it has succeeded, until it is released.
    """

    def __init__(self, text: str | None = None, public: int = 0) -> None:
        """Make a command.

        Args:
            text: What to send, without its end.
            public: Whether the user of the client asked for it.
        """
        self.text = text
        self.public = public
        self.deferred: Deferred[list[str]] = Deferred(self._cancelled)
        self.prepare: Callable[[], None] | None = None
        self.holdsQueue = False
        self._isOver = False

    @property
    def isOver(self) -> bool:
        """Whether nobody waits for its reply any more."""
        return self._isOver

    def succeed(self, lines: list[str]) -> None:
        """Tell that it was done.

        Args:
            lines: The lines of the reply.
        """
        if not self._isOver:
            self._isOver = True
            self.deferred.callback(lines)

    def fail(self, failure: Failure) -> None:
        """Tell that it failed.

        Args:
            failure: Why.
        """
        if not self._isOver:
            self._isOver = True
            self.deferred.errback(failure)

    def _cancelled(self, _: object) -> None:
        self._isOver = True


class FTPClientBasic(LineReceiver, TimeoutMixin):
    """Sends commands and takes replies; `FTPClient` knows what to say.

    Attributes:
        debug: Whether lines are written to the log; passwords are not.
        replyTimeout: How many seconds to wait for a reply; None for any number.
        reactor: What connects, listens and has the time; the default reactor if None.
        greeting: The lines that the server greeted with.
        actionQueue: The commands that wait.
        nextCommand: The one whose reply is waited for.
    """

    debug: bool = False
    replyTimeout: float | None = REPLY_SECONDS
    reactor: object | None = None

    def __init__(self) -> None:
        self.greeting: list[str] | None = None
        self.actionQueue: deque[FTPCommand] = deque()
        self.nextCommand: FTPCommand | None = FTPCommand()
        self.nextCommand.deferred.addCallbacks(self._greeted, lambda failure: None)
        self._parser = ReplyParser()
        # How many transfers are going on: a reply may take as long as they do.
        self._transfers = 0
        self._isHeld = False
        self._error: Failure | None = None

    # The reactor

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        """Schedule a call with the reactor of this client."""
        if self.reactor is None:
            return defaultReactor(IReactorTime).callLater(period, func)
        return cast(IReactorTime, self.reactor).callLater(period, func)

    def connectionMade(self) -> None:
        """Wait for the greeting."""
        self._watch()

    def _greeted(self, lines: list[str]) -> None:
        self.greeting = lines

    # Commands

    def queueCommand(self, ftpCommand: FTPCommand) -> None:
        """Send a command when its turn comes.

        Args:
            ftpCommand: The command.
        """
        if self._error is not None:
            ftpCommand.fail(self._error)
            return
        self.actionQueue.append(ftpCommand)
        self.sendNextCommand()

    def queueStringCommand(self, command: str, public: int = 1) -> Deferred[list[str]]:
        """Send a command when its turn comes.

        Args:
            command: The command, without a line end.
            public: Whether the user of the client asks for it.

        Returns:
            A Deferred of the lines of the reply. It fails with `CommandFailed` if the server
            refuses, with `ConnectionLost` if the connection ends before, and with `InvalidPath`
            if the command has a line end in it.
        """
        try:
            checkPath(command)
        except _errors.InvalidPath:
            return fail(Failure())
        made = FTPCommand(command, public)
        self.queueCommand(made)
        return made.deferred

    def queueLogin(self, username: str, password: str) -> Deferred[list[str]]:
        """Log in when the turn comes; if that is refused, all that waits fails with it.

        Args:
            username: The name of the user.
            password: The password.

        Returns:
            A Deferred of the lines of the last reply; it need not be looked at.
        """
        done: Deferred[list[str]] = Deferred()

        def named(lines: list[str]) -> None:
            if lines[-1].startswith("331"):
                # Before whatever was queued meanwhile.
                self._queueFirst(f"PASS {password}").chainDeferred(done)
            else:
                done.callback(lines)

        def refused(failure: Failure) -> Failure:
            if failure.check(_errors.CommandFailed):
                self.fail(failure)
            return failure

        self.queueStringCommand(f"USER {username}", 0).addCallbacks(named, done.errback)
        # It has been told to all that waited.
        done.addErrback(refused).addErrback(lambda failure: [])
        return done

    def _queueFirst(self, command: str) -> Deferred[list[str]]:
        """Send a command before all that wait."""
        try:
            checkPath(command)
        except _errors.InvalidPath:
            return fail(Failure())
        made = FTPCommand(command)
        self.actionQueue.appendleft(made)
        return made.deferred

    def popCommandQueue(self) -> FTPCommand | None:
        """Take the first command that waits and is wanted still; None if there is none."""
        while self.actionQueue:
            command = self.actionQueue.popleft()
            if not command.isOver:
                return command
        return None

    def sendNextCommand(self) -> None:
        """Send the first command that waits, if no reply is waited for."""
        if self.nextCommand is not None or self._isHeld or not self.connected:
            return
        command = self.popCommandQueue()
        if command is None:
            self._watch()
            return
        self.nextCommand = command
        try:
            if command.prepare is not None:
                command.prepare()
        except Exception:
            self.nextCommand = None
            command.fail(Failure())
            self.sendNextCommand()
            return
        self._watch()
        self.sendLine(command.text or "")

    def _release(self) -> None:
        """Let the queue go on that a command holds."""
        self._isHeld = False
        self.sendNextCommand()

    def sendLine(self, line: bytes | str) -> None:
        """Send a line.

        Args:
            line: The line without its end; text is encoded as UTF-8.
        """
        if self.debug:
            shown = "PASS ..." if line[:5] in ("PASS ", b"PASS ") else line
            _log.debug("--> {line}", line=shown)
        if isinstance(line, str):
            line = line.encode("utf-8", "surrogateescape")
        super().sendLine(line)

    # Replies

    def lineReceived(self, line: bytes) -> None:
        """Take a line of a reply."""
        if self.debug:
            _log.debug("<-- {line}", line=line)
        self.resetTimeout()
        try:
            reply = self._parser.receive(line)
        except _errors.BadResponse:
            self.fail(Failure())
            return
        if reply is not None and not reply.code.startswith("1"):
            self._replied(reply)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Give up: what comes is no reply."""
        self.fail(_errors.BadResponse("a line of a reply is too long"))

    def _replied(self, reply: Reply) -> None:
        command, self.nextCommand = self.nextCommand, None
        if command is None:
            self.fail(_errors.UnexpectedResponse(reply.lines))
            return
        if reply.code[0] in "23":
            self._isHeld = command.holdsQueue and not command.isOver
            command.succeed(reply.lines)
        else:
            command.fail(Failure(_errors.CommandFailed(reply.lines)))
            if command.text is None:
                # It was no greeting, and nothing can be asked of this server.
                self.fail(_errors.CommandFailed(reply.lines))
        self.sendNextCommand()

    # Time

    def _watch(self) -> None:
        """Count while a reply is waited for that is not that of a transfer."""
        waits = self.nextCommand is not None and not self._transfers and self._error is None
        self.setTimeout(self.replyTimeout if waits else None)

    def timeoutConnection(self) -> None:
        """Give up, since the server does not answer."""
        self.fail(_errors.ConnectionLost("the server did not answer in time"))

    # The end

    def fail(self, error: Failure | Exception) -> None:
        """Let all commands fail, those to come too, and close the connection.

        Args:
            error: Why.
        """
        if self._error is not None:
            return
        self._error = error if isinstance(error, Failure) else Failure(error)
        self.setTimeout(None)
        waiting = [self.nextCommand, *self.actionQueue]
        self.nextCommand = None
        self.actionQueue.clear()
        if self.connected:
            abort: Callable[[], object] | None = getattr(self.transport, "abortConnection", None)
            (self.transport.loseConnection if abort is None else abort)()
        for command in waiting:
            if command is not None:
                command.fail(self._error)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Let all commands fail that wait."""
        self.connected = 0
        self.fail(_errors.ConnectionLost(reason.value))


__all__ = ["REPLY_SECONDS", "FTPClientBasic", "FTPCommand"]
