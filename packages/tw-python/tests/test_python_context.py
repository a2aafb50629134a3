"""Values that hold for the duration of a call."""

import contextvars
import threading
from collections.abc import Iterator

import pytest

from twisted.python import context


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    kept = dict(context.defaultContextDict)
    yield
    context.defaultContextDict.clear()
    context.defaultContextDict.update(kept)


def test_a_value_holds_during_a_call_only() -> None:
    assert context.call({"x": 1}, context.get, "x") == 1
    assert context.get("x") is None


def test_arguments_and_keywords_reach_the_function() -> None:
    def function(*args: object, **keywords: object) -> tuple[object, object]:
        return args, keywords

    result = context.call({}, function, 1, newContext=2, func=3, ctx=4)
    assert result == ((1,), {"newContext": 2, "func": 3, "ctx": 4})


def test_a_nested_call_adds_to_what_holds_and_gives_it_back() -> None:
    def inner() -> list[object]:
        return [context.get("x"), context.get("y")]

    def outer() -> list[list[object]]:
        return [context.call({"y": 3}, inner), inner()]

    assert context.call({"x": 1, "y": 2}, outer) == [[1, 3], [1, 2]]


def test_a_value_ends_to_hold_where_the_function_raises() -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        context.call({"x": 1}, fail)
    assert context.get("x", "nothing") == "nothing"


def test_a_default_holds_where_no_call_gives_a_value() -> None:
    context.setDefault("x", 5)
    assert context.get("x", 6) == 5
    assert context.call({"x": 7}, context.get, "x") == 7


def test_a_default_that_is_set_during_a_call_holds_there() -> None:
    def function() -> object:
        context.setDefault("y", 5)
        return context.get("y")

    assert context.call({"x": 1}, function) == 5


def test_none_is_a_value() -> None:
    context.setDefault("x", 5)
    assert context.call({"x": None}, context.get, "x", 6) is None


def test_a_changed_dictionary_changes_nothing() -> None:
    values = {"x": 1}

    def function() -> object:
        values["x"] = 2
        return context.get("x")

    assert context.call(values, function) == 1


def test_another_thread_has_values_of_its_own() -> None:
    seen: list[object] = []

    def start() -> None:
        thread = threading.Thread(target=lambda: seen.append(context.get("x")))
        thread.start()
        thread.join()

    context.call({"x": 1}, start)
    assert seen == [None]


def test_values_go_with_a_copied_context() -> None:
    copied = context.call({"x": 1}, contextvars.copy_context)
    assert copied.run(context.get, "x") == 1


def test_trackers_know_nothing_of_each_other() -> None:
    one, other = context.ContextTracker(), context.ContextTracker()
    assert one.callWithContext({"x": 1}, other.getContext, "x") is None


def test_what_holds_can_be_given_to_another_call() -> None:
    tracker = context.ThreadedContextTracker()
    held = tracker.callWithContext({"x": 1}, lambda: tracker.currentContext().contexts[-1])
    assert tracker.callWithContext(held, tracker.getContext, "x") == 1


def test_another_tracker_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("theContextTracker", "call", "get"):
        monkeypatch.setattr(context, name, getattr(context, name))
    tracker = context.ThreadedContextTracker()
    context.installContextTracker(tracker)
    assert context.theContextTracker is tracker
    assert context.call({"x": 1}, tracker.getContext, "x") == 1
    assert tracker.callWithContext({"x": 2}, lambda: context.get("x")) == 2
