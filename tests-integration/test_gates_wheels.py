"""The gate of the wheels: each is complete, shares no file, and works when it is installed alone."""

import pytest

from .small_house import SmallHouse

LOGGER = "packages/tw-logger/pyproject.toml"
DIARY = "packages/tw-logger/src/twisted/logger/_diary.py"
LOW = "packages/tw-python/src/twisted/python/low.py"


def test_wheels_pass_in_a_house_without_faults(house: SmallHouse) -> None:
    house.passes("check-wheels")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import twisted.logger\n", "tw-python alone cannot import twisted.python.low"),
        ("import attr\n", "No module named 'attr'"),
        ("import os\nos.kill(os.getpid(), 9)\n", "the process died with status 9"),
    ],
    ids=["of a part above", "of a third party", "fatal"],
)
def test_a_module_that_cannot_be_imported_alone_is_found(
    house: SmallHouse, source: str, said: str
) -> None:
    with house.planted(LOW, source):
        assert said in house.bites("check-wheels", "tw-python")


def test_a_circle_of_imports_that_works_from_one_side_only_is_found(house: SmallHouse) -> None:
    circle = "packages/tw-python/src/twisted/python/circle.py"
    with (
        house.planted(LOW, "from twisted.python.circle import B\nA = B\n"),
        house.planted(circle, "B = 1\nfrom twisted.python.low import A\n"),
    ):
        said = house.bites("check-wheels", "tw-python")
    assert "partially initialized" in said


def test_an_exception_must_be_an_import_error_with_the_listed_text(house: SmallHouse) -> None:
    listed = (
        '[[exceptions]]\nmodule = "twisted.python.low"\nneeds = "extra cellar"\n'
        'error = "pip install tw-python[cellar]"\n'
    )
    says_so = 'raise ImportError("a cellar is missing: pip install tw-python[cellar]")\n'
    with house.planted("tools/wheel_exceptions.toml", listed):
        with house.planted(LOW, says_so):
            house.passes("check-wheels", "tw-python")
        with house.planted(LOW, 'raise ImportError("no")\n'):
            assert "should fail with an ImportError that says" in house.bites(
                "check-wheels", "tw-python"
            )
        with house.planted(LOW, '"""Imports."""\n'):
            assert "strike it from the exceptions" in house.bites("check-wheels", "tw-python")


def test_a_file_in_two_wheels_is_found(house: SmallHouse) -> None:
    with house.planted("packages/tw-logger/src/twisted/python/brick.py", '"""A copy."""\n'):
        said = house.bites("check-wheels", "tw-python")
    assert "twisted/python/brick.py is in tw-logger and in tw-python" in said


def test_a_second_marker_of_typed_packages_is_found(house: SmallHouse) -> None:
    project = (house.root / LOGGER).read_text()
    with house.planted(LOGGER, project.replace('exclude = ["src/twisted/py.typed"]\n', "")):
        said = house.bites("check-wheels", "tw-python")
    assert "tw-python ships py.typed, and no other wheel does" in said
    assert "twisted/py.typed is in tw-logger and in tw-python" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('keywords = ["house"]\n', "has no Keywords"),
        ('license-files = ["LICENSE"]\n', "holds no LICENSE"),
        ('requires-python = ">=3.11"\n', "has no Requires-Python"),
    ],
)
def test_metadata_that_is_missing_is_found(house: SmallHouse, line: str, said: str) -> None:
    project = (house.root / LOGGER).read_text()
    assert line in project
    other = line.replace('["LICENSE"]', "[]") if "LICENSE" in line else ""
    with house.planted(LOGGER, project.replace(line, other)):
        assert said in house.bites("check-wheels", "tw-python")


def test_a_module_that_the_wheel_lacks_is_found(house: SmallHouse) -> None:
    project = (house.root / LOGGER).read_text()
    without = project.replace('"src/twisted/py.typed"', '"src/twisted/py.typed", "*_diary.py"')
    with house.planted(LOGGER, without):
        assert "lacks twisted/logger/_diary.py" in house.bites("check-wheels", "tw-python")


def test_a_source_distribution_that_builds_no_wheel_is_found(house: SmallHouse) -> None:
    project = (house.root / LOGGER).read_text()
    with house.planted(LOGGER, project.replace('include = ["src", ', "include = [")):
        assert "tw_logger-26.11.0.tar.gz builds" in house.bites("check-wheels", "tw-logger")


def test_a_command_that_fails_is_found(house: SmallHouse) -> None:
    project = (house.root / LOGGER).read_text()
    with house.planted(LOGGER, project + '\n[project.scripts]\ndiary = "twisted.logger:nothing"\n'):
        assert "diary --help exits with 1" in house.bites("check-wheels", "tw-logger")


def test_a_test_that_needs_the_source_tree_is_found(house: SmallHouse) -> None:
    test = (
        "import twisted.python.brick\n\n\n"
        "def test_source() -> None:\n    assert '/src/' in twisted.python.brick.__file__\n"
    )
    with house.planted("packages/tw-python/tests/test_source.py", test):
        assert "its tests fail on the installed wheel" in house.bites("check-wheels", "tw-python")
