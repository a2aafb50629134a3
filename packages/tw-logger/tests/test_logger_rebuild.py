"""Reading a module again."""

import importlib
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from twisted.logger import capturedLogs, formatEvent
from twisted.python import rebuild

numbers = itertools.count()

OLD = """
class A:
    def name(self): return "old"

class B(A):
    pass

class Gone:
    pass

def f(x, y=1): return "old"

def closure():
    value = "old"
    def inner(): return value
    return inner

inner = closure()
"""


class Source:
    """A module in a directory, whose text changes."""

    def __init__(self, directory: Path) -> None:
        self.name = f"rebuilt{next(numbers)}"
        self.path = directory / f"{self.name}.py"
        self.path.write_text(OLD)
        self.module: Any = importlib.import_module(self.name)

    def change(self, text: str | None = None) -> None:
        new = OLD.replace("old", "newer").replace("y=1", "y=2") if text is None else text
        self.path.write_text(new)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    source = Source(tmp_path)
    yield source
    sys.modules.pop(source.name, None)


def test_module_is_read_again(source: Source) -> None:
    module = source.module
    source.change()
    assert rebuild.rebuild(module) is module
    assert module.f(1) == "newer"


def test_instances_have_the_new_class(source: Source) -> None:
    a, b = source.module.A(), source.module.B()
    source.change()
    rebuild.rebuild(source.module)
    assert (a.name(), b.name()) == ("newer", "newer")
    assert isinstance(a, source.module.A)
    assert type(b) is source.module.B


def test_subclasses_elsewhere_have_the_new_base(source: Source) -> None:
    class C(source.module.A):  # type: ignore[misc, name-defined]
        pass

    c = C()
    source.change()
    rebuild.rebuild(source.module)
    assert c.name() == "newer"
    assert C.__bases__ == (source.module.A,)


def test_function_that_was_kept_does_what_the_new_one_does(source: Source) -> None:
    f = source.module.f
    source.change()
    rebuild.rebuild(source.module)
    assert f(1) == "newer"
    assert f.__defaults__ == (2,)


def test_closure_that_was_kept_stays_as_it_is(source: Source) -> None:
    inner = source.module.inner
    source.change()
    rebuild.rebuild(source.module)
    assert (inner(), source.module.inner()) == ("old", "newer")


def test_names_in_other_modules_are_replaced(source: Source) -> None:
    other = ModuleType(f"{source.name}_other")
    other.f = source.module.f  # type: ignore[attr-defined]
    other.K = source.module.A  # type: ignore[attr-defined]
    sys.modules[other.__name__] = other
    try:
        source.change()
        rebuild.rebuild(source.module)
    finally:
        del sys.modules[other.__name__]
    assert other.f is source.module.f
    assert other.K is source.module.A


def test_class_that_is_gone_keeps_its_instances(source: Source) -> None:
    gone = source.module.Gone()
    source.change("x = 1\n")
    rebuild.rebuild(source.module)
    assert type(gone).__name__ == "Gone"


def test_name_that_is_something_else_now_replaces_nothing(source: Source) -> None:
    f, a = source.module.f, source.module.A()
    source.change("class f: pass\ndef A(): pass\n")
    rebuild.rebuild(source.module)
    assert f(1) == "old"
    assert a.name() == "old"


def test_instance_that_does_not_fit_is_logged_and_kept(source: Source) -> None:
    a = source.module.A()
    source.change("class A:\n    __slots__ = ('x',)\n    def name(self): return 'newer'\n")
    with capturedLogs() as events:
        rebuild.rebuild(source.module, doLog=0)
    assert a.name() == "old"
    assert "keeps its old __class__" in formatEvent(events[0])


def test_module_may_forbid_it(source: Source) -> None:
    source.module.ALLOW_TWISTED_REBUILD = 0
    with pytest.raises(rebuild.RebuildError, match="does not allow"):
        rebuild.rebuild(source.module)


def test_code_that_fails_changes_no_instances(source: Source) -> None:
    a = source.module.A()
    source.change("def (")
    with pytest.raises(SyntaxError):
        rebuild.rebuild(source.module)
    assert a.name() == "old"


@pytest.mark.parametrize(("doLog", "count"), [(1, 1), (0, 0)])
def test_rebuilding_is_logged(doLog: int, count: int, source: Source) -> None:
    with capturedLogs() as events:
        rebuild.rebuild(source.module, doLog)
    assert [formatEvent(event) for event in events] == [f"rebuilding {source.name}"] * count


def test_latest_versions_are_found_by_name(source: Source) -> None:
    old, f = source.module.B, source.module.f
    source.change()
    importlib.reload(source.module)
    new = rebuild.latestClass(old)
    assert new is source.module.B
    assert rebuild.latestFunction(f) is source.module.f


def test_latest_class_has_the_latest_bases(source: Source) -> None:
    class C(source.module.A):  # type: ignore[misc, name-defined]
        pass

    importlib.reload(source.module)
    assert rebuild.latestClass(C) is C
    assert C.__bases__ == (source.module.A,)


def test_builtin_class_is_the_latest() -> None:
    assert rebuild.latestClass(int) is int


def test_instance_is_updated_by_hand(source: Source) -> None:
    a = source.module.A()
    source.change()
    importlib.reload(source.module)
    rebuild.updateInstance(a)
    assert a.name() == "newer"


class Keeper(rebuild.Sensitive):
    def method(self) -> str:
        return "x"


def test_sensitive_object_learns_of_a_rebuild(source: Source) -> None:
    keeper = Keeper()
    keeper.rebuildUpToDate()
    assert not keeper.needRebuildUpdate()
    rebuild.rebuild(source.module)
    assert keeper.needRebuildUpdate()


def test_sensitive_object_finds_latest_versions(source: Source) -> None:
    keeper = Keeper()
    old, f, a = source.module.A, source.module.f, source.module.A()
    method = a.name
    source.change()
    importlib.reload(source.module)
    assert keeper.latestVersionOf(old) is source.module.A
    assert keeper.latestVersionOf(f) is source.module.f
    latest: Any = keeper.latestVersionOf(method)
    assert latest() == "newer"
    assert keeper.latestVersionOf(a) is a
    assert type(a) is source.module.A
    assert keeper.latestVersionOf(5) == 5
