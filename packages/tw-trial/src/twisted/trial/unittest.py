"""What tests derive from, and what they raise: the first import of every test module."""

import sys

from twisted.trial._asynchronous import TestCase
from twisted.trial._decorating import TestDecorator, decorate
from twisted.trial._pyunit import PyUnitResultAdapter
from twisted.trial._suites import TestSuite
from twisted.trial._synchronous import SynchronousTestCase
from twisted.trial._todo import FailTest, SkipTest, Todo, makeTodo

__all__ = [
    "FailTest",
    "PyUnitResultAdapter",
    "SkipTest",
    "SynchronousTestCase",
    "TestCase",
    "TestDecorator",
    "TestSuite",
    "Todo",
    "decorate",
    "makeTodo",
]

# Tracebacks, pickles and documents know them by the name under which users import them.
for _name in __all__:
    globals()[_name].__module__ = __name__

# Whoever prints the tracebacks of failures leaves out the frames of modules that have this name,
# as they do for the standard library.
for _name in ("_assertions", "_asynchronous", "_deferredassertions", "_synchronous"):
    setattr(sys.modules[f"twisted.trial.{_name}"], "__unittest", True)
