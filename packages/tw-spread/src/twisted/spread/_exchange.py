"""The objects of a connection: by which numbers the ends know them, and how they become expressions.

Each side keeps, by numbers, the objects that the other can refer to (`LocalObjects`), with how many
references were sent. The other side tells when it has let go of one (`decref`, `decache`).

Serializing has effects: references are counted, caches get observers. A message that cannot be sent
after all must leave none, so they are written into a journal, which is undone in that case.
"""

import threading
from collections import deque
from inspect import iscoroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.spread._cacheable import Cacheable, CachedLocally, RemoteCache, RemoteCacheObserver
from twisted.spread._jellier import ATOMS, DICTIONARY, Jellier
from twisted.spread._localobjects import Local, LocalObjects, cachedLocal
from twisted.spread._pberrors import Error
from twisted.spread._referenceable import Referenceable
from twisted.spread._tasters import InsecureJelly, Taster, globalSecurity
from twisted.spread._unjellier import Unjellier
from twisted.spread.banana import Banana
from twisted.spread.interfaces import Expression

_log = Logger("twisted.spread.pb")


class ObjectExchange(Banana):
    """The half of a broker that knows the objects; the other half calls them.

    Attributes:
        security: Says which objects go through.
        disconnected: Whether the connection is gone.
        locallyCachedObjects: The caches of the peer's objects, by their numbers.
        serializingPerspective: Who the message that is being made is for.
        unserializingPerspective: Who the message that is being read is for.
    """

    disconnected: bool | int = False
    serializingPerspective: Any = None
    unserializingPerspective: Any = None

    def __init__(self, isClient: int = 1, security: Taster = globalSecurity) -> None:
        """Begin without objects.

        Args:
            isClient: Whether this end opened the connection.
            security: Says which objects go through.
        """
        super().__init__(isClient)
        self.security: Taster = security
        self.locallyCachedObjects: dict[int, CachedLocally] = {}
        self.currentRequestID: int = 0
        self.currentLocalID: int = 0
        self._referred = LocalObjects(self.newLocalID, self.maximumRefs)
        self._cached = LocalObjects(self.newLocalID, self.maximumRefs)
        self._journal: list[tuple[LocalObjects, int]] = []
        # Where in the journal the last expression begins.
        self._mark = 0
        self._sending = False
        self._beingSent: list[object] = []
        self._letGo: deque[tuple[bytes, int | bytes]] = deque()
        self._thread = threading.get_ident()

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

    def localObjectForID(self, luid: int | bytes) -> Any:  # noqa: ANN401 - a flavor
        """Return the object that the peer refers to, or None.

        Args:
            luid: Its number or name.
        """
        return self._referred.get(luid)

    def objectThatComesBack(self, luid: int | bytes) -> Any:  # noqa: ANN401 - a flavor
        """Return the object that the peer sends back a reference to, or None.

        Args:
            luid: Its number or name.
        """
        return self._referred.comesBack(luid)

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

    def keepUntilSent(self, reference: object) -> None:
        """Keep a reference or cache of the peer's that goes back to it until the message is sent.

        Otherwise the peer might be told that it is gone just before it comes back.

        Args:
            reference: The reference or cache.
        """
        self._beingSent.append(reference)

    def _send(self, expression: object) -> int:
        # The garbage collector may find references inside the transport, which is not to be called
        # then: they are told of afterwards.
        nested, self._sending = self._sending, True
        try:
            size = super()._send(expression)
        finally:
            self._sending = nested
        if self._beingSent:
            # What this lets go of is told to the peer by this method.
            self._beingSent = []
        if self._letGo:
            self._tellAllGone()
        return size

    def _sendBack(self, expression: object) -> None:
        """Send something that the peer brought about."""
        self._answered(self._send(expression))

    def _answered(self, size: int) -> None:
        """Count the bytes that the peer brought about until it has taken them.

        Args:
            size: How many were sent.
        """
        raise NotImplementedError("what knows how fast the peer is counts them")

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
        own = threading.get_ident() == self._thread
        if own and not self._sending:
            self._sendBack((command, luid))
            return
        self._letGo.append((command, luid))
        if own:
            return
        reactor = getattr(self.transport, "reactor", None)
        if reactor is not None:
            reactor.callFromThread(self._tellAllGone)

    def _tellAllGone(self) -> None:
        if self._sending:
            return
        self._sending = True
        try:
            while self._letGo and not self.disconnected:
                self._sendBack(self._letGo.popleft())
        finally:
            self._sending = False

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
        self._mark = mark = len(self._journal)
        if type(object) in ATOMS:
            return object
        if isinstance(object, Deferred):
            return object.addCallback(self.serialize, perspective)
        if iscoroutine(object):
            return Deferred.fromCoroutine(object).addCallback(self.serialize, perspective)
        before = self.serializingPerspective
        self.serializingPerspective = perspective
        try:
            return Jellier(self.security, None, self).jellyFull(object)
        except BaseException:
            self._undo(mark)
            raise
        finally:
            self.serializingPerspective = before
            # What was sent meanwhile is gone from the journal, and has left its own mark.
            self._mark = mark

    def unserialize(self, sexp: Expression, perspective: object = None) -> Any:  # noqa: ANN401 - any object
        """Return the object of an expression that was received.

        Args:
            sexp: The expression.
            perspective: Who it is for.

        Raises:
            InsecureJelly: Something in it is not accepted.
        """
        if type(sexp) in ATOMS:
            return sexp
        before = self.unserializingPerspective
        self.unserializingPerspective = perspective
        try:
            return Unjellier(self.security, None, self).unjellyFull(sexp)
        finally:
            self.unserializingPerspective = before

    def unserializeCall(
        self, args: Expression, kw: Expression, perspective: object = None
    ) -> tuple[Any, Any]:
        """Return the arguments of a call that was received.

        Args:
            args: The expression of those by position.
            kw: The expression of those by name.
            perspective: Who it is for.

        Raises:
            InsecureJelly: Something in it is not accepted.
        """
        before = self.unserializingPerspective
        self.unserializingPerspective = perspective
        try:
            unjellier = Unjellier(self.security, None, self)
            if kw == [DICTIONARY]:
                return unjellier.unjellyFull(args), {}
            arguments, keywords = unjellier.unjellyAll(args, kw)
            return arguments, keywords
        finally:
            self.unserializingPerspective = before

    def _undo(self, mark: int) -> None:
        """Take back what serializing counted since a mark in the journal."""
        while len(self._journal) > mark:
            table, luid = self._journal.pop()
            if luid not in table.byLUID:
                continue
            local = table.forget(luid)
            if local is None:
                continue
            if table is self._cached:
                self._stopped(local)
            else:
                self._unreferenced(local)

    def _stopped(self, local: Local) -> None:
        """Tell an object that its cache is gone."""
        with _log.failureHandler("while an object was told that its cache is gone"):
            local.obj.stoppedObserving(local.perspective, local.observer)

    def _unreferenced(self, local: Local) -> None:
        """Tell an object that wants to know that no reference is left."""
        tell = getattr(local.obj, "_unreferenced", None)
        if tell is not None:
            with _log.failureHandler("while an object was told that it is not referred to"):
                tell()

    def sendCall(self, *exp: object) -> None:
        """Send a message.

        Args:
            exp: The command, and what belongs to it.
        """
        self.sendEncoded(exp)


__all__ = ["ObjectExchange"]
