"""Functions between plain results and Deferreds."""

from typing import Any

import pytest

from twisted.internet.defer import Deferred, execute, fail, maybeDeferred, passthru, succeed
from twisted.python.failure import Failure, NoCurrentExceptionError

from .defer_helpers import failureOf, outcomes, resultOf


def boom() -> Any:
    raise ValueError("boom")


def test_succeed_has_its_result() -> None:
    assert resultOf(succeed("value")) == "value"


def test_fail_takes_an_exception() -> None:
    error = ValueError()
    assert failureOf(fail(error)).value is error


def test_fail_takes_a_failure() -> None:
    failure = Failure(ValueError())
    assert failureOf(fail(failure)) is failure


def test_fail_takes_the_exception_being_handled() -> None:
    try:
        boom()
    except ValueError:
        d = fail()
    failureOf(d, ValueError)


def test_fail_without_an_exception_raises() -> None:
    with pytest.raises(NoCurrentExceptionError):
        fail()


def test_execute_gives_what_the_function_returns() -> None:
    assert resultOf(execute(divmod, 7, 2)) == (3, 1)


def test_execute_fails_with_what_the_function_raises() -> None:
    failureOf(execute(boom), ValueError)


def test_passthru_returns_its_argument() -> None:
    assert resultOf(succeed(1).addBoth(passthru)) == 1


class TestMaybeDeferred:
    """`maybeDeferred`."""

    def test_a_plain_result_becomes_a_fired_deferred(self) -> None:
        assert resultOf(maybeDeferred(divmod, 7, 2)) == (3, 1)

    def test_a_deferred_is_returned_as_it_is(self) -> None:
        d: Deferred[int] = Deferred()
        assert maybeDeferred(lambda: d) is d

    def test_an_exception_becomes_a_failed_deferred(self) -> None:
        failureOf(maybeDeferred(boom), ValueError)

    def test_a_returned_failure_becomes_a_failed_deferred(self) -> None:
        failureOf(maybeDeferred(lambda: Failure(ValueError())), ValueError)

    def test_a_coroutine_is_started(self) -> None:
        inner: Deferred[int] = Deferred()

        async def asks() -> int:
            return await inner

        seen = outcomes(maybeDeferred(asks))
        assert seen == []
        inner.callback(1)
        assert seen == [1]

    @pytest.mark.parametrize("keyword", ["f", "self", "args", "kwargs", "name", "callback"])
    def test_any_keyword_reaches_the_function(self, keyword: str) -> None:
        def takes(**kwargs: object) -> object:
            return kwargs

        assert resultOf(maybeDeferred(takes, **{keyword: 1})) == {keyword: 1}
        assert resultOf(execute(takes, **{keyword: 1})) == {keyword: 1}
