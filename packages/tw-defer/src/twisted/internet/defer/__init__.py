"""Deferreds: results that are not there yet.

This module knows nothing of event loops, threads or processes; it only keeps the order in which
things are done.
"""

from twisted.internet.defer._combinators import gatherResults, race
from twisted.internet.defer._concurrency import DeferredLock, DeferredQueue, DeferredSemaphore
from twisted.internet.defer._coroutinefunctions import returnsDeferred
from twisted.internet.defer._coroutines import ensureDeferred, inlineCallbacks, returnValue
from twisted.internet.defer._deferred import Deferred, getDebugging, setDebugging
from twisted.internet.defer._errors import (
    AlreadyCalledError,
    AlreadyTryingToLockError,
    CancelledError,
    DeadlineError,
    FailureGroup,
    FirstError,
    NotACoroutineError,
    QueueOverflow,
    QueueUnderflow,
    TimeoutError,
)
from twisted.internet.defer._filesystemlock import DeferredFilesystemLock
from twisted.internet.defer._lists import FAILURE, SUCCESS, DeferredList
from twisted.internet.defer._results import execute, fail, maybeDeferred, passthru, succeed
from twisted.internet.defer._scopes import (
    CancelScope,
    Timeout,
    moveOnAfter,
    shield,
    timeout,
    timeoutAt,
)
from twisted.internet.defer._taskgroup import TaskGroup
from twisted.internet.defer._unhandled import DebugInfo, logError

__all__ = [
    "FAILURE",
    "SUCCESS",
    "AlreadyCalledError",
    "AlreadyTryingToLockError",
    "CancelScope",
    "CancelledError",
    "DeadlineError",
    "DebugInfo",
    "Deferred",
    "DeferredFilesystemLock",
    "DeferredList",
    "DeferredLock",
    "DeferredQueue",
    "DeferredSemaphore",
    "FailureGroup",
    "FirstError",
    "NotACoroutineError",
    "QueueOverflow",
    "QueueUnderflow",
    "TaskGroup",
    "Timeout",
    "TimeoutError",
    "ensureDeferred",
    "execute",
    "fail",
    "gatherResults",
    "getDebugging",
    "inlineCallbacks",
    "logError",
    "maybeDeferred",
    "moveOnAfter",
    "passthru",
    "race",
    "returnValue",
    "returnsDeferred",
    "setDebugging",
    "shield",
    "succeed",
    "timeout",
    "timeoutAt",
]

# Pickles, logs and documents know them by the name under which users import them.
for _name in __all__:
    if getattr(globals()[_name], "__module__", "").startswith(__name__):
        globals()[_name].__module__ = __name__
