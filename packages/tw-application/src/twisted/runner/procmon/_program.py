"""One program that is kept running: its life, its deaths and the time between.

A program is in one of these states: it *runs*; it is *ending*, and is killed if that takes too
long; it *pauses* before it is started again; or it is at *rest*. A death is an instant one if it
comes so soon that something must be wrong: then the pause is long, and twice as long each time.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ProcessExitedAlready
from twisted.logger import Logger
from twisted.runner.procmon._logging import LoggingProtocol

if TYPE_CHECKING:
    from twisted.internet.interfaces import IDelayedCall, IReactorProcess, IReactorTime


class Times(NamedTuple):
    """How many seconds things take."""

    threshold: float
    """How long a program has to live for its death not to be an instant one."""

    killTime: float
    """How long it has to end after SIGTERM."""

    minRestartDelay: float
    """How long the first pause after an instant death is."""

    maxRestartDelay: float
    """How long a pause is at most."""


class Command(NamedTuple):
    """What is run, and as whom."""

    args: list[str]
    uid: int | None
    gid: int | None
    env: Mapping[str, str] | None
    cwd: str | None


class Program:
    """A program that is kept running.

    Attributes:
        name: Its name.
        command: What is run.
        isWanted: Whether it is started again when it has ended.
        log: Where its lines go.
    """

    def __init__(
        self,
        name: str,
        command: Command,
        reactor: "IReactorProcess",
        clock: "IReactorTime",
        log: Logger,
        times: Callable[[], Times],
    ) -> None:
        """Name a program; it is not started.

        Args:
            name: Its name.
            command: What is run.
            reactor: Starts it.
            clock: Measures the time.
            log: Where its lines go.
            times: Returns how long things take.
        """
        self.name = name
        self.command = command
        self.isWanted = False
        self._reactor = reactor
        self._clock = clock
        self.log = log
        self._times = times
        self._protocol: LoggingProtocol | None = None
        self._exited = False
        self._startedAt = 0.0
        self._delay: float | None = None
        self._pause: IDelayedCall | None = None
        self._murder: IDelayedCall | None = None
        self._ending: list[Deferred[None]] = []

    def start(self) -> None:
        """Start it, unless it runs; and again whenever it ends."""
        self.isWanted = True
        self._endPause()
        if self._protocol is not None:
            return
        self._startedAt = self._clock.seconds()
        self._exited = False
        protocol = self._protocol = LoggingProtocol()
        protocol.service, protocol.name = self, self.name
        args, uid, gid, env, cwd = self.command
        try:
            self._reactor.spawnProcess(protocol, args[0], args, env=env, path=cwd, uid=uid, gid=gid)
        except OSError as error:
            self._protocol = None
            self.log.error("{name} cannot be started: {error}", name=self.name, error=error)
            self._restart()

    def stop(self) -> Deferred[None]:
        """Let it end: with SIGTERM, and with SIGKILL if it takes too long.

        Whether it is started again then is a matter of `isWanted`.

        Returns:
            A Deferred that fires when it has ended.
        """
        if not self.isWanted:
            self._endPause()
        if self._protocol is None:
            return succeed(None)
        ended: Deferred[None] = Deferred()
        self._ending.append(ended)
        if self._murder is None and not self._exited:
            self._signal("TERM")
            self._murder = self._clock.callLater(self._times().killTime, self._kill)
        return ended

    def processExited(self, name: str) -> None:
        """Note that it has ended; its protocol calls this. Whoever holds its pipes has a while to let go of them."""
        self._exited = True
        self._endMurder()
        self._murder = self._clock.callLater(self._times().killTime, self._closePipes)

    def connectionLost(self, name: str) -> None:
        """Note that it has ended and its pipes are closed; its protocol calls this."""
        self._protocol = None
        self._endMurder()
        ending, self._ending = self._ending, []
        for waiter in ending:
            waiter.callback(None)
        if self.isWanted and self._protocol is None:
            self._restart()

    def _restart(self) -> None:
        times = self._times()
        if self._clock.seconds() - self._startedAt < times.threshold:
            delay = times.minRestartDelay if self._delay is None else self._delay
            self._delay = min(delay * 2, times.maxRestartDelay)
            delay = min(delay, times.maxRestartDelay)
        else:
            delay, self._delay = 0, None
        self.log.debug("{name} is started again in {delay} s", name=self.name, delay=delay)
        self._pause = self._clock.callLater(delay, self.start)

    def _signal(self, name: str) -> None:
        transport = None if self._protocol is None else self._protocol.transport
        if transport is None:
            return
        try:
            transport.signalProcess(name)
        except ProcessExitedAlready:
            # Its end is on its way to us.
            pass

    def _kill(self) -> None:
        self._murder = None
        self._signal("KILL")

    def _closePipes(self) -> None:
        self._murder = None
        if self._protocol is not None and self._protocol.transport is not None:
            self._protocol.transport.loseConnection()

    def _endMurder(self) -> None:
        if self._murder is not None:
            self._murder.cancel()
            self._murder = None

    def _endPause(self) -> None:
        if self._pause is not None:
            if self._pause.active():
                self._pause.cancel()
            self._pause = None


def asCommand(
    args: Sequence[str],
    uid: int | None,
    gid: int | None,
    env: Mapping[str, str] | None,
    cwd: str | None,
) -> Command:
    """Return a command.

    Raises:
        ValueError: There is nothing to run.
    """
    if not args:
        raise ValueError("there is nothing to run: args needs the name of a program at least")
    return Command(list(args), uid, gid, None if env is None else dict(env), cwd)


__all__ = ["Command", "Program", "Times", "asCommand"]
