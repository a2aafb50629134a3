"""The plugin for pytest; an entry point makes pytest load it.

pytest asks for the version of a distribution called Twisted as soon as trial's test cases are
loaded, and this plugin sees to an answer where only our parts are installed.
"""

from twisted.trial._metadata import answerForTwisted


def pytest_configure() -> None:
    """Have the question for the version of Twisted answered."""
    answerForTwisted()
