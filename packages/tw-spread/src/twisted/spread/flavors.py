"""The kinds of objects that can be sent over a connection of Perspective Broker.

A peer gets of a `Referenceable` or `Viewable` a reference, whose holder can call methods with a
certain prefix and do nothing else; of a `Copyable` a copy; of a `Cacheable` a copy that is told of
changes. What becomes of copies and caches is for the receiver to say: it registers a `RemoteCopy`
or `RemoteCache` by `setUnjellyableForClass`.
"""

from twisted.spread._cacheable import (
    Cacheable,
    RemoteCache,
    RemoteCacheMethod,
    RemoteCacheObserver,
    cache_atom,
    cached_atom,
    unjellyCached,
    unjellyLCache,
)
from twisted.spread._copyable import Copyable, RemoteCopy, copy_atom
from twisted.spread._instances import Jellyable, Unjellyable
from twisted.spread._pberrors import NoSuchMethod, WrongArguments
from twisted.spread._referenceable import (
    IPBRoot,
    Referenceable,
    Root,
    Serializable,
    Viewable,
    ViewPoint,
    remote_atom,
    unjellyLocal,
)
from twisted.spread._unjellyables import (
    setUnjellyableFactoryForClass,
    setUnjellyableForClass,
    setUnjellyableForClassTree,
    unjellyableRegistry,
)
from twisted.spread.interfaces import IJellyable, IUnjellyable

copyTags = unjellyableRegistry
setCopierForClass = setUnjellyableForClass
setFactoryForClass = setUnjellyableFactoryForClass
setCopierForClassTree = setUnjellyableForClassTree

__all__ = [
    "Cacheable",
    "Copyable",
    "IJellyable",
    "IPBRoot",
    "IUnjellyable",
    "Jellyable",
    "NoSuchMethod",
    "Referenceable",
    "RemoteCache",
    "RemoteCacheMethod",
    "RemoteCacheObserver",
    "RemoteCopy",
    "Root",
    "Serializable",
    "Unjellyable",
    "ViewPoint",
    "Viewable",
    "WrongArguments",
    "cache_atom",
    "cached_atom",
    "copyTags",
    "copy_atom",
    "remote_atom",
    "setCopierForClass",
    "setCopierForClassTree",
    "setFactoryForClass",
    "setUnjellyableFactoryForClass",
    "setUnjellyableForClass",
    "setUnjellyableForClassTree",
    "unjellyCached",
    "unjellyLCache",
    "unjellyLocal",
    "unjellyableRegistry",
]
