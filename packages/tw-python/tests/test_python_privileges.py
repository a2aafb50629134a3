"""Users and groups, and acting as one of them."""

import grp
import os
import pwd
import subprocess
import sys
from typing import Any

import pytest

from twisted.python.util import (
    gidFromString,
    initgroups,
    runAsEffectiveUser,
    switchUID,
    uidFromString,
)


class System:
    """Stands for the calls that change who the process acts as, and notes them."""

    def __init__(self, user: int, group: int) -> None:
        self.user, self.group = user, group
        self.calls: list[tuple[Any, ...]] = []

    def note(self, name: str) -> Any:
        def call(*arguments: Any) -> None:
            self.calls.append((name, *arguments))
            if name == "seteuid":
                self.user = arguments[0]
            if name == "setegid":
                self.group = arguments[0]

        return call


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    made = System(0, 0)
    for name in ("setuid", "setgid", "seteuid", "setegid", "setgroups", "initgroups"):
        monkeypatch.setattr(os, name, made.note(name))
    for name in ("getuid", "geteuid"):
        monkeypatch.setattr(os, name, lambda: made.user)
    for name in ("getgid", "getegid"):
        monkeypatch.setattr(os, name, lambda: made.group)
    return made


def test_a_user_is_a_number_or_a_name() -> None:
    assert uidFromString("1000") == 1000
    assert uidFromString(pwd.getpwuid(0).pw_name) == 0


def test_a_group_is_a_number_or_a_name() -> None:
    assert gidFromString("1000") == 1000
    assert gidFromString(grp.getgrgid(0).gr_name) == 0


@pytest.mark.parametrize("text", ["", "-1", "+5", "5_0", " 5", "٥", "9" * 5000, "no such user"])
def test_anything_else_is_no_user_and_no_group(text: str) -> None:
    with pytest.raises(KeyError):
        uidFromString(text)
    with pytest.raises(KeyError):
        gidFromString(text)


def test_the_groups_of_a_user_are_taken_on(system: System) -> None:
    initgroups(0, 5)
    assert system.calls == [("initgroups", pwd.getpwuid(0).pw_name, 5)]


def test_an_unknown_user_has_the_primary_group_only(system: System) -> None:
    initgroups(2_000_000_000, 5)
    assert system.calls == [("setgroups", [5])]


def test_groups_are_switched_before_the_user(system: System) -> None:
    switchUID(2_000_000_000, 5)
    assert system.calls == [("setgid", 5), ("setgroups", [5]), ("setuid", 2_000_000_000)]


def test_the_effective_user_is_switched_if_asked_for(system: System) -> None:
    switchUID(2_000_000_000, 5, euid=True)
    assert system.calls == [("setegid", 5), ("setgroups", [5]), ("seteuid", 2_000_000_000)]


def test_what_is_not_given_stays(system: System) -> None:
    switchUID(None, 5)
    assert system.calls == [("setgid", 5)]


def test_the_same_user_needs_no_switch(system: System) -> None:
    switchUID(0, None)
    assert system.calls == []


def test_a_function_runs_as_another_user_and_root_comes_back(system: System) -> None:
    assert runAsEffectiveUser(7, 8, lambda: (system.user, system.group)) == (7, 8)
    assert (system.user, system.group) == (0, 0)


def test_another_user_comes_back_by_way_of_root(system: System) -> None:
    system.user, system.group = 3, 4
    assert runAsEffectiveUser(7, 8, lambda: (system.user, system.group)) == (7, 8)
    assert (system.user, system.group) == (3, 4)
    assert [call for call in system.calls if call[0] == "setegid"] == [
        ("setegid", 8),
        ("setegid", 4),
    ]


def test_a_function_that_raises_brings_the_user_back(system: System) -> None:
    def failing() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        runAsEffectiveUser(7, 8, failing)
    assert (system.user, system.group) == (0, 0)


def test_the_same_user_just_calls(system: System) -> None:
    assert runAsEffectiveUser(0, 0, max, 1, 2) == 2
    assert system.calls == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root may act as another user")
def test_a_process_of_root_becomes_another_user() -> None:
    program = (
        "import os; from twisted.python.util import *\n"
        "print(runAsEffectiveUser(65534, 65534, lambda: (os.geteuid(), os.getegid())))\n"
        "switchUID(65534, 65534)\n"
        "print(os.getuid(), os.getgid(), 0 in os.getgroups())\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert finished.stdout.splitlines() == ["(65534, 65534)", "65534 65534 False"]
