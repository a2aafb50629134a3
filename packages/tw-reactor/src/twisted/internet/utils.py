"""The easy way to run a program and get what it prints, and calling with warnings suppressed."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Generic, ParamSpec, TypeVar, cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

MAXIMUM_OUTPUT = 256 * 1024 * 1024
"""How many bytes a program may print, by default."""

_P = ParamSpec("_P")
_R = TypeVar("_R")
_EMPTY: Mapping[str, str] = MappingProxyType({})

Environment = Mapping[str, str] | Mapping[bytes, bytes] | None
SuppressedWarning = tuple[tuple[object, ...], dict[str, object]]


class OutputTooLong(ValueError):
    """A program printed more than it may, and was killed."""


class UnexpectedErrorOutput(OSError):
    """A program wrote to its standard error, which stands for a failure.

    Attributes:
        processEnded: A Deferred that fires when the program has ended.
    """

    def __init__(self, text: bytes, processEnded: Deferred[None]) -> None:
        super().__init__(f"the program wrote to its standard error: {text!r}")
        self.processEnded = processEnded


class EndedBySignal(Exception):
    """A program was ended by a signal; can be taken apart into output, errors and signal.

    Attributes:
        output: What it had written to its standard output.
        errors: What it had written to its standard error.
        signal: The number of the signal.
    """

    def __init__(self, output: bytes, errors: bytes, signal: int) -> None:
        super().__init__(output, errors, signal)
        self.output = output
        self.errors = errors
        self.signal = signal

    def __str__(self) -> str:
        return f"the program was ended by signal {self.signal}"

    def __iter__(self) -> Iterator[bytes | int]:
        return iter((self.output, self.errors, self.signal))

    def __getitem__(self, index: int) -> bytes | int:
        return (self.output, self.errors, self.signal)[index]


class _Collector(ProcessProtocol, Generic[_R]):
    """Runs one program for one Deferred; cancelling it kills the program."""

    def __init__(self, maximumOutput: int = MAXIMUM_OUTPUT) -> None:
        self.deferred: Deferred[_R] = Deferred(self._cancelled)
        self._maximum = maximumOutput
        self._size = 0
        self._over = False

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        self._size += len(data)
        if self._over:
            return
        if self._size > self._maximum:
            self._fail(
                OutputTooLong(
                    f"the program printed more than {self._maximum} bytes and was killed: give a "
                    "higher maximumOutput if that is too few"
                )
            )
            self._kill()
        else:
            super().childDataReceived(childFD, data)

    def processEnded(self, reason: Failure) -> None:
        if not self._over:
            self._over = True
            self._finish(reason)

    def _finish(self, reason: Failure) -> None:
        """Fire the Deferred; for subclasses."""

    def _fail(self, error: Exception) -> None:
        self._over = True
        self.deferred.errback(error)

    def _cancelled(self, deferred: Deferred[_R]) -> None:
        self._over = True
        self._kill()

    def _kill(self) -> None:
        self.transport.loseConnection()
        try:
            self.transport.signalProcess("KILL")
        except ProcessExitedAlready:
            # What it left open is closed all the same.
            pass


class _OutputCollector(_Collector[bytes]):
    """Collects standard output."""

    def __init__(self, errorToo: bool, maximumOutput: int) -> None:
        super().__init__(maximumOutput)
        self._errorToo = errorToo
        self._output: list[bytes] = []
        self._ended: Deferred[None] | None = None

    def outReceived(self, data: bytes) -> None:
        self._output.append(data)

    def errReceived(self, data: bytes) -> None:
        if self._errorToo:
            self._output.append(data)
            return
        self._ended = Deferred()
        self._fail(UnexpectedErrorOutput(data, self._ended))
        self.transport.loseConnection()

    def processEnded(self, reason: Failure) -> None:
        super().processEnded(reason)
        if self._ended is not None:
            self._ended.errback(reason)
            # Whoever is interested has seen it now; nobody has to be.
            self._ended.addErrback(lambda failure: None)

    def _finish(self, reason: Failure) -> None:
        self.deferred.callback(b"".join(self._output))


class _ValueCollector(_Collector[int | None]):
    """Collects the exit status only."""

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        """Drop what the program prints, of which there may be any amount."""

    def _finish(self, reason: Failure) -> None:
        self.deferred.callback(cast("int | None", getattr(reason.value, "exitCode", None)))


class _OutputAndValueCollector(_Collector[tuple[bytes, bytes, int]]):
    """Collects everything."""

    def __init__(self, stdinBytes: bytes | None, maximumOutput: int) -> None:
        super().__init__(maximumOutput)
        self._input = stdinBytes
        self._output: list[bytes] = []
        self._errors: list[bytes] = []

    def connectionMade(self) -> None:
        if self._input is not None:
            self.transport.write(self._input)
            self.transport.closeStdin()

    def outReceived(self, data: bytes) -> None:
        self._output.append(data)

    def errReceived(self, data: bytes) -> None:
        self._errors.append(data)

    def _finish(self, reason: Failure) -> None:
        output, errors = b"".join(self._output), b"".join(self._errors)
        signal: int | None = getattr(reason.value, "signal", None)
        if signal is None:
            code: int = getattr(reason.value, "exitCode", None) or 0
            self.deferred.callback((output, errors, code))
        else:
            self.deferred.errback(EndedBySignal(output, errors, signal))


def getProcessOutput(
    executable: bytes | str,
    args: Iterable[bytes | str] = (),
    env: Environment = _EMPTY,
    path: bytes | str | None = None,
    reactor: IReactorProcess | None = None,
    errortoo: bool | int = False,
    *,
    maximumOutput: int = MAXIMUM_OUTPUT,
) -> Deferred[bytes]:
    """Run a program and get what it prints.

    Args:
        executable: The path of the program, or a name that is looked for in `PATH`.
        args: Its arguments, without its name.
        env: Its complete environment; None for this process's.
        path: The directory that it starts in; this process's if None.
        reactor: Starts it; the default reactor if None.
        errortoo: Whether what it writes to its standard error is part of the result.
        maximumOutput: How many bytes it may print.

    Returns:
        A Deferred with what it wrote to its standard output, whatever its exit status was. It fails
        with `UnexpectedErrorOutput`, an OSError, as soon as the program writes to its standard
        error, and with `OutputTooLong`. Cancelling it kills the program.
    """
    collector = _OutputCollector(bool(errortoo), maximumOutput)
    return _run(collector, executable, args, env, path, reactor)


def getProcessValue(
    executable: bytes | str,
    args: Iterable[bytes | str] = (),
    env: Environment = _EMPTY,
    path: bytes | str | None = None,
    reactor: IReactorProcess | None = None,
) -> Deferred[int | None]:
    """Run a program and get its exit status; what it prints is dropped.

    Args:
        executable: The path of the program, or a name that is looked for in `PATH`.
        args: Its arguments, without its name.
        env: Its complete environment; None for this process's.
        path: The directory that it starts in; this process's if None.
        reactor: Starts it; the default reactor if None.

    Returns:
        A Deferred with the exit status; None if a signal ended it. Cancelling it kills the program.
    """
    return _run(_ValueCollector(), executable, args, env, path, reactor)


def getProcessOutputAndValue(
    executable: bytes | str,
    args: Iterable[bytes | str] = (),
    env: Environment = _EMPTY,
    path: bytes | str | None = None,
    reactor: IReactorProcess | None = None,
    stdinBytes: bytes | None = None,
    *,
    maximumOutput: int = MAXIMUM_OUTPUT,
) -> Deferred[tuple[bytes, bytes, int]]:
    """Run a program and get all of what it prints, and its exit status.

    Args:
        executable: The path of the program, or a name that is looked for in `PATH`.
        args: Its arguments, without its name.
        env: Its complete environment; None for this process's.
        path: The directory that it starts in; this process's if None.
        reactor: Starts it; the default reactor if None.
        stdinBytes: What it reads from its standard input, which is closed after that.
        maximumOutput: How many bytes it may print.

    Returns:
        A Deferred with standard output, standard error and exit status. It fails with
        `EndedBySignal` and with `OutputTooLong`. Cancelling it kills the program.
    """
    collector = _OutputAndValueCollector(stdinBytes, maximumOutput)
    return _run(collector, executable, args, env, path, reactor)


def _run(
    collector: _Collector[_R],
    executable: bytes | str,
    args: Iterable[bytes | str],
    env: Environment,
    path: bytes | str | None,
    reactor: IReactorProcess | None,
) -> Deferred[_R]:
    if reactor is None:
        reactor = defaultReactor(IReactorProcess)
    reactor.spawnProcess(collector, executable, (executable, *args), env, path)
    return collector.deferred


def runWithWarningsSuppressed(
    suppressedWarnings: Iterable[SuppressedWarning],
    f: Callable[_P, _R],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> _R:
    """Call a function while some warnings are ignored.

    Args:
        suppressedWarnings: For each kind of warning the arguments and keyword arguments of
            `warnings.filterwarnings`.
        f: What to call. If it returns a Deferred, they are ignored until that fires; as the
            filters are those of the whole process, what else happens meanwhile is not warned of
            either.
        args: Its arguments.
        kwargs: Its keyword arguments.

    Returns:
        What the function returned.
    """
    filters = list(warnings.filters)
    for filterArguments, filterKeywords in suppressedWarnings:
        warnings.filterwarnings(
            *filterArguments,  # type: ignore[arg-type]  # whatever the caller gave
            **filterKeywords,  # type: ignore[arg-type]
        )
    added = [one for one in warnings.filters if one not in filters]
    try:
        result = f(*args, **kwargs)
    except BaseException:
        _removeFilters(added)
        raise
    if isinstance(result, Deferred):

        def done(value: object) -> object:
            _removeFilters(added)
            return value

        result.addBoth(done)
    else:
        _removeFilters(added)
    return result


def _removeFilters(filters: Iterable[object]) -> None:
    for one in filters:
        if one in warnings.filters:
            warnings.filters.remove(one)  # type: ignore[attr-defined]  # it is a list
    # What was found earlier stays in force until a filter is added.
    warnings.filterwarnings("default", category=_NeverWarned)
    del warnings.filters[0]  # type: ignore[attr-defined]  # it is a list


class _NeverWarned(Warning):
    """A category of which there are no warnings."""


def suppressWarnings(
    f: Callable[_P, _R], /, *suppressedWarnings: SuppressedWarning
) -> Callable[_P, _R]:
    """Return a function that calls another while some warnings are ignored.

    Args:
        f: The other one.
        suppressedWarnings: As in `runWithWarningsSuppressed`.
    """

    @wraps(f)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return runWithWarningsSuppressed(suppressedWarnings, f, *args, **kwargs)

    return wrapper


__all__ = [
    "MAXIMUM_OUTPUT",
    "EndedBySignal",
    "OutputTooLong",
    "UnexpectedErrorOutput",
    "getProcessOutput",
    "getProcessOutputAndValue",
    "getProcessValue",
    "runWithWarningsSuppressed",
    "suppressWarnings",
]
