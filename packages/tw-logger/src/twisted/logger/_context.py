"""Fields that hold for a while, and reach every event that is made meanwhile.

They are kept in a context variable (PEP 567), so they go wherever context variables go: with a
coroutine while it waits, with a call that was put off, into the thread of a pool. Two requests that
are served at the same time each have their own.

The names are those of structlog. A dictionary of fields is never changed, only replaced: events
and contexts share it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NONE: dict[str, object] = {}

_fields: ContextVar[dict[str, object]] = ContextVar("fields of log events", default=_NONE)

fieldsOfContext = _fields.get
"""Returns the fields that hold; not to be changed."""


def bindContext(**fields: object) -> None:
    """Let fields hold from now on, in the current context.

    Args:
        fields: The fields; those that hold already go on to hold unless a name is the same.
    """
    _fields.set({**_fields.get(), **fields})


def unbindContext(*names: str) -> None:
    """Let fields hold no longer, in the current context.

    Args:
        names: The names of the fields; those that do not hold are ignored.
    """
    _fields.set({name: value for name, value in _fields.get().items() if name not in names})


def clearContext() -> None:
    """Let no fields hold in the current context."""
    _fields.set({})


def contextFields() -> Mapping[str, object]:
    """Return the fields that hold in the current context."""
    return MappingProxyType(_fields.get())


@contextmanager
def boundContext(**fields: object) -> Iterator[None]:
    """Return a context manager in whose body fields hold.

    Args:
        fields: The fields; those that hold already go on to hold unless a name is the same.
    """
    token = _fields.set({**_fields.get(), **fields})
    try:
        yield
    finally:
        _fields.reset(token)


__all__ = [
    "bindContext",
    "boundContext",
    "clearContext",
    "contextFields",
    "fieldsOfContext",
    "unbindContext",
]
