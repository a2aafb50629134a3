"""Making suites of what a name stands for: a package, a module, a class, a method or a file.

What cannot be imported becomes a test that has the error, so the others run all the same.
"""

import importlib
import inspect
import os
import sys
import unittest
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any, TypeVar

from twisted.python.failure import Failure
from twisted.python.reflect import prefixedMethodNames
from twisted.trial._holders import ErrorHolder
from twisted.trial._kinds import AnyObject, AnyTest
from twisted.trial._suites import TestSuite, flattened
from twisted.trial.runner._naming import (
    filenameToModule,
    isPackage,
    isPackageDirectory,
    isTestCase,
    modulesIn,
    name,
)

_T = TypeVar("_T")


class NoTests(Exception):
    """A name was given that stands for nothing that holds tests."""


class TestLoader:
    """Finds tests.

    Attributes:
        suiteFactory: Makes a suite of tests.
        sorter: Returns the key by which modules, classes and methods are sorted.
        methodPrefix: What the names of methods begin with that are tests.
        modulePrefix: What the names of modules begin with that a package is searched for.
    """

    # pytest takes names that begin so for tests.
    __test__ = False

    methodPrefix = "test"
    modulePrefix = "test_"
    suiteFactory: type[TestSuite] = TestSuite
    sorter: Callable[[AnyObject], AnyObject] = staticmethod(name)

    def __init__(
        self,
        suiteFactory: type[TestSuite] = TestSuite,
        sorter: Callable[[Any], Any] = name,
    ) -> None:
        """Find nothing yet.

        Args:
            suiteFactory: Makes a suite of tests.
            sorter: Returns the key by which modules, classes and methods are sorted.
        """
        self.suiteFactory = suiteFactory
        self.sorter = sorter

    def sort(self, xs: Iterable[_T]) -> list[_T]:
        """Return modules, classes or methods in order.

        Args:
            xs: What is to be sorted.
        """
        return sorted(xs, key=self.sorter)

    # Classes

    def getTestCaseNames(self, klass: type) -> list[str]:
        """Return the names of the methods of a class that are tests.

        Args:
            klass: The class.
        """
        return [f"{self.methodPrefix}{rest}" for rest in self._methodNames(klass)]

    def _methodNames(self, klass: type) -> list[str]:
        return [
            found
            for found in prefixedMethodNames(klass, self.methodPrefix)
            if callable(getattr(klass, f"{self.methodPrefix}{found}", None))
        ]

    def loadClass(self, klass: type) -> TestSuite:
        """Return the tests of a class.

        Args:
            klass: The class.

        Raises:
            TypeError: It is no class of tests.
        """
        if not isTestCase(klass):
            raise TypeError(f"{klass!r} is no class of tests: derive it from TestCase")
        names = self.getTestCaseNames(klass)
        methods = self.sort([_Method(klass, each) for each in names])
        tests: list[Any] = [klass(method.name) for method in methods]
        own = getattr(klass, "runTest", None)
        # Ours does nothing; a class that has its own is one test.
        if not names and own is not None and not own.__module__.startswith("twisted.trial."):
            tests.append(klass("runTest"))
        return self.suiteFactory(tests)

    loadTestsFromTestCase = loadClass

    def loadMethod(self, klass: type, methodName: str) -> unittest.TestCase:
        """Return the test of one method.

        Args:
            klass: The class.
            methodName: The method's name.
        """
        if not isTestCase(klass):
            raise TypeError(f"{klass!r} is no class of tests: derive it from TestCase")
        return klass(methodName)

    # Modules

    def findTestClasses(self, module: ModuleType) -> list[type[unittest.TestCase]]:
        """Return the classes of tests that a module has, sorted.

        Args:
            module: The module. Classes that it only imports count as its own, too, but for the
                base classes that every test module imports.
        """
        found = [value for value in vars(module).values() if isTestCase(value)]
        unique = {id(cls): cls for cls in found if not _isBase(cls)}
        return self.sort(list(unique.values()))

    def loadModule(self, module: ModuleType) -> AnyTest:
        """Return the tests of a module.

        A module decides itself if it has a function `testSuite` or `test_suite`, which returns a
        suite. Otherwise its classes of tests are taken, and the doctests of what it lists in
        `__doctests__`.

        Args:
            module: The module.

        Raises:
            TypeError: It is no module.
        """
        if not isinstance(module, ModuleType):
            raise TypeError(f"{module!r} is not a module")
        for hook in ("testSuite", "test_suite"):
            made = getattr(module, hook, None)
            if made is not None:
                return made()
        suite = self.suiteFactory()
        for klass in self.findTestClasses(module):
            suite.addTest(self.loadClass(klass))
        documented = getattr(module, "__doctests__", ())
        for each in self.sort(list(documented)):
            suite.addTest(self.loadDoctests(each))
        return suite

    loadTestsFromModule = loadModule

    def loadDoctests(self, module: AnyObject) -> AnyObject:
        """Return the doctests of a module.

        Args:
            module: The module, or its name.
        """
        if isinstance(module, str):
            try:
                module = importlib.import_module(module)
            except Exception:
                return ErrorHolder(module, Failure())
        if not inspect.ismodule(module):
            raise TypeError(f"{module!r} is not a module")
        # Slow to import, and needed by few.
        import doctest

        finder = doctest.DocTestFinder(exclude_empty=True)
        return self.suiteFactory([doctest.DocTestSuite(module, test_finder=finder)])

    def loadPackage(self, package: ModuleType, recurse: bool = False) -> TestSuite:
        """Return the tests of the test modules in a package.

        Args:
            package: The package; a namespace package is searched in all of its directories.
            recurse: Whether to search the packages in it too.

        Raises:
            TypeError: It is no package.
        """
        if not isPackage(package):
            raise TypeError(f"{package!r} is not a package")
        suite = self.suiteFactory()
        for full, isDirectory in self.sort([_Found(*found) for found in modulesIn(package)]):
            if full.rpartition(".")[2].startswith(self.modulePrefix) and not isDirectory:
                suite.addTest(self._imported(full, lambda module: self.loadModule(module)))
            elif isDirectory and recurse:
                suite.addTest(
                    self._imported(full, lambda module: self.loadPackage(module, recurse=True))
                )
        return suite

    def _imported(self, full: str, load: Callable[[ModuleType], Any]) -> AnyObject:
        """Import a module and load its tests, or return what has the error."""
        try:
            return load(importlib.import_module(full))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if isinstance(error, unittest.SkipTest):
                return _skipped(full, str(error))
            return ErrorHolder(full, Failure())

    # Files and names

    def loadFile(self, fileName: str, recurse: bool = False) -> AnyTest:
        """Return the tests of a module or package by the name of its file.

        Args:
            fileName: The file, or the directory.
            recurse: Whether to search the packages in a package too.
        """
        if os.path.isdir(fileName) and not _isImportable(fileName):
            return self._loadDirectory(fileName, recurse)
        try:
            module = filenameToModule(fileName)
        except KeyboardInterrupt:
            raise
        except BaseException:
            return ErrorHolder(fileName, Failure())
        return self.loadAnything(module, recurse=recurse)

    def _loadDirectory(self, directory: str, recurse: bool) -> TestSuite:
        """Return the tests of a directory that is no package."""
        suite = self.suiteFactory()
        for entry in sorted(os.listdir(directory)):
            path = os.path.join(directory, entry)
            if os.path.isdir(path):
                if recurse and entry.isidentifier() and entry != "__pycache__":
                    suite.addTest(self.loadFile(path, recurse))
            elif entry.startswith(self.modulePrefix) and entry.endswith(".py"):
                suite.addTest(self.loadFile(path, recurse))
        return suite

    def findByName(self, _name: str, recurse: bool = False) -> AnyTest:
        """Return the tests that a name stands for.

        Args:
            _name: The full name of a package, module, class or method, or the name of a file.
            recurse: Whether to search the packages in a package too.
        """
        if os.sep in _name or _name.endswith(".py"):
            if os.path.exists(_name):
                return self.loadFile(_name, recurse)
            problem = NoTests(f"there is no file {_name!r}")
            return ErrorHolder(_name, Failure(problem))
        try:
            found, parent = _objectNamed(_name)
        except KeyboardInterrupt:
            raise
        except unittest.SkipTest as reason:
            return _skipped(_name, str(reason))
        except BaseException:
            failure = Failure()
            if os.path.isdir(_name):
                return self.loadFile(_name, recurse)
            return ErrorHolder(_name, failure)
        return self.loadAnything(found, recurse=recurse, parent=parent, qualName=_name.split("."))

    def loadByName(self, name: str, recurse: bool = False) -> AnyTest:
        """Return the tests that a name stands for; the same as `findByName`.

        Args:
            name: The full name of a package, module, class or method, or the name of a file.
            recurse: Whether to search the packages in a package too.
        """
        return self.findByName(name, recurse=recurse)

    loadTestsFromName = loadByName

    def loadAnything(
        self,
        obj: AnyObject,
        recurse: bool = False,
        parent: AnyObject = None,
        qualName: Sequence[str] | None = None,
    ) -> AnyTest:
        """Return the tests of a package, a module, a class or a method.

        Args:
            obj: The object.
            recurse: Whether to search the packages in a package too.
            parent: For a method: the class that it is of.
            qualName: For a method: the steps of its full name.
        """
        if isPackage(obj):
            return self.loadPackage(obj, recurse=recurse)
        if isinstance(obj, ModuleType):
            return self.loadModule(obj)
        if isTestCase(obj):
            return self.loadClass(obj)
        if isinstance(obj, unittest.TestSuite | unittest.TestCase):
            return obj
        if parent is not None and isTestCase(parent) and qualName:
            return self.loadMethod(parent, qualName[-1])
        shown = ".".join(qualName) if qualName else name(obj)
        problem = NoTests(
            f"{shown} is {type(obj).__name__}, which holds no tests: give the name of a package, "
            "module, class of tests or method"
        )
        return ErrorHolder(shown, Failure(problem))

    def loadByNames(self, names: Iterable[str], recurse: bool = False) -> TestSuite:
        """Return the tests that several names stand for, each only once.

        Args:
            names: The names, as for `findByName`.
            recurse: Whether to search the packages in a package too.
        """
        suite = self.suiteFactory()
        seen: set[str] = set()
        for each in names:
            found = _without(self.findByName(each, recurse=recurse), seen, self.suiteFactory)
            if found is not None:
                suite.addTest(found)
                seen.update(test.id() for test in flattened(found))
        return suite


class _Method:
    """A method that is sorted among others; sorters look at its name, or at its code."""

    def __init__(self, klass: type, name: str) -> None:
        self.klass = klass
        self.name = self.__name__ = name
        self.function = getattr(klass, name)

    def id(self) -> str:
        return self.name


class _Found(tuple[str, bool]):
    """A module that is sorted among others before it is imported."""

    def __new__(cls, full: str, isDirectory: bool) -> "_Found":
        return super().__new__(cls, (full, isDirectory))

    @property
    def __name__(self) -> str:
        return self[0]


def _isBase(cls: type) -> bool:
    """Return whether a class is one of those that tests are derived from."""
    return cls.__module__ in ("unittest", "unittest.case", "unittest.async_case") or (
        cls.__module__ == "twisted.trial.unittest"
    )


def _isImportable(directory: str) -> bool:
    """Return whether a directory is a package, or one that a name leads to."""
    return isPackageDirectory(directory) is not None


def _objectNamed(full: str) -> tuple[Any, Any]:
    """Return what a full name stands for, and what holds it."""
    steps = full.split(".")
    if not all(steps):
        raise NoTests(f"{full!r} is no name: names are joined by single dots")
    module: Any = None
    taken = 0
    for taken in range(len(steps), 0, -1):
        prefix = ".".join(steps[:taken])
        try:
            module = sys.modules.get(prefix) or importlib.import_module(prefix)
            break
        except ModuleNotFoundError as error:
            # The name itself leads no further; a module that it imports is another matter.
            if error.name is None or not f"{prefix}.".startswith(f"{error.name}."):
                raise
    if module is None:
        raise NoTests(f"there is no module, package or file {full!r}")
    parent, found = None, module
    for step in steps[taken:]:
        parent = found
        try:
            found = getattr(found, step)
        except AttributeError:
            raise NoTests(f"{name(parent)} has no {step!r}, so {full!r} is no test") from None
    return found, parent


def _without(test: AnyTest, seen: set[str], suiteFactory: type[TestSuite]) -> AnyObject:
    """Return a test or a suite without the tests that were seen already; None if all were."""
    if not seen or not any(each.id() in seen for each in flattened(test)):
        return test
    if not isinstance(test, unittest.TestSuite):
        return None
    kept = [_without(inner, seen, suiteFactory) for inner in test]
    left = [inner for inner in kept if inner is not None]
    return suiteFactory(left) if left else None


def _skipped(full: str, reason: str) -> unittest.TestCase:
    """Return a test that is skipped, for a module that says so when it is imported."""
    from twisted.trial._synchronous import SynchronousTestCase

    class SkippedModule(SynchronousTestCase):
        def id(self) -> str:
            return full

    test = SkippedModule()
    test.skip = reason  # type: ignore[attr-defined]  # as tests set it
    return test


__all__ = ["NoTests", "TestLoader"]
