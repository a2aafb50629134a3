"""Objects that are copied once and then followed.

The owner keeps for each connection one observer of the object, and counts how often the object was
sent there. The other end keeps what the cache consists of until the owner says that it may go
(`uncache`), and hands out a `RemoteCache` which shares it; when that one is let go, the owner is told
as often as the object had come (`decache`). So nothing goes wrong when the owner sends the object
once more while it is being let go.
"""

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, fail
from twisted.python.reflect import qual
from twisted.spread._copyable import Copyable, RemoteCopy, nameOf
from twisted.spread._instances import getInstanceState
from twisted.spread._pberrors import DeadReferenceError, ForeignReference
from twisted.spread._referenceable import Serializable, methodOf, received
from twisted.spread._tasters import InsecureJelly
from twisted.spread._unjellyables import unjellyableRegistry
from twisted.spread.interfaces import Expression, IJellier, IUnjellier

if TYPE_CHECKING:
    from twisted.spread._broker import Broker

_MODULE = "twisted.spread.flavors"

cache_atom = b"cache"
cached_atom = b"cached"
lcache_atom = b"lcache"


class Cacheable(Copyable):
    """An object that a peer gets a copy of once, and that tells the peer of its changes.

    The peer has to register a `RemoteCache` for the class.
    """

    __module__ = _MODULE

    def getStateToCacheAndObserveFor(
        self,
        perspective: Any,  # noqa: ANN401 - an avatar
        observer: "RemoteCacheObserver",
    ) -> Any:  # noqa: ANN401 - whatever can be sent
        """Return the state to begin with, and keep the observer to tell it of changes from now on.

        Args:
            perspective: Who gets it; None where nobody logged in.
            observer: Stands for the cache at the other end: `observer.callRemote("changed", x)`
                calls `observe_changed(x)` there.
        """
        return super().getStateToCopyFor(perspective)

    def stoppedObserving(
        self,
        perspective: Any,  # noqa: ANN401 - an avatar
        observer: "RemoteCacheObserver",
    ) -> None:
        """Let go of an observer: the cache is gone, or the connection is.

        Args:
            perspective: The one that `getStateToCacheAndObserveFor` got.
            observer: The one that it got.
        """

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return the state if the peer does not have it, otherwise a reference to the cache.

        Args:
            jellier: Has the connection, and for whom the message is.
        """
        if jellier.invoker is None:
            return getInstanceState(self, jellier)
        broker: Broker = jellier.invoker
        luid = broker.cachedRemotelyAs(self, 1)
        if luid is not None:
            return [cached_atom, luid]
        perspective = broker.serializingPerspective
        expression = jellier.prepare(self)
        observer = RemoteCacheObserver(broker, self, perspective)
        luid = broker.cacheRemotely(self, perspective, observer)
        expression += (
            nameOf(self.getTypeToCopyFor(perspective)),
            luid,
            jellier.jelly(self.getStateToCacheAndObserveFor(perspective, observer)),
        )
        return jellier.preserve(self, expression)


class RemoteCacheMethod:
    """A method of a cache at the other end.

    Attributes:
        name: Its name, without the prefix.
        broker: The connection.
        cached: What is cached there.
        perspective: Who has it.
    """

    __module__ = _MODULE

    def __init__(self, name: str, broker: "Broker", cached: Cacheable, perspective: object) -> None:
        """Make one; `RemoteCacheObserver.remoteMethod` does."""
        self.name: str = name
        self.broker: Broker = broker
        self.cached: Cacheable = cached
        self.perspective: object = perspective

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RemoteCacheMethod):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return (self.name, self.broker, id(self.perspective), id(self.cached))

    def __call__(self, *args: object, **kw: object) -> Deferred[Any]:
        """Call it; see `RemoteCacheObserver.callRemote`."""
        luid = self.broker.cachedRemotelyAs(self.cached)
        if luid is None or self.broker.disconnected:
            return fail(DeadReferenceError("the cache at the other end is gone"))
        return self.broker.sendMessage(b"cachemessage", self.perspective, luid, self.name, args, kw)


class RemoteCacheObserver:
    """Stands for the cache of an object at the other end.

    Those for the same object, connection and avatar are equal.

    Attributes:
        broker: The connection.
        cached: What is cached there.
        perspective: Who has it.
    """

    __module__ = _MODULE

    def __init__(self, broker: "Broker", cached: Cacheable, perspective: object) -> None:
        """Make one; sending a `Cacheable` does."""
        self.broker: Broker = broker
        self.cached: Cacheable = cached
        self.perspective: object = perspective

    def __repr__(self) -> str:
        return f"<{qual(type(self))} of {self.cached!r} for {self.perspective!r}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RemoteCacheObserver):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return (self.broker, id(self.perspective), id(self.cached))

    def callRemote(self, _name: str, /, *args: object, **kw: object) -> Deferred[Any]:
        """Call a method `observe_...` of the cache.

        Args:
            _name: Its name, without the prefix.
            args: Its arguments by position.
            kw: Its arguments by name.

        Returns:
            A Deferred of the result. It fails with `DeadReferenceError` if the cache is gone, and
            as that of `RemoteReference.callRemote` does.
        """
        return self.remoteMethod(_name)(*args, **kw)

    def remoteMethod(self, key: str) -> RemoteCacheMethod:
        """Return a method of the cache, to be called later.

        Args:
            key: Its name, without the prefix.
        """
        return RemoteCacheMethod(key, self.broker, self.cached, self.perspective)


class RemoteCache(RemoteCopy, Serializable):
    """The cache of a peer's `Cacheable`, whose methods `observe_...` the owner calls.

    It is made without `__init__`. Where an object was let go and comes again before the owner knew
    that, the new cache has the attributes of the old one.

    Attributes:
        broker: The connection that it came over; None if it came otherwise.
        luid: Its number there.
    """

    __module__ = _MODULE

    broker: "Broker | None" = None
    luid: int | None = None

    def remoteMessageReceived(
        self, broker: "Broker", message: str, args: Expression, kw: Expression
    ) -> Any:  # noqa: ANN401 - an expression, or a Deferred of one
        """Call a method `observe_...` for the owner.

        Args:
            broker: The connection that the call came over.
            message: The name of the method, without its prefix.
            args: The expression of the arguments by position.
            kw: The expression of the arguments by name.

        Raises:
            NoSuchMethod: There is no such method.
        """
        method = methodOf(self, "observe_", message)
        return received(method, broker, None, (), args, kw)

    def jellyFor(self, jellier: IJellier) -> Expression:
        """Return what the owner knows the object by.

        Args:
            jellier: Has the connection.

        Raises:
            ForeignReference: It is the connection to somebody else.
        """
        broker: Broker | None = jellier.invoker
        if broker is None:
            return getInstanceState(self, jellier)
        if broker is not self.broker:
            raise ForeignReference("a cache can be sent to its owner only")
        broker.keepUntilSent(self)
        return [lcache_atom, self.luid]

    def getStateFor(self, jellier: IJellier) -> object:
        """Return the attributes, but for the connection."""
        return {
            name: value for name, value in self.__dict__.items() if name not in ("broker", "luid")
        }

    def unjellyFor(self, unjellier: IUnjellier, jellyList: list[Expression]) -> object:
        """Take what was received.

        Args:
            unjellier: Has the connection.
            jellyList: The name of the class, the number of the object, and the state.
        """
        if unjellier.invoker is None:
            return super().unjellyFor(unjellier, jellyList)
        if len(jellyList) != 3 or type(jellyList[1]) is not int:
            raise InsecureJelly("a cache has a number and a state")
        broker: Broker = unjellier.invoker
        luid = jellyList[1]
        broker.cacheLocally(luid, self)

        def setState(state: object) -> None:
            self.setCopyableState(state)
            self.broker = broker
            self.luid = luid
            broker.keepCached(luid, self)

        unjellier.unjellyState(setState, jellyList[2])
        return self


class CachedLocally:
    """What is kept of an object that a peer caches here.

    Attributes:
        attributes: The attributes that all its caches share.
    """

    def __init__(self, cache: RemoteCache, letGo: Callable[[int], None]) -> None:
        """Begin with one cache.

        Args:
            cache: The cache.
            letGo: Called with how often the object had come when the cache is gone.
        """
        self._class = type(cache)
        self._letGo = letGo
        self.attributes: dict[str, Any] = cache.__dict__
        self._count = 1
        self._cache: weakref.ref[RemoteCache] | None = None
        self._handOut(cache)

    def _handOut(self, cache: RemoteCache) -> None:
        self._cache = weakref.ref(cache, self._gone)

    def _gone(self, cache: object) -> None:
        self._cache = None
        count, self._count = self._count, 0
        self._letGo(count)

    def received(self) -> RemoteCache:
        """Return the cache because the object came once more."""
        cache = self.current()
        if self._cache is None:
            self._handOut(cache)
        self._count += 1
        return cache

    def current(self) -> RemoteCache:
        """Return the cache that there is, or one with the same attributes."""
        cache: RemoteCache | None
        cache = None if self._cache is None else self._cache()
        if cache is None:
            cache = self._class.__new__(self._class)
            cache.__dict__ = self.attributes
        return cache


def unjellyCached(unjellier: IUnjellier, unjellyList: Expression) -> object:
    """Return the cache of an object that comes once more.

    Args:
        unjellier: Has the connection.
        unjellyList: `[cached, number]`.

    Raises:
        InsecureJelly: There is none.
    """
    if len(unjellyList) != 2 or type(unjellyList[1]) is not int or unjellier.invoker is None:
        raise InsecureJelly("a cache has one number")
    broker: Broker = unjellier.invoker
    return broker.cachedLocallyAs(unjellyList[1])


def unjellyLCache(unjellier: IUnjellier, unjellyList: Expression) -> object:
    """Return the object whose cache comes back.

    Args:
        unjellier: Has the connection.
        unjellyList: `[lcache, number]`.

    Raises:
        InsecureJelly: There is none.
    """
    if len(unjellyList) != 2 or type(unjellyList[1]) is not int or unjellier.invoker is None:
        raise InsecureJelly("a cache has one number")
    broker: Broker = unjellier.invoker
    obj = broker.remotelyCachedForLUID(unjellyList[1])
    if obj is None:
        raise InsecureJelly(f"{unjellyList[1]} is not cached over this connection")
    return obj


unjellyableRegistry[cached_atom] = unjellyCached
unjellyableRegistry[lcache_atom] = unjellyLCache

__all__ = [
    "Cacheable",
    "CachedLocally",
    "RemoteCache",
    "RemoteCacheMethod",
    "RemoteCacheObserver",
    "cache_atom",
    "cached_atom",
    "unjellyCached",
    "unjellyLCache",
]
