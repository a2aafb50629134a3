"""Starts the program anew without losing a connection.

The old process starts a new one with the same command line and hands its open ports on. The new one
takes their sockets when it opens the same ports (`twisted.internet._sockets._handedover`), and says
so when its service has started. Only then does the old process stop accepting; connections that
come meanwhile wait in the queue of a socket that both have. If the new process fails, or is not
ready in time, the old one goes on as if nothing had been.

Two things travel in the environment: `TW_HANDOVER` names the descriptors of the ports, and what
each is asked for, and of other belongings; and sockets that systemd opened stay where it put them,
in `LISTEN_FDS`.

A process that cannot take over says why in one line, since nobody may see its standard error.
"""

import json
import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import NamedTuple

from twisted.application.runner._trouble import oneLine
from twisted.internet._sockets._handedover import handedOver
from twisted.internet.base import BasePort
from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import (
    IProcessTransport,
    IReactorFDSet,
    IReactorProcess,
    IReactorTime,
)
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.python.components import Interface
from twisted.python.failure import Failure
from twisted.python.systemd import ListenFDs

_log = Logger("twisted.application.restarting")

VARIABLE = "TW_HANDOVER"
READY = b"ready"
FAILED = b"failed "
MAXIMUM_REASON = 4096
"""How many bytes a process can say about why it cannot take over."""
PATIENCE = 60.0
"""How many seconds the new process has to become ready before it is ended."""
MAXIMUM_PORTS = 1000
"""How many ports are handed over at most."""
FIRST_DESCRIPTOR = 3
"""The number of the first descriptor that is handed over, as in sd_listen_fds(3)."""
# Only the new process knows its number; exec keeps it.
SCRIPT = 'LISTEN_PID=$$ WATCHDOG_PID=$$; export LISTEN_PID WATCHDOG_PID; exec "$@"'


class RestartError(Exception):
    """The new process did not become ready; the text says why."""


class IReactorOfRestarting(IReactorFDSet, IReactorTime, IReactorProcess, Interface):
    """What restarting needs of a reactor."""


class Activated(NamedTuple):
    """Sockets that this process was started with, as systemd does it.

    Attributes:
        identities: What tells each from any other socket, in their order; None for what is none.
        names: The value of `LISTEN_FDNAMES`, if there was one.
    """

    identities: tuple[tuple[int, int] | None, ...] = ()
    names: str | None = None

    @classmethod
    def fromEnvironment(cls, environ: Mapping[str, str] | None = None) -> "Activated":
        """Return those that the environment tells about, which is left as it is.

        Args:
            environ: The environment; that of this process, if left out.
        """
        environment = os.environ if environ is None else environ
        descriptors = ListenFDs.fromEnvironment(environment).inheritedDescriptors()
        return cls(
            tuple(map(_identity, descriptors)),
            environment.get("LISTEN_FDNAMES") if descriptors else None,
        )


class Predecessor:
    """The process that has started this one to take its place, if there is one.

    Args:
        descriptor: Where it reads whether this one is ready; -1 if there is no such process.
        worker: The number of this process among the workers of that one; None if it is none.
        belongings: Descriptors that are no ports, by their names, which belong to this from now on.

    Attributes:
        worker: The number of this process among the workers of that one; None if it is none.
    """

    def __init__(
        self,
        descriptor: int = -1,
        worker: int | None = None,
        belongings: Mapping[str, int] | None = None,
    ) -> None:
        self._descriptor = descriptor
        self._belongings = dict(belongings or {})
        self.worker = worker

    def __bool__(self) -> bool:
        """Whether there is one that waits."""
        return self._descriptor != -1

    def detach(self) -> int:
        """Return the descriptor, which belongs to the caller from now on."""
        descriptor, self._descriptor = self._descriptor, -1
        return descriptor

    def take(self, name: str) -> int | None:
        """Return a descriptor that is no port, which belongs to the caller from now on.

        Args:
            name: Its name.

        Returns:
            Its number; None if nothing of that name was left, or it was taken.
        """
        return self._belongings.pop(name, None)

    def ready(self) -> None:
        """Say that this process can take over, and close the sockets that no port has taken."""
        for request in handedOver.closeRest():
            _log.info("Nothing listens any more at what was {request}", request=request)
        for descriptor in self._belongings.values():
            os.close(descriptor)
        self._belongings.clear()
        descriptor = self.detach()
        if descriptor == -1:
            return
        try:
            os.write(descriptor, READY)
        except OSError as error:
            _log.warn("The process before this one is gone: {error}", error=error)
        finally:
            os.close(descriptor)

    def refuse(self, status: int, reason: str) -> bool:
        """Say that this process cannot take over.

        Args:
            status: The status that it is going to end with.
            reason: Why, in one line for people.

        Returns:
            Whether that process was told, which tells people; if not, nobody has.
        """
        descriptor = self.detach()
        if descriptor == -1:
            return False
        text = reason.encode("utf-8", "backslashreplace")[:MAXIMUM_REASON]
        if self.worker is not None:
            report = {"status": status, "failed": text.decode("utf-8", "ignore")}
            text = json.dumps(report).encode() + b"\n"
        else:
            text = FAILED + text
        try:
            os.write(descriptor, text)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True


def takeOver(environ: MutableMapping[str, str] | None = None) -> Predecessor:
    """Take the sockets that the process before this one has left, if there was one.

    Call it before ports are opened.

    Args:
        environ: The environment, from which the variable is removed; that of this process, if left
            out.

    Returns:
        The process to be told when this one is ready.

    Raises:
        ValueError: The variable is not one that `Restart` has set.
    """
    environment = os.environ if environ is None else environ
    text = environment.pop(VARIABLE, "")
    if not text:
        return Predecessor()
    match _parsed(text):
        case {"parent": int(parent), "ready": int(ready), "ports": list(ports), **more} if all(
            isinstance(each, list) and list(map(type, each)) == [int, str] for each in ports
        ):
            if parent != os.getppid():
                # It was meant for another process, and these descriptors may be anything.
                return Predecessor()
        case _:
            raise ValueError(f"the environment variable {VARIABLE} cannot be understood: unset it")
    for descriptor, request in ports:
        handedOver.offer(request, descriptor)
    worker, named = more.get("worker"), more.get("belongings")
    belongings = {
        name: descriptor
        for name, descriptor in (named if isinstance(named, dict) else {}).items()
        if type(descriptor) is int
    }
    for descriptor in (ready, *belongings.values()):
        os.set_inheritable(descriptor, False)
    return Predecessor(ready, worker if isinstance(worker, int) else None, belongings)


def tellPredecessor(predecessor: Predecessor | None, status: int, reason: str) -> bool:
    """Say to the process before this one, if there is one, that this one cannot take over.

    Args:
        predecessor: That process; found in the environment, if None.
        status: The status that this process is going to end with.
        reason: Why, in one line for people.

    Returns:
        Whether it was told, which tells people; if not, nobody has.
    """
    if predecessor is None:
        try:
            predecessor = takeOver()
        except ValueError:
            return False
    return predecessor.refuse(status, reason)


class Restart:
    """One attempt to have a new process take the place of this one.

    Args:
        reactor: The reactor whose ports are handed over, and which starts the process.
        command: The command line; that of this process if None.
        activated: The sockets that this process was started with.
        environ: The environment of the new process; that of this process if None.
        directory: The directory that the new process begins in; that of this process if None.
        belongings: Descriptors that are no ports, by the names that the new process finds them by.
    """

    def __init__(
        self,
        reactor: IReactorOfRestarting,
        command: Sequence[str] | None = None,
        activated: Activated | None = None,
        environ: Mapping[str, str] | None = None,
        directory: str | None = None,
        belongings: Mapping[str, int] | None = None,
    ) -> None:
        self._reactor = reactor
        self._command = [sys.executable, *sys.orig_argv[1:]] if command is None else list(command)
        self._activated = Activated() if activated is None else activated
        self._environ = dict(os.environ if environ is None else environ)
        self._directory = directory
        self._belongings = dict(belongings or {})
        self._descriptors: list[int] = []
        self._spare: list[int] = []

    def begin(self, patience: float = PATIENCE) -> Deferred[int]:
        """Start the new process.

        Args:
            patience: How many seconds it has to become ready; it is ended if it does not.

        Returns:
            A Deferred with the number of the process when it is ready, and then this one should
            accept nothing more; or with a `RestartError`, and then nothing has changed. To cancel
            it ends the process.
        """
        everything: list[object] = [*self._reactor.getReaders()]
        ports = [each for each in everything if isinstance(each, BasePort)]
        if len(ports) > MAXIMUM_PORTS:
            _log.warn(
                "{count} ports are more than {maximum}: the rest is opened anew",
                count=len(ports),
                maximum=MAXIMUM_PORTS,
            )
            del ports[MAXIMUM_PORTS:]
        handed = self._collect(ports)
        first = FIRST_DESCRIPTOR + len(self._activated.identities)
        offered = [[first + number, port.request()] for number, port in enumerate(handed)]
        self._descriptors += [port.fileno() for port in handed]
        further = FIRST_DESCRIPTOR + len(self._descriptors)
        belongings = {name: further + number for number, name in enumerate(self._belongings)}
        self._descriptors += self._belongings.values()
        channel = FIRST_DESCRIPTOR + len(self._descriptors)
        self._environ[VARIABLE] = json.dumps(
            {
                "parent": os.getpid(),
                "ready": channel,
                "ports": offered,
                "belongings": belongings,
            }
        )
        successor = _Successor(channel, ports)
        childFDs = {
            0: 0,
            1: 1,
            2: 2,
            **dict(enumerate(self._descriptors, FIRST_DESCRIPTOR)),
            channel: "r",
        }
        try:
            self._reactor.spawnProcess(
                successor,
                "/bin/sh",
                ["sh", "-c", SCRIPT, "sh", *self._command],
                env=self._environ,
                path=self._directory,
                childFDs=childFDs,  # type: ignore[arg-type]  # a dict of both kinds
            )
        except OSError as error:
            successor.fail(f"it cannot be started: {error}")
        finally:
            for descriptor in self._spare:
                os.close(descriptor)
        return successor.ready.addTimeout(patience, self._reactor).addErrback(_ebLate, patience)

    def _collect(self, ports: Sequence[BasePort]) -> list[BasePort]:
        """Put the sockets of systemd in their old order; return the ports that have others."""
        byIdentity = {_identity(port.fileno()): port for port in ports}
        for number, identity in enumerate(self._activated.identities):
            port = None if identity is None else byIdentity.pop(identity, None)
            if port is not None:
                self._descriptors.append(port.fileno())
            elif identity is not None and _identity(FIRST_DESCRIPTOR + number) == identity:
                # No port was opened for it, and it is still where systemd has put it.
                self._descriptors.append(FIRST_DESCRIPTOR + number)
            else:
                # It was closed; the others keep their places.
                self._spare.append(os.open(os.devnull, os.O_RDONLY))
                self._descriptors.append(self._spare[-1])
        if self._activated.identities:
            self._environ["LISTEN_FDS"] = str(len(self._activated.identities))
            if self._activated.names is not None:
                self._environ["LISTEN_FDNAMES"] = self._activated.names
        return list(byIdentity.values())


class _Successor(ProcessProtocol):
    """The new process, as the old one sees it."""

    transport: IProcessTransport

    def __init__(self, channel: int, ports: Sequence[BasePort]) -> None:
        self._channel = channel
        self._ports = ports
        self._said = b""
        self.ready: Deferred[int] = Deferred(self._cancel)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        """Take what the process says about itself."""
        self._said += data[: len(FAILED) + MAXIMUM_REASON - len(self._said)]
        if self._said.startswith(READY) and not self.ready.called:
            process = self.transport.pid
            assert process is not None, "it runs"
            for port in self._ports:
                port.leaveTo(process)
            self.ready.callback(process)

    def processEnded(self, reason: Failure) -> None:
        """Learn that the process is gone."""
        text = reason.getErrorMessage()
        if self._said.startswith(FAILED):
            text = self._said.removeprefix(FAILED).decode("utf-8", "backslashreplace")
        self.fail(f"it has ended: {oneLine(text)}")

    def fail(self, text: str) -> None:
        """Give up, unless it was ready."""
        if not self.ready.called:
            self.ready.errback(RestartError(text))

    def _cancel(self, ready: Deferred[int]) -> None:
        """End the process."""
        if getattr(self.transport, "pid", None) is not None:
            self.transport.signalProcess("KILL")


def _ebLate(failure: Failure, patience: float) -> Failure:
    """Turn the end of patience into an error that says so."""
    if failure.check(TimeoutError):
        return Failure(RestartError(f"it was not ready after {patience:g} seconds, and is ended"))
    return failure


def _identity(descriptor: int) -> tuple[int, int] | None:
    """Return what tells a socket from any other; None if there is none."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _parsed(text: str) -> object:
    """Return what a text of JSON says; None if it is none."""
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed


__all__ = [
    "MAXIMUM_PORTS",
    "PATIENCE",
    "Activated",
    "Predecessor",
    "Restart",
    "RestartError",
    "takeOver",
    "tellPredecessor",
]
