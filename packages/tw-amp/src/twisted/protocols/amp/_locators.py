"""Locators: they know who answers which command."""

from collections.abc import Callable
from inspect import iscoroutine
from typing import Any, ClassVar

from twisted.internet.defer import Deferred, ensureDeferred, maybeDeferred
from twisted.protocols.amp._boxes import AmpBox
from twisted.protocols.amp._commands import Command
from twisted.protocols.amp._errors import BadLocalReturn, RemoteAmpError
from twisted.protocols.amp._interfaces import IResponderLocator, Responder
from twisted.python.components import implementer
from twisted.python.failure import Failure


class CommandResponder:
    """Answers the boxes of one command by calling a method with what they carry."""

    __slots__ = ("_command", "_function", "_locator")

    def __init__(
        self, command: type[Command], function: Callable[..., Any], locator: object
    ) -> None:
        self._command = command
        self._function = function
        self._locator = locator

    def __call__(self, box: AmpBox) -> Deferred[AmpBox]:
        """Answer a request that came by no protocol, or by the locator itself."""
        return maybeDeferred(self.answer, box, self._locator)

    def answer(self, box: AmpBox, proto: object) -> AmpBox | Deferred[AmpBox]:
        """Answer a request.

        Args:
            box: The request.
            proto: The protocol that it came by.

        Raises:
            RemoteAmpError: The method failed as the command says it may.
        """
        command = self._command
        try:
            result = command._respond(self._function, self._locator, box, proto)
        except Exception as error:
            coded = self._coded(Failure())
            if coded is None:
                raise
            raise coded from error
        if iscoroutine(result):
            result = ensureDeferred(result)
        if not isinstance(result, Deferred):
            return self._makeResponse(result, proto)
        return result.addCallbacks(self._makeResponse, self._failed, (proto,))

    def _makeResponse(self, result: object, proto: object) -> AmpBox:
        try:
            return self._command.makeResponse(result, proto)
        except Exception:
            failure = Failure()
            raise BadLocalReturn(
                f"{self._function.__qualname__} returned {result!r}, which {self._command.__name__} "
                "cannot send",
                failure,
            ) from None

    def _failed(self, failure: Failure) -> Failure:
        coded = self._coded(failure)
        return failure if coded is None else Failure(coded)

    def _coded(self, failure: Failure) -> RemoteAmpError | None:
        """Return the error as it goes over the wire, None if the command does not list it."""
        if isinstance(failure.value, RemoteAmpError):
            return failure.value
        allErrors = self._command.allErrors
        for cls in type(failure.value).__mro__:
            code = allErrors.get(cls)
            if code is not None:
                fatal = cls in self._command._fatal
                return RemoteAmpError(code, str(failure.value), fatal, failure)
        return None


@implementer(IResponderLocator)
class CommandLocator:
    """Finds the methods that are declared by `Command.responder`; made to be subclassed.

    Subclasses inherit the responders, and may declare others for the same commands.
    """

    _responders: ClassVar[dict[bytes, tuple[type[Command], Callable[..., Any]]]] = {}

    def __init_subclass__(cls, **keywords: Any) -> None:  # noqa: ANN401 - those of other bases
        """Collect the responders of the class."""
        super().__init_subclass__(**keywords)
        responders: dict[bytes, tuple[type[Command], Callable[..., Any]]] = {}
        for base in reversed(cls.__mro__):
            for member in base.__dict__.values():
                for command in getattr(member, "_ampCommands", ()):
                    responders[command.commandName] = (command, member)
        cls._responders = responders

    def locateResponder(self, name: bytes) -> Responder | None:
        """Find the responder that is declared for a command.

        Args:
            name: The name of the command on the wire.

        Returns:
            What answers the box of a request; None if no responder is declared.
        """
        found = self._responders.get(name)
        return None if found is None else CommandResponder(*found, self)

    def lookupFunction(self, name: bytes) -> Responder | None:
        """Find the responder of a command, as `locateResponder`, which is the newer name.

        Args:
            name: The name of the command on the wire.
        """
        return self.locateResponder(name)


@implementer(IResponderLocator)
class SimpleStringLocator:
    """Finds methods by their names: `amp_SUM` answers the command `sum`.

    Such a method gets the box of the request and returns that of the answer, or a Deferred of it.

    Attributes:
        baseDispatchPrefix: What the names of these methods begin with.
    """

    baseDispatchPrefix: bytes = b"amp_"

    def locateResponder(self, name: bytes) -> Responder | None:
        """Find the method that is named after a command.

        Args:
            name: The name of the command on the wire.

        Returns:
            The method; None if there is none.
        """
        # A byte that is no ASCII letter is in no name.
        method = (self.baseDispatchPrefix + name.upper()).decode("ascii", "replace")
        found: Responder | None = getattr(self, method, None)
        return found


__all__ = ["CommandLocator", "CommandResponder", "SimpleStringLocator"]
