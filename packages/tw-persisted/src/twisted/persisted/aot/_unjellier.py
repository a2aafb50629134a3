"""From abstract object trees to objects.

An object is known, and can be referred to, as soon as it is made, before its state is set; so most
circles need no care. The exceptions are those through a tuple or the arguments of a function, and
references that stand before their objects: there a `NotKnown` takes the place, and what can be done
only with finished objects waits.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import IO, Any

from twisted.persisted.aot._nodes import (
    NODES,
    Class,
    Copyreg,
    Deref,
    Function,
    Instance,
    InstanceMethod,
    Module,
    Ref,
)
from twisted.persisted.aot._source import ATOMS
from twisted.persisted.crefutil import NotKnown, Pending
from twisted.persisted.styles import unpickleMethod, unpickleModule
from twisted.python.reflect import namedAny


class Later:
    """The object of a node, for who needs it when all of the tree is known."""

    def __init__(self) -> None:
        self.value: object = None
        self._callbacks: list[Callable[[Any], object]] = []

    def addCallback(self, callback: Callable[..., object], /, *args: object) -> "Later":
        """Have a function called with the object, and with more arguments, when all is known."""
        self._callbacks.append(lambda value: callback(value, *args))
        return self

    def fire(self) -> None:
        """Call the functions."""
        for callback in self._callbacks:
            callback(self.value)


class AOTUnjellier:
    """Makes the objects of one abstract object tree."""

    def __init__(self) -> None:
        self.references: dict[int, object] = {}
        # Each place that refers to an object which was not known then.
        self._waits: list[NotKnown] = []
        self._afterwards: list[Callable[[], object]] = []

    def unjelly(self, ao: object) -> object:
        """Return the object of a tree.

        Raises:
            ValueError: The tree refers to an object that it does not hold.
            Exception: A name is not found, or what making the objects raises.
        """
        holder: list[object] = [None]
        self.unjellyInto(holder, 0, ao)
        missing = [
            number
            for number, found in self.references.items()
            if isinstance(found, NotKnown) and not found.resolved
        ]
        if missing:
            raise ValueError(
                f"the source refers to {', '.join(f'Deref({each})' for each in missing)}, and what"
                " that is cannot be known: there is no such Ref, or the objects of it need each"
                " other before they are made"
            )
        afterwards, self._afterwards = self._afterwards, []
        for call in afterwards:
            call()
        return holder[0]

    def unjellyInto(self, obj: Any, loc: object, ao: object) -> object:  # noqa: ANN401 - any container
        """Put the object of a tree into a place, now or when it is known.

        Args:
            obj: A list, a dictionary, or another object that items are assigned to.
            loc: The index or key there.
            ao: The tree.

        Returns:
            The object, or a `NotKnown`.
        """
        made = self.unjellyAO(ao)
        obj[loc] = made
        if isinstance(made, NotKnown):
            made.addDependant(obj, loc)
        return made

    def unjellyAttribute(self, instance: object, attrName: str, ao: object) -> None:
        """Set an attribute to the object of a tree, now or when it is known."""
        self.unjellyInto(vars(instance), attrName, ao)

    def unjellyLater(self, node: object) -> Later:
        """Return the object of a tree for use when all is known."""
        later = Later()

        def put(value: object) -> None:
            later.value = value

        self.callAfter(put, self.unjellyAO(node))
        self._afterwards.append(later.fire)
        return later

    def callAfter(self, callable: Callable[[Any], object], result: object) -> None:
        """Call a function with an object when all of the tree is known.

        Args:
            callable: The function.
            result: The object, which may be a `NotKnown`.
        """
        if isinstance(result, NotKnown):
            self._afterwards.append(lambda: callable(result.resolvedObject))
        else:
            self._afterwards.append(lambda: callable(result))

    def unjellyAO(self, ao: object) -> object:
        """Return the object of a tree, or a `NotKnown` for one that cannot be made yet.

        Raises:
            TypeError: That is no tree.
        """
        return self._make(ao, _nobody)

    def _make(self, ao: object, know: Callable[[object], object]) -> object:
        """Make the object of a tree.

        Args:
            ao: The tree.
            know: Called with the object if that can be referred to before its parts are made.
        """
        if type(ao) in ATOMS:
            return ao
        match ao:
            case list():
                return self._list(ao, know)
            case dict():
                return self._dictionary(ao, know)
            case tuple():
                return self._tuple(ao)
            case Ref():
                return self._referredTo(ao)
            case Deref():
                return self._reference(ao.refnum)
            case Instance():
                return self._instance(ao, know)
            case Copyreg():
                return self._call(ao, know)
            case InstanceMethod():
                return self._method(ao)
            case Class():
                return self._class(ao.name)
            case Module():
                return unpickleModule(ao.name)
            case Function():
                found: object = namedAny(ao.name)
                return found
        raise TypeError(f"a {type(ao).__name__} has no place in an abstract object tree: {ao!r}")

    # References.

    def _reference(self, number: int) -> object:
        found = self.references.setdefault(number, NotKnown())
        if isinstance(found, NotKnown):
            if found.resolved:
                return found.resolvedObject
            self._waits.append(found)
        return found

    def _referredTo(self, ref: Ref) -> object:
        """Make the object of a Ref, which is known by its number as soon as it is made."""
        number = ref.refnum
        if number is None:
            return self.unjellyAO(ref.obj)
        known = self.references.setdefault(number, NotKnown())
        if not isinstance(known, NotKnown) or known.resolved:
            raise ValueError(f"there are two Refs with the number {number}")
        made = self._make(ref.obj, known.resolveDependants)
        if not known.resolved:
            known.resolveDependants(made)
        return _valueOf(known)

    def _class(self, name: str) -> type:
        found = namedAny(name)
        if not isinstance(found, type):
            raise TypeError(f"{name} is not a class, but {found!r}")
        return found

    # Objects.

    def _list(self, ao: list[object], know: Callable[[object], object]) -> object:
        made: list[object] = [None] * len(ao)
        know(made)
        for index, item in enumerate(ao):
            self.unjellyInto(made, index, item)
        return made

    def _dictionary(self, ao: dict[object, object], know: Callable[[object], object]) -> object:
        made: dict[object, object] = {}
        know(made)
        for key, value in ao.items():
            self._entryInto(made, key, value)
        return made

    def _entryInto(self, made: Any, keyAO: object, valueAO: object) -> None:  # noqa: ANN401 - any object
        """Assign an item whose key may be one that is not known yet."""
        start = len(self._waits)
        key = self.unjellyAO(keyAO)
        open_ = self._openSince(start)
        if not open_:
            self.unjellyInto(made, key, valueAO)
            return
        parts = [key, self.unjellyAO(valueAO)]

        def assign(parts: list[object]) -> None:
            made[parts[0]] = parts[1]

        # The key may hold one that is not known, and be known itself.
        Pending([*parts, *open_], assign)

    def _tuple(self, ao: tuple[object, ...]) -> object:
        made = Pending([self.unjellyAO(tree) for tree in ao], tuple)
        return _valueOf(made)

    def _openSince(self, start: int) -> list[NotKnown]:
        """Return what was referred to and is not known still."""
        return [wait for wait in self._waits[start:] if not wait.resolved]

    def _whenFinished(self, tree: object, finish: Callable[[Any], object]) -> object:
        """Make an object of a tree as soon as all is known that is in there, however deep."""
        start = len(self._waits)
        part = self.unjellyAO(tree)
        made = Pending([part, *self._openSince(start)], lambda parts: finish(parts[0]))
        return _valueOf(made)

    def _method(self, ao: InstanceMethod) -> object:
        cls = self._class(ao.klass)
        made = Pending(
            [self.unjellyAO(ao.instance)], lambda parts: unpickleMethod(ao.name, parts[0], cls)
        )
        return _valueOf(made)

    def _call(self, ao: Copyreg, know: Callable[[object], object]) -> object:
        function = namedAny(ao.loadfunc)
        made = self._whenFinished(ao.state, lambda arguments: function(*arguments))
        if isinstance(made, NotKnown):
            Pending([made], lambda parts: self._fill(parts[0], ao))
        else:
            know(made)
            self._fill(made, ao)
        return made

    def _fill(self, made: Any, ao: Copyreg) -> None:  # noqa: ANN401 - any object
        """Give an object the state and the items that it is to have."""
        for item in ao.items:
            self._whenFinished(item, made.append)
        for key, value in ao.pairs:
            self._entryInto(made, key, value)
        if ao.setter is not None:
            self._whenFinished((ao.setter, ao.attributes), lambda both: both[0](made, both[1]))
        elif ao.attributes is not None:
            self._setState(made, ao.attributes)

    def _instance(self, ao: Instance, know: Callable[[object], object]) -> object:
        cls: Any = self._class(ao.klass)
        made: object = cls.__new__(cls)
        know(made)
        if ao.stateObj is not None:
            self._setState(made, ao.stateObj)
        return made

    def _setState(self, made: Any, tree: object) -> None:  # noqa: ANN401 - any object
        """Set the state of an object, as pickle does."""
        if hasattr(made, "__setstate__"):
            self._whenFinished(tree, made.__setstate__)
            return
        tree = _withoutRef(tree)
        attributes, slots = tree if isinstance(tree, tuple) and len(tree) == 2 else (tree, None)
        for name, value in _attributesOf(attributes):
            self.unjellyAttribute(made, name, value)
        for name, value in _attributesOf(slots):
            self._whenFinished(value, partial(setattr, made, name))


def _valueOf(waiting: NotKnown) -> object:
    """Return what something is known to be, or else that which waits for it."""
    return waiting.resolvedObject if waiting.resolved else waiting


def _nobody(made: object) -> None:
    """Take no notice of an object that nothing refers to."""


def _withoutRef(tree: object) -> object:
    return tree.obj if isinstance(tree, Ref) else tree


def _attributesOf(tree: object) -> Iterable[tuple[str, object]]:
    """Return names and trees of attributes; None stands for no attributes."""
    tree = _withoutRef(tree)
    if tree is None:
        return ()
    if not isinstance(tree, dict):
        raise TypeError(f"attributes are a dictionary by name, not {tree!r}")
    return tree.items()


def unjellyFromAOT(aot: object) -> object:
    """Return the object of an abstract object tree.

    Raises:
        ValueError: The tree refers to an object that it does not hold.
        Exception: A name is not found, or what making the objects raises.
    """
    return AOTUnjellier().unjelly(aot)


def unjellyFromSource(stringOrFile: str | bytes | IO[str] | IO[bytes]) -> object:
    """Return the object that a source text describes.

    This runs the text as a program: it is unsafe with a text that somebody else may have written.

    Args:
        stringOrFile: The text, or a file to read it from.

    Raises:
        ValueError: The text says nothing about an `app`, or refers to an object that it does not
            hold.
        Exception: A name is not found, or what making the objects raises.
    """
    if isinstance(stringOrFile, (str, bytes)):
        text, name = stringOrFile, "<source>"
    else:
        text, name = stringOrFile.read(), str(getattr(stringOrFile, "name", "<source>"))
    namespace: dict[str, object] = dict(NODES)
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    if "app" not in namespace:
        raise ValueError(f"{name} describes no object: it has to assign one to 'app'")
    return unjellyFromAOT(namespace["app"])


__all__ = ["AOTUnjellier", "Later", "unjellyFromAOT", "unjellyFromSource"]
