"""Who wants to hear which level: what makes a filtered-out call cheap.

A program is full of `log.debug(...)` calls that nobody listens to. A `Logger` therefore asks, once
for each level, whether its observer could do anything with such an event, and remembers a no.
What it remembers holds until the next change of anything that the answer may depend on: the
observers of a publisher, the levels of a filter. There is no list of who depends on what. Each
change, wherever it happens, replaces the one token `moment.now`, and an answer counts only while
the token under which it was found is still the current one.

The rule that keeps this right: change first, then call `changed()`; take the token first, then
ask. An answer that was found while a change was under way is then stored under the old token.

Only observers of exactly our own classes are asked; a subclass may do anything, so it hears all.
"""

from collections.abc import Callable
from typing import TypeVar

from twisted.logger._constants import NamedConstant
from twisted.logger._interfaces import ILogObserver

_O = TypeVar("_O")

Answer = Callable[[_O, NamedConstant, str], bool]


class _Moment:
    """Holds the token; an attribute, so that everybody sees its replacement."""

    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now = object()


moment = _Moment()

_answers: dict[type, Answer[ILogObserver]] = {}


def changed() -> None:
    """Forget every answer: somebody may want now what nobody wanted before."""
    moment.now = object()


def answersFor(cls: type[_O]) -> Callable[[Answer[_O]], Answer[_O]]:
    """Return a decorator for the function that says what an observer of class `cls` wants."""

    def register(answer: Answer[_O]) -> Answer[_O]:
        _answers[cls] = answer  # type: ignore[assignment]  # its key sees to what it is called with
        return answer

    return register


def wants(observer: ILogObserver, level: NamedConstant, namespace: str) -> bool:
    """Return whether an observer may do something with an event of this level and namespace."""
    answer = _answers.get(type(observer))
    return answer is None or answer(observer, level, namespace)


__all__ = ["answersFor", "changed", "moment", "wants"]
