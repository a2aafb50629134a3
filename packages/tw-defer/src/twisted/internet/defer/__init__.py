"""Deferreds: results that are not there yet.

This module knows nothing of event loops, threads or processes; it only keeps the order in which
things are done.
"""

from twisted.internet.defer._combinators import (
    FAILURE,
    SUCCESS,
    DeferredList,
    gatherResults,
    race,
)
from twisted.internet.defer._coroutines import ensureDeferred, inlineCallbacks, returnValue
from twisted.internet.defer._deferred import Deferred, getDebugging, setDebugging
from twisted.internet.defer._errors import (
    AlreadyCalledError,
    CancelledError,
    FailureGroup,
    FirstError,
    NotACoroutineError,
    TimeoutError,
)
from twisted.internet.defer._results import execute, fail, maybeDeferred, passthru, succeed
from twisted.internet.defer._unhandled import DebugInfo, logError

__all__ = [
    "FAILURE",
    "SUCCESS",
    "AlreadyCalledError",
    "CancelledError",
    "DebugInfo",
    "Deferred",
    "DeferredList",
    "FailureGroup",
    "FirstError",
    "NotACoroutineError",
    "TimeoutError",
    "ensureDeferred",
    "execute",
    "fail",
    "gatherResults",
    "getDebugging",
    "inlineCallbacks",
    "logError",
    "maybeDeferred",
    "passthru",
    "race",
    "returnValue",
    "setDebugging",
    "succeed",
]
