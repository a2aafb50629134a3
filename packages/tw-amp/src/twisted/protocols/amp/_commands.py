"""Commands: the signature of a request, its answer, and its errors."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from twisted.internet.defer import Deferred
from twisted.protocols.amp._boxes import AmpBox, newBox
from twisted.protocols.amp._errors import InvalidSignature
from twisted.protocols.amp._names import wireName
from twisted.protocols.amp._signatures import ArgumentList, Signature, wireArguments

if TYPE_CHECKING:
    from twisted.protocols.amp._dispatcher import BoxDispatcher

_Callable = TypeVar("_Callable", bound=Callable[..., object])

Response = dict[str, Any]
"""What an answer says: objects by the names of the command's `response`."""

Errors = dict[type[Exception], bytes]
"""Exceptions and their codes on the wire."""


class Command:
    """A request that one peer may send the other; subclasses say which.

    A command is only a signature, which both sides share: who answers it is said elsewhere
    (`responder`). Names and codes may be text or bytes; they are bytes in the finished class.

    Attributes:
        arguments: Names and types of what the request carries.
        response: Names and types of what the answer carries.
        errors: Exceptions that the answer may be, and their codes on the wire; those of the
            commands that this one extends count too.
        fatalErrors: The same, and the connection is closed after them.
        requiresAnswer: Whether the peer is to answer at all.
        commandName: The name on the wire; that of the class if none is given.
        commandType: The class of the boxes that requests are.
        responseType: The class of the boxes that answers are.
        extra: Free for the program's own use.
        allErrors: All the exceptions and their codes.
        reverseErrors: The same, by their codes.
    """

    arguments: ClassVar[Any] = []
    response: ClassVar[Any] = []
    extra: ClassVar[list[object]] = []
    errors: ClassVar[Any] = {}
    fatalErrors: ClassVar[Any] = {}
    requiresAnswer: ClassVar[bool] = True
    commandName: ClassVar[Any] = b"Command"
    commandType: ClassVar[type[AmpBox]] = AmpBox
    responseType: ClassVar[type[AmpBox]] = AmpBox
    allErrors: ClassVar[Errors] = {}
    reverseErrors: ClassVar[dict[bytes, type[Exception]]] = {}

    _argumentSignature: ClassVar[Signature] = Signature([])
    _responseSignature: ClassVar[Signature] = Signature([])
    _fatal: ClassVar[frozenset[type[Exception]]] = frozenset()

    def __init_subclass__(cls, **keywords: Any) -> None:  # noqa: ANN401 - those of other bases
        """Bring what the class says into form."""
        super().__init_subclass__(**keywords)
        own = cls.__dict__
        cls.commandName = wireName(own.get("commandName", cls.__name__), "the name of a command")
        cls.arguments = wireArguments(cls.arguments)
        cls.response = wireArguments(cls.response)
        cls._argumentSignature = Signature(cls.arguments)
        cls._responseSignature = Signature(cls.response)
        cls.errors = _coded(cls.errors)
        cls.fatalErrors = _coded(cls.fatalErrors)
        cls.allErrors = {**cls.allErrors, **cls.errors, **cls.fatalErrors}
        cls.reverseErrors = {
            **cls.reverseErrors,
            **{code: error for error, code in cls.errors.items()},
            **{code: error for error, code in cls.fatalErrors.items()},
        }
        cls._fatal = (cls._fatal - cls.errors.keys()) | cls.fatalErrors.keys()

    def __init__(self, /, **kw: Any) -> None:  # noqa: ANN401 - what the arguments take
        """Make a request, which is not sent yet.

        Args:
            kw: The arguments.

        Raises:
            InvalidSignature: One is missing.
        """
        self.structured: dict[str, Any] = kw
        missing = self._argumentSignature.required - kw.keys()
        if missing:
            names = ", ".join(sorted(missing))
            raise InvalidSignature(f"forgot {names} for {type(self).commandName!r}")

    @classmethod
    def makeArguments(cls, objects: dict[str, Any], proto: object) -> AmpBox:
        """Return the box of a request, without its name and tag.

        Args:
            objects: The arguments.
            proto: The protocol that will send it.

        Raises:
            InvalidSignature: An argument is unknown or missing.
            TypeError: An argument has the wrong type.
        """
        cls._argumentSignature.refuseUnknown(objects)
        box = newBox() if cls.commandType is AmpBox else cls.commandType()
        cls._argumentSignature.toStrings(objects, box, proto)
        return box

    @classmethod
    def parseArguments(cls, box: AmpBox, protocol: object) -> dict[str, Any]:
        """Return the arguments that the box of a request carries.

        Args:
            box: The box.
            protocol: The protocol that received it.

        Raises:
            InvalidSignature: An argument is missing.
            ValueError: An argument is not what it should be.
        """
        return cls._argumentSignature.fromStrings(box, protocol)

    @classmethod
    def makeResponse(cls, objects: Any, proto: object) -> AmpBox:  # noqa: ANN401 - whatever came
        """Return the box of an answer, without its tag.

        Args:
            objects: What a responder returned.
            proto: The protocol that will send it.

        Raises:
            TypeError: It is no dict, or a part of it has the wrong type.
            InvalidSignature: A part is missing.
        """
        if not isinstance(objects, dict):
            names = ", ".join(repr(name) for name in sorted(cls._responseSignature.names))
            raise TypeError(
                f"a responder of {cls.__name__} has to return a dict with "
                f"{names or 'nothing in it'}, not {objects!r}"
            )
        box = newBox() if cls.responseType is AmpBox else cls.responseType()
        cls._responseSignature.toStrings(objects, box, proto)
        return box

    @classmethod
    def parseResponse(cls, box: AmpBox, protocol: object) -> Any:  # noqa: ANN401 - see below
        """Return what the box of an answer carries: a `Response`, unless a subclass knows better.

        Args:
            box: The box.
            protocol: The protocol that received it.

        Raises:
            InvalidSignature: A part is missing.
            ValueError: A part is not what it should be.
        """
        return cls._responseSignature.fromStrings(box, protocol)

    @classmethod
    def responder(cls, methodfunc: _Callable) -> _Callable:
        """Declare, as a decorator, that a method of a `CommandLocator` answers this command.

        It is called with the arguments as keywords, and returns a dict of what the `response`
        names, a Deferred of one, or is a coroutine.

        Args:
            methodfunc: The method, which stays as it is.
        """
        answered: tuple[type[Command], ...] = getattr(methodfunc, "_ampCommands", ())
        methodfunc._ampCommands = (*answered, cls)  # type: ignore[attr-defined]  # ours alone
        return methodfunc

    @classmethod
    def _respond(
        cls, function: Callable[..., Any], locator: object, box: AmpBox, proto: object
    ) -> object:
        """Call a responder with what a request carries."""
        return function(locator, **cls.parseArguments(box, proto))

    def _doCommand(self, proto: "BoxDispatcher") -> Deferred[Any] | None:
        """Send the request."""
        cls = type(self)
        return proto._ask(cls, cls.makeArguments(self.structured, proto))


def _coded(errors: dict[type[Exception], str | bytes]) -> Errors:
    return {error: wireName(code, "the code of an error") for error, code in errors.items()}


__all__ = ["ArgumentList", "Command", "Errors", "Response"]
