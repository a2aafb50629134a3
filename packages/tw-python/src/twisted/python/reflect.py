"""Names of objects, objects by their names, and what a class has got from its bases."""

from collections.abc import MutableSequence

from twisted.python._accumulate import (
    accumulateClassDict,
    accumulateClassList,
    accumulateMethods,
    addMethodNamesToDict,
    prefixedMethodNames,
    prefixedMethods,
)
from twisted.python._named import (
    InvalidName,
    ModuleNotFound,
    ObjectNotFound,
    filenameToModuleName,
    namedAny,
    namedClass,
    namedModule,
    namedObject,
    requireModule,
)
from twisted.python._objgrep import findInstances, isLike, isOfType, isSame, modgrep, objgrep
from twisted.python._qualifiedname import fullFuncName, fullyQualifiedName, qual
from twisted.python._saferepr import safe_repr, safe_str


class QueueMethod:
    """Stands for a method that is not there yet: it notes its calls."""

    def __init__(self, name: str, calls: MutableSequence[tuple[str, tuple[object, ...]]]) -> None:
        """Note calls.

        Args:
            name: The method's name.
            calls: What each call adds `(name, arguments)` to.
        """
        self.name = name
        self.calls = calls

    def __call__(self, *args: object) -> None:
        self.calls.append((self.name, args))


def getClass(obj: object) -> type:
    """Return the class of an object."""
    return type(obj)


__all__ = [
    "InvalidName",
    "ModuleNotFound",
    "ObjectNotFound",
    "QueueMethod",
    "accumulateClassDict",
    "accumulateClassList",
    "accumulateMethods",
    "addMethodNamesToDict",
    "filenameToModuleName",
    "findInstances",
    "fullFuncName",
    "fullyQualifiedName",
    "getClass",
    "isLike",
    "isOfType",
    "isSame",
    "modgrep",
    "namedAny",
    "namedClass",
    "namedModule",
    "namedObject",
    "objgrep",
    "prefixedMethodNames",
    "prefixedMethods",
    "qual",
    "requireModule",
    "safe_repr",
    "safe_str",
]
