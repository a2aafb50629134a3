"""Objects that are cached across connections: their state is sent only if it has changed.

A `Publishable` has an identity and the time of its last change. The cache at the other end, a
`RemotePublished`, keeps its state in a file; when the object comes again, over this connection or
another, the state is asked for only if the file is older.

The file is written in Jelly and Banana, so that reading it builds nothing that a peer could not have
sent.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.spread import banana
from twisted.spread._cacheable import Cacheable, RemoteCache, RemoteCacheObserver
from twisted.spread._referenceable import ViewPoint
from twisted.spread._references import RemoteReference
from twisted.spread._tasters import InsecureJelly, globalSecurity
from twisted.spread.jelly import jelly, unjelly

_log = Logger("twisted.spread.publish")

_STATE: dict[str, type | tuple[type, ...]] = {
    "remote": RemoteReference,
    "publishedID": (str, bytes),
    "perspective": str,
    "service": str,
    "timestamp": (int, float),
}

# What may not stand in the name of a file, which begins with no dot and is not long.
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]|^\.")
_LONGEST_NAME = 60


def _safe(name: str | bytes) -> str:
    """Return a name that a peer chose as a part of the name of a file."""
    text = name.decode("latin-1") if isinstance(name, bytes) else name
    safe = _UNSAFE.sub(lambda found: f"%{ord(found[0]):x}", text)
    if len(safe) > _LONGEST_NAME:
        return f"{safe[:20]}%{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    return safe


class Publishable(Cacheable):
    """An object whose state is cached over connections.

    Attributes:
        publishedID: What caches know it by.
        timestamp: When it changed last, in seconds since the epoch.
    """

    timestamp: float = 0.0

    def __init__(self, publishedID: str | bytes) -> None:
        """Make one, which has just changed.

        Args:
            publishedID: What caches know it by, the same each time the program runs.
        """
        self.publishedID: str | bytes = publishedID
        self.republish()

    def republish(self) -> None:
        """Say that the state has changed: caches that were filled before are not new enough."""
        self.timestamp = time.time()

    def view_getStateToPublish(self, perspective: object) -> Any:  # noqa: ANN401 - a state
        """Return the state to somebody who asks for it.

        Args:
            perspective: Who it is.
        """
        return self.getStateToPublishFor(perspective)

    def getStateToPublishFor(self, perspective: Any) -> Any:  # noqa: ANN401 - an avatar; a state
        """Return the state for somebody.

        Args:
            perspective: Who it is.
        """
        return self.getStateToPublish()

    def getStateToPublish(self) -> Any:  # noqa: ANN401 - whatever can be sent
        """Return the state, a dictionary of attributes; subclasses override this."""
        raise NotImplementedError(f"{type(self)} has to say what its state is")

    def getStateToCacheAndObserveFor(
        self,
        perspective: Any,  # noqa: ANN401 - an avatar
        observer: RemoteCacheObserver,
    ) -> dict[str, Any]:
        """Return what a cache needs to know whether its file is new enough.

        Args:
            perspective: Who has the cache.
            observer: Is told nothing.
        """
        return {
            "remote": ViewPoint(perspective, self),
            "publishedID": self.publishedID,
            "perspective": str(getattr(perspective, "perspectiveName", None)),
            "service": str(getattr(getattr(perspective, "service", None), "serviceName", None)),
            "timestamp": self.timestamp,
        }


class RemotePublished(RemoteCache):
    """The cache of a `Publishable`, which is filled from a file or by the owner.

    Attributes:
        isActivated: Whether the state is there.
        remote: A reference to what gives the state.
        publishedID: What the owner calls the object.
        perspective: What the owner calls the avatar that it was sent to.
        service: What the owner calls its service.
        timestamp: When the object changed last.
    """

    remote: RemoteReference
    publishedID: str | bytes
    perspective: str
    service: str
    timestamp: float

    isActivated: bool | int = False

    def setCopyableState(self, state: Any) -> None:  # noqa: ANN401 - what the peer sent
        """Take the state from the file if that is new enough, otherwise ask for it.

        Args:
            state: The identity, what can be asked, and the time of the last change.

        Raises:
            InsecureJelly: That is not what it is.
        """
        if not isinstance(state, dict) or not all(
            isinstance(state.get(name), kind) for name, kind in _STATE.items()
        ):
            raise InsecureJelly("the state of what is published has an identity and a time")
        for name in _STATE:
            setattr(self, name, state[name])
        self._activationListeners: list[Callable[[RemotePublished], object]] = []
        self._waiting: list[Deferred[Any]] = []
        self._failure: Failure | None = None
        kept = self._read()
        if kept is not None and kept[0] >= self.timestamp:
            self._activate(kept[1])
            return
        self.remote.callRemote("getStateToPublish").addCallback(self._gotState).addErrback(
            self._noState
        )

    def getFileName(self, ext: str = "pub") -> str:
        """Return the name of the file that the state is kept in.

        Args:
            ext: How it ends.
        """
        names = (self.service, self.perspective, self.publishedID)
        return f"{'-'.join(map(_safe, names))}.{ext}"

    def _read(self) -> tuple[float, Any] | None:
        """Return the time and the state that the file has, or None."""
        try:
            with open(self.getFileName(), "rb") as file:
                kept = unjelly(banana.decode(file.read()), globalSecurity)
        except FileNotFoundError:
            return None
        except (OSError, banana.BananaError, InsecureJelly) as error:
            _log.warn("{name} is not used: {error}", name=self.getFileName(), error=error)
            return None
        if isinstance(kept, tuple) and len(kept) == 2 and isinstance(kept[0], float):
            return kept
        return None

    def _keep(self, state: object) -> None:
        """Write the file; a state that cannot be written is asked for again the next time."""
        name = self.getFileName()
        try:
            data = banana.encode(jelly((self.timestamp, state), globalSecurity))
            number, written = tempfile.mkstemp(dir=os.path.dirname(name) or ".")
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(data)
                os.replace(written, name)
            except BaseException:
                os.unlink(written)
                raise
        except (OSError, banana.BananaError, InsecureJelly) as error:
            _log.warn("{name} is not written: {error}", name=name, error=error)

    def _gotState(self, state: Any) -> None:  # noqa: ANN401 - what the peer sent
        self._activate(state)
        self._keep(state)

    def _noState(self, failure: Failure) -> None:
        _log.warn("{cache} got no state: {error}", cache=self, error=failure.getErrorMessage())
        self._failure = failure
        self._activationListeners = []
        waiting, self._waiting = self._waiting, []
        for deferred in waiting:
            deferred.errback(failure)

    def _activate(self, state: object) -> None:
        # What the peer sends may hide any attribute.
        listeners, waiting = self._activationListeners, self._waiting
        self.setPublishedState(state)
        self._activationListeners, self._waiting = [], []
        self.isActivated = True
        for listener in listeners:
            with _log.failureHandler("while telling that what is published is there"):
                listener(self)
        with _log.failureHandler("while telling that what is published is there"):
            self.activated()
        for deferred in waiting:
            deferred.callback(self)

    def _ready(self) -> Deferred[Any]:
        """Return a Deferred of this object that waits for the state, or fails with its error."""
        if self.isActivated:
            return succeed(self)
        if self._failure is not None:
            return fail(self._failure)
        deferred: Deferred[Any] = Deferred(self._waiting.remove)
        self._waiting.append(deferred)
        return deferred

    def setPublishedState(self, state: Any) -> None:  # noqa: ANN401 - what the peer sent
        """Take a state: as attributes, as long as this is not overridden.

        Args:
            state: What the owner's `getStateToPublishFor` returned.

        Raises:
            InsecureJelly: It is no dictionary of attributes.
        """
        if not isinstance(state, dict) or not all(type(name) is str for name in state):
            raise InsecureJelly("the state of what is published has to be its attributes")
        self.__dict__.update(state)

    def activated(self) -> None:
        """Learn that the state is there."""

    def callWhenActivated(self, callback: Callable[["RemotePublished"], object]) -> None:
        """Have a function called when the state is there, or now if it is.

        Args:
            callback: Called with this object.
        """
        if self.isActivated:
            callback(self)
        else:
            self._activationListeners.append(callback)


def whenReady(d: Deferred[Any]) -> Deferred[Any]:
    """Return a Deferred that waits for what is published to have its state.

    Args:
        d: A Deferred of a `RemotePublished`, from a call for instance.

    Returns:
        The same Deferred, which fails if the owner does not give the state, or the connection is
        lost before it comes.
    """
    return d.addCallback(_whenReady)


def _whenReady(result: Any) -> Any:  # noqa: ANN401 - any object
    return result._ready() if isinstance(result, RemotePublished) else result


__all__ = ["Publishable", "RemotePublished", "whenReady"]
