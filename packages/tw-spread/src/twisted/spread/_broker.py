"""The broker: one connection of Perspective Broker, between Banana below and objects above.

Each side keeps, by numbers, the objects that the other can refer to (`LocalObjects`), with how many
references were sent. The other side tells when it has let go of one (`decref`, `decache`).

A call is `[message, request, object, name, wanted, arguments, keywords]`, and is answered by
`[answer, request, result]` or `[error, request, failure]`; `cachemessage` calls a cache in the same
way.

Serializing has effects: references are counted, caches get observers. A message that cannot be sent
after all must leave none, so they are written into a journal, which is undone in that case.
"""

import threading
from collections import deque
from collections.abc import Callable
from inspect import iscoroutine
from typing import TYPE_CHECKING, Any, cast

from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IConsumer, IPullProducer
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.components import classImplements
from twisted.python.failure import Failure
from twisted.spread._cacheable import Cacheable, CachedLocally, RemoteCache, RemoteCacheObserver
from twisted.spread._failures import CopyableFailure, failure2Copyable
from twisted.spread._instances import Jellyable
from twisted.spread._jellier import DICTIONARY, Jellier
from twisted.spread._localobjects import Local, LocalObjects, cachedLocal
from twisted.spread._pberrors import (
    DeadReferenceError,
    Error,
    NoSuchMethod,
    PBConnectionLost,
    ProtocolError,
)
from twisted.spread._referenceable import Referenceable
from twisted.spread._references import RemoteReference
from twisted.spread._tasters import InsecureJelly, Taster, globalSecurity
from twisted.spread._unjellier import Unjellier
from twisted.spread.banana import Banana
from twisted.spread.interfaces import Expression

if TYPE_CHECKING:
    from twisted.spread._pages import Pager

MAX_CALLS_IN_WORK = 100_000
"""How many calls of a peer may be unanswered at one time."""

MAX_UNSENT_ANSWERS = 64 * 1024 * 1024
"""How many bytes of answers a peer may leave untaken."""

# From here on it is watched whether the peer takes its answers.
_WATCH_UNSENT = 256 * 1024

_log = Logger("twisted.spread.pb")

Notifier = Callable[[], object]

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


class Broker(Banana):
    """One end of a connection of Perspective Broker.

    Attributes:
        version: The version of the protocol.
        username: A name for the peer, if the program sets one.
        factory: The factory that made it.
        security: Says which objects go through.
        disconnected: Whether the connection is gone.
        waitingForAnswers: The calls that were not answered yet, by their numbers.
        serializingPerspective: Who the message that is being made is for.
        unserializingPerspective: Who the message that is being read is for.
        pageProducers: What sends its pages whenever the connection has room.
        maxCallsInWork: How many calls of the peer may be unanswered at one time.
        maxUnsentAnswers: How many bytes of answers the peer may leave untaken.
    """

    version: int = 6
    username: bytes | None = None
    factory: Any = None
    disconnected: bool | int = False
    maxCallsInWork: int = MAX_CALLS_IN_WORK
    maxUnsentAnswers: int = MAX_UNSENT_ANSWERS

    serializingPerspective: Any = None
    unserializingPerspective: Any = None

    def __init__(self, isClient: int = 1, security: Taster = globalSecurity) -> None:
        """Make one end.

        Args:
            isClient: Whether this end opened the connection.
            security: Says which objects go through.
        """
        super().__init__(isClient)
        self.security: Taster = security
        self.waitingForAnswers: dict[int, Deferred[Any]] = {}
        self.locallyCachedObjects: dict[int, CachedLocally] = {}
        self.pageProducers: list[Pager] = []
        self.connects: list[Notifier] = []
        self.disconnects: list[Notifier] = []
        self.failures: list[Notifier] = []
        self.currentRequestID = 0
        self.currentLocalID = 0
        self._referred = LocalObjects(self.newLocalID, self.maximumRefs)
        self._cached = LocalObjects(self.newLocalID, self.maximumRefs)
        self._ready = False
        self._journal: list[tuple[LocalObjects, int]] = []
        self._letGo: deque[tuple[bytes, int | bytes]] = deque()
        self._thread = threading.get_ident()
        self._inWork = 0
        self._unsent = 0
        self._watching = False

    @staticmethod
    def maximumRefs() -> int:
        """Return how many objects the peer may refer to, and how many it may have cached here."""
        raise NotImplementedError("twisted.spread.pb says how many")

    @property
    def localObjects(self) -> dict[int | bytes, Local]:
        """What the peer can refer to, by numbers and names."""
        return self._referred.byLUID

    @property
    def remotelyCachedObjects(self) -> dict[int | bytes, Local]:
        """What the peer caches, by numbers."""
        return self._cached.byLUID

    @property
    def maxBrokerRefsViolations(self) -> int:
        """How many objects were not sent because there were too many."""
        return self._referred.violations + self._cached.violations

    # The connection.

    def connectionReady(self) -> None:
        """Tell the peer the version, and everybody that the connection is there."""
        self._thread = threading.get_ident()
        self._ready = True
        self.sendCall(b"version", self.version)
        notifiers, self.connects = self.connects, []
        for notifier in notifiers:
            notifier()
        if self.factory is not None:
            self.factory.clientConnectionMade(self)

    def connectionFailed(self) -> None:
        """Tell everybody that there will be no connection."""
        notifiers, self.failures = self.failures, []
        for notifier in notifiers:
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
        pagers, self.pageProducers = self.pageProducers, []
        waiting, self.waitingForAnswers = self.waitingForAnswers, {}
        self.locallyCachedObjects.clear()
        self._letGo.clear()
        cached = self._cached.clear()
        referred = self._referred.clear()
        for deferred in waiting.values():
            if not deferred.called:
                deferred.errback(Failure(lost))
        for pager in pagers:
            pager.stopPaging()
        for local in cached:
            self._stopped(local)
        for local in referred:
            self._unreferenced(local)
        notifiers, self.disconnects = self.disconnects, []
        for notifier in notifiers:
            with _log.failureHandler("while telling that a connection is gone"):
                notifier()
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

    # Pages and the answers that the peer takes.

    def registerPageProducer(self, pager: "Pager") -> None:
        """Send the pages of a pager whenever the connection has room.

        Args:
            pager: Has the pages.
        """
        self.pageProducers.append(pager)
        self._watch()

    def _watch(self) -> None:
        if not self._watching and not getattr(self.transport, "disconnecting", False):
            self._watching = True
            self._asked = False
            cast(IConsumer, self.transport).registerProducer(self, False)

    def _unwatch(self) -> None:
        if self._watching:
            self._watching = False
            cast(IConsumer, self.transport).unregisterProducer()

    def pauseProducing(self) -> None:
        """Do nothing: pages are sent when they are asked for."""

    def stopProducing(self) -> None:
        """Learn that nothing can be sent any more."""

    def resumeProducing(self) -> None:
        """Send a page of each pager, since all that was written is sent."""
        if self._asked:
            self._unsent = 0
        # The first time it is asked for, whatever has been sent.
        self._asked = True
        for pager in list(self.pageProducers):
            pager.sendNextPage()
            if not pager.stillPaging() and pager in self.pageProducers:
                self.pageProducers.remove(pager)
        if not self.pageProducers and not self._unsent:
            self._unwatch()

    def _answered(self, size: int) -> None:
        """Count the bytes of an answer until the peer has taken them."""
        self._unsent += size
        if self._unsent > _WATCH_UNSENT:
            self._watch()
        if self._unsent > self.maxUnsentAnswers:
            self.refuse(ProtocolError(f"the peer left {self._unsent} bytes of answers untaken"))

    def refuse(self, error: Exception) -> None:
        """Close the connection because of what the peer did.

        Args:
            error: What is wrong with it.
        """
        if self._refusal is not None:
            return
        self._unwatch()
        super().refuse(error)
        if self._unsent > self.maxUnsentAnswers:
            abort = getattr(self.transport, "abortConnection", None)
            if abort is not None:
                abort()

    # Numbers and names of objects.

    def newLocalID(self) -> int:
        """Return a number that no object on this connection had."""
        self.currentLocalID += 1
        return self.currentLocalID

    def newRequestID(self) -> int:
        """Return a number that no call on this connection had."""
        self.currentRequestID += 1
        return self.currentRequestID

    def setNameForLocal(self, name: str | bytes, object: object) -> None:
        """Give an object a name by which the peer can call it.

        Args:
            name: The name.
            object: The object, which is `Referenceable`.
        """
        key = name.encode() if isinstance(name, str) else name
        self._referred.byLUID[key] = Local(object, key)

    def remoteForName(self, name: str | bytes) -> RemoteReference:
        """Return a reference to the object that has a name at the other end.

        Args:
            name: The name; whether there is such an object shows when it is called.
        """
        key = name.encode() if isinstance(name, str) else name
        return RemoteReference(None, self, key, 0)

    def localObjectForID(self, luid: int | bytes) -> Any:  # noqa: ANN401 - a flavor
        """Return the object that the peer refers to, or None.

        Args:
            luid: Its number or name.
        """
        return self._referred.get(luid)

    def registerReference(self, object: Referenceable) -> int:
        """Count a reference that is sent, and return the number of the object.

        Args:
            object: What it refers to.

        Raises:
            Error: The peer refers to too many objects.
        """
        luid = self._referred.refer(object)
        self._journal.append((self._referred, luid))
        return luid

    def cacheRemotely(
        self,
        instance: Cacheable,
        perspective: object = None,
        observer: RemoteCacheObserver | None = None,
    ) -> int:
        """Keep an object that the peer will cache, and return its number.

        Args:
            instance: The object.
            perspective: Who caches it.
            observer: What is told of changes.

        Raises:
            Error: The peer caches too many objects.
        """
        luid = self._cached.add(cachedLocal(instance, perspective, observer))
        self._journal.append((self._cached, luid))
        return luid

    def cachedRemotelyAs(self, instance: Cacheable, incref: bool | int = 0) -> int | None:
        """Return the number of an object that the peer caches, or None.

        Args:
            instance: The object.
            incref: Whether to count that it is sent once more.
        """
        if not incref:
            return self._cached.numbers.get(id(instance))
        luid = self._cached.again(id(instance))
        if luid is not None:
            self._journal.append((self._cached, luid))
        return luid

    def remotelyCachedForLUID(self, luid: int) -> Any:  # noqa: ANN401 - a Cacheable or None
        """Return the object that the peer caches under a number, or None."""
        return self._cached.get(luid)

    def decCacheRef(self, objectID: int) -> None:
        """Count that the peer let go of a cache once, and end observing with the last.

        Args:
            objectID: The number of the object.
        """
        self.proto_decache(objectID)

    def cacheLocally(self, cid: int, instance: RemoteCache) -> None:
        """Keep what a cache of the peer's object consists of.

        Args:
            cid: The number of the object.
            instance: The cache, which need not be filled.

        Raises:
            InsecureJelly: There is one with that number.
            Error: There are too many.
        """
        if cid in self.locallyCachedObjects:
            raise InsecureJelly(f"an object with the number {cid} is cached already")
        if len(self.locallyCachedObjects) >= self.maximumRefs():
            raise Error("Maximum PB cache count exceeded.")
        self.locallyCachedObjects[cid] = CachedLocally(
            instance, lambda count: self._cacheGone(cid, count)
        )

    def keepCached(self, cid: int, instance: RemoteCache) -> None:
        """Learn that the attributes of a cache may have been replaced.

        Args:
            cid: The number of the object.
            instance: The cache.
        """
        kept = self.locallyCachedObjects.get(cid)
        if kept is not None:
            kept.attributes = instance.__dict__

    def cachedLocallyAs(self, cid: int) -> RemoteCache:
        """Return the cache of an object that the peer sends once more.

        Args:
            cid: The number of the object.

        Raises:
            InsecureJelly: There is none.
        """
        kept = self.locallyCachedObjects.get(cid)
        if kept is None:
            raise InsecureJelly(f"{cid} is not cached here")
        return kept.received()

    # What is let go here. The garbage collector may find out anywhere, on any thread.

    def sendDecRef(self, objectID: int | bytes) -> None:
        """Tell the peer that a reference is gone.

        Args:
            objectID: The number of the object.
        """
        self._tellGone(b"decref", objectID)

    def _cacheGone(self, luid: int, count: int) -> None:
        for _ in range(count):
            self._tellGone(b"decache", luid)

    def _tellGone(self, command: bytes, luid: int | bytes) -> None:
        if self.disconnected:
            return
        if threading.get_ident() == self._thread:
            self.sendCall(command, luid)
            return
        self._letGo.append((command, luid))
        reactor = getattr(self.transport, "reactor", None)
        if reactor is not None:
            reactor.callFromThread(self._tellAllGone)

    def _tellAllGone(self) -> None:
        while self._letGo and not self.disconnected:
            self.sendCall(*self._letGo.popleft())

    # Objects and expressions.

    def serialize(
        self,
        object: Any,  # noqa: ANN401 - any object
        perspective: object = None,
        method: object = None,
        args: object = None,
        kw: object = None,
    ) -> Any:  # noqa: ANN401 - an expression, or a Deferred of one
        """Return the expression of an object, to be sent next.

        Args:
            object: The object; for a Deferred or coroutine, what it results in.
            perspective: Who it is for.
            method: Not looked at.
            args: Not looked at.
            kw: Not looked at.

        Returns:
            The expression, or a Deferred of it.

        Raises:
            InsecureJelly: Something in it may not be sent.
        """
        if isinstance(object, Deferred):
            return object.addCallback(self.serialize, perspective)
        if iscoroutine(object):
            return Deferred.fromCoroutine(object).addCallback(self.serialize, perspective)
        before = self.serializingPerspective
        self.serializingPerspective = perspective
        mark = len(self._journal)
        try:
            return Jellier(self.security, None, self).jelly(object)
        except BaseException:
            self._undo(mark)
            raise
        finally:
            self.serializingPerspective = before

    def unserialize(self, sexp: Expression, perspective: object = None) -> Any:  # noqa: ANN401
        """Return the object of an expression that was received.

        Args:
            sexp: The expression.
            perspective: Who it is for.

        Raises:
            InsecureJelly: Something in it is not accepted.
        """
        before = self.unserializingPerspective
        self.unserializingPerspective = perspective
        try:
            return Unjellier(self.security, None, self).unjellyFull(sexp)
        finally:
            self.unserializingPerspective = before

    def _undo(self, mark: int) -> None:
        """Take back what serializing counted since a mark in the journal."""
        while len(self._journal) > mark:
            table, luid = self._journal.pop()
            if luid not in table.byLUID:
                continue
            local = table.forget(luid)
            if local is not None and table is self._cached:
                self._stopped(local)

    def _stopped(self, local: Local) -> None:
        """Tell an object that its cache is gone."""
        with _log.failureHandler("while an object was told that its cache is gone"):
            local.object.stoppedObserving(local.perspective, local.observer)

    def _unreferenced(self, local: Local) -> None:
        """Tell an object that wants to know that no reference is left."""
        tell = getattr(local.object, "_unreferenced", None)
        if tell is not None:
            with _log.failureHandler("while an object was told that it is not referred to"):
                tell()

    # Sending.

    def sendCall(self, *exp: object) -> None:
        """Send a message.

        Args:
            exp: The command, and what belongs to it.
        """
        self.sendEncoded(exp)

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
            netArgs = self.serialize(args, perspective)
            netKw = self.serialize(kw, perspective) if kw else [DICTIONARY]
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
        if failure.check(NoSuchMethod, InsecureJelly) is not None:
            _log.warn(
                "a call of {peer} failed: {error}",
                peer=self.transport.getPeer(),
                error=failure.getErrorMessage(),
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
        except Exception as error:
            self._undo(mark)
            replaced = CopyableFailure(Error(f"the error could not be sent: {error}"))
            size = self._send((b"error", requestID, self.serialize(replaced)))
        del self._journal[mark:]
        self._answered(size)

    # Receiving.

    def expressionReceived(self, sexp: Expression) -> None:
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
                command=command[:40],
            )
            self._answered(self._send((b"didNotUnderstand", command)))
            return
        method(*sexp[1:])

    def proto_version(self, vnum: Expression) -> None:
        """Close the connection if the peer has another version."""
        if vnum != self.version:
            self.refuse(ProtocolError(f"the peer has version {vnum!r}, not {self.version}"))

    def proto_didNotUnderstand(self, command: Expression) -> None:
        """Note that the peer does not know a command."""
        _log.warn(
            "{peer} did not understand {command!r}", peer=self.transport.getPeer(), command=command
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
        kept = self.locallyCachedObjects.get(objectID)
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
            if type(message) is not bytes:
                raise NoSuchMethod(f"{message!r} is no name of a method")
            result = obj.remoteMessageReceived(self, message.decode(), netArgs, netKw)
        except (Exception, Failure):
            self._undo(mark)
            self._sendFailure(Failure(), wanted)
            return
        if isinstance(result, Deferred):
            if not result.called:
                self._inWork += 1
                if self._inWork > self.maxCallsInWork:
                    self.refuse(ProtocolError(f"{self._inWork} calls of the peer are unanswered"))
                result.addBoth(self._workDone)
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
            self._undo(0)
        else:
            self._sendAnswer(netResult, requestID, 0)

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
            deferred.errback(Failure(Error(f"the peer reports {told!r}")))

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
            self.sendCall(b"uncache", objectID)

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


classImplements(Broker, IPullProducer)

__all__ = ["MAX_CALLS_IN_WORK", "MAX_UNSENT_ANSWERS", "Broker"]
