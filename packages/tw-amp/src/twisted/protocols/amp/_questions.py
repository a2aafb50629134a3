"""Calls that wait for their answers."""

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.protocols.amp._boxes import ERROR_CODE, ERROR_DESCRIPTION, AmpBox
from twisted.protocols.amp._commands import Command
from twisted.protocols.amp._errors import (
    PROTOCOL_ERRORS,
    UNKNOWN_ERROR_CODE,
    RemoteAmpError,
    UnknownRemoteError,
    asText,
)
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.protocols.amp._dispatcher import BoxDispatcher


class Question:
    """A call that waits for its answer."""

    __slots__ = ("command", "deferred", "proto", "tag")

    def __init__(self, command: type[Command] | None, proto: "BoxDispatcher", tag: bytes) -> None:
        self.command = command
        self.proto = proto
        self.tag = tag
        self.deferred: Deferred[Any] | None = Deferred(self.cancel)

    def cancel(self, deferred: Deferred[Any]) -> None:
        """Wait no longer: when the answer comes, nobody asks for it."""
        self.deferred = None
        self.proto._callCancelled(self.tag)

    def answer(self, box: AmpBox) -> None:
        """Take the answer."""
        deferred, self.deferred = self.deferred, None
        if deferred is None:
            return
        if self.command is None:
            deferred.callback(box)
            return
        try:
            response = self.command.parseResponse(box, self.proto)
        except Exception:
            deferred.errback(Failure())
            return
        deferred.callback(response)

    def fail(self, box: AmpBox) -> None:
        """Take the error that the peer answers."""
        code = box.get(ERROR_CODE, UNKNOWN_ERROR_CODE)
        description = asText(box.get(ERROR_DESCRIPTION, b""))
        known = PROTOCOL_ERRORS if self.command is None else self.command.reverseErrors
        cls = known.get(code) or PROTOCOL_ERRORS.get(code)
        error: Exception
        if cls is not None:
            error = _made(cls, description)
        elif self.command is None:
            error = RemoteAmpError(code, description)
        else:
            error = UnknownRemoteError(description)
        self.lose(Failure(error))

    def lose(self, reason: Failure) -> None:
        """Fail for a reason."""
        deferred, self.deferred = self.deferred, None
        if deferred is not None:
            deferred.errback(reason)


def _made(cls: type[Exception], description: str) -> Exception:
    """Make an exception of a class that may want something else to be made of than a text."""
    try:
        return cls(description)
    except Exception:
        error = cls.__new__(cls)
        error.args = (description,)
        return error


__all__ = ["Question"]
