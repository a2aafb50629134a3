"""The nodes of an abstract object tree, under the names that they have in a source file."""

from collections.abc import Sequence

from twisted.persisted.aot._source import Node, deeper, prettify, stateSource


class Named:
    """An object that is found by its full name.

    Attributes:
        name: The name.
    """

    def __init__(self, name: str) -> None:
        """Stand for an object.

        Args:
            name: Its full name, `twisted.persisted.aot.Named`.
        """
        self.name = name

    def getSource(self) -> str:
        """Return the expression that makes the node."""
        return f"{type(self).__name__}({self.name!r})"


class Class(Named):
    """A class."""


class Function(Named):
    """A function, or another object that is found by its full name."""


class Module(Named):
    """A module."""


class _NoStateObj:
    """Says that an Instance was given its state by keywords."""

    def __repr__(self) -> str:
        return "NoStateObj"


NoStateObj: object = _NoStateObj()
"""What `Instance` takes for the state where that is given by keywords."""


class Instance:
    """An object of a class that is made without calling the class.

    Attributes:
        klass: The full name of the class.
        stateObj: A tree of the state: the attributes by name, what `__setstate__` takes, or None
            for an object that has no state.
    """

    def __init__(
        self, /, className: str, __stateObj__: object = NoStateObj, **state: object
    ) -> None:
        """Stand for an object.

        Args:
            className: The full name of its class.
            __stateObj__: A tree of its state.
            **state: Its state, if that is attributes.

        Raises:
            TypeError: The state is given in both ways.
        """
        if __stateObj__ is not NoStateObj and state:
            raise TypeError(f"the state of a {className} is given twice: leave out one of both")
        self.klass = className
        self.stateObj: object = state if __stateObj__ is NoStateObj else __stateObj__

    def getSource(self) -> str:
        """Return the expression that makes the node."""
        source = stateSource(self.stateObj)
        return f"Instance({self.klass!r}{',' if source else ''}{source})"


class Copyreg:
    """An object that a function makes, as `__reduce__` of the pickle protocol describes it.

    Attributes:
        loadfunc: The full name of the function.
        state: A tree of its arguments, a tuple.
        attributes: A tree of what the object's state is then set to; None for nothing.
        items: Trees of what is then appended to it.
        pairs: Trees of keys and values that are then assigned to it.
        setter: A tree of the function that sets the state, where it is not the object itself.
    """

    def __init__(
        self,
        loadfunc: str,
        state: object,
        attributes: object = None,
        items: Sequence[object] = (),
        pairs: Sequence[tuple[object, object]] = (),
        setter: object = None,
    ) -> None:
        """Stand for an object.

        Args:
            loadfunc: The full name of the function.
            state: A tree of its arguments, a tuple.
            attributes: A tree of what the object's state is then set to; None for nothing.
            items: Trees of what is then appended to it.
            pairs: Trees of keys and values that are then assigned to it.
            setter: A tree of a function that is called with the object and its state.
        """
        self.loadfunc = loadfunc
        self.state = state
        self.attributes = attributes
        self.items = items
        self.pairs = pairs
        self.setter = setter

    def getSource(self) -> str:
        """Return the expression that makes the node."""
        source = f"Copyreg({self.loadfunc!r},{deeper(prettify(self.state))},"
        if self.attributes is not None:
            source += deeper(f"attributes={prettify(self.attributes)},")
        if self.items:
            source += deeper(f"items={prettify(list(self.items))},")
        if self.pairs:
            source += deeper(f"pairs={prettify(list(self.pairs))},")
        if self.setter is not None:
            source += deeper(f"setter={prettify(self.setter)},")
        return source + ")"


class InstanceMethod:
    """A method that is bound to an object.

    Attributes:
        name: The method's name.
        klass: The full name of the class that has it.
        instance: A tree of the object.
    """

    def __init__(self, name: str, klass: str, inst: object) -> None:
        """Stand for a method.

        Args:
            name: Its name.
            klass: The full name of the class that has it.
            inst: A tree of the object that it is bound to.
        """
        self.name = name
        self.klass = klass
        self.instance = inst

    def getSource(self) -> str:
        """Return the expression that makes the node."""
        return f"InstanceMethod({self.name!r}, {self.klass!r},{deeper(prettify(self.instance))})"


class Deref:
    """An object that another place of the tree holds.

    Attributes:
        refnum: The number of the `Ref` there.
    """

    def __init__(self, num: int) -> None:
        """Stand for an object.

        Args:
            num: The number of the `Ref` that holds it.
        """
        self.refnum = num

    def getSource(self) -> str:
        """Return the expression that makes the node."""
        return f"Deref({self.refnum})"


class Ref:
    """An object that other places of the tree may refer to.

    Attributes:
        refnum: Its number; None as long as no other place refers to it.
        obj: A tree of the object.
    """

    def __init__(self, *args: object) -> None:
        """Stand for an object.

        Args:
            *args: Its number and its tree; nothing, if they are told later.

        Raises:
            TypeError: It is another number of arguments.
        """
        self.refnum: int | None = None
        self.obj: object = None
        self._hasObject = False
        if args:
            number, tree = self._two(*args)
            self.setRef(number)
            self.setObj(tree)

    @staticmethod
    def _two(number: object = None, *trees: object) -> tuple[int, object]:
        if not isinstance(number, int) or len(trees) != 1:
            raise TypeError("a Ref has a number and an object, or nothing at first")
        return number, trees[0]

    def setRef(self, num: int) -> None:
        """Say the number.

        Raises:
            ValueError: It was said before.
        """
        if self.refnum is not None:
            raise ValueError(f"this Ref has the number {self.refnum} already, not {num}")
        self.refnum = num

    def setObj(self, obj: object) -> None:
        """Say the tree of the object.

        Raises:
            ValueError: It was said before.
        """
        if self._hasObject:
            raise ValueError(f"this Ref has an object already: {self.obj!r}, not {obj!r}")
        self._hasObject = True
        self.obj = obj

    def getSource(self) -> str:
        """Return the expression that makes the node, or the object's own if nothing refers to it."""
        if self.refnum is None:
            return prettify(self.obj)
        return f"Ref({self.refnum},{deeper(prettify(self.obj))})"


NODES: dict[str, type[Node]] = {
    each.__name__: each
    for each in (Class, Copyreg, Deref, Function, Instance, InstanceMethod, Module, Ref)
}
"""The names that mean something in a source file."""

__all__ = [
    "NODES",
    "Class",
    "Copyreg",
    "Deref",
    "Function",
    "Instance",
    "InstanceMethod",
    "Module",
    "Named",
    "NoStateObj",
    "Ref",
]
