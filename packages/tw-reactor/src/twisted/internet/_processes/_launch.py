"""Starting a program.

The ordinary way is `posix_spawn`: no code of ours runs in the child, the parent's memory is not
copied, and any number of threads may be at work. It knows no directory and no user, and calls
nothing, so where these are asked for, the process forks and the child makes a few system calls
before it becomes the program. It does too when `posix_spawn` fails (there is no such program): then the child is the one
that fails, says why on its standard error and exits with status 1.
"""

import fcntl
import os
import pwd
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

FAILED_TO_START = 1
"""The exit status of a child that could not become the program."""

# Python ignores these, and what is ignored would be for the program too.
_DEFAULTED = tuple(
    getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name)
)


class FDDetector:
    """Knows which descriptors this process has open."""

    def listOpenFDs(self) -> list[int]:
        """Return the numbers of the open descriptors; where nobody tells, all there may be."""
        for directory in ("/proc/self/fd", "/dev/fd"):
            try:
                return [int(name) for name in os.listdir(directory)]
            except OSError:
                continue
        return list(range(os.sysconf("SC_OPEN_MAX")))


detector: FDDetector = FDDetector()


@dataclass(frozen=True)
class Program:
    """What is to be started, in the form that the operating system takes.

    Attributes:
        executable: Its path.
        arguments: All arguments, its name included.
        environment: The complete environment.
        directory: Where it starts; None for here.
        uid: As whom it runs; None for the same user.
        gid: As which group it runs; None for the same.
        descriptors: For each descriptor of the child: the one of this process that it is.
        terminal: The path of its controlling terminal, which is then its standard input, output
            and error; None for none.
        preparation: What the child calls just before it becomes the program; None for nothing.
    """

    executable: bytes
    arguments: list[bytes]
    environment: dict[bytes, bytes]
    directory: bytes | None = None
    uid: int | None = None
    gid: int | None = None
    descriptors: Mapping[int, int] = field(default_factory=dict)
    terminal: str | None = None
    preparation: Callable[[], object] | None = None


def describe(
    executable: bytes | str,
    args: Iterable[bytes | str],
    env: Mapping[str, str] | Mapping[bytes, bytes] | None,
    path: bytes | str | None,
    uid: int | None,
    gid: int | None,
) -> Program:
    """Check what somebody wants to start.

    Raises:
        TypeError: Something is neither text nor bytes, or has a NUL in it.
    """
    arguments = [_encoded(arg, "an argument") for arg in args]
    given: Mapping[str, str] | Mapping[bytes, bytes] = os.environ if env is None else env
    environment = {
        _encoded(key, "a name in the environment"): _encoded(value, "a value in the environment")
        for key, value in given.items()
    }
    program = _encoded(executable, "the executable")
    return Program(
        _found(program, environment),
        arguments,
        environment,
        None if path is None else _encoded(path, "the path"),
        uid,
        gid,
    )


def launch(program: Program) -> int:
    """Start a program.

    Returns:
        The number of the process.

    Raises:
        OSError: There is no room for another process.
    """
    asked = (program.directory, program.uid, program.gid, program.preparation)
    ordinary = asked == (None, None, None, None)
    top = max(program.descriptors, default=2) + 1
    copies: list[int] = []
    moves: list[tuple[int, int]] = []
    try:
        for target, source in program.descriptors.items():
            if source in program.descriptors:
                # It would be overwritten before, or is not to be inherited as it is.
                source = _copyAbove(source, top)
                copies.append(source)
            moves.append((source, target))
        if ordinary:
            try:
                return _spawn(program, moves)
            except (BlockingIOError, MemoryError):
                raise
            except (OSError, ValueError):
                # The child shall be the one that fails.
                pass
        return _fork(program, moves)
    finally:
        for copy in copies:
            os.close(copy)


def _copyAbove(fd: int, lowest: int) -> int:
    """Return a copy of a descriptor that is not inherited; its number is not below `lowest`."""
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, lowest)


def _spawn(program: Program, moves: list[tuple[int, int]]) -> int:
    actions: list[tuple[object, ...]] = []
    taken = {target for _, target in moves}
    if program.terminal is not None:
        # The first terminal that the leader of a new session opens comes to control it.
        actions.append((os.POSIX_SPAWN_OPEN, 0, program.terminal, os.O_RDWR, 0))
        actions += [(os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)]
        taken |= {0, 1, 2}
    actions += [(os.POSIX_SPAWN_DUP2, source, target) for source, target in moves]
    for fd in detector.listOpenFDs():
        if fd not in taken and _isInherited(fd):
            actions.append((os.POSIX_SPAWN_CLOSE, fd))
    return os.posix_spawn(
        program.executable,
        program.arguments,
        program.environment,
        file_actions=actions,
        setsigdef=_DEFAULTED,
        setsid=program.terminal is not None,
    )


def _isInherited(fd: int) -> bool:
    try:
        return os.get_inheritable(fd)
    except OSError:
        return False


def _fork(program: Program, moves: list[tuple[int, int]]) -> int:
    groups = _groups(program.uid, program.gid)
    with warnings.catch_warnings():
        # Python warns of forking beside threads. The child makes system calls only.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return pid
    try:
        _become(program, moves, groups)
    except BaseException:
        _report()
    finally:
        os._exit(FAILED_TO_START)


def _groups(uid: int | None, gid: int | None) -> list[int] | None:
    """Return the supplementary groups of a child; None to leave them as they are."""
    if os.geteuid() != 0 or (uid is None and gid is None):
        return None
    group = os.getgid() if gid is None else gid
    try:
        return os.getgrouplist(pwd.getpwuid(-1 if uid is None else uid).pw_name, group)
    except (KeyError, OverflowError):
        return [group]


def _become(  # pragma: no cover - runs in the child, which writes no report
    program: Program, moves: list[tuple[int, int]], groups: list[int] | None
) -> None:
    """Become the program."""
    terminal = program.terminal
    taken = {target for _, target in moves}
    if terminal is not None:
        os.setsid()
        fd = os.open(terminal, os.O_RDWR)
        for target in (0, 1, 2):
            os.dup2(fd, target)
        taken |= {0, 1, 2}
    for source, target in moves:
        os.dup2(source, target)
    for fd in detector.listOpenFDs():
        if fd not in taken:
            _closeQuietly(fd)
    for number in _DEFAULTED:
        signal.signal(number, signal.SIG_DFL)
    if program.directory is not None:
        os.chdir(program.directory)
    if groups is not None:
        os.setgroups(groups)
    if program.gid is not None:
        os.setregid(program.gid, program.gid)
    if program.uid is not None:
        os.setreuid(program.uid, program.uid)
    if program.preparation is not None:
        program.preparation()
    os.execve(program.executable, program.arguments, program.environment)


def _closeQuietly(fd: int) -> None:  # pragma: no cover - runs in the child
    try:
        os.close(fd)
    except OSError:
        pass


def _report() -> None:  # pragma: no cover - runs in the child
    """Say on standard error, if there is one, why the program was not started."""
    error = "".join(traceback.format_exception_only(*sys.exc_info()[:2]))
    try:
        os.write(2, f"the program could not be started: {error}".encode(errors="replace"))
    except OSError:
        pass


def _encoded(text: object, what: str) -> bytes:
    if isinstance(text, str):
        text = os.fsencode(text)
    if not isinstance(text, bytes):
        raise TypeError(f"{what} must be text or bytes, not {text!r}")
    if b"\0" in text:
        raise TypeError(f"{what} can't have a NUL in it: {text!r}")
    return text


def _found(executable: bytes, environment: Mapping[bytes, bytes]) -> bytes:
    """Return the path of a program: the child's own search path is used, or else this process's."""
    if b"/" in executable:
        return executable
    path = environment.get(b"PATH") or os.fsencode(os.environ.get("PATH") or os.defpath)
    for directory in path.split(b":"):
        candidate = os.path.join(directory, executable)
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return executable


__all__ = ["FAILED_TO_START", "FDDetector", "Program", "describe", "detector", "launch"]
