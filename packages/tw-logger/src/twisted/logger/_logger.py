"""`Logger`: what a program logs with."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from time import time
from types import FrameType
from typing import Protocol, TypeVar, cast, overload
from weakref import ref

from twisted.logger import _interest
from twisted.logger._constants import NamedConstant
from twisted.logger._context import fieldsOfContext
from twisted.logger._globalpublisher import globalLogPublisher
from twisted.logger._interfaces import ILogObserver, LogEvent
from twisted.logger._levels import InvalidLogLevelError, LogLevel, isLevel
from twisted.python.failure import Failure, NoCurrentExceptionError

_L = TypeVar("_L", bound="Logger")

# Looked up once: these are on the path of every call.
_debug = LogLevel.debug
_info = LogLevel.info
_warn = LogLevel.warn
_error = LogLevel.error
_critical = LogLevel.critical
_moment = _interest.moment


class Operation(Protocol):
    """How the body of `with log.failuresHandled(...) as operation` went."""

    @property
    def succeeded(self) -> bool:
        """Whether it ended without an exception; False while it runs."""
        ...

    @property
    def failed(self) -> bool:
        """Whether it ended with an exception; False while it runs."""
        ...

    @property
    def failure(self) -> Failure | None:
        """The exception that ended it."""
        ...


class _Operation:
    """What `failuresHandled` fills in."""

    succeeded = False
    failure: Failure | None = None

    @property
    def failed(self) -> bool:
        """Whether there is a failure."""
        return self.failure is not None


class _LoggedFailures:
    """A context manager that may be entered any number of times, also by itself and by threads."""

    def __init__(self, logger: "Logger", message: str, level: NamedConstant) -> None:
        self._logger = logger
        self._message = message
        self._level = level

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> bool:
        """Log an exception that an except clause for `Exception` would get, and end it."""
        if kind is None or not issubclass(kind, Exception):
            return False
        self._logger.failure(self._message, level=self._level)
        return True


def _callersModule(logger: "Logger") -> str:
    """Return the name of the module that makes a Logger, or of the subclass of it."""
    frame: FrameType | None = sys._getframe(2)
    # The initializer of a subclass calls ours.
    while frame is not None and frame.f_locals.get("self") is logger:
        frame = frame.f_back
    name = frame.f_globals.get("__name__") if frame is not None else None
    return name if isinstance(name, str) else "<unknown>"


class _Core:
    """What a Logger shares with the ones that are taken from it through a class.

    A Logger in a class is made anew each time that it is taken, so this must be cheap, and what
    it finds out must be kept elsewhere: here.

    Args:
        namespace: The category of the events.
        observer: What gets the events.
        inferred: Whether the namespace is to be the name of the class through which the Logger
            is taken.
        fields: What `bind` gave, for every event.
    """

    __slots__ = (
        "fields",
        "inferred",
        "namespace",
        "observer",
        "ofClasses",
        "references",
        "unwanted",
        "wanted",
    )

    def __init__(
        self,
        namespace: str,
        observer: ILogObserver,
        inferred: bool,
        fields: dict[str, object],
    ) -> None:
        self.namespace = namespace
        self.observer = observer
        self.inferred = inferred
        self.fields = fields
        # The levels that nobody wants, and those that somebody may want, each with the moment of
        # the answer (see _interest).
        self.unwanted: dict[NamedConstant, object] = {}
        self.wanted: dict[NamedConstant, object] = {}
        # The cores for classes, by their ids; an entry goes with its class.
        self.ofClasses: dict[int, _Core] = {}
        self.references: dict[int, object] = {}

    def ofClass(self, cls: type) -> "_Core":
        """Make the core for a class, and keep it as long as the class lives."""
        core = self
        if self.inferred:
            core = _Core(f"{cls.__module__}.{cls.__qualname__}", self.observer, True, self.fields)
        key = id(cls)
        cores, references = self.ofClasses, self.references

        def forget(_: object) -> None:
            cores.pop(key, None)
            references.pop(key, None)

        references[key] = ref(cls, forget)
        cores[key] = core
        return core

    def withFields(self, fields: dict[str, object]) -> "_Core":
        """Make the core of a Logger that has more fields and is otherwise the same."""
        core = _Core(self.namespace, self.observer, self.inferred, {**self.fields, **fields})
        # Who wants what does not depend on fields, so one answer serves both.
        core.unwanted = self.unwanted
        core.wanted = self.wanted
        return core


_new = object.__new__


class Logger:
    """Makes events and hands them to an observer.

    A Logger in a class is a descriptor: taken from an instance its events have the instance as
    their `log_source`, taken from the class they have the class.

    Args:
        namespace: The category of its events. By default the name of the module that makes the
            Logger or, for a Logger in a class, the full name of the class.
        source: The object that the events are about.
        observer: What gets the events. By default the global publisher.

    Attributes:
        source: The object that the events are about.
    """

    def __init__(
        self,
        namespace: str | None = None,
        source: object | None = None,
        observer: ILogObserver | None = None,
    ) -> None:
        self.source = source
        self._core = _Core(
            _callersModule(self) if namespace is None else namespace,
            globalLogPublisher if observer is None else observer,
            namespace is None,
            {},
        )

    @property
    def namespace(self) -> str:
        """The category of the events."""
        return self._core.namespace

    @namespace.setter
    def namespace(self, namespace: str) -> None:
        self._core = _Core(namespace, self._core.observer, False, self._core.fields)

    @property
    def observer(self) -> ILogObserver:
        """What gets the events."""
        return self._core.observer

    @observer.setter
    def observer(self, observer: ILogObserver) -> None:
        core = self._core
        self._core = _Core(core.namespace, observer, core.inferred, core.fields)

    def __get__(self: _L, instance: object | None, owner: type | None = None) -> _L:
        """Return the Logger of an instance or a class.

        Args:
            instance: What it is taken from, or None when that is a class.
            owner: The class, or the class of the instance.
        """
        try:
            core = self._core.ofClasses[id(owner)]
        except KeyError:
            core = self._core.ofClass(type(instance) if owner is None else owner)
        kind = type(self)
        bound = _new(kind)
        if kind is not Logger:
            bound.__dict__.update(self.__dict__)
        bound._core = core
        bound.source = owner if instance is None else instance
        return bound

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.namespace!r}>"

    def bind(self: _L, /, **fields: object) -> _L:
        """Return a Logger like this one, with fields that each of its events has.

        A field that is given to a call as well is that of the call; one that holds in the context
        too (see `boundContext`) is the one that was bound here. This Logger does not change.

        Args:
            fields: The fields.
        """
        bound = _new(type(self))
        bound.__dict__.update(self.__dict__)
        bound._core = self._core.withFields(fields)
        return bound

    def isEnabled(self, level: NamedConstant) -> bool:
        """Return whether an observer may do something with an event of a level.

        The methods that log ask this themselves; ask it before work that only serves to be
        logged.

        Args:
            level: A constant of `LogLevel`.
        """
        # The token comes before the question: see _interest.
        now = _moment.now
        core = self._core
        if core.wanted.get(level) is now:
            return True
        if _interest.wants(core.observer, level, core.namespace):
            core.wanted[level] = now
            return True
        # Where a subclass looks at what is emitted, it gets to see each call.
        if type(self).emit is Logger.emit:
            core.unwanted[level] = now
        return False

    @overload
    def emit(
        self, level: NamedConstant, /, format: str | None = None, **kwargs: object
    ) -> None: ...

    @overload
    def emit(
        self, *, level: NamedConstant, format: str | None = None, **kwargs: object
    ) -> None: ...

    def emit(  # type: ignore[misc]  # `level` as a keyword arrives in kwargs
        self, level: NamedConstant | None = None, /, format: str | None = None, **kwargs: object
    ) -> None:
        """Log an event.

        A level that is none is itself logged, as a failure: logging raises nothing.

        Args:
            level: A constant of `LogLevel`.
            format: How an observer is to render the event as text.
            kwargs: The other items of the event.
        """
        if level is None:
            level = cast(NamedConstant, kwargs.pop("level", None))
        if not isLevel(level):
            self.failure(
                "{logger!r} was given an event with the invalid level {invalidLevel!r}: {event!r}",
                Failure(InvalidLogLevelError(level)),
                invalidLevel=level,
                logger=self,
                event={**kwargs, "log_format": format},
            )
            return
        if self.isEnabled(level):
            self._deliver(level, format, kwargs)

    def _deliver(self, level: NamedConstant, format: str | None, event: LogEvent) -> None:
        """Make an event of the items of a call, and hand it to the observer."""
        core = self._core
        held = fieldsOfContext()
        if held or core.fields:
            event = {**held, **core.fields, **event}
        event["log_logger"] = self
        event["log_level"] = level
        event["log_namespace"] = core.namespace
        event["log_source"] = self.source
        event["log_format"] = format
        event["log_time"] = time()
        core.observer(event)

    def failure(
        self,
        format: str,
        failure: Failure | None = None,
        level: NamedConstant = LogLevel.critical,
        **kwargs: object,
    ) -> None:
        """Log an exception that nobody foresaw, with its traceback.

        An error that was foreseen and dealt with is better logged with `error`.

        Args:
            format: How an observer is to render the event as text.
            failure: The failure. By default the exception that is being handled.
            level: A constant of `LogLevel`.
            kwargs: The other items of the event.
        """
        if failure is None:
            try:
                failure = Failure()
            except NoCurrentExceptionError as error:
                failure = Failure(error)
        self.emit(level, format, log_failure=failure, **kwargs)

    def failureHandler(
        self, staticMessage: str, level: NamedConstant = LogLevel.critical
    ) -> AbstractContextManager[None]:
        """Return a context manager that logs an exception of its body and goes on after it.

        It can be made once and used many times. Exceptions that are no `Exception`, such as
        KeyboardInterrupt, pass.

        Args:
            staticMessage: The format string; it has no fields.
            level: A constant of `LogLevel`.
        """
        return _LoggedFailures(self, staticMessage, level)

    @contextmanager
    def failuresHandled(
        self, format: str, level: NamedConstant = LogLevel.critical, **kwargs: object
    ) -> Iterator[Operation]:
        """Return a context manager that logs an exception of its body and goes on after it.

        Exceptions that are no `Exception`, such as KeyboardInterrupt, pass.

        Args:
            format: How an observer is to render the event as text.
            level: A constant of `LogLevel`.
            kwargs: The other items of the event.

        Returns:
            The context manager; its value tells afterwards how the body ended.
        """
        operation = _Operation()
        try:
            yield operation
        except Exception as error:
            # The traceback begins here, at the yield, which tells the reader nothing.
            here = error.__traceback__
            if here is not None:
                error.__traceback__ = here.tb_next
            operation.failure = Failure(error)
            self.failure(format, operation.failure, level, **kwargs)
        else:
            operation.succeeded = True

    def debug(self, /, format: str | None = None, **kwargs: object) -> None:
        """Log something of use to a developer who looks for a fault.

        Args:
            format: How an observer is to render the event as text.
            kwargs: The other items of the event.
        """
        if self._core.unwanted.get(_debug) is not _moment.now:
            self.emit(_debug, format, **kwargs)

    def info(self, /, format: str | None = None, **kwargs: object) -> None:
        """Log something routine.

        Args:
            format: How an observer is to render the event as text.
            kwargs: The other items of the event.
        """
        if self._core.unwanted.get(_info) is not _moment.now:
            self.emit(_info, format, **kwargs)

    def warn(self, /, format: str | None = None, **kwargs: object) -> None:
        """Log something that needs more attention than routine does.

        Args:
            format: How an observer is to render the event as text.
            kwargs: The other items of the event.
        """
        if self._core.unwanted.get(_warn) is not _moment.now:
            self.emit(_warn, format, **kwargs)

    def error(self, /, format: str | None = None, **kwargs: object) -> None:
        """Log that a part of the service fails.

        Args:
            format: How an observer is to render the event as text.
            kwargs: The other items of the event.
        """
        if self._core.unwanted.get(_error) is not _moment.now:
            self.emit(_error, format, **kwargs)

    def critical(self, /, format: str | None = None, **kwargs: object) -> None:
        """Log that the service fails.

        Args:
            format: How an observer is to render the event as text.
            kwargs: The other items of the event.
        """
        if self._core.unwanted.get(_critical) is not _moment.now:
            self.emit(_critical, format, **kwargs)


def _loggerFor(obj: object) -> Logger:
    """Return a Logger whose source is an object, and whose namespace is that of its class.

    Args:
        obj: The object.
    """
    return _template.__get__(obj, type(obj))


_template = Logger()

__all__ = ["Logger", "Operation", "_loggerFor"]
