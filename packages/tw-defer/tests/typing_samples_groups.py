"""What type checkers infer for task groups, scopes and the record of what waits."""

from typing import Any, assert_type

from twisted.internet.defer import (
    CancelScope,
    Deferred,
    TaskGroup,
    Timeout,
    gatherResults,
    moveOnAfter,
    shield,
    succeed,
    timeout,
    timeoutAt,
)
from twisted.internet.defer.waiting import Waiting, waiting, waitingText


async def number() -> int:
    return 1


async def groups() -> None:
    async with TaskGroup() as group:
        assert_type(group, TaskGroup)
        fromCoroutine = group.createTask(number())
        fromDeferred = group.createTask(succeed(""))
        assert_type(fromCoroutine, Deferred[int])
        assert_type(fromDeferred, Deferred[str])
    # The results are known behind the group.
    assert_type(await fromCoroutine, int)
    assert_type(await fromDeferred, str)


async def body(group: TaskGroup, factor: int) -> int:
    return factor


def plainBody(group: TaskGroup) -> str:
    return ""


def deferredBody(group: TaskGroup) -> Deferred[bytes]:
    return succeed(b"")


assert_type(TaskGroup.run(body, 2), Deferred[int])
assert_type(TaskGroup.run(body, factor=2), Deferred[int])
assert_type(TaskGroup.run(plainBody), Deferred[str])
assert_type(TaskGroup.run(deferredBody), Deferred[bytes])


async def scopes() -> int:
    async with CancelScope(shield=True) as scope:
        assert_type(scope, CancelScope)
        assert_type(scope.deadline, float | None)
    async with moveOnAfter(1.0) as moved:
        assert_type(moved.cancelledCaught, bool)
    async with timeoutAt(1.0) as timed:
        assert_type(timed, Timeout)
    # A timeout does not end quietly: no result is missing here.
    async with timeout(1.0):
        return await number()


assert_type(shield(succeed(1)), Deferred[int])
assert_type(shield(number()), Deferred[int])
assert_type(gatherResults([succeed(1)], cancelOthers=True), Deferred[list[int]])
assert_type(gatherResults([succeed(1), succeed("")], cancelOthers=True), Deferred[list[Any]])
assert_type(waiting(), list[Waiting])
assert_type(waitingText(), str)
