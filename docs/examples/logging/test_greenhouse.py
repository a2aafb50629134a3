"""A test that looks at what is logged."""

from greenhouse import Greenhouse

from twisted.logger import LogLevel, capturedLogs, formatEvent


def test_heat_is_a_warning() -> None:
    with capturedLogs() as events:
        Greenhouse("Palms", 40).check()
    warnings = [event for event in events if event["log_level"] is LogLevel.warn]
    assert [formatEvent(event) for event in warnings] == ["Palms has 40.0 degrees: open a window"]
