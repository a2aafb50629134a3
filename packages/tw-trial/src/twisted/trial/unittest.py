"""What tests derive from, and what they raise: the first import of every test module."""

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
