"""Runs an application as a daemon, or in the foreground with what else belongs to one."""

import os

from twisted.application._apprunner import ApplicationRunner
from twisted.application._daemon._detaching import Report, detach
from twisted.application._daemon._logging import UnixAppLogger
from twisted.application._daemon._pidfile import PidFile
from twisted.application._daemon._surroundings import DAEMON_UMASK, move, rename, shedPrivileges
from twisted.application._serveroptions import ServerOptions
from twisted.application.restarting import Predecessor
from twisted.application.runner import Runner
from twisted.application.service import IProcess
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import IReactorCore
from twisted.python.components import Componentized, adapt

PID_FILE = "pid file"
"""What a new process finds the pid file by that is handed over to it."""


class UnixApplicationRunner(ApplicationRunner):
    """Runs an application as a daemon, unless the options say otherwise.

    Args:
        config: The options of the command, after they were parsed.

    Raises:
        twisted.python.usage.UsageError: What the options name is not there.
    """

    loggerFactory = UnixAppLogger

    def __init__(self, config: ServerOptions) -> None:
        super().__init__(config)
        self._pidFile = PidFile(config["pidfile"]) if config["pidfile"] else None
        self._hasPidFile = False
        self._report: Report | None = None

    def preApplication(self) -> None:
        """Look whether such a daemon runs already.

        Raises:
            AlreadyRunningError: It does.
            PidFileError: The pid file is no such file, or cannot be read.
        """
        predecessor = self._predecessor
        if predecessor.worker is not None:
            # The file is that of the supervisor.
            self._pidFile = None
        if self._pidFile is None:
            return
        descriptor = predecessor.take(PID_FILE)
        if descriptor is not None:
            self._pidFile.adopt(descriptor)
            self._hasPidFile = True
            return
        path = os.path.join(self.config["rundir"], self._pidFile.path)
        if self.config["chroot"] is not None:
            path = os.path.join(self.config["chroot"], path.lstrip("/"))
        PidFile(path).check()

    def postApplication(self) -> None:
        """Run the application that was loaded, until it was stopped.

        Raises:
            Exception: It could not be started; `run` tells people about it.
        """
        try:
            super().postApplication()
        finally:
            # The reactor has seen to it, unless it was crashed.
            self._removePidFile()

    def _enter(self, application: Componentized) -> None:
        config = self.config
        umask = config["umask"]
        daemonize = not config["nodaemon"]
        if daemonize:
            umask = DAEMON_UMASK if umask is None else umask
            if self._predecessor:
                # A daemon has started it, and waits for this very process.
                self._report = Report.toNobody()
            else:
                self._report = detach(defaultReactor(IReactorCore))
        move(config["chroot"], config["rundir"], umask)
        process = adapt(IProcess, application, None)
        if process is not None and process.processName and not config["originalname"]:
            rename(process.processName)

    def _runner(self, application: Componentized) -> Runner:
        runner = super()._runner(application)
        # While the reactor still answers signals: another one would leave the file behind.
        reactor = defaultReactor(IReactorCore)
        reactor.addSystemEventTrigger("after", "shutdown", self._removePidFile)
        return runner

    def _bound(self) -> None:
        operation = self.operation
        assert operation is not None, "`run` has made it"
        if self._pidFile is not None:
            if not self._hasPidFile:
                self._pidFile.write()
            operation.belongings[PID_FILE] = self._pidFile.fileno()
        operation.whenReplaced = self._replaced
        if not operation.supervises:
            # A supervisor keeps its rights, for workers that begin with them.
            self._shedPrivileges(operation.restartSignal is not None)

    def _shedPrivileges(self, restarts: bool) -> None:
        config = self.config
        assert self.application is not None
        process = adapt(IProcess, self.application, None)
        uid, gid = config["uid"], config["gid"]
        if process is not None:
            uid = process.uid if uid is None else uid
            gid = process.gid if gid is None else gid
        if restarts and isinstance(self.logger, UnixAppLogger):
            # The next process opens the log as that user.
            self.logger.giveTo(uid, gid)
        shedPrivileges(bool(config["euid"]), uid, gid)

    def _replaced(self, process: int) -> None:
        """Leave what is not shared to the process that has taken over."""
        if self._pidFile is not None:
            self._pidFile.leaveTo(process)
        if isinstance(self.logger, UnixAppLogger):
            self.logger.rotateNoMore()

    @property
    def _predecessor(self) -> Predecessor:
        assert self.operation is not None, "`run` has made it"
        return self.operation.predecessor

    def _started(self) -> None:
        self._ended(0)

    def _ended(self, status: int) -> None:
        if self._report is not None:
            self._report.tell(status)

    def _removePidFile(self) -> None:
        if self._pidFile is not None:
            self._pidFile.remove()


__all__ = ["UnixApplicationRunner"]
