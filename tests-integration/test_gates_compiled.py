"""The gate of the compiled parts: what it tests is compiled."""

from .small_house import SmallHouse

SETTINGS = "packages/tw-logger/pyproject.toml"
HOOK = "packages/tw-logger/hatch_build.py"

LISTED = """
[tool.hatch.build.targets.wheel.hooks.custom]
compiled = ["twisted/logger/_diary.py"]
"""

# As it would be if it forgot to compile.
IDLE = '''"""Compiles nothing."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class IdleHook(BuildHookInterface):
    """Does nothing."""
'''


def test_a_part_that_is_not_compiled_is_found(house: SmallHouse) -> None:
    with house.planted(SETTINGS, LISTED, after=True), house.planted(HOOK, IDLE):
        assert "tw-logger is not compiled" in house.bites("compiled:unit", "tw-logger")
