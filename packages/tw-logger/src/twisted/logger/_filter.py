"""Filtering: observers that pass on a part of the events."""

from collections.abc import Iterable

from twisted.logger import _interest
from twisted.logger._constants import NamedConstant, Names
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.logger._levels import InvalidLogLevelError, LogLevel, isLevel
from twisted.logger._publisher import bitbucketLogObserver
from twisted.python.components import Interface, implementer


class PredicateResult(Names):
    """What a predicate says of an event.

    - `yes`: pass it on, and ask no other predicate.
    - `no`: do not pass it on, and ask no other predicate.
    - `maybe`: ask the next predicate; pass it on if there is none.
    """

    yes: NamedConstant = NamedConstant()
    no: NamedConstant = NamedConstant()
    maybe: NamedConstant = NamedConstant()


class ILogFilterPredicate(Interface):
    """Something that is called with each event and says whether it is passed on.

    Any callable that takes an event will do. Like observers, predicates are called in the thread
    that logs, and must be quick.
    """

    def __call__(self, event: LogEvent, /) -> NamedConstant:
        """Look at an event, without changing it.

        Args:
            event: The event.

        Returns:
            A constant of `PredicateResult`.
        """
        ...


@implementer(ILogObserver)
class FilteringLogObserver:
    """An observer that passes on to another one the events that predicates let pass.

    Args:
        observer: What gets the events that pass.
        predicates: What is asked, in this order, until one of them knows.
        negativeObserver: What gets the other events; by default nothing does.
    """

    def __init__(
        self,
        observer: ILogObserver,
        predicates: Iterable[ILogFilterPredicate],
        negativeObserver: ILogObserver = bitbucketLogObserver,
    ) -> None:
        self._observer = observer
        self._predicates = tuple(predicates)
        self._negativeObserver = negativeObserver

    def _passes(self, event: LogEvent) -> bool:
        """Ask the predicates."""
        for predicate in self._predicates:
            result = predicate(event)
            if result is PredicateResult.yes:
                return True
            if result is PredicateResult.no:
                return False
            if result is not PredicateResult.maybe:
                raise TypeError(
                    f"{predicate!r} must return a constant of PredicateResult, not {result!r}"
                )
        return True

    def __call__(self, event: LogEvent) -> None:
        """Pass an event on, or not.

        Args:
            event: The event.

        Raises:
            TypeError: A predicate returned something else than a constant of `PredicateResult`.
        """
        if self._passes(event):
            self._observer(event)
        else:
            self._negativeObserver(event)


@implementer(ILogFilterPredicate)
class LogLevelFilterPredicate:
    """A predicate with a level for each namespace: less severe events do not pass.

    A level holds for a namespace and for all below it: that of `a.b` for `a.b` and `a.b.c`, but
    not for `a.bc`. The longest one counts. Levels may be changed at any time.

    Args:
        defaultLogLevel: The level for namespaces that have none.

    Raises:
        InvalidLogLevelError: It is not a constant of `LogLevel`.
    """

    def __init__(self, defaultLogLevel: NamedConstant = LogLevel.info) -> None:
        self._default = _checked(defaultLogLevel)
        self._levels: dict[str, NamedConstant] = {}

    @property
    def defaultLogLevel(self) -> NamedConstant:
        """The level for namespaces that have none."""
        return self._default

    @defaultLogLevel.setter
    def defaultLogLevel(self, level: NamedConstant) -> None:
        self._default = _checked(level)
        _interest.changed()

    def logLevelForNamespace(self, namespace: str) -> NamedConstant:
        """Return the level that holds for a namespace.

        Args:
            namespace: The namespace; the empty one stands for the default.
        """
        while namespace:
            level = self._levels.get(namespace)
            if level is not None:
                return level
            namespace = namespace.rpartition(".")[0]
        return self._levels.get("", self._default)

    def setLogLevelForNamespace(self, namespace: str, level: NamedConstant) -> None:
        """Set the level for a namespace and those below it.

        Args:
            namespace: The namespace; the empty one stands for all that have no level.
            level: A constant of `LogLevel`.

        Raises:
            InvalidLogLevelError: It is none.
        """
        self._levels[namespace] = _checked(level)
        _interest.changed()

    def clearLogLevels(self) -> None:
        """Forget all the levels but the one that the predicate was made with."""
        self._levels = {}
        _interest.changed()

    def __call__(self, event: LogEvent) -> NamedConstant:
        """Compare the level of an event to that of its namespace.

        Args:
            event: The event.

        Returns:
            `PredicateResult.no` for an event that is less severe, or that has no level or
            namespace, and otherwise `PredicateResult.maybe`.
        """
        level = event.get("log_level")
        namespace = event.get("log_namespace")
        if not isLevel(level) or not isinstance(namespace, str):
            return PredicateResult.no
        assert isinstance(level, NamedConstant)
        if level < self.logLevelForNamespace(namespace):
            return PredicateResult.no
        return PredicateResult.maybe


def _checked(level: NamedConstant) -> NamedConstant:
    """Return a level.

    Raises:
        InvalidLogLevelError: It is none.
    """
    if not isLevel(level):
        raise InvalidLogLevelError(level)
    return level


@_interest.answersFor(FilteringLogObserver)
def _wants(filtering: FilteringLogObserver, level: NamedConstant, namespace: str) -> bool:
    """Return whether one of the two observers may get to see such an event, and wants it."""
    if _mayPass(filtering._predicates, level, namespace) and _interest.wants(
        filtering._observer, level, namespace
    ):
        return True
    negative = filtering._negativeObserver
    return negative is not bitbucketLogObserver and _interest.wants(negative, level, namespace)


def _mayPass(
    predicates: Iterable[ILogFilterPredicate], level: NamedConstant, namespace: str
) -> bool:
    """Return whether predicates may let such an event pass.

    Only what is exactly our own is predictable; any other may let everything pass, and then the
    predicates after it are not asked.
    """
    for predicate in predicates:
        if type(predicate) is not LogLevelFilterPredicate:
            return True
        if level < predicate.logLevelForNamespace(namespace):
            return False
    return True


__all__ = [
    "FilteringLogObserver",
    "ILogFilterPredicate",
    "LogLevelFilterPredicate",
    "PredicateResult",
]
