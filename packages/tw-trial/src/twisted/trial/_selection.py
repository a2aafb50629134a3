"""Choosing some of the tests that were found, or another order of them."""

import re
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from twisted.trial._kinds import AnyTest
from twisted.trial._suites import TestSuite, flattened

_SHARD = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


def parseShard(text: str) -> tuple[int, int]:
    """Return which part of the tests is meant: `2/3` is the second of three.

    Args:
        text: The text.

    Raises:
        ValueError: It is no such part.
    """
    found = _SHARD.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(f"a part of the tests is given as 2/3, the second of three, not {text!r}")
    return int(found[1]), int(found[2])


def ofShard(suite: AnyTest, shard: tuple[int, int]) -> TestSuite:
    """Return those tests of a suite that are in one of several parts.

    A test is always in the same part, on every machine; the tests of a class are in one.

    Args:
        suite: The suite.
        shard: Which part, counted from 1, and of how many.
    """
    number, count = shard

    def isIn(test: AnyTest) -> bool:
        cls = test.id().rpartition(".")[0] or test.id()
        return zlib.crc32(cls.encode("utf-8", "surrogatepass")) % count == number - 1

    return _filtered(suite, isIn)


def only(suite: AnyTest, names: Iterable[str]) -> TestSuite:
    """Return those tests of a suite that have one of some names.

    Args:
        suite: The suite.
        names: The names.
    """
    wanted = set(names)
    return _filtered(suite, lambda test: test.id() in wanted)


def first(suite: AnyTest, names: Iterable[str]) -> TestSuite:
    """Return the tests of a suite, those with one of some names before the others.

    Args:
        suite: The suite.
        names: The names.
    """
    wanted = set(names)
    if not wanted:
        return TestSuite([suite])
    early = [test for test in flattened(suite) if test.id() in wanted]
    late = _filtered(suite, lambda test: test.id() not in wanted)
    return TestSuite([*early, late])


def _filtered(suite: AnyTest, wanted: Callable[[Any], bool]) -> TestSuite:
    return TestSuite([test for test in flattened(suite) if wanted(test)])


__all__ = ["first", "ofShard", "only", "parseShard"]
