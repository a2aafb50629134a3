"""The broker: one end of a connection of Perspective Broker.

A call is `[message, request, object, name, wanted, arguments, keywords]`, and is answered by
`[answer, request, result]` or `[error, request, failure]`; `cachemessage` calls a cache in the same
way. What the numbers stand for is known to `ObjectExchange`.
"""

import threading
from collections.abc import Callable
from typing import Any

from twisted.cred.error import LoginFailed
from twisted.internet.defer import Deferred, fail
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread._cacheable import RemoteCache
from twisted.spread._failures import CopyableFailure, failure2Copyable
from twisted.spread._flow import PagingExchange
from twisted.spread._instances import Jellyable
from twisted.spread._jellier import DICTIONARY, simpleTuple
from twisted.spread._localobjects import Local, LocalObjects
from twisted.spread._pberrors import (
    DeadReferenceError,
    Error,
    NoSuchMethod,
    PBConnectionLost,
    ProtocolError,
    WrongArguments,
)
from twisted.spread._references import RemoteReference
from twisted.spread._shown import inShort, shown
from twisted.spread._tasters import InsecureJelly, Taster, globalSecurity
from twisted.spread.interfaces import Expression

MAX_CALLS_IN_WORK = 100_000
"""How many calls of a peer may be unanswered at one time."""

_log = Logger("twisted.spread.pb")

Notifier = Callable[[], object]

# What a peer can bring about by itself is logged in one line.
_MISTAKES = (NoSuchMethod, WrongArguments, InsecureJelly, LoginFailed, PBConnectionLost)

# How long messages are, the command included.
_LENGTHS = {
    b"version": 2,
    b"didNotUnderstand": 2,
    b"message": 7,
    b"cachemessage": 7,
    b"answer": 3,
    b"error": 3,
    b"decref": 2,
    b"decache": 2,
    b"uncache": 2,
}


def _nameOf(message: Expression) -> str:
    """Return the name of the method that a message calls."""
    try:
        name: str = message.decode()
    except (AttributeError, UnicodeDecodeError):
        raise NoSuchMethod(f"{shown(message)} is no name of a method") from None
    return name


class Broker(PagingExchange):
    """One end of a connection of Perspective Broker.

    Attributes:
        version: The version of the protocol.
        username: A name for the peer, if the program sets one.
        factory: The factory that made it.
        waitingForAnswers: The calls that were not answered yet, by their numbers.
        maxCallsInWork: How many calls of the peer may be unanswered at one time.
    """

    version: int = 6
    username: bytes | None = None
    factory: Any = None
    maxCallsInWork: int = MAX_CALLS_IN_WORK

    # Declared again, since type checkers take what a subclass assigns for something of its own.
    disconnected: bool | int
    currentRequestID: int

    def __init__(self, isClient: int = 1, security: Taster = globalSecurity) -> None:
        """Make one end.

        Args:
            isClient: Whether this end opened the connection.
            security: Says which objects go through.
        """
        super().__init__(isClient, security)
        self.waitingForAnswers: dict[int, Deferred[Any]] = {}
        self.connects: list[Notifier] = []
        self.disconnects: list[Notifier] = []
        self.failures: list[Notifier] = []
        self._ready = False
        self._inWork = 0

    # The connection.

    def connectionReady(self) -> None:
        """Tell the peer the version, and everybody that the connection is there."""
        self._thread = threading.get_ident()
        self._ready = True
        self.sendCall(b"version", self.version)
        notifiers, self.connects = self.connects, []
        self._tell(notifiers, "there")
        if self.factory is not None:
            self.factory.clientConnectionMade(self)

    def connectionFailed(self) -> None:
        """Tell everybody that there will be no connection."""
        notifiers, self.failures = self.failures, []
        self._tell(notifiers, "not there")

    def _tell(self, notifiers: list[Notifier], state: str) -> None:
        """Call everybody who wanted to know, also if one of them fails."""
        for notifier in notifiers:
            with _log.failureHandler(f"while telling that a connection is {state}"):
                notifier()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Fail what waits for answers, and let go of everything.

        Args:
            reason: Why the connection is gone.
        """
        if self.disconnected:
            return
        self.disconnected = True
        super().connectionLost(reason)
        lost = PBConnectionLost(self._refusal or reason)
        pagers = list(self.pageProducers)
        self.pageProducers.clear()
        waiting, self.waitingForAnswers = self.waitingForAnswers, {}
        self.locallyCachedObjects.clear()
        self._letGo.clear()
        cached = self._cached.clear()
        referred = self._referred.clear()
        for deferred in waiting.values():
            if not deferred.called:
                deferred.errback(Failure(lost))
        for pager in pagers:
            self._stopPager(pager)
        for local in cached:
            self._stopped(local)
        for local in referred:
            self._unreferenced(local)
        notifiers, self.disconnects = self.disconnects, []
        self._tell(notifiers, "gone")
        if self.factory is not None:
            lostOf = getattr(self.factory, "brokerLost", None)
            if lostOf is not None:
                lostOf(self, reason)

    def notifyOnConnect(self, notifier: Notifier) -> None:
        """Have a function called when the connection is ready, or now if it is.

        Args:
            notifier: Takes no arguments.
        """
        if self._ready:
            notifier()
        else:
            self.connects.append(notifier)

    def notifyOnFail(self, notifier: Notifier) -> None:
        """Have a function called when there will be no connection.

        Args:
            notifier: Takes no arguments.
        """
        self.failures.append(notifier)

    def notifyOnDisconnect(self, notifier: Notifier) -> None:
        """Have a function called when the connection is gone.

        Args:
            notifier: Takes no arguments.
        """
        self.disconnects.append(notifier)

    def dontNotifyOnDisconnect(self, notifier: Notifier) -> None:
        """Have a function not called any more.

        Args:
            notifier: What `notifyOnDisconnect` was given; nothing happens if it was not.
        """
        if notifier in self.disconnects:
            self.disconnects.remove(notifier)

    def remoteForName(self, name: str | bytes) -> RemoteReference:
        """Return a reference to the object that has a name at the other end.

        Args:
            name: The name; whether there is such an object shows when it is called.
        """
        key = name.encode() if isinstance(name, str) else name
        return RemoteReference(None, self, key, 0)

    # Sending.

    def sendMessage(
        self,
        command: bytes,
        perspective: object,
        objectID: int | bytes,
        message: str,
        args: tuple[object, ...],
        kw: dict[str, object],
    ) -> Deferred[Any]:
        """Call a method of an object or cache at the other end.

        Args:
            command: `message` or `cachemessage`.
            perspective: Who it is for.
            objectID: The number of the object.
            message: The name of the method, without its prefix.
            args: The arguments by position.
            kw: The arguments by name.

        Returns:
            A Deferred of the result.

        Raises:
            DeadReferenceError: The connection is gone.
        """
        if self.disconnected:
            raise DeadReferenceError("the connection of this reference is gone")
        if self._letGo:
            self._tellAllGone()
        mark = len(self._journal)
        try:
            netArgs = simpleTuple(args)
            if netArgs is None:
                netArgs = self.serialize(args, perspective)
            netKw = self.serialize(kw, perspective) if kw else [DICTIONARY]
            if self.disconnected:
                raise DeadReferenceError("the connection was lost while the call was made")
            self.currentRequestID = requestID = self.currentRequestID + 1
            self._send((command, requestID, objectID, message.encode(), 1, netArgs, netKw))
        except Exception:
            self._undo(mark)
            return fail()
        del self._journal[mark:]
        deferred: Deferred[Any] = Deferred()
        self.waitingForAnswers[requestID] = deferred
        return deferred

    def _sendAnswer(self, netResult: Expression, requestID: int, mark: int) -> None:
        if self.disconnected:
            self._undo(mark)
            return
        try:
            size = self._send((b"answer", requestID, netResult))
        except Exception:
            self._undo(mark)
            self._sendFailure(Failure(), requestID)
            return
        del self._journal[mark:]
        self._answered(size)

    def _sendFailure(self, failure: Failure, requestID: int | None) -> None:
        """Tell the peer what went wrong with its call, and the log if nobody expected it."""
        if failure.check(*_MISTAKES) is not None:
            _log.warn(
                "a call of {peer} failed: {error}",
                peer=self.transport.getPeer(),
                error=inShort(failure.getErrorMessage()),
            )
        elif failure.check(Error) is None:
            _log.failure("Peer will receive following PB traceback:", failure)
        if requestID is None or self.disconnected:
            return
        value: object = failure.value
        told: object = value
        if not isinstance(value, Jellyable):
            told = failure
            if not isinstance(failure, CopyableFailure):
                unsafe = getattr(self.factory, "unsafeTracebacks", False)
                told = failure2Copyable(failure, unsafe)
        mark = len(self._journal)
        try:
            size = self._send((b"error", requestID, self.serialize(told)))
        except Exception:
            self._undo(mark)
            why = Failure().getErrorMessage()
            replaced = CopyableFailure(Error(f"the error could not be sent: {why}"))
            size = self._send((b"error", requestID, self.serialize(replaced)))
        del self._journal[mark:]
        self._answered(size)

    # Receiving.

    def expressionReceived(  # pyright: ignore[reportIncompatibleMethodOverride]  # it is called so
        self, sexp: Expression
    ) -> None:
        """Do what the peer says.

        Args:
            sexp: A list that begins with a command.
        """
        if self._letGo:
            self._tellAllGone()
        if type(sexp) is not list or not sexp or type(sexp[0]) is not bytes:
            self.refuse(ProtocolError("a message has to be a list that begins with a command"))
            return
        command = sexp[0]
        length = _LENGTHS.get(command)
        if length is not None and len(sexp) != length:
            self.refuse(ProtocolError(f"{command!r} with {len(sexp) - 1} parts came"))
            return
        method: Callable[..., object] | None = getattr(
            self, "proto_" + command.decode("ascii", "replace"), None
        )
        if method is None:
            _log.warn(
                "{peer} sent the unknown command {command}",
                peer=self.transport.getPeer(),
                command=shown(command),
            )
            self._sendBack((b"didNotUnderstand", command))
            return
        method(*sexp[1:])

    def proto_version(self, vnum: Expression) -> None:
        """Close the connection if the peer has another version."""
        if vnum != self.version:
            self.refuse(ProtocolError(f"the peer has version {shown(vnum)}, not {self.version}"))

    def proto_didNotUnderstand(self, command: Expression) -> None:
        """Note that the peer does not know a command."""
        _log.warn(
            "{peer} did not understand {command}",
            peer=self.transport.getPeer(),
            command=shown(command),
        )

    def proto_message(
        self,
        requestID: Expression,
        objectID: Expression,
        message: Expression,
        answerRequired: Expression,
        netArgs: Expression,
        netKw: Expression,
    ) -> None:
        """Call a method of an object."""
        self._receive(
            self.localObjectForID, requestID, objectID, message, answerRequired, netArgs, netKw
        )

    def proto_cachemessage(
        self,
        requestID: Expression,
        objectID: Expression,
        message: Expression,
        answerRequired: Expression,
        netArgs: Expression,
        netKw: Expression,
    ) -> None:
        """Call a method of a cache."""
        self._receive(self._cache, requestID, objectID, message, answerRequired, netArgs, netKw)
        kept = self.locallyCachedObjects.get(objectID) if type(objectID) is int else None
        if kept is not None:
            kept.attributes = kept.current().__dict__

    def _cache(self, luid: int | bytes) -> RemoteCache | None:
        kept = self.locallyCachedObjects.get(luid) if isinstance(luid, int) else None
        return None if kept is None else kept.current()

    def _receive(
        self,
        find: Callable[[int | bytes], Any],
        requestID: Expression,
        objectID: Expression,
        message: Expression,
        answerRequired: Expression,
        netArgs: Expression,
        netKw: Expression,
    ) -> None:
        if type(requestID) is not int or type(objectID) not in (int, bytes):
            self.refuse(ProtocolError("a call has to have numbers"))
            return
        wanted = requestID if answerRequired else None
        mark = len(self._journal)
        try:
            obj = find(objectID)
            if obj is None:
                raise Error("Invalid Object ID")
            result = obj.remoteMessageReceived(self, _nameOf(message), netArgs, netKw)
        except (Exception, Failure):
            self._undo(mark)
            self._sendFailure(Failure(), wanted)
            return
        if isinstance(result, Deferred):
            # One that was called may wait for another all the same.
            self._inWork += 1
            result.addBoth(self._workDone)
            if self._inWork > self.maxCallsInWork:
                self.refuse(ProtocolError(f"{self._inWork} calls of the peer are unanswered"))
            result.addCallbacks(
                self._answerLater,
                self._sendFailure,
                callbackArgs=(wanted,),
                errbackArgs=(wanted,),
            ).addErrback(self._notAnswered)
        elif wanted is not None:
            self._sendAnswer(result, wanted, mark)
        else:
            # Nobody will know what was counted for the result.
            self._undo(mark)

    def _workDone(self, result: Expression) -> Expression:
        self._inWork -= 1
        return result

    def _answerLater(self, netResult: Expression, requestID: int | None) -> None:
        if requestID is None:
            self._undo(self._mark)
        else:
            self._sendAnswer(netResult, requestID, self._mark)

    def _notAnswered(self, failure: Failure) -> None:
        _log.failure("a call could not be answered", failure)

    def _waiting(self, requestID: Expression) -> Deferred[Any] | None:
        deferred = None
        if type(requestID) is int:
            deferred = self.waitingForAnswers.pop(requestID, None)
        if deferred is None:
            self.refuse(ProtocolError("an answer to no call came"))
        return deferred

    def proto_answer(self, requestID: Expression, netResult: Expression) -> None:
        """Give a call its result."""
        deferred = self._waiting(requestID)
        if deferred is None:
            return
        try:
            result = self.unserialize(netResult)
        except Exception:
            deferred.errback(Failure())
        else:
            deferred.callback(result)

    def proto_error(self, requestID: Expression, fail: Expression) -> None:
        """Give a call its error."""
        deferred = self._waiting(requestID)
        if deferred is None:
            return
        try:
            told = self.unserialize(fail)
        except Exception:
            deferred.errback(Failure())
            return
        if isinstance(told, Failure):
            deferred.errback(told)
        elif isinstance(told, BaseException):
            deferred.errback(Failure(told))
        else:
            deferred.errback(Failure(Error(f"the peer reports {shown(told)}")))

    def proto_decref(self, objectID: Expression) -> None:
        """Count that the peer let go of a reference."""
        local = self._gone(self._referred, objectID)
        if local is not None:
            self._unreferenced(local)

    def proto_decache(self, objectID: Expression) -> None:
        """Count that the peer let go of a cache, and end observing with the last."""
        local = self._gone(self._cached, objectID)
        if local is not None:
            self._stopped(local)
            self._sendBack((b"uncache", objectID))

    def decCacheRef(self, objectID: int) -> None:
        """Count that the peer let go of a cache once, and end observing with the last.

        Args:
            objectID: The number of the object.
        """
        self.proto_decache(objectID)

    def _gone(self, table: LocalObjects, luid: Expression) -> Local | None:
        if type(luid) is int and luid in table.byLUID:
            return table.forget(luid)
        self.refuse(ProtocolError("the peer let go of what it did not have"))
        return None

    def proto_uncache(self, objectID: Expression) -> None:
        """Let go of what a cache consists of."""
        if type(objectID) is not int or objectID not in self.locallyCachedObjects:
            self.refuse(ProtocolError("the peer let go of a cache that is not here"))
            return
        del self.locallyCachedObjects[objectID]


__all__ = ["MAX_CALLS_IN_WORK", "Broker"]
