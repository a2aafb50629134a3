"""The gate of ruff: rules, `Any` in public signatures, formatting."""

import pytest

from .small_house import SmallHouse

BRICK = "packages/tw-python/src/twisted/python/brick.py"


def test_lint_passes_in_a_house_without_faults(house: SmallHouse) -> None:
    house.passes("lint")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('"""An unused import."""\n\nimport os\n', "F401"),
        ('"""Printing."""\n\nprint("a brick")\n', "T201"),
        ('"""A relative import."""\n\nfrom . import brick\n\n__all__ = ["brick"]\n', "TID252"),
        (
            '"""Any."""\n\nfrom typing import Any\n\n\n'
            'def lay(brick: Any) -> None:\n    """Lay anything."""\n',
            "ANN401",
        ),
        ('"""Format."""\n\nBRICKS = [ 1,2 ]\n', "would be reformatted"),
    ],
    ids=["rule", "print", "relative import", "Any", "format"],
)
def test_ruff_finds(house: SmallHouse, source: str, said: str) -> None:
    with house.planted("packages/tw-python/src/twisted/python/_planted.py", source):
        assert said in house.bites("lint")


def test_an_exception_from_the_rule_on_any_needs_a_reason(house: SmallHouse) -> None:
    source = (
        '"""Any."""\n\nfrom typing import Any\n\n\n'
        'def lay(brick: Any) -> None:  # noqa: ANN401{reason}\n    """Lay anything."""\n'
    )
    planted = "packages/tw-python/src/twisted/python/_planted.py"
    with house.planted(planted, source.format(reason="")):
        assert "a noqa needs its rule and, after a dash, the reason" in house.bites("lint")
    with house.planted(planted, source.format(reason=" - any brick will do")):
        house.passes("lint")
