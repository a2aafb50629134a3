"""What type checkers shall find out about the small modules of tw-python."""

from typing import assert_type

from incremental import Version

import twisted
from twisted.python import context, release, threadable
from twisted.python.constants import (
    FlagConstant,
    Flags,
    NamedConstant,
    Names,
    ValueConstant,
    Values,
)
from twisted.python.formmethod import Date, Float, Integer, String
from twisted.python.monkey import MonkeyPatcher
from twisted.python.usage import CompleteFiles, CompleteList, Completions
from twisted.python.util import IntervalDifferential, LineLog, getPassword


class Name(Names):
    ONE = NamedConstant()


class Value(Values):
    ONE = ValueConstant(1)


class Flag(Flags):
    ONE = FlagConstant()


def length(text: str, *, scale: int = 1) -> int:
    return len(text) * scale


def calls() -> None:
    assert_type(context.call({"key": 1}, length, "text", scale=2), int)
    assert_type(context.theContextTracker.callWithContext({}, length, "text"), int)
    assert_type(MonkeyPatcher((context, "call", None)).runWithPatches(length, "text"), int)
    assert_type(release.runChdirSafe(length, "text"), int)
    with MonkeyPatcher() as patcher:
        assert_type(patcher, MonkeyPatcher)
    with threadable.XLock() as held:
        assert_type(held, bool)


def constants() -> None:
    assert_type(Name.lookupByName("ONE"), NamedConstant)
    assert_type(Value.lookupByValue(1), ValueConstant)
    assert_type(Flag.ONE | ~Flag.ONE, FlagConstant)
    assert_type(list(Flag.ONE), list[FlagConstant])
    assert_type(twisted.version, Version)


def forms() -> None:
    assert_type(String("name").coerce("x"), str)
    assert_type(Integer("age").coerce("1"), int | None)
    assert_type(Float("height").coerce("1"), float | None)
    assert_type(Date("born").coerce(("2000", "1", "1")), tuple[int, int, int] | None)


def helpers() -> None:
    assert_type(getPassword(confirm=True), str)
    assert_type(LineLog().str(), bytes)
    pause, number = next(iter(IntervalDifferential([1, 2.5])))
    assert_type(pause, float)
    assert_type(number, int | None)
    Completions(extraActions=[CompleteFiles("*.py", descr="source"), CompleteList([], repeat=True)])
