"""Makes objects of expressions.

Each kind of expression has a reader, a function from the expression to the object; the table of
readers is looked up by the word that the expression begins with. A word that is not in it is looked
at once: the taster has to allow it, and the name of a class has to be registered.

`[reference, n, expression]` is an object that `[dereference, n]` stands for. What can refer to
itself, a list, a dictionary, a set or an instance, is known by its number before its parts are read.
A tuple is not: where one of its parts refers to it, a `NotKnown` takes the place until the tuple is
made. States that hold such a stand-in are kept back until the end of the message, so that no class
ever sees one.

Tuples are hashed and compared with all that they hold, as often as it occurs in them, and by calls
within calls. So the numbers let a short message describe a tuple whose hash takes years, or more
stack than there is. For each number is kept how many items a tuple with it adds, and how deep they
lie (`_extents`); both have limits.
"""

import importlib
import types
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from twisted.persisted.crefutil import NotKnown, Pending
from twisted.python.reflect import qual
from twisted.spread import _jellier as kinds
from twisted.spread._instances import Unpersistable, setInstanceState
from twisted.spread._shown import shown
from twisted.spread._simplereaders import SIMPLE_READERS, Reader, malformed
from twisted.spread._tasters import InsecureJelly, SecurityOptions, Taster
from twisted.spread._unjellyables import unjellyableFactoryRegistry, unjellyableRegistry
from twisted.spread.interfaces import Expression

MANY_KEYS = 100
"""From how many keys on it is checked that they are not chosen to collide."""

MAX_TUPLE_ITEMS = 16 * 1024 * 1024
"""How many items the tuples of a message may have, counted each time that they occur."""

MAX_TUPLE_DEPTH = 1000
"""How deep tuples may lie in each other, also where they occur again."""

# How many keys share a hash on average where nobody has chosen them, with much to spare.
_MOST_SHARING = 16


class _LateKeys:
    """The keys of one dictionary or set that are not known yet."""

    def __init__(self) -> None:
        self._hashes: Counter[int] = Counter()

    def check(self, known: object) -> None:
        """Refuse what cannot be a key, and too many keys with the same hash."""
        try:
            number = hash(known)
        except TypeError as error:
            raise InsecureJelly(f"something cannot be a key or a member: {error}") from error
        self._hashes[number] += 1
        if self._hashes[number] > MANY_KEYS:
            raise InsecureJelly(f"more than {MANY_KEYS} keys were chosen to collide")


class _Entry:
    """The place in a dictionary of a key that is not known yet."""

    def __init__(self, mapping: dict[object, object], value: object, keys: _LateKeys) -> None:
        self._mapping = mapping
        self._value = value
        self._keys = keys

    def __setitem__(self, key: int, known: object) -> None:
        self._keys.check(known)
        self._mapping[known] = self._value
        if isinstance(self._value, NotKnown):
            self._value.addDependant(self._mapping, known)


class _Member:
    """The place in a set of a member that is not known yet."""

    def __init__(self, members: set[object], keys: _LateKeys) -> None:
        self._members = members
        self._keys = keys

    def __setitem__(self, key: int, known: object) -> None:
        self._keys.check(known)
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
        # How many items the tuples have that were read so far, and how deep those lie that were
        # read last; for each number, how many and how deep what was read for it.
        self._tupleItems = 0
        self._height = 0
        self._extents: dict[int, tuple[int, int]] = {}
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
            self._extents.clear()
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
            malformed(expression)
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
            malformed(expression)
        word = expression[0]
        if not isinstance(word, bytes):
            malformed(expression)
        reader = self._readers.get(word)
        if reader is not None:
            return reader
        registered = unjellyableRegistry.get(word)
        if registered is not None:
            reader = self._registeredReader(registered)
        elif word in unjellyableFactoryRegistry:
            reader = self._factoryReader(unjellyableFactoryRegistry[word])
        elif not self.taster.isTypeAllowed(word):
            raise InsecureJelly(f"{shown(word)} is not accepted here")
        elif word in SIMPLE_READERS:
            reader = SIMPLE_READERS[word]
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
            malformed(expression)
        _, number, inner = expression
        if type(number) is not int or number in self._references or self._number is not None:
            malformed(expression)
        if type(inner) is not list:
            malformed(expression)
        self._number = number
        before, height = self._tupleItems, self._height
        self._height = 0
        obj = self._readerFor(inner)(inner)
        self._extents[number] = self._tupleItems - before, self._height
        self._height = max(height, self._height)
        self._number = None
        known = self._references.get(number)
        self._references[number] = obj
        if isinstance(known, NotKnown) and known is not obj:
            known.resolveDependants(obj)
        return obj

    def _readDereference(self, expression: Expression) -> Any:  # noqa: ANN401 - any object
        if len(expression) != 2 or type(expression[1]) is not int:
            malformed(expression)
        number = expression[1]
        if number not in self._references:
            raise InsecureJelly(f"there is no object with the number {number} in this message")
        known = self._references[number]
        if isinstance(known, NotKnown) and known.resolved:
            known = known.resolvedObject
        if isinstance(known, (tuple, NotKnown)):
            self._occursAgain(number)
        return known

    def _occursAgain(self, number: int) -> None:
        """Count once more what a tuple adds."""
        items, height = self._extents.get(number, (0, 0))
        self._tupleItems += items
        self._height = max(self._height, height)
        if self._tupleItems > MAX_TUPLE_ITEMS:
            raise InsecureJelly(f"tuples of more than {MAX_TUPLE_ITEMS} items came")
        if self._height > MAX_TUPLE_DEPTH:
            raise InsecureJelly(f"tuples lie in each other more than {MAX_TUPLE_DEPTH} deep")

    def _standIn(self) -> None:
        """Let something stand for what is about to be made, if it has a number."""
        if self._number is not None:
            standIn = NotKnown()
            self._claim(standIn)
            self._unresolved.expect(standIn)

    def _readList(self, expression: Expression) -> list[Any]:
        items: list[Any]
        height = self._height
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
        # What has no hash ends what is hashed.
        self._height = height
        return items

    def _readTuple(self, expression: Expression) -> Any:  # noqa: ANN401 - a tuple, or its stand-in
        self._standIn()
        height = self._height
        self._height = 0
        items = self._items(expression)
        self._tupleItems += len(items)
        self._height = max(height, self._height + 1)
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
        height = self._height
        items = self._items(expression)
        self._height = height
        if self._unresolved.count:
            late = _LateKeys()
            for item in items:
                if isinstance(item, NotKnown):
                    item.addDependant(_Member(members, late), 0)
            items = [item for item in items if not isinstance(item, NotKnown)]
        self._checkKeys(items)
        members.update(items)
        return members

    def _checkKeys(self, keys: list[Any]) -> None:
        """Refuse what cannot be a key, and keys of which many have the same hash."""
        try:
            if len(keys) < MANY_KEYS:
                for key in keys:
                    hash(key)
                return
            counts = Counter(map(hash, keys))
        except TypeError as error:
            raise InsecureJelly(f"something cannot be a key or a member: {error}") from error
        # Each key is compared with all those before it that have its hash.
        if len(counts) < len(keys) and (
            sum(count * count for count in counts.values()) > _MOST_SHARING * len(keys)
        ):
            raise InsecureJelly(f"{len(keys)} keys were chosen to collide")

    def _readDictionary(self, expression: Expression) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        self._claim(mapping)
        height = self._height
        readers = self._readers
        keys: list[Any] = []
        values: list[Any] = []
        first = True
        for pair in expression:
            if first:
                first = False
                continue
            if type(pair) is not list or len(pair) != 2:
                malformed(pair)
            key, value = pair
            if type(key) is list:
                try:
                    reader = readers[key[0]]
                except (LookupError, TypeError):
                    reader = self._readerFor(key)
                keys.append(reader(key))
            else:
                keys.append(self._atom(key))
            if type(value) is list:
                values.append(self._readerFor(value)(value))
            else:
                values.append(self._atom(value))
        self._height = height
        if self._unresolved.count:
            self._fill(mapping, keys, values)
            return mapping
        if len(keys) >= MANY_KEYS:
            self._checkKeys(keys)
        try:
            mapping.update(zip(keys, values, strict=True))
        except TypeError as error:
            raise InsecureJelly(f"something cannot be a key or a member: {error}") from error
        return mapping

    def _fill(self, mapping: dict[Any, Any], keys: list[Any], values: list[Any]) -> None:
        """Fill a dictionary of which some keys or values may not be known yet."""
        self._checkKeys([key for key in keys if not isinstance(key, NotKnown)])
        late = _LateKeys()
        for key, value in zip(keys, values, strict=True):
            if isinstance(key, NotKnown):
                key.addDependant(_Entry(mapping, value, late), 0)
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
                malformed(expression)
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
                malformed(expression)
            self._standIn()
            state = self.unjelly(expression[1])
            return self._whole([state], lambda parts: factory(parts[0]))

        return readByFactory

    def _instanceReader(self, cls: type) -> Reader:
        def readInstance(expression: Expression) -> object:
            if len(expression) != 2:
                malformed(expression)
            return self._instance(cls, expression)

        return readInstance

    def _instance(self, cls: type, expression: Expression) -> object:
        blank: object = cast("type[object]", cls).__new__(cls)
        self._claim(blank)
        return setInstanceState(blank, self, expression)

    def _readInstance(self, expression: Expression) -> object:
        """Read the form that older peers send: the class is an expression of its own."""
        if len(expression) != 3 or type(expression[1]) is not list or len(expression[1]) != 2:
            malformed(expression)
        cls = self._class(expression[1][1])
        return self._instance(cls, [qual(cls).encode(), expression[2]])

    def _readPersistent(self, expression: Expression) -> object:
        if len(expression) != 2:
            malformed(expression)
        if self.persistentLoad is None:
            return Unpersistable("nothing is known here that could find what was kept by a name")
        return self.persistentLoad(expression[1], self)

    # Classes, functions and modules, which the taster allows only if it was told to.

    def _text(self, name: Expression) -> str:
        if not isinstance(name, bytes):
            malformed(name)
        try:
            return name.decode("utf-8")
        except UnicodeDecodeError as error:
            malformed(name, error)

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
        raise InsecureJelly(f"there is no {shown(text)} here, or its module is not allowed")

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
            raise InsecureJelly(f"{shown(name)} is no class that is accepted here")
        return found

    def _readClass(self, expression: Expression) -> type:
        if len(expression) != 2:
            malformed(expression)
        return self._class(expression[1])

    def _readModule(self, expression: Expression) -> types.ModuleType:
        if len(expression) != 2:
            malformed(expression)
        name = self._text(expression[1])
        if not self.taster.isModuleAllowed(name):
            raise InsecureJelly(f"the module {shown(name)} is not allowed")
        try:
            return importlib.import_module(name)
        except (ImportError, ValueError) as error:
            raise InsecureJelly(f"there is no module {shown(name)} here") from error

    def _readFunction(self, expression: Expression) -> Any:  # noqa: ANN401 - a function
        if len(expression) != 2:
            malformed(expression)
        return self._named(expression[1])

    def _readMethod(self, expression: Expression) -> Any:  # noqa: ANN401 - a method
        if len(expression) != 4:
            malformed(expression)
        self._standIn()
        owner = self.unjelly(expression[2])
        cls = self.unjelly(expression[3])
        name = self._text(expression[1])
        if not isinstance(cls, type) or not isinstance(owner, cls):
            raise InsecureJelly(f"{shown(owner)} has no method {shown(name)} of {shown(cls)}")
        if not isinstance(getattr(cls, name, None), types.FunctionType):
            raise InsecureJelly(f"{qual(cls)} has no method {shown(name)}")
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

__all__ = ["MANY_KEYS", "MAX_TUPLE_DEPTH", "MAX_TUPLE_ITEMS", "Unjellier"]
