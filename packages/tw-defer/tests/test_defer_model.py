"""Random operations on Deferreds, held against a model that is too simple to be wrong."""

import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

pytestmark = pytest.mark.property
EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


@dataclass
class Model:
    """A chain by the book: a list of steps, each taken from its head."""

    fired: bool = False
    paused: int = 0
    value: Any = None
    failed: bool = False
    steps: list[tuple[str, str]] = field(default_factory=list)
    log: list[Any] = field(default_factory=list)

    def run(self) -> None:
        while self.fired and not self.paused and self.steps:
            side, action = self.steps.pop(0)
            if side != "both" and (side == "errback") != self.failed:
                continue
            self.log.append((action, self.failed, self.value))
            if action == "raise":
                self.failed, self.value = True, "raised"
            elif action == "return":
                self.failed, self.value = False, "returned"
            else:
                assert action == "pass"


ACTIONS = st.tuples(
    st.sampled_from(["callback", "errback", "both"]), st.sampled_from(["raise", "return", "pass"])
)
OPERATIONS = st.one_of(
    st.tuples(st.just("add"), ACTIONS),
    st.tuples(st.sampled_from(["succeed", "fail", "pause", "unpause", "cancel"]), st.none()),
)


def add(d: Deferred[Any], log: list[Any], side: str, action: str) -> None:
    """Add a step that logs what it sees."""

    def step(result: Any) -> Any:
        failed = isinstance(result, Failure)
        log.append((action, failed, result.value.args[0] if failed else result))
        if action == "raise":
            raise ValueError("raised")
        return "returned" if action == "return" else result

    if side == "callback":
        d.addCallback(step)
    elif side == "errback":
        d.addErrback(step)
    else:
        d.addBoth(step)


@EXAMPLES
@given(st.lists(OPERATIONS, max_size=30))
def test_any_operations_do_what_the_model_does(operations: list[tuple[str, Any]]) -> None:
    d: Deferred[Any] = Deferred(lambda d: d.errback(ValueError("cancelled")))
    log: list[Any] = []
    model = Model()
    for operation, argument in operations:
        if operation == "add":
            add(d, log, *argument)
            model.steps.append(argument)
        elif operation == "pause":
            d.pause()
            model.paused += 1
        elif operation == "unpause" and model.paused:
            model.paused -= 1
            d.unpause()
        elif operation == "succeed" and not model.fired:
            model.fired, model.value = True, "fired"
            d.callback("fired")
        elif operation == "fail" and not model.fired:
            model.fired, model.value, model.failed = True, "failed", True
            d.errback(ValueError("failed"))
        elif operation == "cancel":
            if not model.fired:
                model.fired, model.value, model.failed = True, "cancelled", True
            d.cancel()
        model.run()
        assert log == model.log
        assert (d.called, d.paused) == (model.fired, model.paused)
        assert bool(d.callbacks) == bool(model.steps)
    while d.paused:
        d.unpause()
    d.addErrback(lambda _: None)


def note(result: Any, log: list[Any]) -> Any:
    """Log a result and pass it on."""
    log.append(result)
    return result


@EXAMPLES
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.permutations(range(n)),
            st.lists(st.booleans(), min_size=n, max_size=n),
            st.lists(st.integers(0, 2), min_size=n, max_size=n),
        )
    )
)
def test_a_chain_of_waiting_deferreds_gives_the_same_in_any_order_of_firing(
    case: tuple[int, list[int], list[bool], list[int]],
) -> None:
    count, order, good, extras = case
    links: list[Deferred[Any]] = [Deferred() for _ in range(count)]
    seen: list[list[Any]] = [[] for _ in range(count)]
    for index, link in enumerate(links):
        if index:
            # Waits for the one before, whatever its own result is.
            link.addBoth(lambda _, before: before, links[index - 1])
        for _ in range(extras[index]):
            link.addBoth(note, seen[index])
    for index in order:
        if good[index]:
            links[index].callback(index)
        else:
            links[index].errback(ValueError(index))
    last: list[Any] = []
    links[-1].addBoth(last.append)
    (result,) = last
    assert isinstance(result, Failure) != good[0]
    assert (result if good[0] else result.value.args[0]) == 0
    for log, extra in zip(seen, extras, strict=True):
        assert len(log) == extra
