"""Typed commands: commands that type checkers understand, declared as classes with annotations.

A typed command is plain AMP on the wire: it makes a `Command` of its annotations, so that a peer
needs to know only that.
"""

import dataclasses
import types
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from decimal import Decimal as DecimalNumber
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    Self,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from twisted.internet.defer import Deferred
from twisted.protocols.amp._arguments import (
    Argument,
    Boolean,
    DateTime,
    Decimal,
    Float,
    Integer,
    Path,
    String,
    Unicode,
)
from twisted.protocols.amp._boxes import AmpBox, newBox, parseString
from twisted.protocols.amp._commands import Command
from twisted.protocols.amp._signatures import Signature, WireArguments, wireArguments
from twisted.protocols.amp._structured import ListOf
from twisted.python.filepath import FilePath

if TYPE_CHECKING:
    from twisted.protocols.amp._dispatcher import BoxDispatcher

_R = TypeVar("_R")
_M = TypeVar("_M", bound="Message")
_S = TypeVar("_S")

_KINDS: dict[object, type[Argument[Any]]] = {
    bool: Boolean,
    bytes: String,
    datetime: DateTime,
    DecimalNumber: Decimal,
    FilePath: Path,
    float: Float,
    int: Integer,
    str: Unicode,
}


@dataclass_transform(kw_only_default=True, field_specifiers=(dataclasses.field,))
class Message:
    """Named values with types: the result of a typed command, or a part of one.

    A subclass is a dataclass whose fields are given by keyword. `str`, `bytes`, `int`, `float`,
    `bool`, `Decimal`, `datetime`, `FilePath`, other messages, and lists of all these have a form on
    the wire; `Annotated[X, anArgument]` gives one to other types. A field with a default may be
    missing in what a peer sends, so that fields can be added later.
    """

    _signature: ClassVar[Signature] = Signature([])
    _arguments: ClassVar[WireArguments] = []
    _defaults: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **keywords: Any) -> None:  # noqa: ANN401 - those of other bases
        """Make the class a dataclass, and find out how it goes over the wire."""
        super().__init_subclass__(**keywords)
        dataclasses.dataclass(kw_only=True)(cls)
        hints = get_type_hints(cls, include_extras=True)
        fields = dataclasses.fields(cls)  # type: ignore[arg-type]  # it is one since the line above
        cls._defaults = frozenset(field.name for field in fields if _hasDefault(field))
        cls._arguments = wireArguments(
            (field.name, _kindOf(cls, field, hints[field.name])) for field in fields
        )
        cls._signature = Signature(cls._arguments)

    def _toBox(self, proto: object) -> AmpBox:
        """Return the message as a box."""
        box = newBox()
        self._signature.toStrings(vars(self), box, proto)
        return box

    @classmethod
    def _fromBox(cls, box: AmpBox, proto: object) -> Self:
        """Return the message that a box holds."""
        values = cls._signature.fromStrings(box, proto)
        defaults = cls._defaults
        if defaults:
            values = {
                name: value
                for name, value in values.items()
                if value is not None or name not in defaults
            }
        return cls(**values)


class _Nested(Argument[_M]):
    """A message in a message: a box in a value."""

    def __init__(self, message: type[_M], optional: bool = False) -> None:
        super().__init__(optional)
        self._message = message

    def toStringProto(self, inObject: _M, proto: object) -> bytes:
        """Return the box of a message."""
        if not isinstance(inObject, self._message):
            raise TypeError(f"{self._message.__name__} is wanted here, not {inObject!r}")
        return inObject._toBox(proto).serialize()

    def fromStringProto(self, inString: bytes, proto: object) -> _M:
        """Return the message of a box."""
        boxes = parseString(inString)
        if len(boxes) != 1:
            raise ValueError(f"one {self._message.__name__} is wanted here, not {len(boxes)}")
        return self._message._fromBox(boxes[0], proto)

    def toString(self, inObject: _M) -> bytes:
        """Return the box of a message that needs no connection."""
        return self.toStringProto(inObject, None)

    def fromString(self, inString: bytes) -> _M:
        """Return a message that needs no connection."""
        return self.fromStringProto(inString, None)


class _Form(Command):
    """The `Command` that a typed command is on the wire."""

    _typed: ClassVar[type["TypedCommand[Any]"]]
    _result: ClassVar[type[Message] | None] = None

    @classmethod
    def _respond(
        cls, function: Callable[..., Any], locator: object, box: AmpBox, proto: object
    ) -> object:
        return function(locator, cls._typed._fromBox(box, proto))

    @classmethod
    def makeResponse(cls, objects: Any, proto: object) -> AmpBox:  # noqa: ANN401 - what came back
        """Return the box of a result.

        Raises:
            TypeError: The result is of another class.
        """
        if cls._result is None:
            if objects is not None:
                raise TypeError(f"{cls.__name__} has no result, a responder returned {objects!r}")
            return newBox()
        if not isinstance(objects, cls._result):
            raise TypeError(
                f"a responder of {cls.__name__} has to return a {cls._result.__name__}, "
                f"not {objects!r}"
            )
        return objects._toBox(proto)

    @classmethod
    def parseResponse(cls, box: AmpBox, protocol: object) -> Any:  # noqa: ANN401 - as in Command
        """Return the result that a box holds."""
        return None if cls._result is None else cls._result._fromBox(box, protocol)


class TypedCommand(Message, Generic[_R]):
    """A command whose arguments and result type checkers know.

    Its fields are the arguments, and its type parameter is the result, a `Message` or None:

        class Total(Message):
            total: int

        class Sum(TypedCommand[Total]):
            a: int
            b: int

        total = await protocol.callRemote(Sum, a=13, b=81)

    The name on the wire, errors and fatal errors are keywords of the class, as in
    `class Divide(TypedCommand[Quotient], errors={ZeroDivisionError: "ZERO_DIVISION"})`.

    Attributes:
        command: The same as a `Command`; for peers and programs that know no typed ones.
    """

    command: ClassVar[type[Command]]

    def __init_subclass__(
        cls,
        name: str | None = None,
        errors: Mapping[type[Exception], str] = types.MappingProxyType({}),
        fatalErrors: Mapping[type[Exception], str] = types.MappingProxyType({}),
        **keywords: Any,  # noqa: ANN401 - those of other bases
    ) -> None:
        """Make the `Command`.

        Args:
            name: The name on the wire; that of the class if none is given.
            errors: Exceptions that the answer may be, and their codes on the wire.
            fatalErrors: The same, and the connection is closed after them.
            keywords: Those of other bases.
        """
        super().__init_subclass__(**keywords)
        result = _resultOf(cls)
        body = {
            "__doc__": cls.__doc__,
            "__module__": cls.__module__,
            "commandName": name or cls.__name__,
            "arguments": cls._arguments,
            "response": [] if result is None else result._arguments,
            "errors": dict(errors),
            "fatalErrors": dict(fatalErrors),
            "_typed": cls,
            "_result": result,
        }
        cls.command = type(cls.__name__, (_Form,), body)

    @classmethod
    def responder(
        cls,
        methodfunc: Callable[[_S, Self], _R | Deferred[_R] | Coroutine[Deferred[Any], Any, _R]],
    ) -> Callable[[_S, Self], _R | Deferred[_R] | Coroutine[Deferred[Any], Any, _R]]:
        """Declare, as a decorator, that a method of a `CommandLocator` answers this command.

        It is called with the command, whose attributes are the arguments, and returns the result,
        a Deferred of it, or is a coroutine.

        Args:
            methodfunc: The method, which stays as it is.
        """
        return cls.command.responder(methodfunc)

    def _doCommand(self, proto: "BoxDispatcher") -> Deferred[_R] | None:
        """Send the request."""
        return proto._ask(self.command, self._toBox(proto))


def _hasDefault(field: "dataclasses.Field[Any]") -> bool:
    return (
        field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    )


def _kindOf(cls: type, field: "dataclasses.Field[Any]", hint: object) -> Argument[Any]:
    """Return the argument for a field."""
    where = f"{cls.__name__}.{field.name}"
    optional = False
    if get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint):
        (hint, *others) = (one for one in get_args(hint) if one is not type(None))
        if others:
            raise TypeError(f"{where}: of a union, only X | None has a form on the wire")
        if _hasDefault(field) and field.default is not None:
            raise TypeError(f"{where} may be None, so its default has to be None")
        optional = True
    return _kind(where, hint, optional or _hasDefault(field))


def _kind(where: str, hint: object, optional: bool) -> Argument[Any]:
    if get_origin(hint) is Annotated:
        for said in get_args(hint)[1:]:
            if isinstance(said, Argument):
                said.optional = said.optional or optional
                return said
        hint = get_args(hint)[0]
    if get_origin(hint) is list:
        return ListOf(_kind(where, get_args(hint)[0], False), optional)
    if isinstance(hint, type) and issubclass(hint, Message):
        return _Nested(hint, optional)
    kind = _KINDS.get(get_origin(hint) or hint)
    if kind is None:
        raise TypeError(
            f"{where}: {hint!r} has no form on the wire; Annotated[..., anArgument] gives it one"
        )
    return kind(optional)


def _resultOf(cls: type) -> type[Message] | None:
    """Return the type parameter of a typed command."""
    for one in cls.__mro__:
        for base in one.__dict__.get("__orig_bases__", ()):
            if get_origin(base) is TypedCommand:
                (result,) = get_args(base)
                if result is type(None) or result is None:
                    return None
                if isinstance(result, type) and issubclass(result, Message):
                    return result
                raise TypeError(f"the result of {cls.__name__} has to be a Message or None")
    raise TypeError(f"{cls.__name__} does not say its result: class X(TypedCommand[Result])")


__all__ = ["Message", "TypedCommand"]
