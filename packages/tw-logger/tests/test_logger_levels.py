"""Log levels."""

import pytest
from constantly import NamedConstant, Names  # type: ignore[import-untyped]

from twisted.logger import InvalidLogLevelError, LogLevel


def test_levels_are_constants_of_constantly() -> None:
    assert issubclass(LogLevel, Names)
    assert isinstance(LogLevel.info, NamedConstant)


def test_levels_are_listed_in_increasing_severity() -> None:
    names = [level.name for level in LogLevel.iterconstants()]
    assert names == ["debug", "info", "warn", "error", "critical"]


def test_levels_compare_by_severity() -> None:
    assert LogLevel.debug < LogLevel.info < LogLevel.warn < LogLevel.error < LogLevel.critical
    assert LogLevel.error >= LogLevel.error


@pytest.mark.parametrize("name", ["debug", "info", "warn", "error", "critical"])
def test_level_with_name_finds_each_level(name: str) -> None:
    assert LogLevel.levelWithName(name) is getattr(LogLevel, name)


@pytest.mark.parametrize("name", ["", "INFO", "levelWithName", "__doc__"])
def test_level_with_name_refuses_what_is_no_level(name: str) -> None:
    with pytest.raises(InvalidLogLevelError) as caught:
        LogLevel.levelWithName(name)
    assert caught.value.level == name


def test_invalid_level_error_lists_the_levels() -> None:
    assert "debug, info, warn, error, critical" in str(InvalidLogLevelError("loud"))
