"""What can go wrong in AMP, on this side and on the other."""

from twisted.python.failure import Failure

UNHANDLED_ERROR_CODE: bytes = b"UNHANDLED"
"""What a peer answers to a command that it has no responder for."""

UNKNOWN_ERROR_CODE: bytes = b"UNKNOWN"
"""What a peer answers when a responder fails with an error that the command does not list."""


class AmpError(Exception):
    """Any error of AMP."""


class ProtocolSwitched(Exception):
    """The connection speaks another protocol now, or is about to: no box can be sent."""


class OnlyOneTLS(AmpError):
    """TLS was asked for on a connection that has it already, or is about to have it."""


class NoEmptyBoxes(AmpError):
    """A box came that is empty, or neither a command nor an answer."""


class InvalidSignature(AmpError):
    """The arguments of a call are not those of its command."""


class MalformedAmpBox(AmpError):
    """The peer sent what is no box."""


class IncompatibleVersions(AmpError):
    """The peers do not speak the same version."""


class UnhandledCommand(AmpError):
    """The peer has no responder for the command."""


class BoxTooLarge(AmpError):
    """The peer sent a box with more keys, or more bytes, than one may have."""


class TooManyCalls(AmpError):
    """More is going on at the same time than the limits of the protocol allow."""


class TooLong(AmpError):
    """A key or a value is longer than AMP can carry.

    Attributes:
        isKey: Whether it is a key.
        isLocal: Whether it was to be sent from here, not received.
        value: The key or value, or its length where only that is known.
        keyName: The key of the value; None for a key.
    """

    def __init__(
        self, isKey: bool, isLocal: bool, value: bytes | int, keyName: bytes | None = None
    ) -> None:
        """Make the error.

        Args:
            isKey: Whether it is a key.
            isLocal: Whether it was to be sent from here.
            value: The key or value, or its length.
            keyName: The key of the value.
        """
        super().__init__(isKey, isLocal, value, keyName)
        self.isKey = isKey
        self.isLocal = isLocal
        self.value = value
        self.keyName = keyName

    def __str__(self) -> str:
        """Return which it is and how long."""
        where = "local" if self.isLocal else "remote"
        what = "key" if self.isKey else "value"
        name = "" if self.keyName is None else f" {self.keyName!r}"
        length = self.value if isinstance(self.value, int) else len(self.value)
        return f"{where} {what}{name} too long: {length}"

    def __repr__(self) -> str:
        """Return the class and the text."""
        return f"{type(self).__name__}: {self}"


class BadLocalReturn(AmpError):
    """A responder returned what its command cannot send.

    Attributes:
        message: Whose responder it was and what it returned.
        enclosed: The failure of the attempt to send it.
    """

    def __init__(self, message: str, enclosed: Failure) -> None:
        """Make the error.

        Args:
            message: Whose responder it was and what it returned.
            enclosed: The failure of the attempt to send it.
        """
        super().__init__(message, enclosed)
        self.message = message
        self.enclosed = enclosed

    def __str__(self) -> str:
        """Return the message and what failed."""
        return f"{self.message} ({self.enclosed.getErrorMessage()})"


class RemoteAmpError(AmpError):
    """An error with a code, as it goes over the wire.

    A responder may raise it to answer with a code of its own.

    Attributes:
        errorCode: The code.
        description: A text for people.
        fatal: Whether the connection ends with it.
        local: The failure on this side that it stands for; None where it came from the peer.
    """

    def __init__(
        self,
        errorCode: bytes,
        description: str | bytes,
        fatal: bool = False,
        local: Failure | None = None,
    ) -> None:
        """Make the error.

        Args:
            errorCode: The code.
            description: A text for people.
            fatal: Whether the connection ends with it.
            local: The failure on this side that it stands for.
        """
        super().__init__(errorCode, description, fatal, local)
        self.errorCode = errorCode
        self.description = description
        self.fatal = fatal
        self.local = local

    def __str__(self) -> str:
        """Return the code and the text."""
        where = "" if self.local is None else " (local)"
        return f"Code<{asText(self.errorCode)}>{where}: {asText(self.description)}"


class UnknownRemoteError(RemoteAmpError):
    """The peer failed with an error that the command does not list."""

    def __init__(self, description: str | bytes) -> None:
        """Make the error.

        Args:
            description: What the peer says, which is not much.
        """
        super().__init__(UNKNOWN_ERROR_CODE, description)


PROTOCOL_ERRORS: dict[bytes, type[Exception]] = {UNHANDLED_ERROR_CODE: UnhandledCommand}
"""The errors that any command can end in, by their codes."""


def asText(text: str | bytes) -> str:
    """Return text that may have come as bytes; what is not UTF-8 becomes an escape."""
    return text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text


__all__ = [
    "PROTOCOL_ERRORS",
    "UNHANDLED_ERROR_CODE",
    "UNKNOWN_ERROR_CODE",
    "AmpError",
    "BadLocalReturn",
    "BoxTooLarge",
    "IncompatibleVersions",
    "InvalidSignature",
    "MalformedAmpBox",
    "NoEmptyBoxes",
    "OnlyOneTLS",
    "ProtocolSwitched",
    "RemoteAmpError",
    "TooLong",
    "TooManyCalls",
    "UnhandledCommand",
    "UnknownRemoteError",
    "asText",
]
