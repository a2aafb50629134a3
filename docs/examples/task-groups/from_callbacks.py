"""A task group in code that is written with callbacks or with inlineCallbacks."""

from collections.abc import Generator
from typing import Any

from dummy_service import dummyFetch

from twisted.internet.defer import Deferred, TaskGroup, inlineCallbacks
from twisted.internet.task import react


@inlineCallbacks
def both(group: TaskGroup, first: str, second: str) -> Generator[Deferred[str], Any, str]:
    """Fetch two things in a group."""
    one = group.createTask(dummyFetch(first, 0.1))
    two = group.createTask(dummyFetch(second, 0.1))
    return f"{(yield one)}, {(yield two)}"


def main(reactor: object) -> Deferred[None]:
    return TaskGroup.run(both, "weather", "news").addCallback(print)


react(main)
