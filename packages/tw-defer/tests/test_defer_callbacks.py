"""The chain of callbacks and errbacks, and firing it."""

from typing import Any

import pytest

from twisted.internet.defer import AlreadyCalledError, Deferred, fail, succeed
from twisted.python.failure import Failure, NoCurrentExceptionError

from .defer_helpers import failureOf, outcomes, resultOf


def boom(*ignored: object) -> Any:
    raise ValueError("boom")


def test_a_callback_gets_the_result_and_then_its_own_arguments() -> None:
    d: Deferred[int] = Deferred()
    calls: list[object] = []
    d.addCallback(lambda *args, **kwargs: calls.append((args, kwargs)), 2, 3, key="value")
    d.callback(1)
    assert calls == [((1, 2, 3), {"key": "value"})]


def test_each_callback_gets_what_the_one_before_returned() -> None:
    d: Deferred[int] = Deferred()
    d.addCallback(lambda n: n + 1).addCallback(lambda n: n * 10).addCallback(str)
    d.callback(1)
    assert resultOf(d) == "20"


def test_every_method_that_adds_returns_the_deferred_itself() -> None:
    d: Deferred[Any] = Deferred()
    assert d.addCallback(str) is d
    assert d.addErrback(str) is d
    assert d.addBoth(str) is d
    assert d.addCallbacks(str, str) is d


def test_a_failure_passes_callbacks_unchanged() -> None:
    d: Deferred[int] = Deferred()
    called: list[object] = []
    d.addCallback(called.append)
    error = ValueError("boom")
    d.errback(error)
    assert failureOf(d, ValueError).value is error
    assert called == []


def test_a_result_passes_errbacks_unchanged() -> None:
    d: Deferred[int] = Deferred()
    called: list[object] = []
    d.addErrback(called.append)
    d.callback(1)
    assert resultOf(d) == 1
    assert called == []


def test_an_errback_gets_the_failure_and_then_its_own_arguments() -> None:
    calls: list[Any] = []
    fail(ValueError("boom")).addErrback(
        lambda *args, **kwargs: calls.append((args, kwargs)), 2, k=3
    )
    ((failure, two), keywords) = calls[0]
    assert failure.getErrorMessage() == "boom"
    assert (two, keywords) == (2, {"k": 3})


def test_a_callback_that_raises_switches_to_the_errbacks() -> None:
    d = succeed(1)
    d.addCallback(boom).addErrback(lambda failure: failure.getErrorMessage())
    assert resultOf(d) == "boom"


def test_an_errback_that_returns_a_value_switches_to_the_callbacks() -> None:
    assert resultOf(fail(ValueError()).addErrback(lambda _: 1).addCallback(lambda n: n + 1)) == 2


def test_an_errback_that_returns_none_has_handled_the_failure() -> None:
    assert resultOf(fail(ValueError()).addErrback(lambda _: None).addCallback(repr)) == "None"


def test_an_errback_that_returns_the_failure_stays_on_the_failing_side() -> None:
    d = fail(ValueError("kept"))
    d.addErrback(lambda failure: failure)
    assert failureOf(d, ValueError).getErrorMessage() == "kept"


def test_an_errback_that_raises_fails_with_what_it_raised() -> None:
    d = fail(KeyError())
    d.addErrback(boom)
    failureOf(d, ValueError)


def test_a_callback_that_returns_a_failure_switches_to_the_errbacks() -> None:
    d: Deferred[Any] = succeed(1).addCallback(lambda _: Failure(ValueError("returned")))
    assert failureOf(d, ValueError).getErrorMessage() == "returned"


def test_the_errback_of_a_pair_does_not_see_what_its_own_callback_raises() -> None:
    seen: list[str] = []
    d = succeed(1)
    d.addCallbacks(boom, lambda _: seen.append("sibling"))
    d.addErrback(lambda _: seen.append("later"))
    assert seen == ["later"]


def test_a_pair_without_a_callback_lets_a_result_pass() -> None:
    assert resultOf(succeed(1).addCallbacks(None, lambda failure: 2)) == 1


def test_a_pair_without_a_callback_handles_a_failure() -> None:
    d: Deferred[int] = fail(KeyError())
    assert resultOf(d.addCallbacks(None, lambda failure: 2)) == 2


def test_a_later_errback_sees_what_a_callback_raises() -> None:
    seen: list[str] = []
    succeed(1).addCallback(boom).addErrback(lambda _: seen.append("later"))
    assert seen == ["later"]


def test_a_pair_takes_arguments_for_each_side() -> None:
    def both(*args: object, **kwargs: object) -> object:
        return args, kwargs

    for d, expected in (
        (succeed(0), ((0, 1), {"a": 2})),
        (fail(ValueError()), ((3,), {"b": 4})),
    ):
        d.addCallbacks(both, both, (1,), {"a": 2}, (3,), {"b": 4})
        args, kwargs = resultOf(d)
        if isinstance(args[0], Failure):
            args = args[1:]
        assert (args, kwargs) == expected


def test_a_pair_accepts_none_for_arguments_that_are_left_out() -> None:
    d: Deferred[Any] = succeed(1)
    d.addCallbacks(lambda n: n + 1, None, None, None, None, None)
    assert resultOf(d) == 2


def test_add_both_sees_a_result() -> None:
    assert resultOf(succeed(1).addBoth(lambda n, more: (n, more), 2)) == (1, 2)


def test_add_both_sees_a_failure() -> None:
    assert resultOf(fail(KeyError("k")).addBoth(lambda f, **kw: (f.type, kw), a=1)) == (
        KeyError,
        {"a": 1},
    )


@pytest.mark.parametrize("keyword", ["self", "callback", "errback", "f", "name", "result"])
@pytest.mark.parametrize("method", ["addCallback", "addErrback", "addBoth"])
def test_any_keyword_reaches_the_users_function(method: str, keyword: str) -> None:
    d: Deferred[Any] = fail(KeyError()) if method == "addErrback" else succeed(1)
    getattr(d, method)(lambda result, /, **kwargs: kwargs, **{keyword: "user's"})
    assert resultOf(d) == {keyword: "user's"}


def test_a_callback_that_is_added_after_firing_runs_at_once() -> None:
    seen: list[int] = []
    d = succeed(1)
    d.addCallback(seen.append)
    assert seen == [1]


def test_a_callback_that_is_added_by_a_callback_runs_after_it() -> None:
    order: list[str] = []
    d: Deferred[None] = Deferred()

    def first(ignored: None) -> None:
        d.addCallback(lambda _: order.append("added"))
        order.append("first")

    d.addCallback(first)
    d.addCallback(lambda _: order.append("second"))
    d.callback(None)
    assert order == ["first", "second", "added"]


@pytest.mark.parametrize("again", ["callback", "errback"])
@pytest.mark.parametrize("first", ["callback", "errback"])
def test_firing_twice_raises(first: str, again: str) -> None:
    d: Deferred[Any] = Deferred()
    getattr(d, first)(ValueError())
    with pytest.raises(AlreadyCalledError):
        getattr(d, again)(ValueError())
    outcomes(d)


def test_the_result_of_the_first_firing_stays() -> None:
    d: Deferred[int] = Deferred()
    d.callback(1)
    with pytest.raises(AlreadyCalledError):
        d.callback(2)
    assert resultOf(d) == 1


def test_a_deferred_is_refused_as_a_result() -> None:
    d: Deferred[Any] = Deferred()
    with pytest.raises(AssertionError, match="return it from a callback"):
        d.callback(Deferred())
    assert not d.called


def test_calling_back_with_a_failure_runs_the_errbacks() -> None:
    d: Deferred[int] = Deferred()
    d.callback(Failure(ValueError()))
    failureOf(d, ValueError)


def test_errback_makes_a_failure_of_an_exception() -> None:
    error = ValueError("boom")
    d: Deferred[int] = Deferred()
    d.errback(error)
    assert failureOf(d).value is error


def test_errback_without_an_argument_takes_the_exception_being_handled() -> None:
    d: Deferred[int] = Deferred()
    try:
        boom()
    except ValueError:
        d.errback()
    assert failureOf(d, ValueError).getErrorMessage() == "boom"


def test_errback_without_an_exception_to_take_raises() -> None:
    d: Deferred[int] = Deferred()
    with pytest.raises(NoCurrentExceptionError):
        d.errback()
    assert not d.called


@pytest.mark.parametrize("method", ["addCallback", "addErrback", "addBoth"])
def test_none_is_refused_as_a_function(method: str) -> None:
    with pytest.raises(TypeError, match="must be callable"):
        getattr(Deferred(), method)(None)


def test_there_is_no_result_before_firing() -> None:
    assert not hasattr(Deferred(), "result")


def test_the_result_is_the_current_one() -> None:
    assert succeed(1).addCallback(lambda n: n + 1).result == 2


def test_repr_of_an_unfired_deferred() -> None:
    d: Deferred[int] = Deferred()
    assert repr(d) == f"<Deferred at 0x{id(d):x}>"


def test_repr_shows_the_current_result() -> None:
    d = succeed([1])
    assert repr(d) == f"<Deferred at 0x{id(d):x} current result: [1]>"


def test_repr_names_the_deferred_that_is_waited_for() -> None:
    inner: Deferred[int] = Deferred()
    d = succeed(None).addCallback(lambda _: inner)
    assert str(d) == f"<Deferred at 0x{id(d):x} waiting on Deferred at 0x{id(inner):x}>"


def test_firing_from_a_callback_of_another_deferred() -> None:
    class Source:
        def __init__(self) -> None:
            self.d: Deferred[int] | None = None

        def ask(self) -> Deferred[int]:
            self.d = Deferred()
            return self.d

        def answer(self, value: int) -> None:
            d, self.d = self.d, None
            assert d is not None
            d.callback(value)

    source = Source()
    seen: list[int] = []

    def askAgain(value: int) -> None:
        seen.append(value)
        source.ask().addCallback(seen.append)

    source.ask().addCallback(askAgain)
    source.answer(1)
    source.answer(2)
    assert seen == [1, 2]


def test_many_callbacks_run_in_order() -> None:
    d: Deferred[int] = Deferred()
    for _ in range(20000):
        d.addCallback(lambda n: n + 1)
    d.callback(0)
    assert resultOf(d) == 20000


def test_an_exception_that_is_no_error_becomes_a_failure_too() -> None:
    def stop(ignored: object) -> None:
        raise KeyboardInterrupt

    failureOf(succeed(1).addCallback(stop), KeyboardInterrupt)


def test_the_traceback_of_a_failure_begins_with_the_callback() -> None:
    traces: list[str] = []

    def look(failure: Failure) -> None:
        assert failure.tb is not None
        traces.append(failure.tb.tb_frame.f_code.co_name)

    d: Deferred[int] = Deferred()
    d.addCallback(boom).addErrback(look)
    d.callback(1)
    assert traces == ["boom"]


def test_subclasses_and_instances_take_attributes() -> None:
    class Request(Deferred[int]):
        def __init__(self) -> None:
            super().__init__()
            self.path = "/"

    request = Request()
    request.note = "any"  # type: ignore[attr-defined]
    request.callback(1)
    assert (request.path, request.note, request.result) == ("/", "any", 1)  # type: ignore[attr-defined]


class TestEquivalents:
    """What try, except, else and finally say, said with callbacks."""

    @pytest.mark.parametrize("works", [True, False])
    def test_try_except_else(self, works: bool) -> None:
        def f() -> str:
            if not works:
                raise ValueError
            return "y"

        def synchronous() -> list[str]:
            trace: list[str] = []
            try:
                y = f()
            except ValueError:
                trace.append("except")
            else:
                trace.append("else " + y)
            return trace

        trace: list[str] = []
        d: Deferred[str] = succeed(None).addCallback(lambda _: f())
        d.addCallbacks(lambda y: trace.append("else " + y), lambda _: trace.append("except"))
        assert trace == synchronous()

    @pytest.mark.parametrize("works", [True, False])
    def test_try_finally(self, works: bool) -> None:
        trace: list[str] = []

        def cleanUp(result: object) -> object:
            trace.append("finally")
            return result

        d: Deferred[Any] = succeed(1) if works else fail(ValueError())
        d.addBoth(cleanUp)
        assert trace == ["finally"]
        assert isinstance(outcomes(d)[0], int if works else Failure)
