"""From the options of a command to an application that runs, and to its end.

In this order: the application is loaded; the process goes where it is to run; the log begins; the
reactor runs, and the application with it: it binds its ports, gives up its rights, starts, and in
the end is stopped. The first error ends it, with one line for people and a status for scripts.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn, Protocol, TextIO

from twisted import __version__
from twisted.application._applogger import AppLogger, logStartUp
from twisted.application._debugging import runReactorWithLogging
from twisted.application._loading import getApplication
from twisted.application._profilers import AppProfiler, Profiles
from twisted.application._serveroptions import ServerOptions
from twisted.application.operation import Operation
from twisted.application.restarting import Predecessor, tellPredecessor
from twisted.application.runner import ExitStatus, Runner
from twisted.application.runner._trouble import explain, oneLine
from twisted.application.service import Application, IService
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import IReactorCore
from twisted.logger import Logger
from twisted.persisted.sob import IPersistable
from twisted.python.components import Componentized, adapt

_log = Logger("twisted.application.app")


class Logs(Protocol):
    """What begins and ends a log."""

    def start(self, application: Componentized) -> None:
        """Begin to log."""

    def stop(self) -> None:
        """Log nothing more."""


class ApplicationRunner:
    """Runs an application in the foreground.

    Subclasses for other kinds of process extend `preApplication` and `postApplication`.

    Args:
        config: The options of the command, after they were parsed.

    Attributes:
        config: The options.
        application: The application, once it was loaded.
        operation: How the process is supervised, stopped and restarted; None before `run`.
        logger: Begins and ends the log.
        profiler: Runs the reactor if `--profile` was given.
        loggerFactory: Makes the logger of the options.
        profilerFactory: Makes the profiler of the options.
        exitSignal: The signal that stopped the application; None if it was no signal.

    Raises:
        twisted.python.usage.UsageError: What the options name is not there.
    """

    loggerFactory: Callable[[ServerOptions], Logs] = AppLogger
    profilerFactory: Callable[[ServerOptions], Profiles] = AppProfiler

    def __init__(self, config: ServerOptions) -> None:
        self.config = config
        self.application: Componentized | None = None
        self.operation: Operation | None = None
        self.profiler: Profiles = type(self).profilerFactory(config)
        self.logger: Logs = type(self).loggerFactory(config)
        self._streams = (sys.stdout, sys.stderr)
        self.exitSignal: int | None = None

    def run(self) -> None:
        """Run the application until it was stopped.

        Raises:
            SystemExit: It could not be run; standard error says why.
        """
        try:
            self.operation = operation = makeOperation(self.config)
            # The log of a worker is a file of its own.
            self.config["worker"] = operation.predecessor.worker
            self.preApplication()
            logStartUp("twistd", __version__)
            if operation.supervises:
                # Workers load the application, each for itself.
                self.application = Application("twistd")
            else:
                self.application = self.createOrGetApplication()
            self._enter(self.application)
            self.logger.start(self.application)
            try:
                self.postApplication()
            finally:
                self.logger.stop()
        except Exception as error:
            self._refuse(error)

    def preApplication(self) -> None:
        """Do what comes before the application is loaded: nothing here."""

    def createOrGetApplication(self) -> Componentized:
        """Return the application: of a plugin, if a command was given, or else of a file.

        Raises:
            Exception: There is none; `run` tells people about it.
        """
        command = self.config.subCommand
        if command is None:
            return getApplication(self.config, None)
        maker = self.config.loadedPlugins[command]
        service = maker.makeService(self.config.subOptions)
        application = Application(maker.tapname)
        service.setServiceParent(application)
        return application

    def postApplication(self) -> None:
        """Run the application that was loaded, until it was stopped.

        Raises:
            Exception: It could not be started; `run` tells people about it.
        """
        assert self.application is not None
        runner = self._runner(self.application)
        runner.schedule()
        self.startReactor(None, *self._streams)
        if runner.failure is not None:
            if explain(runner.failure.value)[0] == ExitStatus.EX_SOFTWARE:
                _log.failure("The application cannot start", failure=runner.failure)
            raise runner.failure.value

    def startReactor(
        self, reactor: IReactorCore | None, oldstdout: TextIO, oldstderr: TextIO
    ) -> None:
        """Run the reactor until it was stopped.

        Args:
            reactor: The reactor; the default one if it is None.
            oldstdout: The standard output as it was before the log began.
            oldstderr: The standard error stream as it was before.
        """
        if reactor is None:
            reactor = defaultReactor(IReactorCore)
        runReactorWithLogging(self.config, oldstdout, oldstderr, self.profiler, reactor)
        self.exitSignal = getattr(reactor, "_exitSignal", None)

    def _enter(self, application: Componentized) -> None:
        """Go where the application is to run."""
        os.chdir(self.config["rundir"])

    def _runner(self, application: Componentized) -> Runner:
        """Return what starts and stops the application, and saves it if that is wanted."""
        reactor = defaultReactor(IReactorCore)
        if not self.config["no_save"]:
            persistable = adapt(IPersistable, application)
            reactor.addSystemEventTrigger("after", "shutdown", persistable.save, "shutdown")
        operation = self.operation
        assert operation is not None, "`run` has made it"
        if operation.supervises:
            service = operation.supervisor()
        else:
            service = operation.around(adapt(IService, application))
        return Runner(reactor, service, self._bound, self._started)

    def _bound(self) -> None:
        """Called when the ports are bound, before the application is started."""

    def _started(self) -> None:
        """Called when the application has started."""

    def _ended(self, status: int) -> None:
        """Called when it cannot be run, after people were told."""

    def _refuse(self, error: Exception) -> NoReturn:
        """Exit with one line on standard error that says what is wrong and what to do."""
        predecessor = None if self.operation is None else self.operation.predecessor
        status = refuse(error, self.config.subCommand, self._streams[1], predecessor)
        self._ended(status)
        sys.exit(status)


def makeOperation(config: ServerOptions) -> Operation:
    """Return how the process is supervised, stopped and restarted, as the options say.

    Raises:
        ValueError: A former process has left something that cannot be understood.
    """
    # Not `defaultReactor`, which would bind it: the application may choose one while it is loaded.
    from twisted.internet import reactor

    return Operation(
        reactor,
        config["drain"],
        config["restart-on"],
        inspectAt=config["inspect"],
        workers=config["workers"],
    )


def refuse(
    error: Exception,
    command: str | None,
    stream: TextIO | None,
    predecessor: Predecessor | None = None,
) -> int:
    """Say what is wrong and what to do, and return the status to exit with.

    Args:
        error: What is wrong.
        command: The command of twistd that was given, if one was.
        stream: Where to say it, unless another process has started this one and says it; None for
            nowhere.
        predecessor: That process; found in the environment, if None.
    """
    program = f"twistd {command}" if command else "twistd"
    status, text = explain(error)
    if status == ExitStatus.EX_USAGE:
        text = f"{text.rstrip('.')}. Try '{program} --help'."
    text = oneLine(text)
    if not tellPredecessor(predecessor, status, text) and stream is not None:
        stream.write(f"{program}: {text}\n")
        stream.flush()
    return status


def startApplication(application: Componentized, save: bool | int) -> None:
    """Start an application, and let it stop with the default reactor, which somebody else runs.

    Args:
        application: The application; its ports may be bound already.
        save: Whether to save it when it was stopped.
    """
    reactor = defaultReactor(IReactorCore)
    service = adapt(IService, application)
    if save:
        persistable = adapt(IPersistable, application)
        reactor.addSystemEventTrigger("after", "shutdown", persistable.save, "shutdown")
    reactor.addSystemEventTrigger("before", "shutdown", service.stopService)
    service.startService()


def run(
    runApp: Callable[[ServerOptions], object], ServerOptions: Callable[[], ServerOptions]
) -> None:
    """Run a command that runs applications, with the command line of this process.

    Args:
        runApp: Runs what the options say.
        ServerOptions: Makes what parses the command line.

    Raises:
        SystemExit: The command line is wrong, or the application cannot be run.
    """
    options = ServerOptions()
    try:
        options.parseOptions()
        runApp(options)
    except Exception as error:
        sys.exit(refuse(error, options.subCommand, sys.stderr))


def exitWithSignal(number: int) -> NoReturn:
    """End the process by a signal, as it ends without a handler: who started it sees which.

    Args:
        number: The number of the signal.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    # The signal may be blocked.
    sys.exit(128 + number)


__all__ = ["ApplicationRunner", "Logs", "exitWithSignal", "refuse", "run", "startApplication"]
