"""Several Deferreds that wait for each other and whose callbacks act on them, held against a model.

The model is by the book and recursive: each has a list of steps, which are taken from its head.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.defer import AlreadyCalledError, CancelledError, Deferred
from twisted.python.failure import Failure

pytestmark = pytest.mark.property
EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

COUNT = 3

# What the test does, or a step before its outcome: a kind, the number of a Deferred, and for "add"
# what is added: on which side, what the step does, and how it ends.
Action = tuple[Any, ...]


@dataclass
class Node:
    """What the model knows of a Deferred."""

    fired: bool = False
    paused: int = 0
    running: bool = False
    waitsFor: "int | None" = None
    forgives: bool = False
    value: Any = None
    failed: bool = False
    steps: list[tuple[Any, ...]] = field(default_factory=list)


class Model:
    """The Deferreds by the book."""

    def __init__(self) -> None:
        self.nodes = [Node() for _ in range(COUNT)]
        self.log: list[Any] = []

    def act(self, kind: str, number: int, *arguments: Any) -> None:
        node = self.nodes[number]
        if kind == "add":
            node.steps.append(arguments)
            self.run(number)
        elif kind in ("succeed", "fail"):
            if node.forgives:
                node.forgives = False
            elif node.fired:
                self.log.append("already called")
            else:
                self.fire(number, kind, kind == "fail")
        elif kind == "pause":
            node.paused += 1
        elif kind == "unpause" and node.paused:
            node.paused -= 1
            self.run(number)
        elif kind == "cancel":
            while node.waitsFor is not None:
                number = node.waitsFor
                node = self.nodes[number]
            if not node.fired:
                node.forgives = True
                self.fire(number, "cancelled", True)

    def fire(self, number: int, value: str, failed: bool) -> None:
        node = self.nodes[number]
        node.fired, node.value, node.failed = True, value, failed
        self.run(number)

    def run(self, number: int) -> None:
        node = self.nodes[number]
        while (
            node.fired
            and node.steps
            and not node.paused
            and not node.running
            and node.waitsFor is None
        ):
            side, *step = node.steps.pop(0)
            if side == "hand over":
                self.handOver(node, step[0])
            elif side == "both" or (side == "errback") == node.failed:
                self.log.append((number, step, node.failed, node.value))
                node.running = True
                for action in step[0]:
                    self.act(*action)
                self.end(number, *step[1])
                node.running = False

    def handOver(self, node: Node, number: int) -> None:
        waiting = self.nodes[number]
        waiting.waitsFor, waiting.value, waiting.failed = None, node.value, node.failed
        node.value, node.failed = None, False
        # Who waits goes on first; what it adds to a Deferred that is not done is run after that.
        node.running = bool(node.steps) and not waiting.paused
        self.run(number)
        node.running = False

    def end(self, number: int, kind: str, *arguments: int) -> None:
        node = self.nodes[number]
        if kind == "raise":
            node.failed, node.value = True, "raised"
        elif kind == "return":
            node.failed, node.value = False, "returned"
        elif kind == "chain":
            inner = self.nodes[arguments[0]]
            if arguments[0] <= number:
                return
            if (
                inner.fired
                and not (inner.paused or inner.running or inner.steps)
                and (inner.waitsFor is None)
            ):
                node.failed, node.value = inner.failed, inner.value
                inner.failed, inner.value = False, None
            else:
                node.waitsFor = arguments[0]
                inner.steps.append(("hand over", number))


class Reality:
    """The Deferreds themselves."""

    def __init__(self) -> None:
        self.deferreds: list[Deferred[Any]] = [Deferred() for _ in range(COUNT)]
        self.log: list[Any] = []

    def act(self, kind: str, number: int, *arguments: Any) -> None:
        d = self.deferreds[number]
        try:
            if kind == "add":
                self.add(d, number, *arguments)
            elif kind == "succeed":
                d.callback("succeed")
            elif kind == "fail":
                d.errback(ValueError("fail"))
            elif kind == "pause":
                d.pause()
            elif kind == "unpause" and d.paused:
                d.unpause()
            elif kind == "cancel":
                d.cancel()
        except AlreadyCalledError:
            self.log.append("already called")

    def add(self, d: Deferred[Any], number: int, side: str, *step: Any) -> None:
        adding: dict[str, Callable[..., object]] = {
            "callback": d.addCallback,
            "errback": d.addErrback,
            "both": d.addBoth,
        }
        adding[side](self.step, number, list(step))

    def step(self, result: Any, number: int, step: list[Any]) -> Any:
        failed = isinstance(result, Failure)
        self.log.append((number, step, failed, described(result)))
        for action in step[0]:
            self.act(*action)
        kind, *arguments = step[1]
        if kind == "raise":
            raise ValueError("raised")
        if kind == "return":
            return "returned"
        if kind == "chain" and arguments[0] > number:
            return self.deferreds[arguments[0]]
        return result


def described(result: Any) -> Any:
    """Return a result as the model has it."""
    if not isinstance(result, Failure):
        return result
    return "cancelled" if result.check(CancelledError) else result.value.args[0]


numbers = st.integers(0, COUNT - 1)
sides = st.sampled_from(["callback", "errback", "both"])
simple = st.tuples(st.sampled_from(["succeed", "fail", "pause", "unpause", "cancel"]), numbers)
ends = st.one_of(
    st.sampled_from([("pass",), ("raise",), ("return",)]), st.tuples(st.just("chain"), numbers)
)


def adding(inner: st.SearchStrategy[Action]) -> st.SearchStrategy[Action]:
    """Return actions that add a step which does some of the given ones."""
    return st.tuples(st.just("add"), numbers, sides, st.lists(inner, max_size=4), ends)


added = adding(st.one_of(simple, adding(simple)))
# Hypothesis likes short lists, in which little happens.
scripts = st.lists(st.one_of(added, added, simple), min_size=10, max_size=40)


@EXAMPLES
@given(scripts)
def test_deferreds_that_act_on_each_other_do_what_the_model_does(script: list[Action]) -> None:
    model, reality = Model(), Reality()
    for operation in script:
        model.act(*operation)
        reality.act(*operation)
        assert reality.log == model.log
        for node, d in zip(model.nodes, reality.deferreds, strict=True):
            assert (d.called, d.paused) == (node.fired, node.paused)
            assert bool(d.callbacks) == bool(node.steps)
            if node.fired and node.waitsFor is None:
                assert described(d.result) == node.value
    for d in reversed(reality.deferreds):
        d.addErrback(lambda _: None)
        while d.paused:
            d.unpause()
