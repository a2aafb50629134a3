"""Random trees of task groups on a clock that is turned by hand.

Whatever children and bodies do, and whatever is cancelled: no child outlives its group, every error
is in the group that is raised, nothing is logged as unhandled, and nothing is left on the clock.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.defer import (
    CancelledError,
    CancelScope,
    DeadlineError,
    Deferred,
    TaskGroup,
    ensureDeferred,
    moveOnAfter,
    timeout,
)
from twisted.python.failure import Failure

from .defer_helpers import HandClock, loggedEvents

pytestmark = pytest.mark.property

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

# How long the longest task takes if nothing cancels it, and a bit more.
TIME = 200


@dataclass(frozen=True)
class Task:
    """What a child does: it sleeps, and may fail then."""

    delay: int
    fails: bool
    # What it does when it is cancelled: passes it on, fails, swallows it, or sleeps on for a while.
    whenCancelled: str


@dataclass(frozen=True)
class Group:
    """A task group with children, in a scope of a kind."""

    children: "tuple[Node, ...]"
    bodyDelay: int
    bodyFails: bool
    scope: str
    deadline: int
    # The child with this number is cancelled by itself.
    cancelChild: int | None
    cancelGroup: bool


Node: TypeAlias = Task | Group

tasks = st.builds(
    Task,
    delay=st.integers(0, 6),
    fails=st.booleans(),
    whenCancelled=st.sampled_from(["pass on", "fail", "swallow", "sleep"]),
)


def groupsOf(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Return a strategy for groups of such nodes."""
    return st.builds(
        Group,
        children=st.lists(nodes, max_size=4).map(tuple),
        bodyDelay=st.integers(0, 6),
        bodyFails=st.booleans(),
        scope=st.sampled_from(["none", "timeout", "move on", "shield"]),
        deadline=st.integers(0, 8),
        cancelChild=st.none() | st.integers(0, 3),
        cancelGroup=st.booleans(),
    )


groups = groupsOf(st.recursive(tasks, groupsOf, max_leaves=8))


class Broken(Exception):
    """The error of a child or body."""


@dataclass
class World:
    """Runs a tree and takes note of what happens."""

    clock: HandClock = field(default_factory=HandClock)
    alive: list[object] = field(default_factory=list)
    raised: list[Broken] = field(default_factory=list)
    # Errors that were dropped on purpose, by a scope that ends its body quietly.
    outlived: list[object] = field(default_factory=list)

    async def sleep(self, seconds: int) -> None:
        """Wait."""
        if seconds == 0:
            return
        d: Deferred[None] = Deferred(lambda _: call.cancel())
        call = self.clock.callLater(seconds, lambda: d.callback(None))
        await d

    def broken(self) -> Broken:
        """Return a new error."""
        error = Broken(len(self.raised))
        self.raised.append(error)
        return error

    async def task(self, task: Task) -> None:
        """Do what a task does."""
        self.alive.append(task)
        try:
            await self.sleep(task.delay)
            if task.fails:
                raise self.broken()
        except CancelledError:
            if task.whenCancelled == "fail":
                raise self.broken() from None
            if task.whenCancelled == "swallow":
                return
            if task.whenCancelled == "sleep":
                await self.sleep(2)
            raise
        finally:
            self.alive.remove(task)

    async def node(self, node: Node) -> None:
        """Run a task or a group."""
        if isinstance(node, Task):
            await self.task(node)
            return
        if node.scope == "timeout":
            async with timeout(node.deadline, self.clock):
                await self.group(node)
        elif node.scope == "move on":
            async with moveOnAfter(node.deadline, self.clock):
                await self.group(node)
        elif node.scope == "shield":
            async with CancelScope(shield=True):
                await self.group(node)
        else:
            await self.group(node)

    async def group(self, node: Group) -> None:
        """Run a group, and see that no child outlives it."""
        running: list[object] = []

        async def child(number: int, what: Node) -> None:
            running.append(number)
            try:
                await self.node(what)
            finally:
                running.remove(number)

        try:
            async with TaskGroup() as group:
                for number, what in enumerate(node.children):
                    result = group.createTask(child(number, what))
                    if number == node.cancelChild:
                        result.cancel()
                await self.sleep(node.bodyDelay)
                if node.cancelGroup:
                    group.cancel()
                if node.bodyFails:
                    raise self.broken()
        finally:
            self.outlived.extend(running)


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Return the exceptions in a group that are no groups."""
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from leaves(member)
    else:
        yield error


def finished(world: World, tree: Group, cancelAt: list[int]) -> object:
    """Run a tree to its end, cancelling it from outside at some times; return how it ended."""
    ended: list[object] = []
    d = ensureDeferred(world.node(tree))
    d.addBoth(ended.append)
    for now in range(TIME):
        if now in cancelAt:
            d.cancel()
        world.clock.advance(1)
    assert ended, "it hangs"
    return ended[0]


@EXAMPLES
@given(tree=groups, cancelAt=st.lists(st.integers(0, 8), max_size=3))
def test_a_tree_of_groups_ends_in_order(tree: Group, cancelAt: list[int]) -> None:
    world = World()
    with loggedEvents() as events:
        ended = finished(world, tree, cancelAt)
        assert world.outlived == []
        assert world.alive == []
        assert world.clock.calls == []
        found = list(leaves(ended.value)) if isinstance(ended, Failure) else []
        ours = [error for error in found if isinstance(error, Broken)]
        # Every error is in the group that is raised, and once.
        assert {id(error) for error in ours} == {id(error) for error in world.raised}
        assert len(ours) == len(world.raised)
        others = [error for error in found if not isinstance(error, Broken)]
        assert all(isinstance(error, (DeadlineError, CancelledError)) for error in others)
        if any(isinstance(error, CancelledError) for error in others):
            assert cancelAt, "only what was cancelled from outside ends so"
        del ended, found, ours, others
    assert events == []
