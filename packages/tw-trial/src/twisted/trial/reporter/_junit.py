"""Results as JUnit XML, which systems for continuous integration read."""

import re
from xml.etree import ElementTree

from twisted.python.failure import Failure
from twisted.trial._kinds import AnyObject, AnyTest
from twisted.trial._todo import Todo
from twisted.trial.itrial import Error
from twisted.trial.reporter._reporter import Reporter

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class JUnitReporter(Reporter):
    """Prints one document at the end: a `testsuite` with a `testcase` for each test.

    A test with several errors has several elements; a failure that was expected counts as skipped,
    a success that was not expected as passed.
    """

    def __init__(self, *args: AnyObject, **kwargs: AnyObject) -> None:
        """Begin with no tests; the arguments are those of `Reporter`."""
        super().__init__(*args, **kwargs)
        self.realtime = False
        self._suite = ElementTree.Element("testsuite", name="trial")
        self._case = self._suite
        self._told = 0.0

    def startTest(self, test: AnyTest) -> None:
        """Learn that a test begins."""
        super().startTest(test)
        cls, _, method = _clean(str(test.id())).rpartition(".")
        self._case = ElementTree.SubElement(self._suite, "testcase", classname=cls, name=method)

    def stopTest(self, test: AnyTest) -> None:
        """Learn that a test is over."""
        super().stopTest(test)
        self._told += self._timings[-1]
        self._case.set("time", f"{self._timings[-1]:.6f}")

    def _tell(self, tag: str, failure: Failure) -> None:
        kind = getattr(failure.type, "__qualname__", str(failure.type))
        element = ElementTree.SubElement(
            self._case, tag, message=_clean(failure.getErrorMessage()), type=kind
        )
        element.text = _clean(self._tracebackOf(failure))

    def addError(self, test: AnyTest, error: Error) -> None:
        """Learn that a test raised something that it should not."""
        super().addError(test, error)
        self._tell("error", self._failureOf(error))

    def addFailure(self, test: AnyTest, fail: Error) -> None:
        """Learn that an assertion of a test does not hold."""
        super().addFailure(test, fail)
        self._tell("failure", self._failureOf(fail))

    def addSkip(self, test: AnyTest, reason: str) -> None:
        """Learn that a test was not run to its end."""
        super().addSkip(test, reason)
        ElementTree.SubElement(self._case, "skipped", message=_clean(str(reason)))

    def addExpectedFailure(self, test: AnyTest, error: Error, todo: Todo | None = None) -> None:
        """Learn that a test failed that was expected to."""
        super().addExpectedFailure(test, error, todo)
        reason = self.expectedFailures[-1][2].reason
        ElementTree.SubElement(self._case, "skipped", message=_clean(f"expected to fail: {reason}"))

    def warningShown(self, text: str) -> None:
        """Leave warnings out."""

    def done(self) -> None:
        """Print the document."""
        for name, number in (
            ("tests", self.testsRun),
            ("errors", len(self.errors)),
            ("failures", len(self.failures)),
            ("skipped", len(self.skips) + len(self.expectedFailures)),
        ):
            self._suite.set(name, str(number))
        self._suite.set("time", f"{self._told:.6f}")
        suites = ElementTree.Element("testsuites")
        suites.append(self._suite)
        ElementTree.indent(suites)
        text = ElementTree.tostring(suites, encoding="unicode")
        self._write("%s", f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n')


def _clean(text: str) -> str:
    """Return a text with escapes for what XML has no room for."""
    return _NO_XML.sub(lambda found: ascii(found[0])[1:-1], text)


__all__ = ["JUnitReporter"]
