"""Finding tests by the names of packages, modules, classes, methods and files."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from twisted.trial.runner import ErrorHolder, TestLoader, filenameToModule, isPackage, name
from twisted.trial.runner._orders import ORDERS, shuffled

from .trial_helpers import NotingReporter

CASE = """
from twisted.trial.unittest import TestCase

class {name}(TestCase):
    def test_b(self): pass
    def test_a(self): pass
    def helper(self): pass
"""

Tree = Callable[[dict[str, str]], Path]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tree]:
    """A function that writes files, in a directory that modules are imported from."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)

    def write(files: dict[str, str]) -> Path:
        for file, text in files.items():
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    yield write
    for module in set(sys.modules) - before:
        if str(getattr(sys.modules[module], "__file__", "")).startswith(str(tmp_path)) or (
            module.startswith("trialtree")
        ):
            del sys.modules[module]


def loaded(*names: str, **options: Any) -> list[str]:
    """Return the names of the tests that names stand for, without the module's steps in front."""
    suite = TestLoader().loadByNames(list(names), recurse=True, **options)
    return [test.id() for test in _tests(suite)]


def _tests(suite: Any) -> Iterator[Any]:
    if hasattr(suite, "__iter__"):
        for test in suite:
            yield from _tests(test)
    else:
        yield suite


def test_modules_classes_and_methods(tree: Tree) -> None:
    text = CASE.format(name="SecondTests") + CASE.format(name="FirstTests")
    tree({"trialtree1.py": text})
    first = ["trialtree1.FirstTests.test_a", "trialtree1.FirstTests.test_b"]
    second = ["trialtree1.SecondTests.test_a", "trialtree1.SecondTests.test_b"]
    assert loaded("trialtree1") == first + second
    assert loaded("trialtree1.SecondTests") == second
    assert loaded("trialtree1.SecondTests.test_b") == second[1:]


def test_packages_with_all_that_is_in_them(tree: Tree) -> None:
    tree(
        {
            "trialtree2/__init__.py": "",
            "trialtree2/test_top.py": CASE.format(name="TopTests"),
            "trialtree2/helpers.py": CASE.format(name="NoTests"),
            "trialtree2/test/__init__.py": "",
            "trialtree2/test/test_inner.py": CASE.format(name="InnerTests"),
        }
    )
    inner = [
        "trialtree2.test.test_inner.InnerTests.test_a",
        "trialtree2.test.test_inner.InnerTests.test_b",
    ]
    top = ["trialtree2.test_top.TopTests.test_a", "trialtree2.test_top.TopTests.test_b"]
    assert loaded("trialtree2") == inner + top
    assert loaded("trialtree2.test") == inner
    suite = TestLoader().loadByNames(["trialtree2"], recurse=False)
    assert [test.id() for test in _tests(suite)] == top


def test_namespace_packages_in_all_their_directories(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(
        {
            "trialtree3/one/test/test_one.py": CASE.format(name="OneTests"),
            "elsewhere/trialtree3/two/test_two.py": CASE.format(name="TwoTests"),
            "trialtree3/one/data/readme.txt": "no Python",
        }
    )
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    found = {test.rpartition(".")[0] for test in loaded("trialtree3")}
    assert found == {"trialtree3.one.test.test_one.OneTests", "trialtree3.two.test_two.TwoTests"}


def test_files_and_directories(tree: Tree) -> None:
    tree(
        {
            "trialtree4/__init__.py": "",
            "trialtree4/test_it.py": CASE.format(name="ItTests"),
            "loose/test_trialtree_loose.py": CASE.format(name="LooseTests"),
        }
    )
    expected = ["trialtree4.test_it.ItTests.test_a", "trialtree4.test_it.ItTests.test_b"]
    assert loaded("trialtree4/test_it.py") == expected
    assert loaded("trialtree4/") == expected
    assert [test.rpartition("trialtree_")[2] for test in loaded("loose")] == [
        "loose.LooseTests.test_a",
        "loose.LooseTests.test_b",
    ]


def test_names_that_overlap_give_each_test_once(tree: Tree) -> None:
    tree({"trialtree5.py": CASE.format(name="ItTests")})
    both = ["trialtree5.ItTests.test_a", "trialtree5.ItTests.test_b"]
    assert loaded("trialtree5.ItTests.test_a", "trialtree5") == both
    assert loaded("trialtree5", "trialtree5.ItTests") == both


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("trialtree_missing", "there is no module, package or file 'trialtree_missing'"),
        ("trialtree6.Missing", "trialtree6 has no 'Missing'"),
        ("trialtree6.number", "holds no tests"),
        ("trialtree6..x", "single dots"),
        ("missing/test_it.py", "there is no file"),
    ],
)
def test_names_that_lead_nowhere_are_errors(tree: Tree, wrong: str, told: str) -> None:
    tree({"trialtree6.py": "number = 3\n"})
    reporter = NotingReporter()
    TestLoader().loadByNames([wrong]).run(reporter)
    ((kind, text),) = reporter.events
    assert kind == "error"
    assert told in text


@pytest.mark.parametrize(
    "text", ["1 / 0\n", "import trialtree_missing_too\n", "def broken(:\n", "raise SystemExit(3)\n"]
)
def test_modules_that_cannot_be_imported_are_errors_among_others(tree: Tree, text: str) -> None:
    tree(
        {
            "trialtree7/__init__.py": "",
            "trialtree7/test_broken.py": text,
            "trialtree7/test_good.py": CASE.format(name="GoodTests"),
        }
    )
    reporter = NotingReporter()
    TestLoader().loadByNames(["trialtree7"], recurse=True).run(reporter)
    assert reporter.kinds == ["error", "success", "success"]
    assert loaded("trialtree7.test_broken") == ["trialtree7.test_broken"]
    del sys.modules["trialtree7"]


def test_module_that_skips_itself(tree: Tree) -> None:
    tree({"trialtree8.py": "from twisted.trial.unittest import SkipTest\nraise SkipTest('no ssh')"})
    reporter = NotingReporter()
    TestLoader().loadByNames(["trialtree8"]).run(reporter)
    assert reporter.events == [("skip", "no ssh")]


@pytest.mark.parametrize("hook", ["testSuite", "test_suite"])
def test_modules_can_make_their_suite(tree: Tree, hook: str) -> None:
    tree(
        {
            f"trialtree9{hook}.py": CASE.format(name="ItTests")
            + f"def {hook}():\n    from unittest import TestSuite\n    return TestSuite([ItTests('test_b')])\n"
        }
    )
    assert loaded(f"trialtree9{hook}") == [f"trialtree9{hook}.ItTests.test_b"]


def test_doctests(tree: Tree) -> None:
    tree(
        {
            "trialtree10.py": "__doctests__ = ['trialtree10documented']\n",
            "trialtree10documented.py": '"""\n>>> 1 + 1\n3\n"""\n',
        }
    )
    reporter = NotingReporter()
    suite = TestLoader().loadByNames(["trialtree10"])
    assert suite.countTestCases() == 1
    import unittest

    result = unittest.TestResult()
    suite.run(result)
    assert len(result.failures) == 1
    assert not reporter.events


def test_tests_of_the_standard_library(tree: Tree) -> None:
    text = "import unittest\n\nclass PlainTests(unittest.TestCase):\n    def test_it(self): pass\n"
    tree({"trialtree11.py": text})
    assert loaded("trialtree11") == ["trialtree11.PlainTests.test_it"]


def test_class_with_run_test_is_one_test(tree: Tree) -> None:
    text = (
        "from twisted.trial.unittest import TestCase\n\n"
        "class OneTest(TestCase):\n    def runTest(self): pass\n\nclass None_(TestCase): pass\n"
    )
    tree({"trialtree12.py": text})
    assert loaded("trialtree12") == ["trialtree12.OneTest.runTest"]


def test_order_of_definition(tree: Tree) -> None:
    text = CASE.format(name="SecondTests") + CASE.format(name="FirstTests")
    tree({"trialtree13.py": text})
    suite = TestLoader(sorter=ORDERS["toptobottom"][1]).loadByNames(["trialtree13"])
    assert [test.id().partition(".")[2] for test in _tests(suite)] == [
        "SecondTests.test_b",
        "SecondTests.test_a",
        "FirstTests.test_b",
        "FirstTests.test_a",
    ]


def test_random_order_depends_on_the_seed_alone(tree: Tree) -> None:
    tree({"trialtree14.py": "".join(CASE.format(name=f"N{number}Tests") for number in range(20))})

    def order(seed: int) -> list[str]:
        suite = TestLoader(sorter=shuffled(seed)).loadByNames(["trialtree14"])
        return [test.id() for test in _tests(suite)]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert sorted(order(1)) == sorted(order(2))


def test_file_that_its_name_does_not_lead_to(tree: Tree, tmp_path: Path) -> None:
    tree({"trialtree15.py": "place = 'top'\n", "other/trialtree15.py": "place = 'other'\n"})
    assert filenameToModule("trialtree15.py").place == "top"
    assert filenameToModule("other/trialtree15.py").place == "other"
    with pytest.raises(ValueError, match="doesn't exist"):
        filenameToModule("other/missing.py")


def test_small_helpers() -> None:
    import twisted.trial

    assert isPackage(twisted.trial)
    assert not isPackage(sys)
    assert name(TestLoader) == "twisted.trial.runner._loader.TestLoader"
    assert ErrorHolder("what", (ValueError, ValueError("why"), None)).countTestCases() == 0
    with pytest.raises(TypeError, match="not a package"):
        TestLoader().loadPackage(sys)
    with pytest.raises(TypeError, match="not a module"):
        TestLoader().loadModule(3)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError, match="no class of tests"):
        TestLoader().loadClass(int)
