"""`twisted.internet.utils`: what programs print, and warnings that are suppressed."""

import os
import signal
import warnings
from collections.abc import Iterator
from typing import TypeVar

import pytest

from twisted.internet import utils
from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.epollreactor import EPollReactor
from twisted.python.failure import Failure

from .reactor_helpers import discard, turnUntil

_T = TypeVar("_T")


@pytest.fixture
def reactor() -> Iterator[PollingReactor]:
    made = EPollReactor()
    yield made
    discard(made)


def result(reactor: PollingReactor, deferred: Deferred[_T]) -> _T:
    """Turn a reactor until a Deferred fires, and return its result or raise its error."""
    results: list[_T | Failure] = []
    deferred.addBoth(results.append)
    turnUntil(reactor, lambda: results)
    only = results[0]
    if isinstance(only, Failure):
        only.raiseException()
    assert not isinstance(only, Failure)
    return only


def test_the_output_of_a_program(reactor: PollingReactor) -> None:
    got = utils.getProcessOutput("/bin/sh", ["-c", b"echo out; exit 3"], reactor=reactor)
    assert result(reactor, got) == b"out\n"


def test_a_bare_name_is_found(reactor: PollingReactor) -> None:
    assert result(reactor, utils.getProcessOutput("echo", (b"x",), reactor=reactor)) == b"x\n"


def test_environment_and_directory_are_passed_on(reactor: PollingReactor) -> None:
    got = utils.getProcessOutput(
        "/bin/sh", ["-c", "echo $A; pwd"], {"A": "1"}, "/usr", reactor=reactor
    )
    assert result(reactor, got) == b"1\n/usr\n"


def test_output_on_standard_error_is_a_failure(reactor: PollingReactor) -> None:
    got = utils.getProcessOutput("/bin/sh", ["-c", "echo oops >&2"], reactor=reactor)
    with pytest.raises(OSError, match="oops") as caught:
        result(reactor, got)
    assert isinstance(caught.value, utils.UnexpectedErrorOutput)
    result(reactor, caught.value.processEnded.addErrback(lambda failure: None))


def test_errors_may_be_part_of_the_output(reactor: PollingReactor) -> None:
    got = utils.getProcessOutput(
        "/bin/sh", ["-c", "echo out; echo err >&2"], reactor=reactor, errortoo=True
    )
    assert sorted(result(reactor, got).split()) == [b"err", b"out"]


@pytest.mark.parametrize(("program", "status"), [("/bin/true", 0), ("/bin/false", 1)])
def test_the_exit_status_of_a_program(reactor: PollingReactor, program: str, status: int) -> None:
    assert result(reactor, utils.getProcessValue(program, reactor=reactor)) == status


def test_a_program_that_a_signal_ended_has_no_exit_status(reactor: PollingReactor) -> None:
    got = utils.getProcessValue("/bin/sh", ["-c", "kill -9 $$"], reactor=reactor)
    assert result(reactor, got) is None


def test_everything_of_a_program(reactor: PollingReactor) -> None:
    got = utils.getProcessOutputAndValue(
        "/bin/sh", ["-c", "cat; echo err >&2; exit 4"], reactor=reactor, stdinBytes=b"in"
    )
    assert result(reactor, got) == (b"in", b"err\n", 4)


def test_the_signal_that_ended_a_program(reactor: PollingReactor) -> None:
    got = utils.getProcessOutputAndValue("/bin/sh", ["-c", "echo out; kill -9 $$"], reactor=reactor)
    with pytest.raises(utils.EndedBySignal, match="signal 9") as caught:
        result(reactor, got)
    assert tuple(caught.value) == (b"out\n", b"", signal.SIGKILL)
    assert caught.value[2] == signal.SIGKILL


def test_a_program_that_prints_too_much_is_killed(reactor: PollingReactor) -> None:
    got = utils.getProcessOutput("/usr/bin/yes", reactor=reactor, maximumOutput=1000)
    with pytest.raises(utils.OutputTooLong, match="1000 bytes"):
        result(reactor, got)
    untilReaped(reactor)


def test_cancelling_kills_the_program(reactor: PollingReactor) -> None:
    got = utils.getProcessOutput("sleep", ["60"], reactor=reactor)
    got.cancel()
    with pytest.raises(CancelledError):
        result(reactor, got)
    untilReaped(reactor)


def untilReaped(reactor: PollingReactor) -> None:
    """Turn a reactor until there are no children."""

    def none() -> bool:
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return True
        return False

    turnUntil(reactor, none)


def test_warnings_are_suppressed_during_a_call() -> None:
    def warn(text: str) -> str:
        warnings.warn(text, stacklevel=1)
        return "done"

    suppressed: utils.SuppressedWarning = (("ignore",), {"message": "ignore this"})
    before = list(warnings.filters)
    assert utils.runWithWarningsSuppressed([suppressed], warn, "ignore this") == "done"
    assert list(warnings.filters) == before
    with pytest.warns(UserWarning, match="ignore this"):
        warn("ignore this")


def test_warnings_are_suppressed_until_a_deferred_fires() -> None:
    waiting: Deferred[None] = Deferred()
    suppressed: utils.SuppressedWarning = (("ignore",), {"message": "ignore this too"})
    utils.runWithWarningsSuppressed([suppressed], lambda: waiting)
    warnings.warn("ignore this too", stacklevel=1)
    waiting.callback(None)
    with pytest.warns(UserWarning, match="ignore this too"):
        warnings.warn("ignore this too", stacklevel=1)


def test_a_wrapper_suppresses_warnings() -> None:
    def warn(number: int) -> int:
        """Say it."""
        warnings.warn("never mind", stacklevel=1)
        return number

    wrapped = utils.suppressWarnings(warn, (("ignore",), {"message": "never mind"}))
    assert wrapped(3) == 3
    assert wrapped.__doc__ == "Say it."


def test_an_error_ends_the_suppression() -> None:
    def fail() -> None:
        raise RuntimeError("on purpose")

    before = list(warnings.filters)
    with pytest.raises(RuntimeError):
        utils.runWithWarningsSuppressed([(("ignore",), {"message": "whatever"})], fail)
    assert list(warnings.filters) == before
