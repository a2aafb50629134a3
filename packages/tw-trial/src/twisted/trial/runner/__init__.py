"""Finding tests by their names, and running them."""

from twisted.trial._holders import ErrorHolder, TestHolder
from twisted.trial._suites import (
    NOT_IN_TEST,
    DestructiveTestSuite,
    LoggedSuite,
    TestSuite,
    TrialSuite,
)
from twisted.trial.runner._loader import TestLoader
from twisted.trial.runner._naming import (
    filenameToModule,
    isPackage,
    isPackageDirectory,
    isTestCase,
    name,
)
from twisted.trial.runner._runner import TrialRunner

__all__ = [
    "NOT_IN_TEST",
    "DestructiveTestSuite",
    "ErrorHolder",
    "LoggedSuite",
    "TestHolder",
    "TestLoader",
    "TestSuite",
    "TrialRunner",
    "TrialSuite",
    "filenameToModule",
    "isPackage",
    "isPackageDirectory",
    "isTestCase",
    "name",
]
