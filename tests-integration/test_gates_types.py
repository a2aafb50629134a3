"""The gates of the types: mypy, pyright, verifytypes, and the samples that pin types."""

from .small_house import SmallHouse

BRICK = "packages/tw-python/src/twisted/python/brick.py"
DIARY = "packages/tw-logger/src/twisted/logger/_diary.py"
SAMPLE = "packages/tw-python/tests/typing_samples_brick.py"
WRONG = '\nheavy: int = "heavy"\n'
UNTYPED = '\n\ndef tear(page):\n    """Tear a page out."""\n    return page\n'


def test_types_pass_in_a_house_without_faults(house: SmallHouse) -> None:
    house.passes("types")


def test_mypy_finds_a_wrong_type(house: SmallHouse) -> None:
    with house.planted(BRICK, WRONG, after=True):
        assert "Incompatible types in assignment" in house.bites("types:mypy")


def test_mypy_finds_a_function_without_types(house: SmallHouse) -> None:
    with house.planted(BRICK, UNTYPED, after=True):
        assert "Function is missing a type annotation" in house.bites("types:mypy")


def test_pyright_finds_a_wrong_type(house: SmallHouse) -> None:
    with house.planted(BRICK, WRONG, after=True):
        assert "reportAssignmentType" in house.bites("types:pyright")


def test_verifytypes_finds_an_untyped_function_that_a_package_takes_from_its_room(
    house: SmallHouse,
) -> None:
    package = '"""The diary."""\n\nfrom twisted.logger._diary import tear\n\n__all__ = ["tear"]\n'
    with (
        house.planted(DIARY, UNTYPED, after=True),
        house.planted("packages/tw-logger/src/twisted/logger/__init__.py", package),
    ):
        assert "tear: Type annotation for parameter" in house.bites("types:verify")


def test_verifytypes_fails_when_it_sees_no_names(house: SmallHouse) -> None:
    with house.planted(
        "packages/tw-python/src/twisted/__init__.py", "__all__ = []\nimport nowhere\n"
    ):
        (house.root / "packages/tw-python/src/twisted/py.typed").unlink()
        others = [
            house.root / f"packages/{p}/src/twisted/py.typed"
            for p in ("tw-logger", "tw-defer", "tw-reactor")
        ]
        for path in others:
            path.unlink()
        try:
            assert "saw only a part" in house.bites("types:verify")
        finally:
            for path in [*others, house.root / "packages/tw-python/src/twisted/py.typed"]:
                path.touch()


def test_both_checkers_find_a_sample_of_another_type(house: SmallHouse) -> None:
    with house.planted(SAMPLE, "assert_type(lay(1), str)\n", after=True):
        assert "assert-type" in house.bites("types:mypy")
        assert "reportAssertTypeFailure" in house.bites("types:pyright")


def test_both_checkers_find_a_sample_that_should_be_rejected_and_is_not(house: SmallHouse) -> None:
    accepted = "lay(2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]\n"
    with house.planted(SAMPLE, accepted, after=True):
        assert "unused-ignore" in house.bites("types:mypy")
        assert "reportUnnecessaryTypeIgnoreComment" in house.bites("types:pyright")
