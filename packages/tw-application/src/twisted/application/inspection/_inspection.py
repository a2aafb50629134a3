"""What can be known about a service that runs: tables of text, made when somebody asks.

Each question is a word, and its answer a list of rows, all with the same columns. Nothing is kept
between two questions, and only the record of what waits costs anything while nobody asks.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from twisted.application.service import IService, IServiceCollection
from twisted.internet.defer.waiting import recordWaiting, waitingText
from twisted.internet.interfaces import IDelayedCall, IReactorFDSet, IReactorTime
from twisted.logger import InvalidLogLevelError, LogLevel, LogLevelFilterPredicate
from twisted.python.components import Interface, provides
from twisted.python.reflect import fullyQualifiedName, safe_repr

MAXIMUM_ROWS = 1000
"""How many rows an answer has at most; a last row says how many more there are."""
MAXIMUM_TEXT = 200
"""How many characters of a value are shown."""

Row = dict[str, str]


class InspectionError(Exception):
    """A question that cannot be answered; the text says what can be asked."""


class IReactorOfInspection(IReactorFDSet, IReactorTime, Interface):
    """What inspecting needs of a reactor."""


class Inspection:
    """Answers questions about a service and its reactor, on the reactor's thread.

    Args:
        reactor: The reactor.
        service: The root of the services.
        levels: The levels of the log; None if they cannot be changed.
    """

    def __init__(
        self,
        reactor: IReactorOfInspection,
        service: IService,
        levels: LogLevelFilterPredicate | None = None,
    ) -> None:
        self._reactor = reactor
        self._service = service
        self._levels = levels
        # Namespaces of which the level was changed here: a predicate does not list its own.
        self._changed: list[str] = []
        self._questions: dict[str, Callable[..., Iterator[Row]]] = {
            "services": self._services,
            "connections": self._connections,
            "ports": self._ports,
            "timers": self._timers,
            "waiting": self._waiting,
            "record": self._record,
            "levels": self._levelRows,
            "level": self._setLevel,
        }

    def answer(self, words: Sequence[str]) -> list[Row]:
        """Return the rows that answer a question.

        Args:
            words: The question and its arguments: `services`, `connections`, `ports`, `timers`,
                `waiting`, `record on` or `record off`, `levels`, or `level NAMESPACE LEVEL`.

        Raises:
            InspectionError: There is no such question, or its arguments are wrong.
        """
        question = self._questions.get(words[0]) if words else None
        if question is None:
            raise InspectionError(f"ask for one of {', '.join(self._questions)}")
        try:
            rows = question(*words[1:])
        except TypeError:
            usage = {"record": "record on or record off", "level": "level NAMESPACE LEVEL"}
            raise InspectionError(f"say {usage.get(words[0], words[0])}") from None
        shown = list(islice(rows, MAXIMUM_ROWS))
        more = sum(1 for _ in rows)
        if more:
            shown.append({next(iter(shown[0])): f"... and {more} more"})
        return shown

    def _services(self) -> Iterator[Row]:
        """Yield the tree of services, each indented below its parent."""
        stack = [(self._service, 0)]
        seen: set[int] = set()
        while stack:
            service, depth = stack.pop()
            if id(service) in seen:
                continue
            seen.add(id(service))
            yield {
                "service": "  " * depth + _nameOf(type(service)),
                "name": service.name or "-",
                "running": "yes" if service.running else "no",
            }
            if provides(IServiceCollection, service):
                children: list[IService] = list(service)  # type: ignore[call-overload]  # it was asked
                stack += [(child, depth + 1) for child in reversed(children)]

    def _connections(self) -> Iterator[Row]:
        """Yield the connections that are open."""
        open_: dict[object, None] | None = getattr(self._reactor, "openTransports", None)
        if open_ is None:
            open_ = dict.fromkeys([*self._reactor.getReaders(), *self._reactor.getWriters()])
        for transport in list(open_):
            protocol: object = getattr(transport, "protocol", None)
            if hasattr(transport, "getPeer") and protocol is not None:
                yield {
                    "protocol": _nameOf(type(protocol)),
                    "here": _asked(transport, "getHost"),
                    "there": _asked(transport, "getPeer"),
                    "accepted": "yes" if getattr(transport, "server", None) is not None else "no",
                }

    def _ports(self) -> Iterator[Row]:
        """Yield the ports that are open."""
        for reader in self._reactor.getReaders():
            if hasattr(reader, "getHost") and not hasattr(reader, "getPeer"):
                served = getattr(reader, "factory", None) or getattr(reader, "protocol", None)
                yield {
                    "port": _asked(reader, "getHost"),
                    "serves": _nameOf(type(served)),
                }

    def _timers(self) -> Iterator[Row]:
        """Yield the calls that are still to come, the next one first."""
        now = self._reactor.seconds()
        calls = sorted(self._reactor.getDelayedCalls(), key=lambda call: call.getTime())
        for call in calls:
            yield {"in seconds": f"{call.getTime() - now:.3f}", "call": _callOf(call)}

    def _waiting(self) -> Iterator[Row]:
        """Yield what waits, each indented below the one that waits for it."""
        for line in waitingText().splitlines():
            yield {"waiting": line}

    def _record(self, what: str) -> Iterator[Row]:
        """Begin or end the record of what waits."""
        if what not in ("on", "off"):
            raise InspectionError("say record on or record off")
        recordWaiting(what == "on")
        return iter([{"record": what}])

    def _levelRows(self) -> Iterator[Row]:
        """Yield the levels of the log."""
        levels = self._predicate()
        yield {"namespace": "-", "level": levels.logLevelForNamespace("").name}
        for namespace in self._changed:
            yield {"namespace": namespace, "level": levels.logLevelForNamespace(namespace).name}

    def _setLevel(self, namespace: str, name: str) -> Iterator[Row]:
        """Change the level of a namespace, `-` for all that have none."""
        levels = self._predicate()
        try:
            level = LogLevel.levelWithName(name)
        except InvalidLogLevelError:
            known = ", ".join(each.name for each in LogLevel.iterconstants())
            raise InspectionError(f"there is no log level {name!r}, only {known}") from None
        if namespace == "-":
            namespace = ""
        elif namespace not in self._changed:
            if len(self._changed) >= MAXIMUM_ROWS:
                raise InspectionError(f"{MAXIMUM_ROWS} levels were changed, and that is enough")
            self._changed.append(namespace)
        levels.setLogLevelForNamespace(namespace, level)
        return self._levelRows()

    def _predicate(self) -> LogLevelFilterPredicate:
        if self._levels is None:
            raise InspectionError("the levels of this program's log cannot be asked")
        return self._levels


def _nameOf(thing: object) -> str:
    """Return the full name of a class or a function."""
    try:
        return fullyQualifiedName(thing)
    except Exception:
        return safe_repr(thing)[:MAXIMUM_TEXT]


def _asked(thing: object, method: str) -> str:
    """Return an address of a transport as text; a question mark if it does not know."""
    try:
        return safe_repr(getattr(thing, method)())[:MAXIMUM_TEXT]
    except Exception:
        return "?"


def _callOf(call: IDelayedCall) -> str:
    """Return what is to be called, with its arguments."""
    function = getattr(call, "func", None)
    if function is None:
        return safe_repr(call)[:MAXIMUM_TEXT]
    arguments = [safe_repr(each) for each in getattr(call, "args", None) or ()]
    keywords = getattr(call, "kw", None) or {}
    arguments += [f"{name}={safe_repr(value)}" for name, value in keywords.items()]
    return f"{_nameOf(function)}({', '.join(arguments)})"[:MAXIMUM_TEXT]
