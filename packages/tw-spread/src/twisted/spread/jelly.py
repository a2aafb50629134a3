"""Jelly: objects as expressions of lists, bytes and numbers, and back.

`jelly` makes an expression, which Banana or anything else can carry, and `unjelly` makes the object
of it. None, truth values, numbers, bytes, text, lists, tuples, dictionaries, sets, dates, times and
decimals go through unchanged; an object that occurs twice is the same object twice at the other
end, also where objects refer to each other in a circle.

Instances are another matter, for whoever chooses a class chooses what code runs. A class that was
registered by `setUnjellyableForClass` takes the instances that come under the name it is registered
for. Any other is built only if the taster allows it; `SecurityOptions` allows what it was told to,
and looks up no name that it was not told. What `unjelly` takes when no taster is given,
`DummySecurityOptions`, allows everything: that is for expressions that nobody else had in hands.
"""

from collections.abc import Callable
from typing import Any

from twisted.spread import _jellier as _kinds
from twisted.spread._instances import (
    Jellyable,
    Unjellyable,
    Unpersistable,
    getInstanceState,
    setInstanceState,
)
from twisted.spread._jellier import Jellier
from twisted.spread._tasters import (
    DummySecurityOptions,
    InsecureJelly,
    SecurityOptions,
    Taster,
    globalSecurity,
)
from twisted.spread._unjellier import MANY_KEYS, MAX_TUPLE_DEPTH, MAX_TUPLE_ITEMS, Unjellier
from twisted.spread._unjellyables import (
    setUnjellyableFactoryForClass,
    setUnjellyableForClass,
    setUnjellyableForClassTree,
    unjellyableFactoryRegistry,
    unjellyableRegistry,
)
from twisted.spread.interfaces import Expression, IJellyable, IUnjellyable

DictTypes: tuple[type, ...] = (dict,)

None_atom = _kinds.NONE
class_atom = _kinds.CLASS
module_atom = _kinds.MODULE
function_atom = _kinds.FUNCTION
dereference_atom = _kinds.DEREFERENCE
persistent_atom = _kinds.PERSISTENT
reference_atom = _kinds.REFERENCE
dictionary_atom = _kinds.DICTIONARY
list_atom = _kinds.LIST
set_atom = _kinds.SET
frozenset_atom = _kinds.FROZENSET
tuple_atom = _kinds.TUPLE
instance_atom = _kinds.INSTANCE
unpersistable_atom = _kinds.UNPERSISTABLE

_everything = DummySecurityOptions()


def jelly(
    object: object,
    taster: Taster = _everything,
    persistentStore: Callable[[Any, Any], bytes | None] | None = None,
    invoker: object = None,
) -> Expression:
    """Return the expression of an object.

    Args:
        object: The object.
        taster: Says what may be sent.
        persistentStore: Called with an instance of a class of no flavor, and what makes the
            expression. It returns a name to send in its place, or None.
        invoker: What the expression is made for; objects that make their own can ask for it.

    Returns:
        Bytes, a number, or a list or tuple of expressions.

    Raises:
        InsecureJelly: The taster does not allow something.
        NotImplementedError: A time has a time zone.
    """
    return Jellier(taster, persistentStore, invoker).jellyFull(object)


def unjelly(
    sexp: Expression,
    taster: Taster = _everything,
    persistentLoad: Callable[[Any, Any], object] | None = None,
    invoker: object = None,
) -> Any:  # noqa: ANN401 - any object
    """Return the object of an expression.

    Args:
        sexp: What `jelly` returned.
        taster: Says what is accepted. Give one wherever somebody else could choose the expression.
        persistentLoad: Called with a name that `persistentStore` returned, and what reads the
            expression, to find the object.
        invoker: Where the expression came from.

    Raises:
        InsecureJelly: It is not the expression of an object, or of one that is not accepted.
    """
    return Unjellier(taster, persistentLoad, invoker).unjellyFull(sexp)


__all__ = [
    "MANY_KEYS",
    "MAX_TUPLE_DEPTH",
    "MAX_TUPLE_ITEMS",
    "DictTypes",
    "DummySecurityOptions",
    "IJellyable",
    "IUnjellyable",
    "InsecureJelly",
    "Jellyable",
    "None_atom",
    "SecurityOptions",
    "Unjellyable",
    "Unpersistable",
    "class_atom",
    "dereference_atom",
    "dictionary_atom",
    "frozenset_atom",
    "function_atom",
    "getInstanceState",
    "globalSecurity",
    "instance_atom",
    "jelly",
    "list_atom",
    "module_atom",
    "persistent_atom",
    "reference_atom",
    "setInstanceState",
    "setUnjellyableFactoryForClass",
    "setUnjellyableForClass",
    "setUnjellyableForClassTree",
    "set_atom",
    "tuple_atom",
    "unjelly",
    "unjellyableFactoryRegistry",
    "unjellyableRegistry",
    "unpersistable_atom",
]
