"""`LimitedHistoryLogObserver`."""

import pytest

from twisted.logger import LimitedHistoryLogObserver, LogEvent


def numbers(observer: LimitedHistoryLogObserver) -> list[int]:
    events: list[LogEvent] = []
    observer.replayTo(events.append)
    return [event["n"] for event in events]


def fill(observer: LimitedHistoryLogObserver, count: int) -> None:
    for n in range(count):
        observer({"n": n})


def test_replays_in_order() -> None:
    observer = LimitedHistoryLogObserver()
    fill(observer, 3)
    assert numbers(observer) == [0, 1, 2]


def test_replays_again() -> None:
    observer = LimitedHistoryLogObserver()
    fill(observer, 2)
    numbers(observer)
    assert numbers(observer) == [0, 1]


@pytest.mark.parametrize(("size", "kept"), [(0, []), (2, [3, 4]), (None, [0, 1, 2, 3, 4])])
def test_forgets_the_oldest(size: int | None, kept: list[int]) -> None:
    observer = LimitedHistoryLogObserver(size)
    fill(observer, 5)
    assert numbers(observer) == kept


def test_keeps_65536_by_default() -> None:
    observer = LimitedHistoryLogObserver()
    fill(observer, 65537)
    assert numbers(observer)[0] == 1


def test_may_be_called_while_it_replays() -> None:
    observer = LimitedHistoryLogObserver()
    fill(observer, 2)
    observer.replayTo(lambda event: observer({"n": 9}))
    assert numbers(observer) == [0, 1, 9, 9]
