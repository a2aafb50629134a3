"""Interfaces, and the adapters that make an object fit one.

The interfaces are those of zope.interface. `Interface` and the functions beside it add types: an
interface that is declared with this `Interface` is a `typing.Protocol` to a type checker.

`registerAdapter` says how an object becomes one that provides an interface; `IFoo(x)`, or
`adapt(IFoo, x)` where types matter, then makes it so.
"""

from collections.abc import Callable
from typing import Any

from twisted.python._adapterregistry import (
    _addHook,
    _removeHook,
    getAdapterFactory,
    getRegistry,
    register,
    registeredFor,
)
from twisted.python._componentized import Adapter, Componentized, ReprableComponentized
from twisted.python._interfaceproxy import proxyForInterface
from twisted.python._qualifiedname import fullyQualifiedName
from twisted.python._typedinterface import (
    Attribute,
    Interface,
    adapt,
    alsoProvides,
    classImplements,
    directlyProvides,
    implementer,
    implementer_only,
    implements,
    noLongerProvides,
    provider,
    provides,
    verifyClass,
    verifyObject,
)

ALLOW_DUPLICATES = False
"""Whether `registerAdapter` may replace what was registered before."""


def registerAdapter(
    adapterFactory: Callable[[Any], object],
    origInterface: Callable[..., object],
    *interfaceClasses: Callable[..., object],
) -> None:
    """Say how an object becomes one that provides an interface.

    Args:
        adapterFactory: A class, or a function, that takes the object and returns what provides
            the interfaces.
        origInterface: The class of the objects, or an interface that they provide. Subclasses and
            interfaces that extend it are covered, as long as they have no registration of their
            own.
        interfaceClasses: One or more interfaces.

    Raises:
        ValueError: No interface is given; or something is registered for this pair already, and
            `ALLOW_DUPLICATES` does not permit to replace it.
    """
    if not interfaceClasses:
        raise ValueError("registerAdapter needs at least one interface to adapt to")
    for interface in interfaceClasses:
        known = registeredFor(origInterface, interface)
        if known is not None and not ALLOW_DUPLICATES:
            raise ValueError(
                f"{fullyQualifiedName(known)} is already registered as the adapter from "
                f"{fullyQualifiedName(origInterface)} to {fullyQualifiedName(interface)}"
            )
    for interface in interfaceClasses:
        register(adapterFactory, origInterface, interface)


__all__ = [
    "ALLOW_DUPLICATES",
    "Adapter",
    "Attribute",
    "Componentized",
    "Interface",
    "ReprableComponentized",
    "_addHook",
    "_removeHook",
    "adapt",
    "alsoProvides",
    "classImplements",
    "directlyProvides",
    "getAdapterFactory",
    "getRegistry",
    "implementer",
    "implementer_only",
    "implements",
    "noLongerProvides",
    "provider",
    "provides",
    "proxyForInterface",
    "registerAdapter",
    "verifyClass",
    "verifyObject",
]
