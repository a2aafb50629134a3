"""Attributes that are changed for a while."""

from types import SimpleNamespace

import pytest

from twisted.python.monkey import MonkeyPatcher


class Base:
    inherited = 1

    @staticmethod
    def static() -> str:
        return "static"


class Derived(Base):
    pass


class Slotted:
    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 1


@pytest.fixture
def thing() -> SimpleNamespace:
    return SimpleNamespace(foo="foo", bar="bar")


def test_patches_change_attributes_and_restore_gives_them_back(thing: SimpleNamespace) -> None:
    patcher = MonkeyPatcher((thing, "foo", 1), (thing, "bar", 2))
    assert (thing.foo, thing.bar) == ("foo", "bar")
    patcher.patch()
    assert (thing.foo, thing.bar) == (1, 2)
    patcher.restore()
    assert (thing.foo, thing.bar) == ("foo", "bar")


def test_a_patch_can_be_added(thing: SimpleNamespace) -> None:
    patcher = MonkeyPatcher()
    patcher.addPatch(thing, "foo", 1)
    patcher.patch()
    assert thing.foo == 1


def test_an_attribute_that_is_patched_twice_gets_its_first_value_back(
    thing: SimpleNamespace,
) -> None:
    patcher = MonkeyPatcher((thing, "foo", 1), (thing, "foo", 2))
    patcher.patch()
    assert thing.foo == 2
    patcher.restore()
    assert thing.foo == "foo"


def test_restoring_twice_changes_nothing_more(thing: SimpleNamespace) -> None:
    patcher = MonkeyPatcher((thing, "foo", 1))
    patcher.patch()
    patcher.restore()
    thing.foo = 3
    patcher.restore()
    assert thing.foo == 3


def test_a_function_runs_with_the_patches(thing: SimpleNamespace) -> None:
    def function(*args: object, **keywords: object) -> tuple[object, ...]:
        return thing.foo, args, keywords

    patcher = MonkeyPatcher((thing, "foo", 1))
    assert patcher.runWithPatches(function, 2, f=3) == (1, (2,), {"f": 3})
    assert thing.foo == "foo"
    assert patcher.runWithPatches(function) == (1, (), {})


def test_the_values_come_back_when_the_function_raises(thing: SimpleNamespace) -> None:
    with pytest.raises(ZeroDivisionError):
        MonkeyPatcher((thing, "foo", 1)).runWithPatches(lambda: 1 / 0)
    assert thing.foo == "foo"


def test_a_with_statement_has_the_patches(thing: SimpleNamespace) -> None:
    with MonkeyPatcher((thing, "foo", 1)):
        assert thing.foo == 1
    assert thing.foo == "foo"


def test_an_attribute_that_does_not_exist_is_refused(thing: SimpleNamespace) -> None:
    patcher = MonkeyPatcher((thing, "foo", 1), (thing, "fooo", 1))
    with pytest.raises(AttributeError, match="'fooo'"), patcher:
        pass
    assert vars(thing) == {"foo": "foo", "bar": "bar"}


def test_what_was_inherited_is_inherited_again() -> None:
    with MonkeyPatcher((Derived, "inherited", 2)):
        assert Derived.inherited == 2
    assert "inherited" not in vars(Derived)


def test_a_static_method_stays_one() -> None:
    with MonkeyPatcher((Base, "static", lambda: "patched")):
        assert Base.static() == "patched"
    assert Base().static() == "static"


def test_a_slot_gets_its_value_back() -> None:
    thing = Slotted()
    with MonkeyPatcher((thing, "value", 2)):
        assert thing.value == 2
    assert thing.value == 1


def test_a_property_gets_its_value_back() -> None:
    class WithProperty:
        def __init__(self) -> None:
            self._x = 1

        @property
        def x(self) -> int:
            return self._x

        @x.setter
        def x(self, value: int) -> None:
            self._x = value

    thing = WithProperty()
    with MonkeyPatcher((thing, "x", 2)):
        assert thing.x == 2
    assert thing.x == 1
