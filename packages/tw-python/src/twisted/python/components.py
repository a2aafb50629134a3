"""Interfaces, and the adapters that make an object fit one.

The interfaces are those of zope.interface. `Interface` and the functions beside it add types: an
interface that is declared with this `Interface` is a `typing.Protocol` to a type checker.
"""

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

__all__ = [
    "Attribute",
    "Interface",
    "adapt",
    "alsoProvides",
    "classImplements",
    "directlyProvides",
    "implementer",
    "implementer_only",
    "implements",
    "noLongerProvides",
    "provider",
    "provides",
    "verifyClass",
    "verifyObject",
]
