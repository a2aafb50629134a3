"""`react`: a program around a main function."""

from collections.abc import Callable

import pytest

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IReactorCore
from twisted.internet.task import react
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.failure import Failure


class OneRun:
    """As much of a reactor as `react` needs: it does what the test put into `during`."""

    running = False

    def __init__(self, *during: Callable[[], object]) -> None:
        self.during = list(during)
        self.hooks: list[tuple[Callable[..., object], tuple[object, ...]]] = []
        self.triggers: list[Callable[[], object]] = []
        self.waitedFor: list[Deferred[None]] = []
        self.stops = 0

    def callWhenRunning(self, function: Callable[..., object], *args: object) -> None:
        self.hooks.append((function, args))

    def addSystemEventTrigger(self, phase: str, event: str, function: Callable[[], object]) -> None:
        assert (phase, event) == ("before", "shutdown")
        self.triggers.append(function)

    def run(self) -> None:
        self.running = True
        for function, args in self.hooks:
            function(*args)
        for step in self.during:
            step()
        assert self.stops == 1, "the reactor would run for ever"
        for waiting in self.waitedFor:
            assert waiting.called, "the shutdown would wait for ever"

    def stop(self) -> None:
        self.stops += 1
        for trigger in self.triggers:
            waiting = trigger()
            if isinstance(waiting, Deferred):
                self.waitedFor.append(waiting)


def exitOf(
    reactor: OneRun, main: Callable[..., object], argv: tuple[object, ...] = ()
) -> tuple[object, list[LogEvent]]:
    """Return the exit status of a program, and what it logged."""
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)
    try:
        with pytest.raises(SystemExit) as caught:
            react(main, argv, _reactor=reactor)  # type: ignore[arg-type] # a part of one
    finally:
        globalLogPublisher.removeObserver(events.append)
    return caught.value.code, events


def test_main_that_succeeds_exits_with_0() -> None:
    assert exitOf(OneRun(), lambda reactor: succeed(None)) == (0, [])


def test_main_gets_reactor_and_arguments() -> None:
    got: list[object] = []
    reactor = OneRun()

    async def main(*args: object) -> None:
        got.extend(args)

    exitOf(reactor, main, ("a", "b"))

    assert got == [reactor, "a", "b"]


def test_main_is_called_when_the_reactor_runs() -> None:
    ran: list[bool] = []

    async def main(reactor: OneRun) -> None:
        ran.append(reactor.running)

    exitOf(OneRun(), main)

    assert ran == [True]


def test_main_that_takes_time_is_waited_for() -> None:
    working: Deferred[None] = Deferred()

    assert exitOf(OneRun(lambda: working.callback(None)), lambda reactor: working)[0] == 0


@pytest.mark.parametrize("how", ["failed Deferred", "raises", "coroutine raises"])
def test_main_that_fails_exits_with_1_and_logs(how: str) -> None:
    def raises(reactor: object) -> Deferred[None]:
        raise KeyError("broken")

    async def coroutine(reactor: object) -> None:
        raise KeyError("broken")

    main = {
        "failed Deferred": lambda reactor: fail(KeyError("broken")),
        "raises": raises,
        "coroutine raises": coroutine,
    }[how]

    code, (event,) = exitOf(OneRun(), main)

    assert code == 1
    failure = event["log_failure"]
    assert isinstance(failure, Failure)
    assert failure.check(KeyError)


def test_system_exit_of_main_is_the_exit_status() -> None:
    async def main(reactor: object) -> None:
        raise SystemExit(23)

    assert exitOf(OneRun(), main) == (23, [])


def test_stop_cancels_main_and_exits_with_0() -> None:
    reactor = OneRun()
    reactor.during.append(reactor.stop)
    cleaned: list[bool] = []

    async def main(reactor: object) -> None:
        try:
            await Deferred()
        finally:
            cleaned.append(True)

    assert exitOf(reactor, main) == (0, [])
    assert cleaned == [True]


def test_shutdown_waits_for_main_to_put_away_its_things() -> None:
    reactor = OneRun()
    putAway: Deferred[None] = Deferred()
    reactor.during += [reactor.stop, lambda: putAway.callback(None)]

    async def main(reactor: object) -> None:
        try:
            await Deferred()
        finally:
            await putAway

    assert exitOf(reactor, main)[0] == 0
    assert len(reactor.waitedFor) == 1


def test_failure_while_stopping_exits_with_1() -> None:
    reactor = OneRun()
    reactor.during.append(reactor.stop)

    async def main(reactor: object) -> None:
        try:
            await Deferred()
        finally:
            raise KeyError("broken")

    code, (event,) = exitOf(reactor, main)

    assert code == 1
    assert event["log_failure"].check(KeyError)


def test_default_reactor_is_used_if_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    reactor = OneRun()
    asked: list[object] = []

    def default(interface: object) -> OneRun:
        asked.append(interface)
        return reactor

    monkeypatch.setattr("twisted.internet.task._react.defaultReactor", default)

    with pytest.raises(SystemExit):
        react(lambda reactor: succeed(None))

    assert asked == [IReactorCore]
