"""The interfaces of observers and predicates."""

import io
import warnings
from collections.abc import Callable

import pytest
from zope.interface import provider  # type: ignore[import-untyped]

from twisted.logger import (
    FileLogObserver,
    FilteringLogObserver,
    ILogFilterPredicate,
    ILogObserver,
    LimitedHistoryLogObserver,
    LogBeginner,
    LogEvent,
    LogLevelFilterPredicate,
    LogPublisher,
    STDLibLogObserver,
    globalLogBeginner,
    globalLogPublisher,
    jsonFileLogObserver,
    textFileLogObserver,
)
from twisted.python.components import provides, verifyObject


@pytest.mark.parametrize(
    "make",
    [
        LogPublisher,
        lambda: globalLogPublisher,
        lambda: FileLogObserver(io.StringIO(), str),
        lambda: textFileLogObserver(io.StringIO()),
        lambda: jsonFileLogObserver(io.StringIO()),
        lambda: FilteringLogObserver(print, []),
        LimitedHistoryLogObserver,
        STDLibLogObserver,
    ],
)
def test_shipped_observers_provide_the_interface(make: Callable[[], object]) -> None:
    assert verifyObject(ILogObserver, make())


def test_shipped_predicate_provides_the_interface() -> None:
    assert verifyObject(ILogFilterPredicate, LogLevelFilterPredicate())


def test_function_can_declare_itself() -> None:
    events: list[LogEvent] = []

    @provider(ILogObserver)  # type: ignore[untyped-decorator]
    def observer(event: LogEvent) -> None:
        events.append(event)

    assert provides(ILogObserver, observer)
    LogPublisher(observer)({"a": 1})
    assert events == [{"a": 1}]


def test_global_names_are_of_the_public_classes() -> None:
    assert isinstance(globalLogPublisher, LogPublisher)
    assert isinstance(globalLogBeginner, LogBeginner)
    assert warnings is globalLogBeginner._warningsModule
