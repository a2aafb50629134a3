"""The comment of a source file that names its tests: `-*- test-case-name: package.test_it -*-`.

It stands in one of the first two lines, alone or among other variables for an editor, which are
separated by semicolons. Several names are separated by commas.
"""

import os
import re

LONGEST_LINE = 10_000
"""How many characters of a line are looked at."""

_VARIABLES = re.compile(r"-\*-(.*?)-\*-")


def loadLocalVariables(filename: str) -> dict[str, str]:
    """Return the variables for an editor that the first two lines of a file have.

    Args:
        filename: The file.

    Raises:
        OSError: It cannot be read.
    """
    with open(filename, encoding="utf-8", errors="replace") as file:
        lines = [file.readline(LONGEST_LINE), file.readline(LONGEST_LINE)]
    for line in lines:
        found = _VARIABLES.search(line)
        if found is not None:
            pairs = (each.partition(":") for each in found[1].split(";"))
            return {key.strip(): value.strip() for key, colon, value in pairs if colon}
    return {}


def getTestModules(filename: str) -> list[str]:
    """Return the names of the test modules that a file names; without one, none.

    Args:
        filename: The file.

    Raises:
        OSError: It cannot be read.
    """
    value = loadLocalVariables(filename).get("test-case-name", "")
    return [name.strip() for name in value.split(",") if name.strip()]


def isTestFile(filename: str) -> bool:
    """Return whether a file is a test module, by its name.

    Args:
        filename: The file.
    """
    base = os.path.basename(filename)
    return base.startswith("test_") and base.endswith(".py")


__all__ = ["getTestModules", "isTestFile", "loadLocalVariables"]
