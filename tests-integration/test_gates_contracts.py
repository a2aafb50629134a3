"""The gate of the floor plan: a planted upward import breaks it, however it is hidden."""

import pytest

from .small_house import SmallHouse

LOW = "packages/tw-python/src/twisted/python/low.py"
LOGGER = "packages/tw-logger/pyproject.toml"


def test_the_floor_plan_holds_in_a_house_without_faults(house: SmallHouse) -> None:
    house.passes("contracts")


@pytest.mark.parametrize(
    "source",
    [
        "from twisted.logger import write\n",
        "import twisted.logger._diary\n",
        "def late():\n    from twisted.logger import write\n    return write\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from twisted.logger import write\n",
    ],
    ids=["plain", "private room", "in a function", "for type checkers only"],
)
def test_an_import_from_a_higher_floor_is_found(house: SmallHouse, source: str) -> None:
    with house.planted(LOW, source):
        assert "tw-python must not import tw-logger" in house.bites("contracts")


def test_an_import_from_a_neighbor_on_the_same_floor_is_found(house: SmallHouse) -> None:
    floors = (house.root / ".importlinter").read_text()
    level = floors.replace("    tw-python\n    tw-logger\n", "    tw-python | tw-logger\n")
    assert level != floors
    with house.planted(".importlinter", level):
        assert "tw-logger must not import tw-python" in house.bites("contracts")


def test_a_second_door_to_the_same_place_is_found(house: SmallHouse) -> None:
    hole = "packages/tw-defer/src/twisted/internet/hole.py"
    with house.planted(
        hole, "def f():\n    from twisted.internet import reactor\n    return reactor\n"
    ):
        assert "tw-defer must not import tw-reactor" in house.bites("contracts")


@pytest.mark.parametrize(
    "source",
    [
        "import importlib\nimportlib.import_module('twisted.logger')\n",
        "from importlib import import_module\nROOM = 'twisted.logger'\nimport_module(ROOM)\n",
    ],
    ids=["string", "constant"],
)
def test_an_import_by_name_from_a_higher_floor_is_found(house: SmallHouse, source: str) -> None:
    with house.planted(LOW, source):
        assert "tw-python must not import tw-logger" in house.bites("contracts")


def test_an_import_of_what_is_no_module_is_found(house: SmallHouse) -> None:
    source = "def f():\n    from twisted.internet import nothing\n    return nothing\n"
    with house.planted("packages/tw-defer/src/twisted/internet/hole.py", source):
        assert "twisted.internet is no module of ours" in house.bites("contracts")


def test_a_door_that_nobody_uses_is_found(house: SmallHouse) -> None:
    door = "packages/tw-defer/src/twisted/internet/_defaultreactor.py"
    with house.planted(door, '"""Walled up."""\n'):
        assert "the door twisted.internet._defaultreactor" in house.bites("contracts")


def test_a_part_that_stands_on_no_floor_is_found(house: SmallHouse) -> None:
    floors = (house.root / ".importlinter").read_text()
    with house.planted(".importlinter", floors.replace("    tw-logger\n", "")):
        assert "tw-logger stands on no floor" in house.bites("contracts")


def test_a_requirement_that_is_missing_is_found(house: SmallHouse) -> None:
    project = (house.root / LOGGER).read_text()
    with house.planted(LOGGER, project.replace('"tw-python==26.11.0"', "")):
        assert "tw-logger does not require tw-python" in house.bites("contracts")


def test_a_third_party_requirement_that_is_missing_is_found(house: SmallHouse) -> None:
    with house.planted(LOW, "import attr\n"):
        assert "tw-python does not require attrs" in house.bites("contracts")


def test_a_requirement_that_nothing_needs_is_found(house: SmallHouse) -> None:
    project = (house.root / LOGGER).read_text()
    more = project.replace('["tw-python==26.11.0"]', '["tw-python==26.11.0", "attrs"]')
    with house.planted(LOGGER, more):
        assert "tw-logger requires attrs, but imports nothing" in house.bites("contracts")


def test_a_loose_pin_between_parts_is_found(house: SmallHouse) -> None:
    project = (house.root / LOGGER).read_text()
    with house.planted(LOGGER, project.replace("==26.11.0", ">=26.11.0")):
        assert "tw-logger must pin tw-python==26.11.0" in house.bites("contracts")
