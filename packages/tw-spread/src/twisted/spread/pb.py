"""Perspective Broker: objects of one program call those of another.

A server gives a `Root`, or a portal for users to log in, to a `PBServerFactory`; a client gets a
reference to it from its `PBClientFactory`, and calls it: `reference.callRemote("add", 1, 2)` runs
`remote_add(1, 2)` there and returns a Deferred of the result. From then on both ends are equal: each
can send references to its objects, and call those that it got.

What a peer can do is what it was given. It calls methods with the prefixes `remote_`,
`perspective_`, `view_` and `observe_`, and no others; it refers to objects that were sent to it over
this connection, and to no others; it makes this program build instances of classes that were
registered for that, and of no others.
"""

from twisted.spread._avatars import Avatar, IPerspective
from twisted.spread._broker import MAX_CALLS_IN_WORK, Broker
from twisted.spread._factories import PBClientFactory, PBServerFactory
from twisted.spread._failures import (
    MAX_ERROR_TEXT,
    CopiedFailure,
    CopyableFailure,
    failure2Copyable,
)
from twisted.spread._flow import MAX_UNSENT_ANSWERS
from twisted.spread._localobjects import Local
from twisted.spread._logins import IUsernameMD5Password, challenge, respond
from twisted.spread._pberrors import (
    DeadReferenceError,
    Error,
    ForeignReference,
    PBConnectionLost,
    ProtocolError,
    RemoteError,
)
from twisted.spread._references import AsReferenceable, RemoteMethod, RemoteReference
from twisted.spread._typed import TypedReference
from twisted.spread.flavors import (
    Cacheable,
    Copyable,
    IJellyable,
    IPBRoot,
    IUnjellyable,
    Jellyable,
    NoSuchMethod,
    Referenceable,
    RemoteCache,
    RemoteCacheObserver,
    RemoteCopy,
    Root,
    Serializable,
    Viewable,
    ViewPoint,
    copyTags,
    setCopierForClass,
    setCopierForClassTree,
    setFactoryForClass,
    setUnjellyableFactoryForClass,
    setUnjellyableForClass,
    setUnjellyableForClassTree,
)
from twisted.spread.jelly import InsecureJelly, SecurityOptions, globalSecurity

MAX_BROKER_REFS = 1024
"""To how many objects one peer may refer, and how many it may have cached here.

It can be changed at any time.
"""

portno = 8787
"""The port that a server of Perspective Broker may use."""


def _maximumRefs() -> int:
    return MAX_BROKER_REFS


Broker.maximumRefs = staticmethod(_maximumRefs)  # type: ignore[method-assign]  # it changes here
Broker.__module__ = __name__

__all__ = [
    "MAX_BROKER_REFS",
    "MAX_CALLS_IN_WORK",
    "MAX_ERROR_TEXT",
    "MAX_UNSENT_ANSWERS",
    "AsReferenceable",
    "Avatar",
    "Broker",
    "Cacheable",
    "CopiedFailure",
    "Copyable",
    "CopyableFailure",
    "DeadReferenceError",
    "Error",
    "ForeignReference",
    "IJellyable",
    "IPBRoot",
    "IPerspective",
    "IUnjellyable",
    "IUsernameMD5Password",
    "InsecureJelly",
    "Jellyable",
    "Local",
    "NoSuchMethod",
    "PBClientFactory",
    "PBConnectionLost",
    "PBServerFactory",
    "ProtocolError",
    "Referenceable",
    "RemoteCache",
    "RemoteCacheObserver",
    "RemoteCopy",
    "RemoteError",
    "RemoteMethod",
    "RemoteReference",
    "Root",
    "SecurityOptions",
    "Serializable",
    "TypedReference",
    "ViewPoint",
    "Viewable",
    "challenge",
    "copyTags",
    "failure2Copyable",
    "globalSecurity",
    "portno",
    "respond",
    "setCopierForClass",
    "setCopierForClassTree",
    "setFactoryForClass",
    "setUnjellyableFactoryForClass",
    "setUnjellyableForClass",
    "setUnjellyableForClassTree",
]
