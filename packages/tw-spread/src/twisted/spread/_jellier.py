"""Makes expressions of objects.

Each kind of object has a maker, a function from the object to its expression; the table of makers
is looked up by the object's class. Classes that are not in it are looked at once, and what may not
be sent is found there.

Objects that can contain others are remembered by identity. When one comes a second time, its first
expression is wrapped as `[reference, n, expression]`, and `[dereference, n]` stands for it from then
on. A container that is still being made has no expression yet that could be wrapped: it gets its
number, and is wrapped when it is done.
"""

import datetime
import decimal
import types
from collections.abc import Callable
from typing import Any

from twisted.python.components import provides
from twisted.python.reflect import qual
from twisted.spread._instances import Unpersistable, getInstanceState
from twisted.spread._tasters import InsecureJelly, Taster
from twisted.spread.interfaces import Expression, IJellyable

NONE = b"None"
BOOLEAN = b"boolean"
UNICODE = b"unicode"
LIST = b"list"
TUPLE = b"tuple"
DICTIONARY = b"dictionary"
SET = b"set"
FROZENSET = b"frozenset"
REFERENCE = b"reference"
DEREFERENCE = b"dereference"
PERSISTENT = b"persistent"
UNPERSISTABLE = b"unpersistable"
CLASS = b"class"
MODULE = b"module"
FUNCTION = b"function"
METHOD = b"method"
INSTANCE = b"instance"
DATETIME = b"datetime"
DATE = b"date"
TIME = b"time"
TIMEDELTA = b"timedelta"
DECIMAL = b"decimal"

Maker = Callable[[Any], Expression]

# Banana knows these.
ATOMS = frozenset({bytes, int, float})


def _makeNone(_: None) -> Expression:
    return [NONE]


def _makeBoolean(value: bool) -> Expression:
    return [BOOLEAN, b"true" if value else b"false"]


def _makeUnicode(text: str) -> Expression:
    return [UNICODE, text.encode()]


def _numbers(name: bytes, *numbers: int) -> Expression:
    return [name, " ".join(map(str, numbers)).encode("ascii")]


def _refuseZone(moment: datetime.datetime | datetime.time) -> None:
    if moment.tzinfo is not None:
        raise NotImplementedError(
            f"{moment!r} has a time zone, for which Jelly has no form: send it in UTC without one"
        )


def _makeDatetime(moment: datetime.datetime) -> Expression:
    _refuseZone(moment)
    return _numbers(
        DATETIME,
        *(moment.year, moment.month, moment.day),
        *(moment.hour, moment.minute, moment.second, moment.microsecond),
    )


def _makeDate(date: datetime.date) -> Expression:
    return _numbers(DATE, date.year, date.month, date.day)


def _makeTime(time: datetime.time) -> Expression:
    _refuseZone(time)
    return _numbers(TIME, time.hour, time.minute, time.second, time.microsecond)


def _makeTimedelta(delta: datetime.timedelta) -> Expression:
    return _numbers(TIMEDELTA, delta.days, delta.seconds, delta.microseconds)


def _makeDecimal(value: decimal.Decimal) -> Expression:
    sign, digits, exponent = value.as_tuple()
    number = 0
    for digit in digits:
        number = number * 10 + digit
    # What is no number has a letter for an exponent, as in `Decimal.as_tuple`.
    scale = exponent if isinstance(exponent, int) else exponent.encode("ascii")
    return [DECIMAL, -number if sign else number, scale]


def _makeUnpersistable(value: Unpersistable) -> Expression:
    return [UNPERSISTABLE, str(value.reason).encode()]


def _makeClass(cls: type) -> Expression:
    return [CLASS, qual(cls).encode()]


def _makeModule(module: types.ModuleType) -> Expression:
    return [MODULE, module.__name__.encode()]


def _makeFunction(function: types.FunctionType) -> Expression:
    return [FUNCTION, f"{function.__module__}.{function.__qualname__}".encode()]


# The name that the taster is asked about, and the maker.
_SIMPLE: dict[type, tuple[bytes, Maker]] = {
    type(None): (NONE, _makeNone),
    bool: (BOOLEAN, _makeBoolean),
    str: (UNICODE, _makeUnicode),
    datetime.datetime: (DATETIME, _makeDatetime),
    datetime.date: (DATE, _makeDate),
    datetime.time: (TIME, _makeTime),
    datetime.timedelta: (TIMEDELTA, _makeTimedelta),
    decimal.Decimal: (DECIMAL, _makeDecimal),
    Unpersistable: (UNPERSISTABLE, _makeUnpersistable),
    types.ModuleType: (MODULE, _makeModule),
    types.FunctionType: (FUNCTION, _makeFunction),
}


class Jellier:
    """Makes the expression of one message.

    Attributes:
        taster: Says what may be sent.
        persistentStore: Names objects that are not to be sent themselves; None if there are none.
        invoker: What the message is made for.
    """

    def __init__(
        self,
        taster: Taster,
        persistentStore: Callable[[object, "Jellier"], bytes | None] | None = None,
        invoker: object = None,
    ) -> None:
        """Begin a message."""
        self.taster = taster
        self.persistentStore = persistentStore
        self.invoker: Any = invoker
        # The expression of each container by its identity; None while it is being made. The
        # containers are kept, so that no other gets the identity of one that is gone.
        self._seen: dict[int, list[Expression] | None] = {}
        self._kept: list[object] = []
        self._numbers: dict[int, int] = {}
        self._makers: dict[type, Maker] = {}
        # Text is so frequent that it is made on the spot where the taster has nothing against it.
        self._text: type | None = str if taster.isTypeAllowed(UNICODE) else None

    def jellyFull(self, obj: object) -> Expression:
        """Return the expression of a whole message.

        Args:
            obj: The object.

        Raises:
            InsecureJelly: It, or something in it, may not be sent.
        """
        try:
            return self.jelly(obj)
        finally:
            # The makers refer to this, and it to all that was sent: the circle would keep it.
            self._makers.clear()
            self._kept.clear()
            self._seen.clear()

    def jelly(self, obj: object) -> Expression:
        """Return the expression of an object.

        Args:
            obj: The object.

        Raises:
            InsecureJelly: It, or something in it, may not be sent.
        """
        kind = type(obj)
        if kind in ATOMS:
            return obj
        return (self._makers.get(kind) or self._makerFor(kind, obj))(obj)

    def prepare(self, obj: object) -> list[Expression]:
        """Begin the expression of an object, so that its parts can refer to it.

        Args:
            obj: The object.

        Returns:
            An empty list, to be extended.
        """
        self._seen[id(obj)] = None
        self._kept.append(obj)
        return []

    def preserve(self, obj: object, expression: list[Expression]) -> list[Expression]:
        """End the expression of an object.

        Args:
            obj: The object.
            expression: What `prepare` returned, extended.

        Returns:
            What stands for the object.
        """
        key = id(obj)
        if key in self._numbers:
            expression = [REFERENCE, self._numbers[key], expression]
        self._seen[key] = expression
        return expression

    def unpersistable(self, reason: str) -> Expression:
        """Return what stands for something that cannot be sent.

        Args:
            reason: Why it cannot.
        """
        return [UNPERSISTABLE, reason.encode()]

    def _again(self, key: int) -> Expression:
        """Refer to a container that came before."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers) + 1
            node = self._seen[key]
            if node is not None:
                node[:] = [REFERENCE, number, node[:]]
        return [DEREFERENCE, number]

    def _makerFor(self, kind: type, obj: object) -> Maker:
        """Find out how objects of a class are made, and whether they may be."""
        maker: Maker
        if kind in _SIMPLE:
            name, maker = _SIMPLE[kind]
        elif kind in (list, tuple, set, frozenset):
            name = kind.__name__.encode("ascii")
            maker = self._listMaker(name)
        elif kind is dict:
            name, maker = DICTIONARY, self._makeDictionary
        elif isinstance(obj, type):
            name, maker = CLASS, self._makeAllowedClass
        elif kind is types.MethodType:
            name, maker = METHOD, self._makeMethod
        elif provides(IJellyable, obj):
            name, maker = qual(kind).encode(), self._makeJellyable
        else:
            name, maker = qual(kind).encode(), self._makeInstance
        if not self.taster.isTypeAllowed(name):
            raise InsecureJelly(
                f"a {qual(kind)} may not be sent: the taster does not allow {name.decode()!r}"
            )
        self._makers[kind] = maker
        return maker

    def _listMaker(self, name: bytes) -> Maker:
        seen, keep, makers, text = self._seen, self._kept.append, self._makers, self._text

        def makeList(items: list[object]) -> Expression:
            key = id(items)
            if key in seen:
                return self._again(key)
            seen[key] = None
            keep(items)
            node: list[Expression] = [name]
            append = node.append
            for item in items:
                kind = type(item)
                if kind in ATOMS:
                    append(item)
                elif kind is text:
                    append([UNICODE, item.encode()])  # type: ignore[attr-defined]  # it is text
                else:
                    append((makers.get(kind) or self._makerFor(kind, item))(item))
            if key in self._numbers:
                node = [REFERENCE, self._numbers[key], node]
            seen[key] = node
            return node

        return makeList

    def _makeDictionary(self, mapping: dict[object, object]) -> Expression:
        key = id(mapping)
        seen = self._seen
        if key in seen:
            return self._again(key)
        seen[key] = None
        self._kept.append(mapping)
        makers, text = self._makers, self._text
        node: list[Expression] = [DICTIONARY]
        append = node.append
        # The order of the pairs is that of the dictionary, the order in a pair key, value.
        for pair in mapping.items():
            cooked: list[Expression] = []
            for item in pair:
                kind = type(item)
                if kind in ATOMS:
                    cooked.append(item)
                elif kind is text:
                    cooked.append([UNICODE, item.encode()])  # type: ignore[attr-defined]  # text
                else:
                    cooked.append((makers.get(kind) or self._makerFor(kind, item))(item))
            append(cooked)
        if key in self._numbers:
            node = [REFERENCE, self._numbers[key], node]
        seen[key] = node
        return node

    def _makeJellyable(self, obj: IJellyable) -> Expression:
        key = id(obj)
        if key in self._seen:
            return self._again(key)
        return obj.jellyFor(self)

    def _makeInstance(self, obj: object) -> Expression:
        key = id(obj)
        if key in self._seen:
            return self._again(key)
        if self.persistentStore is not None:
            name = self.persistentStore(obj, self)
            if name is not None:
                return [PERSISTENT, name]
        if not self.taster.isClassAllowed(type(obj)):
            raise InsecureJelly(
                f"an instance of {qual(type(obj))} may not be sent: make it a flavor of Perspective "
                "Broker, such as Copyable"
            )
        return getInstanceState(obj, self)

    def _makeAllowedClass(self, cls: type) -> Expression:
        if not self.taster.isClassAllowed(cls):
            raise InsecureJelly(f"the class {qual(cls)} may not be sent")
        return _makeClass(cls)

    def _makeMethod(self, method: types.MethodType) -> Expression:
        owner = method.__self__
        name = method.__name__.encode()
        return [METHOD, name, self.jelly(owner), self._makeAllowedClass(type(owner))]


def simpleTuple(items: tuple[object, ...]) -> list[Expression] | None:
    """Return the expression of a tuple of numbers, bytes and text, or None if it holds more.

    This is what most calls have for arguments; nothing has to be remembered for it.

    Args:
        items: The tuple.
    """
    node: list[Expression] = [TUPLE]
    for item in items:
        if type(item) in ATOMS:
            node.append(item)
        elif type(item) is str:
            node.append([UNICODE, item.encode()])
        else:
            return None
    return node


__all__ = [
    "ATOMS",
    "BOOLEAN",
    "CLASS",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DEREFERENCE",
    "DICTIONARY",
    "FROZENSET",
    "FUNCTION",
    "INSTANCE",
    "LIST",
    "METHOD",
    "MODULE",
    "NONE",
    "PERSISTENT",
    "REFERENCE",
    "SET",
    "TIME",
    "TIMEDELTA",
    "TUPLE",
    "UNICODE",
    "UNPERSISTABLE",
    "Jellier",
    "simpleTuple",
]
