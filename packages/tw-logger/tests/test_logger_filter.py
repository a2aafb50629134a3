"""Filtering, and what it saves."""

from collections.abc import Callable

import pytest

from twisted.logger import (
    FilteringLogObserver,
    InvalidLogLevelError,
    LogEvent,
    Logger,
    LogLevel,
    LogLevelFilterPredicate,
    LogPublisher,
    PredicateResult,
    _interest,
)
from twisted.logger._constants import NamedConstant


def says(result: NamedConstant) -> Callable[[LogEvent], NamedConstant]:
    return lambda event: result


yes, no, maybe = PredicateResult.yes, PredicateResult.no, PredicateResult.maybe


class TestFilteringLogObserver:
    @pytest.mark.parametrize(
        ("results", "passes"),
        [
            ([], True),
            ([yes], True),
            ([no], False),
            ([maybe], True),
            ([maybe, no], False),
            ([maybe, yes], True),
            ([yes, no], True),
            ([no, yes], False),
        ],
    )
    def test_asks_the_predicates_in_order(self, results: list[NamedConstant], passes: bool) -> None:
        passed: list[LogEvent] = []
        dropped: list[LogEvent] = []
        observer = FilteringLogObserver(
            passed.append, [says(result) for result in results], dropped.append
        )
        observer({"a": 1})
        assert (len(passed), len(dropped)) == ((1, 0) if passes else (0, 1))

    def test_asks_no_further_predicate_than_it_must(self) -> None:
        asked: list[LogEvent] = []

        def never(event: LogEvent) -> NamedConstant:
            asked.append(event)
            return maybe

        FilteringLogObserver(print, [says(no), never])({})
        assert asked == []

    def test_refuses_another_result(self) -> None:
        observer = FilteringLogObserver(print, [lambda event: True])  # type: ignore[list-item]
        with pytest.raises(TypeError, match="PredicateResult, not True"):
            observer({})

    def test_drops_quietly_by_default(self) -> None:
        FilteringLogObserver(print, [says(no)])({})


def event(level: object, namespace: object) -> LogEvent:
    return {"log_level": level, "log_namespace": namespace}


class TestLogLevelFilterPredicate:
    def test_default_level_is_info(self) -> None:
        predicate = LogLevelFilterPredicate()
        assert predicate.defaultLogLevel is LogLevel.info
        assert predicate(event(LogLevel.debug, "a")) is no
        assert predicate(event(LogLevel.info, "a")) is maybe

    def test_takes_a_default_level(self) -> None:
        predicate = LogLevelFilterPredicate(defaultLogLevel=LogLevel.error)
        assert predicate(event(LogLevel.warn, "a")) is no
        assert predicate(event(LogLevel.critical, "a")) is maybe

    @pytest.mark.parametrize(
        ("namespace", "level"),
        [
            ("", LogLevel.info),
            ("a", LogLevel.info),
            ("a.b", LogLevel.warn),
            ("a.bc", LogLevel.info),
            ("a.b.c", LogLevel.debug),
            ("a.b.c.d.e", LogLevel.debug),
            ("a.b.x", LogLevel.warn),
        ],
    )
    def test_longest_namespace_counts(self, namespace: str, level: NamedConstant) -> None:
        predicate = LogLevelFilterPredicate()
        predicate.setLogLevelForNamespace("a.b", LogLevel.warn)
        predicate.setLogLevelForNamespace("a.b.c", LogLevel.debug)
        assert predicate.logLevelForNamespace(namespace) is level

    def test_empty_namespace_holds_for_the_rest(self) -> None:
        predicate = LogLevelFilterPredicate()
        predicate.setLogLevelForNamespace("", LogLevel.error)
        assert predicate.logLevelForNamespace("any.name") is LogLevel.error

    def test_levels_can_be_cleared(self) -> None:
        predicate = LogLevelFilterPredicate(LogLevel.warn)
        predicate.setLogLevelForNamespace("", LogLevel.debug)
        predicate.setLogLevelForNamespace("a", LogLevel.debug)
        predicate.clearLogLevels()
        assert predicate.logLevelForNamespace("a") is LogLevel.warn

    @pytest.mark.parametrize(
        "bad",
        [{}, {"log_level": LogLevel.critical}, {"log_namespace": "a"}, event("info", "a")],
    )
    def test_refuses_events_without_level_or_namespace(self, bad: LogEvent) -> None:
        assert LogLevelFilterPredicate()(bad) is no

    def test_refuses_an_invalid_level(self) -> None:
        predicate = LogLevelFilterPredicate()
        with pytest.raises(InvalidLogLevelError):
            predicate.setLogLevelForNamespace("a", "info")  # type: ignore[arg-type]
        with pytest.raises(InvalidLogLevelError):
            LogLevelFilterPredicate("info")  # type: ignore[arg-type]


class Rig:
    """A logger whose events go through a publisher and a filter of levels."""

    def __init__(self, level: NamedConstant = LogLevel.info) -> None:
        self.events: list[LogEvent] = []
        self.predicate = LogLevelFilterPredicate(level)
        self.filtering = FilteringLogObserver(self.events.append, [self.predicate])
        self.publisher = LogPublisher(self.filtering)
        self.log = Logger("a.b", observer=self.publisher)
        self.log.debug("asked once")

    def heard(self) -> bool:
        before = len(self.events)
        self.log.debug("x")
        return len(self.events) > before


class TestFilteredOutCalls:
    """A call that nobody wants makes no event; one that somebody may want does, from then on."""

    def test_make_no_event(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rig = Rig()
        delivered: list[object] = []
        monkeypatch.setattr(Logger, "_deliver", lambda self, *args: delivered.append(args))
        rig.log.debug("x")
        rig.log.info("x")
        assert len(delivered) == 1

    def test_are_asked_about_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rig = Rig()
        questions: list[object] = []
        monkeypatch.setattr(_interest, "wants", lambda *args: questions.append(args))
        rig.log.debug("x")
        assert questions == []

    def test_are_heard_when_a_level_changes(self) -> None:
        rig = Rig()
        rig.predicate.setLogLevelForNamespace("a", LogLevel.debug)
        assert rig.heard()
        rig.predicate.clearLogLevels()
        assert not rig.heard()
        rig.predicate.defaultLogLevel = LogLevel.debug
        assert rig.heard()

    def test_are_heard_when_an_observer_is_added(self) -> None:
        rig = Rig()
        rig.publisher.addObserver(rig.events.append)
        assert rig.heard()
        rig.publisher.removeObserver(rig.events.append)
        assert not rig.heard()

    def test_are_heard_when_a_publisher_further_on_changes(self) -> None:
        rig = Rig(LogLevel.debug)
        inner = LogPublisher()
        rig.filtering._observer = inner
        _interest.changed()
        assert not rig.log.isEnabled(LogLevel.debug)
        inner.addObserver(rig.events.append)
        assert rig.heard()

    def test_are_heard_by_an_observer_for_what_is_dropped(self) -> None:
        rig = Rig()
        rig.publisher.addObserver(
            FilteringLogObserver(print, [LogLevelFilterPredicate()], rig.events.append)
        )
        assert rig.heard()

    def test_are_heard_behind_a_predicate_of_somebody_else(self) -> None:
        rig = Rig()
        rig.publisher.addObserver(
            FilteringLogObserver(rig.events.append, [says(yes), LogLevelFilterPredicate()])
        )
        assert rig.heard()

    def test_are_not_heard_before_a_predicate_of_somebody_else(self) -> None:
        rig = Rig()
        rig.publisher.addObserver(
            FilteringLogObserver(rig.events.append, [LogLevelFilterPredicate(), says(yes)])
        )
        assert not rig.heard()
        assert not rig.log.isEnabled(LogLevel.debug)

    def test_are_heard_by_a_subclass_of_a_filter(self) -> None:
        class Everything(FilteringLogObserver):
            def __call__(self, event: LogEvent) -> None:
                rig.events.append(event)

        rig = Rig()
        rig.publisher.addObserver(Everything(print, [LogLevelFilterPredicate()]))
        assert rig.heard()

    def test_are_heard_by_a_subclass_of_a_predicate(self) -> None:
        class Everything(LogLevelFilterPredicate):
            def __call__(self, event: LogEvent) -> NamedConstant:
                return yes

        rig = Rig()
        rig.publisher.addObserver(FilteringLogObserver(rig.events.append, [Everything()]))
        assert rig.heard()

    def test_are_seen_by_an_emit_of_a_subclass(self) -> None:
        seen: list[object] = []

        class Counting(Logger):
            def emit(self, level, /, format=None, **kwargs):  # type: ignore[no-untyped-def, override]
                seen.append(level)
                super().emit(level, format, **kwargs)

        log = Counting("a.b", observer=Rig().publisher)
        log.debug("x")
        log.debug("x")
        assert len(seen) == 2

    def test_of_a_logger_in_a_class_depend_on_the_class(self) -> None:
        rig = Rig()

        class Loud:
            log = Logger(observer=rig.publisher)

        class Quiet(Loud):
            pass

        rig.predicate.setLogLevelForNamespace(Loud.log.namespace, LogLevel.debug)
        Quiet().log.debug("x")
        Loud().log.debug("x")
        Quiet().log.debug("x")
        assert [each["log_namespace"] for each in rig.events] == [Loud.log.namespace]

    def test_of_a_logger_follow_its_namespace(self) -> None:
        rig = Rig()
        rig.predicate.setLogLevelForNamespace("loud", LogLevel.debug)
        rig.log.namespace = "loud"
        assert rig.heard()

    def test_is_enabled_tells_beforehand(self) -> None:
        rig = Rig()
        assert not rig.log.isEnabled(LogLevel.debug)
        assert rig.log.isEnabled(LogLevel.info)
        assert rig.log.isEnabled(LogLevel.info)

    def test_without_any_observer_are_cheap_too(self) -> None:
        assert not Logger(observer=LogPublisher()).isEnabled(LogLevel.critical)

    def test_answer_found_during_a_change_does_not_last(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rig = Rig()
        _interest.changed()

        def answerThenChange(*args: object) -> bool:
            monkeypatch.undo()
            rig.predicate.defaultLogLevel = LogLevel.debug
            return False

        monkeypatch.setattr(_interest, "wants", answerThenChange)
        assert not rig.heard()
        assert rig.heard()
