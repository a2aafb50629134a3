"""Reporters: they are told how tests go, and print it.

Each kind is a room of its own: a tree on a terminal, a line or a letter a test, or a format for
other programs. `twisted.plugins.twisted_trial` names them for the option `--reporter`.
"""

from twisted.trial.reporter._decorator import (
    ReporterTee,
    TestResultDecorator,
    UncleanWarningsReporterWrapper,
)
from twisted.trial.reporter._jsonlines import JSONLinesReporter
from twisted.trial.reporter._junit import JUnitReporter
from twisted.trial.reporter._minimal import MinimalReporter, TextReporter
from twisted.trial.reporter._plugin import ReporterPlugin
from twisted.trial.reporter._progress import ProgressReporter
from twisted.trial.reporter._reporter import BrokenTestCaseWarning, Reporter
from twisted.trial.reporter._result import TestResult
from twisted.trial.reporter._stream import SafeStream
from twisted.trial.reporter._subunit import SubunitReporter, TestProtocolClient
from twisted.trial.reporter._tree import TreeReporter
from twisted.trial.reporter._verbose import TimingTextReporter, VerboseTextReporter

__all__ = [
    "BrokenTestCaseWarning",
    "JSONLinesReporter",
    "JUnitReporter",
    "MinimalReporter",
    "ProgressReporter",
    "Reporter",
    "ReporterPlugin",
    "ReporterTee",
    "SafeStream",
    "SubunitReporter",
    "TestProtocolClient",
    "TestResult",
    "TestResultDecorator",
    "TextReporter",
    "TimingTextReporter",
    "TreeReporter",
    "UncleanWarningsReporterWrapper",
    "VerboseTextReporter",
]
