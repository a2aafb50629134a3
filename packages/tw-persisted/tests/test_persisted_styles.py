"""Versioned and ephemeral objects, and what can be pickled beside them."""

import copy
import io
import os
import pickle
import types
from collections.abc import Iterator
from typing import Any

import pytest

from twisted.logger import capturedLogs
from twisted.persisted import styles
from twisted.persisted.styles import (
    Ephemeral,
    Versioned,
    doUpgrade,
    requireUpgrade,
    unpickleMethod,
    unpickleModule,
)


class Base:
    def method(self) -> str:
        return "base"

    @classmethod
    def ofClass(cls) -> str:
        return cls.__name__


class Sub(Base):
    def method(self) -> str:
        return "sub"


class Connection(Ephemeral):
    """What an ephemeral object is."""


class Bed(Versioned):
    """A class that has come to version 2."""

    persistenceVersion = 2
    persistenceForgets: tuple[str, ...] = ("watering",)

    def __init__(self) -> None:
        self.plants = ["leek"]
        self.watering = "now"

    def upgradeToVersion1(self) -> None:
        self.steps: list[str] = [*getattr(self, "steps", []), "bed 1"]

    def upgradeToVersion2(self) -> None:
        self.steps = [*getattr(self, "steps", []), "bed 2"]


class RaisedBed(Bed):
    """A subclass that has a version of its own."""

    persistenceVersion = 1
    persistenceForgets = ("height", "never there")

    def upgradeToVersion1(self) -> None:
        self.steps = [*getattr(self, "steps", []), "raised bed 1"]


class Plain(Bed):
    """A subclass that does not count versions."""


class Unready(Versioned):
    """A class that lacks a method for a step."""

    persistenceVersion = 2

    def upgradeToVersion2(self) -> None:
        self.done = True


BED = f"{__name__}.Bed.persistenceVersion"
RAISED_BED = f"{__name__}.RaisedBed.persistenceVersion"


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    styles.versionedsToUpgrade.clear()
    styles.upgraded.clear()


def restored(cls: type[Versioned], **state: object) -> Any:
    """Return an object as unpickling makes it."""
    made = cls.__new__(cls)
    made.__setstate__(state)
    return made


class TestVersioned:
    def test_state_tells_the_version_and_lacks_what_is_forgotten(self) -> None:
        assert Bed().__getstate__() == {"plants": ["leek"], BED: 2}

    def test_state_tells_the_version_of_each_class_that_counts(self) -> None:
        bed = RaisedBed()
        bed.height = 3  # type: ignore[attr-defined]  # as existing code does it
        assert bed.__getstate__() == {"plants": ["leek"], BED: 2, RAISED_BED: 1}
        assert Plain().__getstate__() == {"plants": ["leek"], BED: 2}

    def test_state_can_be_made_of_another_dictionary(self) -> None:
        given = {"watering": 1, "soil": 2}
        assert Bed().__getstate__(given) == {"soil": 2, BED: 2}
        assert given == {"watering": 1, "soil": 2}

    def test_object_is_not_changed_by_pickling(self) -> None:
        bed = Bed()
        pickle.dumps(bed)
        assert vars(bed) == {"plants": ["leek"], "watering": "now"}

    def test_comes_back_without_a_step_in_the_same_version(self) -> None:
        bed = pickle.loads(pickle.dumps(Bed()))
        doUpgrade()
        assert vars(bed) == {"plants": ["leek"]}

    def test_goes_through_the_steps_that_it_misses(self) -> None:
        bed = restored(Bed, **{BED: 1})
        doUpgrade()
        assert bed.steps == ["bed 2"]

    def test_without_a_version_goes_through_all_steps(self) -> None:
        bed = restored(Bed)
        doUpgrade()
        assert bed.steps == ["bed 1", "bed 2"]

    def test_steps_of_base_classes_come_first(self) -> None:
        bed = restored(RaisedBed)
        doUpgrade()
        assert bed.steps == ["bed 1", "bed 2", "raised bed 1"]

    def test_subclass_that_does_not_count_takes_the_steps_of_its_base_once(self) -> None:
        bed = restored(Plain, **{BED: 1})
        doUpgrade()
        assert bed.steps == ["bed 2"]

    def test_missing_step_is_logged_and_left_out(self) -> None:
        unready = restored(Unready)
        with capturedLogs() as events:
            doUpgrade()
        assert unready.done
        (event,) = [each for each in events if each["log_level"].name == "warn"]
        assert (event["base"], event["version"]) == (f"{__name__}.Unready", 1)

    def test_newer_version_is_logged(self) -> None:
        bed = restored(Bed, **{BED: 3})
        with capturedLogs() as events:
            doUpgrade()
        (event,) = events
        assert (event["has"], event["version"]) == (3, 2)
        assert vars(bed) == {}

    def test_is_brought_up_to_date_once(self) -> None:
        bed = restored(Bed)
        doUpgrade()
        doUpgrade()
        assert bed.steps == ["bed 1", "bed 2"]

    def test_is_not_kept_after_the_upgrade(self) -> None:
        bed = restored(Bed)
        assert list(styles.versionedsToUpgrade.values()) == [bed]
        doUpgrade()
        assert (styles.versionedsToUpgrade, styles.upgraded) == ({}, {})

    def test_may_require_the_upgrade_of_another_one(self) -> None:
        class Garden(Versioned):
            persistenceVersion = 1

            def upgradeToVersion1(self) -> None:
                self.seen = list(requireUpgrade(self.bed).steps)  # type: ignore[attr-defined]

        bed = Bed.__new__(Bed)
        garden = restored(Garden, bed=bed)
        bed.__setstate__({})
        doUpgrade()
        assert garden.seen == ["bed 1", "bed 2"]
        assert bed.steps == ["bed 1", "bed 2"]

    def test_may_unpickle_another_one_in_its_upgrade(self) -> None:
        beds: list[Any] = []

        class Garden(Versioned):
            persistenceVersion = 1

            def upgradeToVersion1(self) -> None:
                beds.append(restored(Bed))

        restored(Garden)
        doUpgrade()
        assert beds[0].steps == ["bed 1", "bed 2"]

    def test_that_raises_in_its_upgrade_leaves_nothing_behind(self) -> None:
        class Broken(Versioned):
            persistenceVersion = 1

            def upgradeToVersion1(self) -> None:
                raise RuntimeError("planted")

        restored(Broken)
        with pytest.raises(RuntimeError):
            doUpgrade()
        assert (styles.versionedsToUpgrade, styles.upgraded) == ({}, {})

    def test_other_objects_need_no_upgrade(self) -> None:
        other = object()
        assert requireUpgrade(other) is other


class TestEphemeral:
    def test_comes_back_bare(self) -> None:
        connection = Connection()
        connection.peer = "somebody"  # type: ignore[attr-defined]  # as existing code does it
        with capturedLogs() as events:
            back = pickle.loads(pickle.dumps([connection]))[0]
        assert (type(back), vars(back)) == (Ephemeral, {})
        (event,) = events
        assert event["object"] is connection


class TestMethods:
    @pytest.mark.parametrize("cls", [Base, Sub])
    def test_are_made_again(self, cls: type[Base]) -> None:
        function, arguments = styles.pickleMethod(cls().method)  # type: ignore[arg-type]
        assert function(*arguments)() == cls().method()  # type: ignore[operator]

    def test_of_a_base_class_stay_those_of_the_base_class(self) -> None:
        method = types.MethodType(Base.method, Sub())
        function, arguments = styles.pickleMethod(method)
        assert function(*arguments)() == "base"  # type: ignore[operator]

    def test_of_a_class_are_made_again(self) -> None:
        function, arguments = styles.pickleMethod(Sub.ofClass)  # type: ignore[arg-type]
        assert function(*arguments)() == "Sub"  # type: ignore[operator]

    def test_that_would_not_be_found_again_are_refused(self) -> None:
        def method(self: object) -> None:
            """Stand for a method that was put onto an object."""

        for bound in (types.MethodType(method, Base()), types.MethodType(method, Base)):
            with pytest.raises(pickle.PicklingError, match="cannot be pickled"):
                styles.pickleMethod(bound)

    def test_without_an_object_are_functions(self) -> None:
        assert unpickleMethod("method", None, Base) is Base.method

    def test_that_a_class_lost_are_looked_up_on_the_object(self) -> None:
        method = unpickleMethod("method", Sub(), object)
        assert method() == "sub"  # type: ignore[operator]

    def test_that_nobody_has_raise(self) -> None:
        with pytest.raises(AttributeError, match="nope"):
            unpickleMethod("nope", Sub(), Base)


class TestModules:
    def test_can_be_pickled(self) -> None:
        assert pickle.loads(pickle.dumps(os.path)) is os.path

    def test_are_copied_as_themselves(self) -> None:
        assert copy.deepcopy({"module": os})["module"] is os

    def test_are_found_by_name(self) -> None:
        function, arguments = styles.pickleModule(os)
        assert function(*arguments) is os

    def test_that_moved_are_found_in_their_new_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(styles.oldModules, "planted_old", os)
        assert unpickleModule("planted_old") is os

    def test_that_are_gone_raise(self) -> None:
        with pytest.raises(ImportError):
            unpickleModule("planted_gone")


class TestFilesInMemory:
    @pytest.mark.parametrize("reducer", [styles.pickleStringI, styles.pickleStringO])
    def test_come_back_with_content_and_position(self, reducer: Any) -> None:
        file = io.StringIO("abc")
        file.read(1)
        function, arguments = reducer(file)
        again = function(*arguments)
        assert (again.getvalue(), again.read()) == ("abc", "bc")
