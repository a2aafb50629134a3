"""Task groups and scopes on every reactor and on the clock of tests."""

from collections.abc import Callable

import pytest

from twisted.internet.defer import (
    CancelledError,
    CancelScope,
    DeadlineError,
    Deferred,
    TaskGroup,
    ensureDeferred,
    gatherResults,
    moveOnAfter,
    timeout,
)
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IReactorTime
from twisted.internet.pollreactor import PollReactor
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.task import Clock, deferLater
from twisted.python.failure import Failure

Main = Callable[[IReactorTime], Deferred[object]]


class OnReactor:
    """Runs something on a reactor of its own."""

    def __init__(self, make: Callable[[], SelectReactor | PollReactor | EPollReactor]) -> None:
        self._make = make

    def __call__(self, main: Main) -> object:
        """Run it to its end, and return its result or its failure."""
        reactor = self._make()
        ended: list[object] = []

        def begin() -> None:
            main(reactor).addBoth(ended.append).addBoth(lambda _: reactor.stop())

        reactor.callWhenRunning(begin)
        reactor.callLater(60, reactor.stop)
        reactor.run(installSignalHandlers=False)
        (result,) = ended
        return result


def onClock(main: Main) -> object:
    """Run it to its end on a clock that is turned by hand."""
    clock = Clock()
    ended: list[object] = []
    main(clock).addBoth(ended.append)
    for _ in range(100):
        if ended:
            break
        clock.advance(0.01)
    (result,) = ended
    assert clock.getDelayedCalls() == []
    return result


@pytest.fixture(params=["select", "poll", "epoll", "Clock"])
def runs(request: pytest.FixtureRequest) -> Callable[[Main], object]:
    """Run a main function on something that tells the time."""
    reactors: dict[str, Callable[[], SelectReactor | PollReactor | EPollReactor]] = {
        "select": SelectReactor,
        "poll": PollReactor,
        "epoll": EPollReactor,
    }
    make = reactors.get(request.param)
    return onClock if make is None else OnReactor(make)


Runs = Callable[[Main], object]


def test_children_run_at_the_same_time_and_are_waited_for(runs: Runs) -> None:
    ended: list[str] = []

    async def child(clock: IReactorTime, name: str, seconds: float) -> None:
        await deferLater(clock, seconds)
        ended.append(name)

    async def main(clock: IReactorTime) -> str:
        async with TaskGroup() as group:
            group.createTask(child(clock, "slow", 0.05))
            group.createTask(child(clock, "fast", 0.02))
        return "done"

    assert runs(lambda clock: ensureDeferred(main(clock))) == "done"
    assert ended == ["fast", "slow"]


def test_a_failure_cancels_the_siblings_and_leaves_as_a_group(runs: Runs) -> None:
    seen: list[str] = []

    async def fails(clock: IReactorTime) -> None:
        await deferLater(clock, 0.02)
        raise ValueError("broken")

    async def waits(clock: IReactorTime) -> None:
        try:
            await deferLater(clock, 30)
        except CancelledError:
            await deferLater(clock, 0.02)
            seen.append("cleaned up")
            raise

    async def main(clock: IReactorTime) -> str:
        try:
            async with TaskGroup() as group:
                group.createTask(waits(clock))
                group.createTask(fails(clock))
        except* ValueError as errors:
            seen.append(str(errors.exceptions[0]))
        return "handled"

    assert runs(lambda clock: ensureDeferred(main(clock))) == "handled"
    assert seen == ["cleaned up", "broken"]


def test_a_timeout_ends_a_group_and_its_children(runs: Runs) -> None:
    async def child(clock: IReactorTime) -> None:
        await deferLater(clock, 30)

    async def main(clock: IReactorTime) -> None:
        async with timeout(0.03, clock), TaskGroup() as group:
            group.createTask(child(clock))

    failure = runs(lambda clock: ensureDeferred(main(clock)))
    assert isinstance(failure, Failure)
    assert failure.check(DeadlineError)


def test_scopes_nest_with_a_shield_between_them(runs: Runs) -> None:
    seen: list[str] = []

    async def main(clock: IReactorTime) -> str:
        async with moveOnAfter(0.02, clock) as outer:
            async with CancelScope(shield=True):
                await deferLater(clock, 0.05)
                seen.append("saved")
            await deferLater(clock, 30)
        assert outer.cancelledCaught
        return "went on"

    assert runs(lambda clock: ensureDeferred(main(clock))) == "went on"
    assert seen == ["saved"]


def test_gathered_results_cancel_the_others(runs: Runs) -> None:
    cancelled: list[str] = []

    async def waits(clock: IReactorTime) -> None:
        try:
            await deferLater(clock, 30)
        except CancelledError:
            cancelled.append("sibling")
            raise

    async def fails(clock: IReactorTime) -> None:
        await deferLater(clock, 0.02)
        raise ValueError

    def main(clock: IReactorTime) -> Deferred[object]:
        members = [ensureDeferred(waits(clock)), ensureDeferred(fails(clock))]
        gathered = gatherResults(members, consumeErrors=True, cancelOthers=True)
        return gathered.addBoth(lambda result: result)

    assert isinstance(runs(main), Failure)
    assert cancelled == ["sibling"]


def test_without_a_clock_the_default_reactor_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    asked: list[object] = []

    def defaultReactor(interface: object) -> Clock:
        asked.append(interface)
        return clock

    monkeypatch.setattr("twisted.internet.defer._scopes.defaultReactor", defaultReactor)

    async def main() -> str:
        async with moveOnAfter(5):
            await Deferred()
        async with CancelScope(deadline=clock.seconds() + 5):
            await Deferred()
        return "went on"

    d = ensureDeferred(main())
    clock.advance(5)
    clock.advance(5)
    assert d.called
    assert asked == [IReactorTime, IReactorTime]
