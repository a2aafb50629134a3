"""Objects and their names, and what a class has got from its bases."""

import collections
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python.components import Interface
from twisted.python.reflect import (
    InvalidName,
    ModuleNotFound,
    ObjectNotFound,
    QueueMethod,
    accumulateClassDict,
    accumulateClassList,
    accumulateMethods,
    addMethodNamesToDict,
    filenameToModuleName,
    findInstances,
    fullFuncName,
    fullyQualifiedName,
    getClass,
    isLike,
    isOfType,
    isSame,
    modgrep,
    namedAny,
    namedClass,
    namedModule,
    namedObject,
    objgrep,
    prefixedMethodNames,
    prefixedMethods,
    qual,
    requireModule,
    safe_repr,
    safe_str,
)


class INamed(Interface):
    """An interface that has a name."""


class Outer:
    class Inner:
        def method(self) -> None:
            pass

        @classmethod
        def made(cls) -> None:
            pass


class TestNames:
    def test_a_class(self) -> None:
        assert qual(collections.OrderedDict) == "collections.OrderedDict"

    def test_a_nested_class(self) -> None:
        assert qual(Outer.Inner) == f"{__name__}.Inner"

    @pytest.mark.parametrize(
        ("thing", "name"),
        [
            (os.path, os.path.__name__),
            (collections, "collections"),
            (ValueError, "builtins.ValueError"),
            (len, "builtins.len"),
            (namedAny, "twisted.python._named.namedAny"),
            (Outer.Inner, f"{__name__}.Outer.Inner"),
            (Outer.Inner.method, f"{__name__}.Outer.Inner.method"),
            (Outer.Inner().method, f"{__name__}.Outer.Inner.method"),
            (Outer.Inner.made, f"{__name__}.Outer.Inner.made"),
            (INamed, f"{__name__}.INamed"),
            ([].append, "builtins.list.append"),
            (5, "builtins.int"),
        ],
        ids=lambda value: value if isinstance(value, str) else type(value).__name__,
    )
    def test_full_names(self, thing: object, name: str) -> None:
        assert fullyQualifiedName(thing) == name

    def test_a_bound_method_is_named_by_the_class_of_its_object(self) -> None:
        class Sub(Outer.Inner):
            pass

        assert fullyQualifiedName(Sub().method) == f"{fullyQualifiedName(Sub)}.method"

    def test_a_function_of_a_module_has_a_full_name(self) -> None:
        assert fullFuncName(os.path.join) == f"{os.path.__name__}.join"

    def test_a_function_that_is_not_found_by_its_name_has_none(self) -> None:
        with pytest.raises(ValueError, match="<lambda> is not a function of its module"):
            fullFuncName(lambda: None)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `named_package` on the path, with good and bad modules."""
    directory = tmp_path / "named_package"
    directory.mkdir()
    (directory / "__init__.py").write_text("value = 5\n")
    (directory / "good.py").write_text("class Thing:\n    attribute = 'found'\n")
    (directory / "needy.py").write_text("import no_such_module_at_all\n")
    (directory / "broken.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("", ".good", ".needy", ".broken"):
        monkeypatch.delitem(sys.modules, "named_package" + name, raising=False)
    return directory


@pytest.mark.usefixtures("package")
class TestNamedAny:
    def test_a_package(self) -> None:
        assert namedAny("named_package").value == 5

    def test_a_module_is_imported(self) -> None:
        assert namedAny("named_package.good") is sys.modules["named_package.good"]

    def test_an_attribute_of_a_package(self) -> None:
        assert namedAny("named_package.value") == 5

    def test_an_attribute_of_an_attribute(self) -> None:
        assert namedAny("named_package.good.Thing.attribute") == "found"

    def test_a_builtin(self) -> None:
        assert namedAny("builtins.ValueError") is ValueError

    @pytest.mark.parametrize("name", ["", ".", "a..b", ".a", "a.", "os."])
    def test_a_malformed_name_is_refused(self, name: str) -> None:
        with pytest.raises(InvalidName):
            namedAny(name)

    @pytest.mark.parametrize("name", ["no_such_module", "no_such_module.thing"])
    def test_a_missing_module_is_named(self, name: str) -> None:
        with pytest.raises(ModuleNotFound, match="there is no module 'no_such_module'"):
            namedAny(name)

    def test_an_object_of_a_missing_module_is_not_found_either(self) -> None:
        with pytest.raises(ObjectNotFound):
            namedAny("no_such_module.thing")

    def test_a_missing_object_is_named(self) -> None:
        with pytest.raises(ObjectNotFound, match=r"named_package.good.Thing has no 'nothing'"):
            namedAny("named_package.good.Thing.nothing")

    def test_a_missing_object_is_an_attribute_error_too(self) -> None:
        with pytest.raises(AttributeError):
            namedAny("named_package.nothing")

    def test_a_module_that_misses_a_module_raises_its_own_error(self) -> None:
        with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
            namedAny("named_package.needy")

    def test_a_module_that_fails_raises_its_own_error(self) -> None:
        with pytest.raises(ZeroDivisionError):
            namedAny("named_package.broken.thing")

    @given(st.text(alphabet="ab._ é\0", max_size=6))
    def test_no_name_raises_anything_else(self, name: str) -> None:
        with pytest.raises(InvalidName):
            namedAny(name)


@pytest.mark.usefixtures("package")
class TestNamedModuleAndObject:
    def test_a_module_is_imported_and_returned(self) -> None:
        assert namedModule("named_package.good").Thing.attribute == "found"

    def test_a_missing_module_is_an_import_error(self) -> None:
        with pytest.raises(ImportError):
            namedModule("named_package.nothing")

    def test_an_object_of_a_module(self) -> None:
        assert namedObject("named_package.good.Thing").attribute == "found"
        assert namedClass("named_package.good.Thing").attribute == "found"

    def test_an_object_needs_a_module(self) -> None:
        with pytest.raises(InvalidName, match=r"module\.attribute"):
            namedObject("Thing")

    def test_a_missing_object_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError):
            namedObject("named_package.good.nothing")

    def test_a_required_module_is_imported(self) -> None:
        assert requireModule("named_package.good") is sys.modules["named_package.good"]

    def test_a_missing_module_gives_the_default(self) -> None:
        assert requireModule("named_package.nothing") is None
        assert requireModule("named_package.needy", 5) == 5


class TestFilenames:
    def test_a_module_in_packages(self, package: Path) -> None:
        assert filenameToModuleName(str(package / "good.py")) == "named_package.good"

    def test_a_package(self, package: Path) -> None:
        assert filenameToModuleName(str(package)) == "named_package"
        assert filenameToModuleName(str(package / "__init__.py")) == "named_package"

    def test_a_module_outside_packages(self, tmp_path: Path) -> None:
        assert filenameToModuleName(str(tmp_path / "alone.py")) == "alone"

    def test_a_path_in_bytes(self, package: Path) -> None:
        assert filenameToModuleName(os.fsencode(package / "good.py")) == "named_package.good"


class Grandparent:
    rows = ["one"]
    table = {"a": 1, "b": 1}

    def do_first(self) -> str:
        return "first"

    do_data = "no method"


class Parent(Grandparent):
    rows = ["two"]

    def do_second(self) -> str:
        return "second"


class Other(Grandparent):
    rows = ["three"]
    table = {"b": 2}


class Child(Parent, Other):
    rows = ["four"]

    def do_first(self) -> str:
        return "the child's first"


class TestAccumulation:
    def test_lists_are_joined_bases_first_each_once(self) -> None:
        rows: list[str] = []
        accumulateClassList(Child, "rows", rows)
        assert rows == ["one", "three", "two", "four"]

    def test_dictionaries_are_joined_and_the_class_wins(self) -> None:
        table: dict[str, int] = {}
        accumulateClassDict(Child, "table", table)
        assert table == {"a": 1, "b": 2}

    def test_classes_can_be_left_out(self) -> None:
        rows: list[str] = []
        accumulateClassList(Child, "rows", rows, Parent)
        assert rows == ["two", "four"]

    def test_names_of_methods_are_found_without_the_prefix(self) -> None:
        assert set(prefixedMethodNames(Child, "do_")) == {"first", "second"}

    def test_names_of_methods_are_added_to_a_dictionary(self) -> None:
        names: dict[str, int] = {}
        addMethodNamesToDict(Child, names, "do_")
        assert names == {"first": 1, "second": 1}

    def test_names_of_methods_of_some_classes_only(self) -> None:
        names: dict[str, int] = {}
        addMethodNamesToDict(Parent, names, "do_", Parent)
        assert names == {"second": 1}

    def test_methods_are_bound_and_the_overriding_ones(self) -> None:
        methods = prefixedMethods(Child(), "do_")
        assert {method() for method in methods} == {"the child's first", "second"}

    def test_methods_are_added_to_a_dictionary(self) -> None:
        child = Child()
        methods: dict[str, Callable[..., object]] = {}
        accumulateMethods(child, methods, "do_")
        assert methods == {"first": child.do_first, "second": child.do_second}

    def test_methods_of_a_base_class_only(self) -> None:
        methods: dict[str, Callable[..., object]] = {}
        accumulateMethods(Child(), methods, "do_", Grandparent)
        assert list(methods) == ["first"]


class Unprintable:
    def __repr__(self) -> str:
        raise ValueError("no")

    __str__ = __repr__


class Hopeless(Exception):
    def __str__(self) -> str:
        raise ValueError("neither")


class VeryUnprintable:
    def __repr__(self) -> str:
        raise Hopeless


class TestSafeTexts:
    def test_texts_are_those_of_python(self) -> None:
        assert safe_repr("a") == "'a'"
        assert safe_str("a") == "a"
        assert safe_str(5) == "5"

    @pytest.mark.parametrize("safe", [safe_repr, safe_str])
    def test_an_object_that_cannot_print_itself_is_described(self, safe: object) -> None:
        text = safe(Unprintable())  # type: ignore[operator]  # parametrize has no types
        assert text.startswith("<Unprintable instance at 0x")
        assert "ValueError: no" in text

    @pytest.mark.parametrize("safe", [safe_repr, safe_str])
    def test_an_error_that_cannot_print_itself_is_described(self, safe: object) -> None:
        text = safe(VeryUnprintable())  # type: ignore[operator]  # parametrize has no types
        assert "Hopeless" in text

    def test_bytes_are_decoded_where_they_can_be(self) -> None:
        assert safe_str("é".encode()) == "é"
        assert safe_str(b"\xff") == "b'\\xff'"


class Holder:
    def __init__(self, value: object) -> None:
        self.value = value

    def method(self) -> None:
        pass


class TestSearch:
    def test_comparisons(self) -> None:
        one, other = [1], [1]
        assert isSame(one, one)
        assert not isSame(one, other)
        assert isLike(one, other)
        assert isOfType(one, list)
        assert not isOfType(True, int)

    def test_an_object_is_found_in_containers_and_attributes(self) -> None:
        goal = object()
        start = {"key": [1, (goal,)], "holder": Holder(goal), "set": {goal}}
        assert sorted(objgrep(start, goal, isSame)) == [
            "['holder'].value",
            "['key'][1][0]",
            "['set']{...}",
        ]

    def test_an_object_is_found_behind_methods_and_closures(self) -> None:
        goal = Holder(None)

        def closure() -> object:
            return goal

        assert objgrep([goal.method], goal, isSame) == ["[0].__self__"]
        assert objgrep([closure], goal, isSame) == ["[0].__closure__[0]"]

    def test_a_cycle_ends_the_search(self) -> None:
        cycle: list[object] = []
        cycle.append(cycle)
        assert objgrep(cycle, cycle, isSame) == ["", "[0]"]

    def test_the_depth_is_limited(self) -> None:
        assert objgrep([[["deep"]]], "deep", maxDepth=2) == []
        assert objgrep([[["deep"]]], "deep", maxDepth=3) == ["[0][0][0]"]

    def test_instances_are_found(self) -> None:
        assert findInstances([1, Holder(2.5)], float) == ["[1].value"]

    def test_what_cannot_be_compared_is_passed_over(self) -> None:
        class Incomparable:
            def __eq__(self, other: object) -> bool:
                raise ValueError("no")

            __hash__ = None  # type: ignore[assignment]  # as a class without it has

        assert objgrep([Incomparable(), "found"], "found") == ["[1]"]

    def test_the_modules_are_searched(self, monkeypatch: pytest.MonkeyPatch) -> None:
        target = types.ModuleType("target")
        modules = {"holder": Holder(target), "target": target}
        monkeypatch.setattr("twisted.python._objgrep.sys", types.SimpleNamespace(modules=modules))
        assert modgrep(target) == ["sys.modules['target']", "sys.modules['holder'].value"]


def test_a_queue_method_notes_its_calls() -> None:
    calls: list[tuple[str, tuple[object, ...]]] = []
    method = QueueMethod("write", calls)
    method(1, 2)
    method()
    assert calls == [("write", (1, 2)), ("write", ())]


def test_the_class_of_an_object() -> None:
    assert getClass(5) is int
