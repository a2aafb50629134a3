"""Warnings about names that will go.

A deprecated name works as before and warns each time that it is used, with the place of the use.
Mark functions and methods with `deprecated`, properties with `deprecatedProperty`, parameters with
`deprecatedKeywordParameter`, and what stands in a module with `deprecatedModuleAttribute`.
"""

import inspect
import sys
import warnings
from collections.abc import Callable
from functools import wraps
from types import FunctionType, ModuleType
from typing import Any, ParamSpec, TypeVar, cast

from incremental import Version, getVersionString

from twisted.python._qualifiedname import fullyQualifiedName

_P = ParamSpec("_P")
_R = TypeVar("_R")
_F = TypeVar("_F", bound=Callable[..., Any])

WarningMethod = Callable[..., object]
"""Takes a message, a class of warnings and `stacklevel`, as `warnings.warn` does."""

DEPRECATION_WARNING_FORMAT = "%(fqpn)s was deprecated in %(version)s"

_warningMethod: WarningMethod = warnings.warn


def getWarningMethod() -> WarningMethod:
    """Return the function that is given the warnings of this module."""
    return _warningMethod


def setWarningMethod(newMethod: WarningMethod) -> None:
    """Set the function that is given the warnings of this module; it replaces `warnings.warn`."""
    global _warningMethod
    _warningMethod = newMethod


def _replacementText(replacement: str | Callable[..., object] | None) -> str:
    """Return the part of a message that says what to use, or nothing."""
    if replacement is None:
        return ""
    name = replacement if isinstance(replacement, str) else fullyQualifiedName(replacement)
    return f"please use {name} instead"


def getDeprecationWarningString(
    callableThing: object,
    version: Version,
    format: str | None = None,
    replacement: str | Callable[..., object] | None = None,
) -> str:
    """Return the text that says that something is deprecated.

    Args:
        callableThing: What is deprecated.
        version: The first version in which it is.
        format: The text, with `%(fqpn)s` for the full name and `%(version)s`.
        replacement: What to use instead: a function or class, or its name.
    """
    text = (format or DEPRECATION_WARNING_FORMAT) % {
        "fqpn": fullyQualifiedName(callableThing),
        "version": getVersionString(version),
    }
    hint = _replacementText(replacement)
    return f"{text}; {hint}" if hint else text


def _documented(
    thing: Callable[..., object], version: Version, replacement: str | Callable[..., object] | None
) -> str:
    """Return a documentation that ends with a word about the deprecation."""
    hint = _replacementText(replacement)
    notice = f"Deprecated in {getVersionString(version)}" + (f"; {hint}." if hint else ".")
    return f"{inspect.getdoc(thing) or ''}\n\n{notice}".lstrip("\n")


def deprecated(
    version: Version, replacement: str | Callable[..., object] | None = None
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Return a decorator for a function or method that will go.

    Args:
        version: The first version in which it is deprecated.
        replacement: What to use instead: a function or class, or its name.
    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        message = getDeprecationWarningString(function, version, None, replacement)

        @wraps(function)
        def deprecatedFunction(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            _warningMethod(message, DeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        deprecatedFunction.__doc__ = _documented(function, version, replacement)
        deprecatedFunction.deprecatedVersion = version  # type: ignore[attr-defined]  # for tools
        return deprecatedFunction

    return decorate


class _DeprecatedProperty(property):
    """A property that warns when it is read, set or deleted."""

    message = ""

    def __get__(self, instance: object, owner: type | None = None, /) -> Any:  # noqa: ANN401 - as property
        if instance is not None:
            _warningMethod(self.message, DeprecationWarning, stacklevel=2)
        return super().__get__(instance, owner)

    def __set__(self, instance: object, value: object, /) -> None:
        _warningMethod(self.message, DeprecationWarning, stacklevel=2)
        super().__set__(instance, value)

    def __delete__(self, instance: object, /) -> None:
        _warningMethod(self.message, DeprecationWarning, stacklevel=2)
        super().__delete__(instance)

    def setter(self, fset: Callable[[Any, Any], None], /) -> "_DeprecatedProperty":
        return self._keepingMessage(super().setter(fset))

    def deleter(self, fdel: Callable[[Any], None], /) -> "_DeprecatedProperty":
        return self._keepingMessage(super().deleter(fdel))

    def _keepingMessage(self, changed: property) -> "_DeprecatedProperty":
        kept = cast(_DeprecatedProperty, changed)
        kept.message = self.message
        kept.__doc__ = self.__doc__
        return kept


def deprecatedProperty(
    version: Version, replacement: str | Callable[..., object] | None = None
) -> Callable[[Callable[[Any], object]], property]:
    """Return a decorator, in place of `property`, for one that will go.

    Args:
        version: The first version in which it is deprecated.
        replacement: What to use instead: a name.
    """

    def decorate(function: Callable[[Any], object]) -> property:
        made = _DeprecatedProperty(function)
        made.__doc__ = _documented(function, version, replacement)
        made.message = getDeprecationWarningString(function, version, None, replacement)
        return made

    return decorate


def deprecatedKeywordParameter(
    version: Version, name: str, replacement: str | None = None
) -> Callable[[_F], _F]:
    """Return a decorator for a function one of whose parameters will go.

    Args:
        version: The first version in which it is deprecated.
        name: The parameter's name. It warns also if it is passed by position.
        replacement: The name of the parameter to use instead.
    """

    def decorate(function: _F) -> _F:
        positional = [
            parameter.name
            for parameter in inspect.signature(function).parameters.values()
            if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
        ]
        position = positional.index(name) if name in positional else sys.maxsize
        message = (
            f"The {name!r} parameter to {fullyQualifiedName(function)} was deprecated in "
            f"{getVersionString(version)}"
        )
        if replacement is not None:
            message += f"; please use the {replacement!r} parameter instead"

        @wraps(function)
        def warning(*args: object, **kwargs: object) -> object:
            if name in kwargs or len(args) > position:
                _warningMethod(message, DeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        return cast(_F, warning)

    return decorate


class _DeprecatingModule(ModuleType):
    """A module some of whose attributes warn when they are read from outside."""

    def __getattribute__(self, name: str, /) -> Any:  # noqa: ANN401 - as any module
        value = super().__getattribute__(name)
        message = super().__getattribute__("__dict__")["__deprecatedAttributes__"].get(name)
        if message is not None:
            _warningMethod(message, DeprecationWarning, stacklevel=2)
        return value


def deprecatedModuleAttribute(version: Version, message: str, moduleName: str, name: str) -> None:
    """Say that an attribute of a module will go.

    Args:
        version: The first version in which it is deprecated.
        message: What to do instead.
        moduleName: The full name of the module; it has been imported.
        name: The attribute's name. The module's own code uses it without a warning.
    """
    module = sys.modules[moduleName]
    attributes = module.__dict__.setdefault("__deprecatedAttributes__", {})
    attributes[name] = (
        f"{moduleName}.{name} was deprecated in {getVersionString(version)}: {message}"
    )
    if not isinstance(module, _DeprecatingModule):
        module.__class__ = _DeprecatingModule


def warnAboutFunction(offender: FunctionType, warningString: str) -> None:
    """Warn about a function itself, for example because of what it returned.

    Args:
        offender: The function. The warning names its last line as the place.
        warningString: The message.
    """
    code = offender.__code__
    lastLine = max(line for _, _, line in code.co_lines() if line is not None)
    warnings.warn_explicit(
        warningString,
        DeprecationWarning,
        filename=code.co_filename,
        lineno=lastLine,
        module=offender.__module__,
        registry=offender.__globals__.setdefault("__warningregistry__", {}),
    )


__all__ = [
    "DEPRECATION_WARNING_FORMAT",
    "deprecated",
    "deprecatedKeywordParameter",
    "deprecatedModuleAttribute",
    "deprecatedProperty",
    "getDeprecationWarningString",
    "getWarningMethod",
    "setWarningMethod",
    "warnAboutFunction",
]
