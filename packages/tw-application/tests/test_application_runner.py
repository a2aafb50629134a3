"""Runner and exit: a service runs for as long as its reactor does."""

from collections.abc import Iterator
from functools import partial

import pytest

from twisted.application.runner import ExitStatus, Runner, exit
from twisted.application.service import MultiService, Service
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent, globalLogPublisher

from .fakereactor import FakeReactor


class Noting(Service):
    """Notes what happens to it, and does what it was told to."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.ready: Deferred[None] | None = None
        self.gone: Deferred[None] | None = None
        self.error: Exception | None = None

    def privilegedStartService(self) -> None:
        self.notes.append("bind")

    def startService(self) -> Deferred[None] | None:
        super().startService()
        self.notes.append("start")
        if self.error is not None:
            raise self.error
        return self.ready

    def stopService(self) -> Deferred[None] | None:
        super().stopService()
        self.notes.append("stop")
        return self.gone


def noResult() -> Deferred[None]:
    return Deferred()


@pytest.fixture
def service() -> Noting:
    """A service that notes what happens to it."""
    return Noting()


@pytest.fixture
def events() -> Iterator[list[LogEvent]]:
    """What is logged during the test."""
    logged: list[LogEvent] = []
    globalLogPublisher.addObserver(logged.append)
    yield logged
    globalLogPublisher.removeObserver(logged.append)


def test_service_starts_when_the_reactor_runs(service: Noting) -> None:
    reactor = FakeReactor(lambda: service.notes.append("inside"))
    runner = Runner(reactor, service)
    assert service.notes == []
    assert runner.run() is None
    assert service.notes == ["bind", "start", "inside"]


def test_service_stops_before_the_reactor_does(service: Noting) -> None:
    reactor = FakeReactor()
    reactor.inside = [reactor.stop]
    assert Runner(reactor, service).run() is None
    assert service.notes == ["bind", "start", "stop"]


def test_reactor_waits_for_a_service_that_needs_time_to_stop(service: Noting) -> None:
    service.gone = gone = noResult()
    reactor = FakeReactor()
    reactor.inside = [
        reactor.stop,
        lambda: service.notes.append("busy"),
        lambda: gone.callback(None),
    ]
    assert Runner(reactor, service).run() is None
    assert service.notes == ["bind", "start", "stop", "busy"]
    assert reactor.drained()


def test_error_of_the_start_stops_the_reactor_and_is_returned(service: Noting) -> None:
    service.error = ValueError("no luck")
    reactor = FakeReactor(lambda: service.notes.append("inside"))
    failure = Runner(reactor, service).run()
    assert failure is not None
    assert failure.value is service.error
    assert service.notes == ["bind", "start", "stop"]


def test_late_failure_of_the_start_is_returned_as_it_is(service: Noting) -> None:
    service.ready = ready = noResult()
    parent = MultiService()
    service.setServiceParent(parent)
    error = ValueError("no luck")
    reactor = FakeReactor(lambda: ready.errback(error), lambda: None)
    failure = Runner(reactor, parent).run()
    assert failure is not None
    assert failure.value is error
    assert service.notes == ["bind", "start", "stop"]


def test_start_that_is_given_up_by_the_stop_is_no_failure(service: Noting) -> None:
    service.ready = ready = noResult()
    reactor = FakeReactor()
    reactor.inside = [reactor.stop, ready.cancel]
    # The reactor stops at once here; a Deferred that is cancelled later has to be quiet too.
    assert Runner(reactor, service).run() is None
    ready.cancel()


def test_service_that_fails_to_stop_is_reported(service: Noting, events: list[LogEvent]) -> None:
    service.gone = gone = noResult()
    reactor = FakeReactor()
    reactor.inside = [reactor.stop, lambda: gone.errback(ValueError("stuck"))]
    assert Runner(reactor, service).run() is None
    assert [e["log_failure"].type for e in events if "log_failure" in e] == [ValueError]


def test_start_and_stop_are_logged(service: Noting, events: list[LogEvent]) -> None:
    service.gone = gone = noResult()
    reactor = FakeReactor()
    reactor.inside = [reactor.stop, lambda: gone.callback(None)]
    Runner(reactor, service).run()
    assert [event["log_format"] for event in events] == [
        "The service has started",
        "The service stops",
        "The service has stopped",
    ]


def test_failure_of_the_start_during_a_stop_is_told(service: Noting) -> None:
    service.error = ValueError("no luck")
    reactor = FakeReactor()
    reactor.starters.append(lambda: None)
    runner = Runner(reactor, service)
    # A signal arrived while the reactor was starting: it is stopping, no trigger has run.
    reactor.starters.insert(0, lambda: setattr(reactor, "stopping", True))
    failure = runner.run()
    assert failure is not None
    assert failure.value is service.error


def test_exit_without_message_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        exit()
    assert ended.value.code == 0
    assert capsys.readouterr() == ("", "")


def test_exit_of_an_error_writes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        exit(ExitStatus.EX_USAGE, "no such option")
    assert ended.value.code == 64
    assert capsys.readouterr() == ("", "no such option\n")


def test_exit_without_error_writes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        exit(ExitStatus.EX_OK, "done")
    assert capsys.readouterr() == ("done\n", "")


def test_rights_are_given_up_between_binding_and_the_start(service: Noting) -> None:
    reactor = FakeReactor(lambda: reactor.stop())
    started = partial(service.notes.append, "tell")
    runner = Runner(reactor, service, partial(service.notes.append, "drop"), started)
    assert runner.run() is None
    assert service.notes == ["bind", "drop", "start", "tell", "stop"]


def test_service_does_not_start_with_rights_that_cannot_be_given_up(service: Noting) -> None:
    def fail() -> None:
        raise PermissionError(1, "no")

    failure = Runner(FakeReactor(), service, fail, partial(service.notes.append, "tell")).run()
    assert failure is not None
    assert failure.check(PermissionError)
    assert service.notes == ["bind", "stop"]


def test_start_that_needs_time_is_told_when_it_is_over(service: Noting) -> None:
    service.ready = ready = noResult()
    reactor = FakeReactor(
        lambda: service.notes.append("inside"),
        lambda: ready.callback(None),
        lambda: reactor.stop(),
    )
    Runner(reactor, service, whenStarted=partial(service.notes.append, "tell")).run()
    assert service.notes == ["bind", "start", "inside", "tell", "stop"]
