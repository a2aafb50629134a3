"""The service that keeps programs running."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from twisted.application.service import Service
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IReactorProcess, IReactorTime
from twisted.logger import Logger
from twisted.runner.procmon._program import Command, Program, Times, asCommand


class ProcessMonitor(Service):
    """Keeps programs running while it runs.

    A program that ends is started again: at once, unless it lived for less than `threshold`
    seconds. Then there is a pause, of `minRestartDelay` seconds first and twice as long after each
    such death, up to `maxRestartDelay`. What the programs write is logged line by line.

    Attributes:
        threshold: How many seconds a program has to live for its death not to be an instant one.
        killTime: How many seconds a program has to end after SIGTERM, before SIGKILL.
        minRestartDelay: How many seconds the first pause after an instant death is.
        maxRestartDelay: How many seconds a pause is at most.
        log: Where the lines of the programs go.

    Args:
        reactor: Starts the programs and measures the time; the default reactor if left out.
    """

    threshold: float = 1
    killTime: float = 5
    minRestartDelay: float = 1
    maxRestartDelay: float = 3600
    log: ClassVar[Logger] = Logger("twisted.runner.procmon.ProcessMonitor")

    def __init__(self, reactor: IReactorProcess | None = None) -> None:
        self._reactor = reactor
        self._programs: dict[str, Program] = {}
        self._leaving: list[Program] = []

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept when the service is pickled: the commands, nothing that runs."""
        commands = {name: program.command for name, program in self._programs.items()}
        state = {**super().__getstate__(), "_commands": commands, "_reactor": None}
        del state["_programs"], state["_leaving"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Be a service that does not run yet."""
        commands: dict[str, Command] = state.pop("_commands")
        self.__dict__.update(state)
        self._programs = {}
        self._leaving = []
        for name, command in commands.items():
            self._programs[name] = self._program(name, command)

    def addProcess(
        self,
        name: str,
        args: list[str],
        uid: int | None = None,
        gid: int | None = None,
        env: Mapping[str, str] | None = {},
        cwd: str | None = None,
    ) -> None:
        """Keep another program running; if the service runs, it is started.

        Args:
            name: Its name, for the log and for the other methods.
            args: Its path, and its arguments after it.
            uid: The user that it runs as (needs privileges); None for this process's.
            gid: The group that it runs as (needs privileges); None for this process's.
            env: Its complete environment. None inherits this process's.
            cwd: The directory that it starts in; this process's if None.

        Raises:
            KeyError: There is one of that name.
            ValueError: There is nothing to run.
        """
        if name in self._programs:
            raise KeyError(f"there is a process named {name!r}: remove it first")
        program = self._programs[name] = self._program(name, asCommand(args, uid, gid, env, cwd))
        if self.running:
            program.start()

    def removeProcess(self, name: str) -> Deferred[None]:
        """Stop a program, and keep it running no more.

        Args:
            name: Its name.

        Returns:
            A Deferred that fires when it has ended.

        Raises:
            KeyError: There is none of that name.
        """
        program = self._named(name)
        del self._programs[name]
        program.isWanted = False
        self._leaving.append(program)
        return program.stop().addCallback(lambda result: self._leaving.remove(program))

    def startProcess(self, name: str) -> None:
        """Start a program, if it does not run.

        Args:
            name: Its name.

        Raises:
            KeyError: There is none of that name.
        """
        self._named(name).start()

    def stopProcess(self, name: str) -> Deferred[None]:
        """Let a program end: with SIGTERM, and with SIGKILL after `killTime` seconds.

        As long as the service runs, it is started again then.

        Args:
            name: Its name.

        Returns:
            A Deferred that fires when it has ended.

        Raises:
            KeyError: There is none of that name.
        """
        return self._named(name).stop()

    def restartAll(self) -> None:
        """Let all programs end; they are started again."""
        for name in list(self._programs):
            self.stopProcess(name)

    def startService(self) -> None:
        """Start all programs."""
        super().startService()
        for program in list(self._programs.values()):
            program.start()

    def stopService(self) -> Deferred[Any]:
        """Stop all programs.

        Returns:
            A Deferred that fires when all have ended.
        """
        super().stopService()
        programs = [*self._programs.values(), *self._leaving]
        for program in programs:
            program.isWanted = False
        return DeferredList([program.stop() for program in programs])

    def __repr__(self) -> str:
        names = "".join(f" {name}" for name in self._programs)
        return f"<{type(self).__name__}{names}>"

    def _times(self) -> Times:
        return Times(self.threshold, self.killTime, self.minRestartDelay, self.maxRestartDelay)

    def _program(self, name: str, command: Command) -> Program:
        if self._reactor is None:
            self._reactor = defaultReactor(IReactorProcess)
        # Every reactor that starts processes has a clock.
        clock = cast(IReactorTime, self._reactor)
        return Program(name, command, self._reactor, clock, self.log, self._times)

    def _named(self, name: str) -> Program:
        try:
            return self._programs[name]
        except KeyError:
            raise KeyError(f"there is no process named {name!r}") from None


__all__ = ["ProcessMonitor"]
