"""Tasters: what may be jellied, and what of a peer's jelly may become an object."""

import types

from twisted.python.reflect import qual

_ALWAYS_ALLOWED = (
    *("None", "bool", "boolean", "string", "str", "int", "float", "NoneType", "unicode"),
    *("datetime", "time", "date", "timedelta", "decimal", "set", "frozenset"),
)


class InsecureJelly(Exception):
    """What was to be sent or received is of a kind that is not accepted here."""

    __module__ = "twisted.spread.jelly"


def _text(name: str | bytes) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


class DummySecurityOptions:
    """Accepts everything: only for expressions that nobody else had in their hands."""

    __module__ = "twisted.spread.jelly"

    def isModuleAllowed(self, moduleName: str | bytes) -> bool:
        """Return True."""
        return True

    def isClassAllowed(self, klass: type) -> bool:
        """Return True."""
        return True

    def isTypeAllowed(self, typeName: str | bytes) -> bool:
        """Return True."""
        return True


class SecurityOptions:
    """Accepts what it was told to accept.

    Attributes:
        basicTypes: What `allowBasicTypes` adds.
        allowedTypes: The names of kinds of expressions that are accepted.
        allowedModules: The names of modules that functions and modules may come from.
        allowedClasses: The classes whose instances are accepted though they are not registered.
    """

    __module__ = "twisted.spread.jelly"

    basicTypes: list[str] = [
        *("dictionary", "list", "tuple", "reference", "dereference", "unpersistable"),
        *("persistent", "long_int", "long", "dict"),
    ]

    def __init__(self) -> None:
        """Accept numbers, bytes, text, None, truth values, times, decimals and sets."""
        self.allowedTypes: set[str] = set(_ALWAYS_ALLOWED)
        self.allowedModules: set[str] = set()
        self.allowedClasses: set[type] = set()

    def allowBasicTypes(self) -> None:
        """Accept lists, tuples and dictionaries, and that objects occur several times."""
        self.allowTypes(*self.basicTypes)

    def allowTypes(self, *types: str | bytes) -> None:
        """Accept more kinds of expressions.

        Args:
            types: The names that they begin with, such as "class" or "function".
        """
        self.allowedTypes.update(map(_text, types))

    def allowInstancesOf(self, *classes: type) -> None:
        """Accept instances of classes, and these classes themselves.

        Args:
            classes: The classes; those derived from them are not accepted.
        """
        self.allowBasicTypes()
        self.allowTypes("instance", "class", "classobj", "module")
        for cls in classes:
            self.allowTypes(qual(cls))
            self.allowModules(cls.__module__)
            self.allowedClasses.add(cls)

    def allowModules(self, *modules: types.ModuleType | str | bytes) -> None:
        """Accept modules, and what they hold.

        Args:
            modules: Modules or their names.
        """
        for module in modules:
            name = module.__name__ if isinstance(module, types.ModuleType) else _text(module)
            self.allowedModules.add(name)

    def isModuleAllowed(self, moduleName: str | bytes) -> bool:
        """Return whether a module is accepted."""
        return _text(moduleName) in self.allowedModules

    def isClassAllowed(self, klass: type) -> bool:
        """Return whether instances of a class are accepted."""
        return klass in self.allowedClasses

    def isTypeAllowed(self, typeName: str | bytes) -> bool:
        """Return whether a kind of expression is accepted.

        Args:
            typeName: What the expression begins with. The name of a class, which has a dot, is
                accepted here: `isClassAllowed` decides about it.
        """
        # As `_text`, but this is called for each kind of each message.
        if isinstance(typeName, bytes):
            typeName = typeName.decode("utf-8", "replace")
        return typeName in self.allowedTypes or "." in typeName


globalSecurity: SecurityOptions = SecurityOptions()
globalSecurity.allowBasicTypes()

Taster = DummySecurityOptions | SecurityOptions

__all__ = [
    "DummySecurityOptions",
    "InsecureJelly",
    "SecurityOptions",
    "Taster",
    "globalSecurity",
]
