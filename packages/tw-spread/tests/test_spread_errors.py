"""Errors that cross a connection: what the caller sees, and what is logged."""

from typing import Any

import pytest

from twisted.internet.defer import Deferred, ensureDeferred, fail
from twisted.logger import LogLevel
from twisted.python.failure import Failure
from twisted.spread import jelly, pb

from .spread_helpers import Pair, logged, results


class MyError(pb.Error):
    """One that peers may expect."""


class Derived(MyError):
    """One of its kind."""


class Other(Exception):
    """One that nobody expects."""


class Sent(pb.Error, pb.Copyable, pb.RemoteCopy):
    """One that is copied."""


pb.setUnjellyableForClass(Sent, Sent)


class Failing(pb.Root):
    """Fails in many ways."""

    def remote_fail(self, name: str) -> Any:
        kinds = {"my": MyError, "derived": Derived, "other": Other, "lost": pb.PBConnectionLost}
        raise kinds[name]("fall down go boom")

    def remote_later(self) -> Any:
        return fail(MyError("later"))

    async def remote_coroutine(self) -> Any:
        raise MyError("later")

    def remote_sent(self) -> Any:
        error = Sent()
        error.code = 5  # type: ignore[attr-defined]  # any attribute
        raise error

    def remote_exit(self) -> Any:
        return Failure(MyError("returned"))

    def remote_passOn(self, obj: Any) -> Any:
        return obj.callRemote("fail", "derived")

    async def remote_awaitOn(self, obj: Any) -> Any:
        return await obj.callRemote("fail", "derived")

    def remote_long(self) -> Any:
        raise MyError("x" * 1_000_000)

    def remote_trap(self, obj: Any) -> Any:
        return obj.callRemote("fail", "derived").addErrback(lambda failure: failure.trap(KeyError))


class Local(pb.Referenceable):
    """Fails at the client."""

    remote_fail = Failing.remote_fail


@pytest.fixture
def pair() -> Pair:
    return Pair(Failing())


def test_caller_sees_the_type_and_the_message(pair: Pair) -> None:
    with logged() as log:
        failure = pair.fails(pair.root, "fail", "my")
    assert type(failure) is pb.CopiedFailure
    assert failure.getErrorMessage() == str(failure.value) == "fall down go boom"
    assert failure.type == f"{__name__}.MyError"
    assert list(log) == []


@pytest.mark.parametrize("name", ["later", "coroutine"])
def test_errors_that_come_later(pair: Pair, name: str) -> None:
    with logged() as log:
        failure = pair.fails(pair.root, name)
    assert failure.check(MyError)
    assert failure.getErrorMessage() == "later"
    assert list(log) == []


def test_unexpected_error_is_logged_where_it_was_raised(pair: Pair) -> None:
    with logged() as log:
        failure = pair.fails(pair.root, "fail", "other")
    assert failure.type == f"{__name__}.Other"
    (event,) = log
    assert event["log_format"] == "Peer will receive following PB traceback:"
    assert event["log_failure"].check(Other)
    assert pair.open


def test_lost_connection_is_logged_in_one_line(pair: Pair) -> None:
    # A peer that hangs up while it is asked back brings it about at will.
    with logged() as log:
        pair.fails(pair.root, "fail", "lost")
    (event,) = log
    assert event["log_level"] is LogLevel.warn
    assert "log_failure" not in event


def test_check_and_trap_know_classes_names_and_bases(pair: Pair) -> None:
    failure = pair.fails(pair.root, "fail", "derived")
    assert failure.check(Derived) is Derived
    assert failure.trap(KeyError, MyError) is MyError
    assert failure.trap(pb.Error) is pb.Error
    assert failure.check(f"{__name__}.MyError") == f"{__name__}.MyError"
    assert failure.check(KeyError, Other, "Derived") is None
    assert failure.check((KeyError, (MyError,))) is MyError


def test_trap_chains_keep_the_type_of_the_peer(pair: Pair) -> None:
    deferred = pair.root.callRemote("fail", "derived")
    seen: list[Any] = []

    def trap(failure: Any, *types: Any) -> Any:
        seen.append((type(failure), failure.type))
        return failure.trap(*types)

    for _ in range(4):
        deferred.addErrback(trap, jelly.InsecureJelly, KeyError)
    deferred.addErrback(trap, Other, MyError)
    found = results(deferred)
    pair.turn()
    assert found == [MyError]
    assert seen == [(pb.CopiedFailure, f"{__name__}.Derived")] * 5


def test_coroutines_see_a_remote_error(pair: Pair) -> None:
    async def call() -> Any:
        try:
            await pair.root.callRemote("fail", "my")
        except pb.RemoteError as error:
            return error

    found = results(ensureDeferred(call()))
    pair.turn()
    (error,) = found
    assert (error.remoteType, error.value) == (f"{__name__}.MyError", "fall down go boom")
    assert error.remoteTraceback == "Traceback unavailable\n"
    assert str(error) == "fall down go boom"


def test_tracebacks_travel_only_if_that_is_wanted() -> None:
    for unsafe in (False, True):
        pair = Pair(Failing(), unsafeTracebacks=unsafe)
        failure = pair.fails(pair.root, "fail", "my")
        assert ("remote_fail" in failure.getTraceback()) is unsafe
        assert ("Traceback unavailable" in failure.getTraceback()) is not unsafe
        assert "fall down go boom" in failure.getTraceback()
        assert failure.getBriefTraceback() == f"Traceback: {__name__}.MyError: fall down go boom\n"


def test_failure_can_be_printed(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    failure = pair.fails(pair.root, "fail", "my")
    failure.printTraceback()
    failure.printBriefTraceback()
    failure.printDetailedTraceback()
    assert capsys.readouterr().err.count("fall down go boom") == 3
    assert "MyError" in repr(failure)
    assert "MyError" in str(failure)


def test_error_that_is_copied_arrives_as_itself(pair: Pair) -> None:
    failure = pair.fails(pair.root, "sent")
    assert failure.type is Sent
    assert failure.value.code == 5


def test_error_is_passed_on_with_its_type(pair: Pair) -> None:
    for name in ("passOn", "trap"):
        failure = pair.fails(pair.root, name, Local())
        assert failure.type == f"{__name__}.Derived"
        assert failure.check(MyError)
        assert failure.getErrorMessage() == "fall down go boom"


def test_error_that_a_coroutine_does_not_catch_is_a_remote_error(pair: Pair) -> None:
    failure = pair.fails(pair.root, "awaitOn", Local())
    assert failure.type == "twisted.spread.pb.RemoteError"
    assert failure.getErrorMessage() == "fall down go boom"


def test_long_message_is_cut(pair: Pair) -> None:
    assert len(pair.fails(pair.root, "long").getErrorMessage()) == pb.MAX_ERROR_TEXT


@pytest.mark.parametrize(
    "state",
    [
        [b"dictionary"],
        [b"dictionary", [[b"unicode", b"type"], 5], [[b"unicode", b"parents"], 6]],
        [b"dictionary", [[b"unicode", b"parents"], [b"list", 1, [b"None"]]]],
        [b"dictionary", [[b"unicode", b"check"], 5], [[b"unicode", b"value"], [b"list"]]],
        [b"dictionary", [1, 2]],
    ],
    ids=repr,
)
def test_what_a_peer_says_of_a_failure_is_not_trusted(pair: Pair, state: Any) -> None:
    deferred: Deferred[Any] = Deferred()
    pair.client.waitingForAnswers[1] = deferred
    found = results(deferred.addErrback(lambda failure: failure.trap(KeyError)))
    pair.server.sendCall(b"error", 1, [b"twisted.spread.pb.CopyableFailure", state])
    pair.turn()
    (failure,) = found
    assert failure.getTraceback()
    assert failure.check(KeyError) is None
    assert repr(failure)


@pytest.mark.parametrize("told", [5, [b"list"], [b"os.system", 1], [b"None"]], ids=repr)
def test_error_that_is_no_failure(pair: Pair, told: Any) -> None:
    deferred: Deferred[Any] = Deferred()
    pair.client.waitingForAnswers[1] = deferred
    found = results(deferred)
    pair.server.sendCall(b"error", 1, told)
    pair.turn()
    assert found[0].check(pb.Error, jelly.InsecureJelly)
    assert pair.open


def test_failure_is_what_other_peers_expect() -> None:
    failure = pb.failure2Copyable(Failure(ValueError("x")))
    state = failure.getStateToCopy()
    assert state["type"] == b"builtins.ValueError"
    assert state["value"] == "x"
    assert state["parents"][:2] == ["builtins.ValueError", "builtins.Exception"]  # type: ignore[index]
    assert state["traceback"] == "Traceback unavailable\n"
    assert jelly.jelly(failure)[0] == b"twisted.spread.pb.CopyableFailure"
    assert type(jelly.unjelly(jelly.jelly(failure))) is pb.CopiedFailure
