"""Makes objects of expressions.

Each kind of expression has a reader, a function from the expression to the object; the table of
readers is looked up by the word that the expression begins with. A word that is not in it is looked
at once: the taster has to allow it, and the name of a class has to be registered.

`[reference, n, expression]` is an object that `[dereference, n]` stands for. What can refer to
itself, a list, a dictionary, a set or an instance, is known by its number before its parts are read.
A tuple is not: where one of its parts refers to it, a `NotKnown` takes the place until the tuple is
made. States that hold such a stand-in are kept back until the end of the message, so that no class
ever sees one.
"""

import datetime
import decimal
import importlib
import re
import types
from collections.abc import Callable
from typing import Any, NoReturn, cast

from twisted.persisted.crefutil import NotKnown, Pending
from twisted.python.reflect import qual
from twisted.spread import _jellier as kinds
from twisted.spread._instances import Unpersistable, setInstanceState
from twisted.spread._tasters import InsecureJelly, SecurityOptions, Taster
from twisted.spread._unjellyables import unjellyableFactoryRegistry, unjellyableRegistry
from twisted.spread.interfaces import Expression

Reader = Callable[[Any], Any]

MANY_KEYS = 1000
"""From how many keys on it is checked that they are not chosen to collide."""

_NUMBERS = re.compile(rb"-?[0-9]{1,10}(?: -?[0-9]{1,10}){2,6}")


def _malformed(expression: Expression, cause: Exception | None = None) -> NoReturn:
    shown = repr(expression)
    if len(shown) > 200:
        shown = shown[:200] + "..."
    raise InsecureJelly(f"this is no jelly: {shown}") from cause


def _readNone(expression: Expression) -> None:
    if len(expression) != 1:
        _malformed(expression)


def _readBoolean(expression: Expression) -> bool:
    if expression == [b"boolean", b"true"]:
        return True
    if expression != [b"boolean", b"false"]:
        _malformed(expression)
    return False


def _readUnicode(expression: Expression) -> str:
    try:
        _, text = expression
        return str(text, "utf-8")
    except (TypeError, ValueError) as error:
        _malformed(expression, error)


def _moment(make: Callable[..., Any]) -> Reader:
    def readMoment(expression: Expression) -> object:
        try:
            _, text = expression
            if _NUMBERS.fullmatch(text) is None:
                _malformed(expression)
            return make(*map(int, text.split()))
        except (TypeError, ValueError, OverflowError) as error:
            _malformed(expression, error)

    return readMoment


def _readDecimal(expression: Expression) -> decimal.Decimal:
    try:
        _, number, exponent = expression
        if isinstance(exponent, bytes):
            exponent = exponent.decode("ascii")
        sign = int(number < 0)
        digits = tuple(map(int, str(abs(number))))
        # What is no number has a letter there, which the stubs of Decimal do not know.
        return decimal.Decimal(cast("tuple[int, tuple[int, ...], int]", (sign, digits, exponent)))
    except (TypeError, ValueError, ArithmeticError) as error:
        _malformed(expression, error)


def _readUnpersistable(expression: Expression) -> Unpersistable:
    if len(expression) != 2:
        _malformed(expression)
    reason = expression[1]
    return Unpersistable(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason)


_SIMPLE: dict[bytes, Reader] = {
    kinds.NONE: _readNone,
    kinds.BOOLEAN: _readBoolean,
    kinds.UNICODE: _readUnicode,
    kinds.DATETIME: _moment(datetime.datetime),
    kinds.DATE: _moment(datetime.date),
    kinds.TIME: _moment(datetime.time),
    kinds.TIMEDELTA: _moment(datetime.timedelta),
    kinds.DECIMAL: _readDecimal,
    kinds.UNPERSISTABLE: _readUnpersistable,
}


class _Entry:
    """The place in a dictionary of a key that is not known yet."""

    def __init__(self, mapping: dict[object, object], value: object) -> None:
        self._mapping = mapping
        self._value = value

    def __setitem__(self, key: int, known: object) -> None:
        self._mapping[known] = self._value
        if isinstance(self._value, NotKnown):
            self._value.addDependant(self._mapping, known)


class _Member:
    """The place in a set of a member that is not known yet."""

    def __init__(self, members: set[object]) -> None:
        self._members = members

    def __setitem__(self, key: int, known: object) -> None:
        self._members.add(known)


class _Unresolved:
    """Counts the stand-ins whose objects are not known yet."""

    count = 0

    def expect(self, standIn: NotKnown) -> None:
        """Count one more, until it is resolved."""
        self.count += 1
        standIn.addDependant(self, 0)

    def __setitem__(self, key: int, known: object) -> None:
        self.count -= 1


class Unjellier:
    """Makes the objects of one message.

    Attributes:
        taster: Says what is accepted.
        persistentLoad: Finds objects by the names that `persistentStore` gave them.
        invoker: Where the message came from.
    """

    def __init__(
        self,
        taster: Taster,
        persistentLoad: Callable[[Any, "Unjellier"], object] | None = None,
        invoker: object = None,
    ) -> None:
        """Begin a message."""
        self.taster = taster
        self.persistentLoad = persistentLoad
        self.invoker: Any = invoker
        self._readers: dict[bytes, Reader] = {}
        self._references: dict[int, Any] = {}
        # The number of the object that is about to be made, if it has one.
        self._number: int | None = None
        self._unresolved = _Unresolved()
        self._kept: list[tuple[Callable[[Any], object], list[Any]]] = []

    def unjellyFull(self, expression: Expression) -> Any:  # noqa: ANN401 - any object
        """Return the object of a whole message.

        Args:
            expression: The message.

        Raises:
            InsecureJelly: It, or something in it, is not accepted.
        """
        return self.unjellyAll(expression)[0]

    def unjellyAll(self, *expressions: Expression) -> list[Any]:
        """Return the objects of several expressions, of which none refers to another.

        Args:
            expressions: The expressions.

        Raises:
            InsecureJelly: They, or something in them, are not accepted.
        """
        try:
            return [self._full(expression) for expression in expressions]
        except RecursionError as error:
            raise InsecureJelly("the objects lie too deep in each other") from error
        finally:
            # The readers refer to this: the circle would keep it.
            self._readers.clear()

    def _full(self, expression: Expression) -> Any:  # noqa: ANN401 - any object
        try:
            result = self.unjelly(expression)
            if not self._unresolved.count:
                for setState, (state,) in self._kept:
                    setState(state)
        finally:
            self._references.clear()
            self._kept.clear()
        if self._unresolved.count:
            raise InsecureJelly("an object that cannot change is a part of itself")
        return result.resolvedObject if isinstance(result, NotKnown) else result

    def unjelly(self, expression: Expression) -> Any:  # noqa: ANN401 - any object
        """Return the object of a part; it may be a `NotKnown`, see `unjellyState`.

        Args:
            expression: The part.

        Raises:
            InsecureJelly: It is not accepted.
        """
        if type(expression) is list:
            return self._readerFor(expression)(expression)
        return self._atom(expression)

    def unjellyInto(
        self,
        obj: Any,  # noqa: ANN401 - a list, a dictionary or the like
        loc: Any,  # noqa: ANN401 - an index or key
        expression: Expression,
    ) -> Any:  # noqa: ANN401 - any object
        """Put the object of a part into a list or dictionary, as soon as it is known.

        Args:
            obj: The list or dictionary.
            loc: The place in it.
            expression: The part.

        Returns:
            The object, or what stands for it until then.

        Raises:
            InsecureJelly: The part is not accepted.
        """
        value = self.unjelly(expression)
        obj[loc] = value
        if isinstance(value, NotKnown):
            value.addDependant(obj, loc)
        return value

    def unjellyState(self, setState: Callable[[Any], object], expression: Expression) -> None:
        """Hand on a state as soon as all of it is finished.

        Args:
            setState: Called with the state, now or before the message is done.
            expression: Stands for the state.

        Raises:
            InsecureJelly: The state is not accepted.
        """
        state = self.unjelly(expression)
        if not self._unresolved.count:
            setState(state.resolvedObject if isinstance(state, NotKnown) else state)
            return
        holder = [state]
        if isinstance(state, NotKnown):
            state.addDependant(holder, 0)
        self._kept.append((setState, holder))

    # Expressions of any kind.

    def _atom(self, expression: Expression) -> Any:  # noqa: ANN401 - any object
        """Take what is no list: Banana gives bytes and numbers; a tuple is as good as a list."""
        if type(expression) is tuple:
            return self.unjelly(list(expression))
        if not isinstance(expression, (bytes, int, float)):
            _malformed(expression)
        return expression

    def _items(self, expression: list[Expression]) -> list[Any]:
        """Return the objects of all but the first part."""
        readers = self._readers
        items: list[Any] = []
        append = items.append
        for part in expression:
            kind = type(part)
            if kind is list:
                try:
                    reader = readers[part[0]]
                except (LookupError, TypeError):
                    reader = self._readerFor(part)
                append(reader(part))
            elif kind is bytes or kind is int or kind is float:
                append(part)
            else:
                append(self._atom(part))
        del items[0]
        return items

    def _readerFor(self, expression: list[Expression]) -> Reader:
        """Find out how expressions with the same first word are read, and whether they may be."""
        if not expression:
            _malformed(expression)
        word = expression[0]
        if not isinstance(word, bytes):
            _malformed(expression)
        reader = self._readers.get(word)
        if reader is not None:
            return reader
        registered = unjellyableRegistry.get(word)
        if registered is not None:
            reader = self._registeredReader(registered)
        elif word in unjellyableFactoryRegistry:
            reader = self._factoryReader(unjellyableFactoryRegistry[word])
        elif not self.taster.isTypeAllowed(word):
            raise InsecureJelly(f"{word.decode('utf-8', 'replace')!r} is not accepted here")
        elif word in _SIMPLE:
            reader = _SIMPLE[word]
        elif word in _READERS:
            reader = _READERS[word].__get__(self)
        else:
            cls = self._class(word)
            reader = self._instanceReader(cls)
        self._readers[word] = reader
        return reader

    def _claim(self, obj: object) -> int | None:
        """Make an object known by its number, if it has one, before its parts are read."""
        number = self._number
        if number is not None:
            self._number = None
            self._references[number] = obj
        return number

    # Containers.

    def _readReference(self, expression: Expression) -> Any:  # noqa: ANN401 - any object
        if len(expression) != 3:
            _malformed(expression)
        _, number, inner = expression
        if type(number) is not int or number in self._references or self._number is not None:
            _malformed(expression)
        if type(inner) is not list:
            _malformed(expression)
        self._number = number
        obj = self._readerFor(inner)(inner)
        self._number = None
        known = self._references.get(number)
        self._references[number] = obj
        if isinstance(known, NotKnown) and known is not obj:
            known.resolveDependants(obj)
        return obj

    def _readDereference(self, expression: Expression) -> Any:  # noqa: ANN401 - any object
        if len(expression) != 2 or type(expression[1]) is not int:
            _malformed(expression)
        number = expression[1]
        if number not in self._references:
            raise InsecureJelly(f"there is no object with the number {number} in this message")
        known = self._references[number]
        if isinstance(known, NotKnown) and known.resolved:
            known = known.resolvedObject
        return known

    def _standIn(self) -> None:
        """Let something stand for what is about to be made, if it has a number."""
        if self._number is not None:
            standIn = NotKnown()
            self._claim(standIn)
            self._unresolved.expect(standIn)

    def _readList(self, expression: Expression) -> list[Any]:
        items: list[Any]
        if self._number is None:
            items = self._items(expression)
        else:
            items = []
            self._claim(items)
            items += self._items(expression)
        if self._unresolved.count:
            for index, item in enumerate(items):
                if isinstance(item, NotKnown):
                    item.addDependant(items, index)
        return items

    def _readTuple(self, expression: Expression) -> Any:  # noqa: ANN401 - a tuple, or its stand-in
        self._standIn()
        items = self._items(expression)
        return self._whole(items, tuple) if self._unresolved.count else tuple(items)

    def _whole(self, items: list[Any], make: Callable[[list[Any]], object]) -> object:
        """Make what cannot change, or something that stands for it until its parts are known."""
        whole = Pending(items, make)
        if whole.resolved:
            return whole.resolvedObject
        self._unresolved.expect(whole)
        return whole

    def _readFrozenset(self, expression: Expression) -> Any:  # noqa: ANN401 - or its stand-in
        self._standIn()
        items = self._items(expression)
        return (
            self._whole(items, self._frozenset)
            if self._unresolved.count
            else self._frozenset(items)
        )

    def _frozenset(self, items: list[Any]) -> frozenset[Any]:
        self._checkKeys(items)
        return frozenset(items)

    def _readSet(self, expression: Expression) -> set[Any]:
        members: set[Any] = set()
        self._claim(members)
        items = self._items(expression)
        if self._unresolved.count:
            for item in items:
                if isinstance(item, NotKnown):
                    item.addDependant(_Member(members), 0)
            items = [item for item in items if not isinstance(item, NotKnown)]
        self._checkKeys(items)
        members.update(items)
        return members

    def _checkKeys(self, keys: list[Any]) -> None:
        """Refuse what cannot be a key, and many keys of which too few have a hash of their own."""
        try:
            if len(keys) < MANY_KEYS:
                for key in keys:
                    hash(key)
            elif 4 * len(set(map(hash, keys))) < len(keys):
                raise InsecureJelly(f"{len(keys)} keys were chosen to collide")
        except TypeError as error:
            raise InsecureJelly(f"something cannot be a key or a member: {error}") from error

    def _readDictionary(self, expression: Expression) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        self._claim(mapping)
        readers = self._readers
        keys: list[Any] = []
        values: list[Any] = []
        first = True
        for pair in expression:
            if first:
                first = False
                continue
            if type(pair) is not list or len(pair) != 2:
                _malformed(pair)
            key, value = pair
            if type(key) is list:
                try:
                    keys.append(readers[key[0]](key))
                except (LookupError, TypeError):
                    keys.append(self.unjelly(key))
            else:
                keys.append(self._atom(key))
            if type(value) is list:
                values.append(self._readerFor(value)(value))
            else:
                values.append(self._atom(value))
        try:
            if len(keys) >= MANY_KEYS:
                self._checkKeys(keys)
            if self._unresolved.count:
                self._fill(mapping, keys, values)
            else:
                mapping.update(zip(keys, values, strict=True))
        except TypeError as error:
            raise InsecureJelly(f"something cannot be a key: {error}") from error
        return mapping

    def _fill(self, mapping: dict[Any, Any], keys: list[Any], values: list[Any]) -> None:
        """Fill a dictionary of which some keys or values may not be known yet."""
        for key, value in zip(keys, values, strict=True):
            if isinstance(key, NotKnown):
                key.addDependant(_Entry(mapping, value), 0)
                continue
            mapping[key] = value
            if isinstance(value, NotKnown):
                value.addDependant(mapping, key)

    # Instances.

    def _registeredReader(self, registered: Any) -> Reader:  # noqa: ANN401 - a class or function
        if not isinstance(registered, type):
            function: Callable[[Unjellier, Expression], object] = registered

            def readByFunction(expression: Expression) -> object:
                self._standIn()
                return function(self, expression)

            return readByFunction

        def readRegistered(expression: Expression) -> object:
            if len(expression) < 2:
                _malformed(expression)
            blank: Any = cast("type[object]", registered).__new__(registered)
            number = self._claim(blank)
            obj = blank.unjellyFor(self, expression)
            if number is not None:
                self._references[number] = obj
            return obj

        return readRegistered

    def _factoryReader(self, factory: Callable[[Any], object]) -> Reader:
        def readByFactory(expression: Expression) -> object:
            if len(expression) != 2:
                _malformed(expression)
            self._standIn()
            state = self.unjelly(expression[1])
            return self._whole([state], lambda parts: factory(parts[0]))

        return readByFactory

    def _instanceReader(self, cls: type) -> Reader:
        def readInstance(expression: Expression) -> object:
            if len(expression) != 2:
                _malformed(expression)
            return self._instance(cls, expression)

        return readInstance

    def _instance(self, cls: type, expression: Expression) -> object:
        blank: object = cast("type[object]", cls).__new__(cls)
        self._claim(blank)
        return setInstanceState(blank, self, expression)

    def _readInstance(self, expression: Expression) -> object:
        """Read the form that older peers send: the class is an expression of its own."""
        if len(expression) != 3 or type(expression[1]) is not list or len(expression[1]) != 2:
            _malformed(expression)
        cls = self._class(expression[1][1])
        return self._instance(cls, [qual(cls).encode(), expression[2]])

    def _readPersistent(self, expression: Expression) -> object:
        if len(expression) != 2:
            _malformed(expression)
        if self.persistentLoad is None:
            return Unpersistable("nothing is known here that could find what was kept by a name")
        return self.persistentLoad(expression[1], self)

    # Classes, functions and modules, which the taster allows only if it was told to.

    def _text(self, name: Expression) -> str:
        if not isinstance(name, bytes):
            _malformed(name)
        try:
            return name.decode("utf-8")
        except UnicodeDecodeError as error:
            _malformed(name, error)

    def _named(self, name: Expression) -> Any:  # noqa: ANN401 - whatever has the name
        """Return what a full name stands for, if its module is allowed."""
        text = self._text(name)
        parts = text.split(".")
        for count in range(len(parts) - 1, 0, -1):
            module = ".".join(parts[:count])
            if not self.taster.isModuleAllowed(module):
                continue
            try:
                found: Any = importlib.import_module(module)
            except (ImportError, ValueError):
                continue
            for part in parts[count:-1]:
                found = getattr(found, part, None)
                if not isinstance(found, type):
                    break
            else:
                if hasattr(found, parts[-1]):
                    return getattr(found, parts[-1])
        raise InsecureJelly(f"there is no {text!r} here, or its module is not allowed")

    def _class(self, name: Expression) -> type:
        taster = self.taster
        if isinstance(taster, SecurityOptions):
            # These are here already: nothing has to be imported to find out.
            text = self._text(name)
            for cls in taster.allowedClasses:
                if qual(cls) == text and taster.isModuleAllowed(cls.__module__):
                    return cls
        found = self._named(name)
        if not isinstance(found, type) or not taster.isClassAllowed(found):
            raise InsecureJelly(f"{self._text(name)!r} is no class that is accepted here")
        return found

    def _readClass(self, expression: Expression) -> type:
        if len(expression) != 2:
            _malformed(expression)
        return self._class(expression[1])

    def _readModule(self, expression: Expression) -> types.ModuleType:
        if len(expression) != 2:
            _malformed(expression)
        name = self._text(expression[1])
        if not self.taster.isModuleAllowed(name):
            raise InsecureJelly(f"the module {name!r} is not allowed")
        try:
            return importlib.import_module(name)
        except (ImportError, ValueError) as error:
            raise InsecureJelly(f"there is no module {name!r} here") from error

    def _readFunction(self, expression: Expression) -> Any:  # noqa: ANN401 - a function
        if len(expression) != 2:
            _malformed(expression)
        return self._named(expression[1])

    def _readMethod(self, expression: Expression) -> Any:  # noqa: ANN401 - a method
        if len(expression) != 4:
            _malformed(expression)
        self._standIn()
        owner = self.unjelly(expression[2])
        cls = self.unjelly(expression[3])
        name = self._text(expression[1])
        if not isinstance(cls, type) or not isinstance(owner, cls):
            raise InsecureJelly(f"{owner!r} has no method {name!r} of {cls!r}")
        if not isinstance(getattr(cls, name, None), types.FunctionType):
            raise InsecureJelly(f"{qual(cls)} has no method {name!r}")
        return getattr(owner, name)


_READERS: dict[bytes, Any] = {
    kinds.REFERENCE: Unjellier._readReference,
    kinds.DEREFERENCE: Unjellier._readDereference,
    kinds.LIST: Unjellier._readList,
    kinds.TUPLE: Unjellier._readTuple,
    kinds.SET: Unjellier._readSet,
    kinds.FROZENSET: Unjellier._readFrozenset,
    kinds.DICTIONARY: Unjellier._readDictionary,
    kinds.INSTANCE: Unjellier._readInstance,
    kinds.PERSISTENT: Unjellier._readPersistent,
    kinds.CLASS: Unjellier._readClass,
    kinds.MODULE: Unjellier._readModule,
    kinds.FUNCTION: Unjellier._readFunction,
    kinds.METHOD: Unjellier._readMethod,
}

__all__ = ["MANY_KEYS", "Unjellier"]
