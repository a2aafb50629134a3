"""The errors of `twisted.internet`, by what they are about.

- a connection that could not be made: `ConnectError` and its subclasses, which
  `getConnectError` chooses from by the number of an `OSError`;
- a connection that ended: `ConnectionClosed` and its subclasses, the reasons of `connectionLost`;
- a port that could not be opened: `BindError`, `CannotListenError`;
- a child process, a delayed call, the reactor itself, TLS.

Most have a message of their own, to which their arguments are added: `str(error)` is one line that
can be shown to the user of a program.
"""

import errno
import os
import socket
from typing import ClassVar

from twisted.internet.defer import CancelledError
from twisted.internet.interfaces import IAddress


class _Message(Exception):
    """An error whose text is its message and, after a colon, its arguments."""

    MESSAGE: ClassVar[str]

    def __str__(self) -> str:
        details = " ".join(str(argument) for argument in self.args)
        return f"{self.MESSAGE}: {details}." if details else f"{self.MESSAGE}."


# Ports


class BindError(_Message):
    """A socket could not be bound to its address."""

    MESSAGE: ClassVar[str] = "The address could not be bound"


class CannotListenError(BindError):
    """A port could not be opened: its address is taken, not permitted or not of this machine.

    Attributes:
        interface: The address that was asked for; empty for all.
        port: The number of the port, or the path of the socket.
        socketError: What the operating system said.
    """

    def __init__(self, interface: str, port: int | str | bytes, socketError: OSError) -> None:
        super().__init__(interface, port, socketError)
        self.interface = interface
        self.port = port
        self.socketError = socketError

    def __str__(self) -> str:
        port = os.fsdecode(self.port) if isinstance(self.port, bytes) else self.port
        host = f"[{self.interface}]" if ":" in self.interface else self.interface
        where = f"{host}:{port}" if host else f"{'port ' if isinstance(port, int) else ''}{port}"
        return f"Cannot listen on {where}: {self.socketError}."


class AlreadyListened(Exception):
    """An endpoint that can be listened on once was listened on a second time."""


class InvalidAddressError(ValueError):
    """An address was given that is none, or none of the right family.

    Attributes:
        address: What was given.
        message: What is wrong with it.
    """

    def __init__(self, address: object, message: str) -> None:
        super().__init__(address, message)
        self.address = address
        self.message = message

    def __str__(self) -> str:
        return f"{self.message}: {self.address!r}"


class MulticastJoinError(Exception):
    """A multicast group could not be joined or left."""


class MessageLengthError(_Message):
    """A datagram is too long to be sent."""

    MESSAGE: ClassVar[str] = "The datagram is too long to be sent"


class NotListeningError(_Message, RuntimeError):
    """A port was to be used as one that listens, and does not."""

    MESSAGE: ClassVar[str] = "The port does not listen"


class UnsupportedAddressFamily(Exception):
    """A reactor was given a socket of an address family that it does not know."""


class UnsupportedSocketType(Exception):
    """A reactor was given a socket of a type that it cannot use this way."""


# Connecting


class ConnectError(Exception):
    """A connection could not be made.

    Attributes:
        osError: The number of the error of the operating system, the exception itself, or None.
    """

    MESSAGE: ClassVar[str] = "The connection could not be made"

    def __init__(self, osError: object = None, string: str = "") -> None:
        """Make an error.

        Args:
            osError: The number of the error of the operating system, or the exception.
            string: What is known beyond that.
        """
        self.osError = osError
        super().__init__(string)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.osError, *self.args)

    def __str__(self) -> str:
        text = self.MESSAGE
        if self.osError is not None:
            text = f"{text}: {self.osError}"
        if self.args[0]:
            text = f"{text}: {self.args[0]}"
        return f"{text}."


class ConnectBindError(ConnectError):
    """The local address of a connection to be made could not be bound."""

    MESSAGE: ClassVar[str] = "The local address could not be bound"


class UnknownHostError(ConnectError):
    """The name of the host could not be looked up by the socket functions."""

    MESSAGE: ClassVar[str] = "The name of the host could not be looked up"


class NoRouteError(ConnectError):
    """There is no way to the host."""

    MESSAGE: ClassVar[str] = "The host cannot be reached"


class ConnectionRefusedError(ConnectError):
    """Nobody listens on the port."""

    MESSAGE: ClassVar[str] = "The connection was refused"


class TCPTimedOutError(ConnectError):
    """The operating system gave up, after its own time."""

    MESSAGE: ClassVar[str] = "The operating system gave up connecting"


class BadFileError(ConnectError):
    """The socket file of a UNIX socket cannot be used."""

    MESSAGE: ClassVar[str] = "The path leads to no usable UNIX socket"


class ServiceNameUnknownError(ConnectError):
    """A port was given by a name, which nobody knows."""

    MESSAGE: ClassVar[str] = "The name of the port is unknown"


class UserError(ConnectError):
    """The attempt was given up by this program."""

    MESSAGE: ClassVar[str] = "The attempt to connect was given up"


class TimeoutError(UserError):
    """The attempt took longer than its timeout.

    It is not `twisted.internet.defer.TimeoutError`, which `Deferred.addTimeout` fails with.
    """

    MESSAGE: ClassVar[str] = "The connection was not made in time"


class SSLError(ConnectError):
    """TLS failed."""

    MESSAGE: ClassVar[str] = "TLS failed"


class DNSLookupError(_Message, OSError):
    """A name could not be looked up."""

    MESSAGE: ClassVar[str] = "The name could not be looked up"


class ConnectInProgressError(Exception):
    """A connection was to be made by something that is connecting already."""


class NotConnectingError(_Message, RuntimeError):
    """An attempt to connect was to be given up where there is none."""

    MESSAGE: ClassVar[str] = "There is no attempt to connect that could be given up"


class ConnectingCancelledError(CancelledError):
    """The Deferred of an attempt to connect was cancelled.

    Attributes:
        address: Where the attempt led to.
    """

    def __init__(self, address: IAddress) -> None:
        super().__init__(address)
        self.address = address


class NoProtocol(Exception):
    """A factory built no protocol for a connection that was made."""


_CONNECT_ERRORS: dict[int | None, type[ConnectError]] = {
    errno.ENETUNREACH: NoRouteError,
    errno.EHOSTUNREACH: NoRouteError,
    errno.ECONNREFUSED: ConnectionRefusedError,
    errno.ETIMEDOUT: TCPTimedOutError,
    # A UNIX socket's path leads to no socket, or to none that we may use.
    errno.ENOENT: BadFileError,
    errno.ENOTSOCK: BadFileError,
}


def getConnectError(e: Exception | tuple[int, str]) -> ConnectError:
    """Return the error of this module that fits an error of the socket functions.

    Args:
        e: The exception, or its number and text.

    Returns:
        The error, with the number and the text in it; a `ConnectError` if none fits better.
    """
    if isinstance(e, ConnectError):
        return e
    number, text = e if isinstance(e, tuple) else _numberAndText(e)
    if isinstance(e, socket.gaierror):
        return UnknownHostError(number, text)
    return _CONNECT_ERRORS.get(number, ConnectError)(number, text)


def _numberAndText(error: Exception) -> tuple[int | None, str]:
    """Return what an exception says, with its number if it has one."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno, error.strerror or ""
    return None, str(error)


# Connections that ended


class ConnectionClosed(Exception):
    """A connection ended; the reason that `connectionLost` gets is of one of the subclasses."""


class ConnectionDone(_Message, ConnectionClosed):
    """A connection ended in good order."""

    MESSAGE: ClassVar[str] = "Connection was closed cleanly"


class ConnectionLost(_Message, ConnectionClosed):
    """A connection broke: data may be lost."""

    MESSAGE: ClassVar[str] = "Connection was lost"


class ConnectionAborted(ConnectionLost):
    """A connection was ended by this program's `abortConnection`."""

    MESSAGE: ClassVar[str] = "Connection was aborted by this side"


class ConnectionFdescWentAway(ConnectionLost):
    """The file descriptor of a connection was closed behind the reactor's back."""

    MESSAGE: ClassVar[str] = "The file descriptor of the connection was closed by somebody else"


# Child processes


class ProcessDone(ConnectionDone):
    """A child process ended with exit status 0.

    Attributes:
        exitCode: 0.
        signal: None.
        status: The status as `os.waitpid` gave it.
    """

    MESSAGE: ClassVar[str] = "The process ended well"

    def __init__(self, status: int | None) -> None:
        super().__init__("exit code 0")
        self.exitCode = 0
        self.signal: int | None = None
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.status,)


class ProcessTerminated(ConnectionLost):
    """A child process ended with another exit status than 0, or by a signal.

    Attributes:
        exitCode: The exit status; None if a signal ended it.
        signal: The number of the signal, or None.
        status: The status as `os.waitpid` gave it.
    """

    MESSAGE: ClassVar[str] = "The process failed"

    def __init__(
        self,
        exitCode: int | None = None,
        signal: int | None = None,
        status: int | None = None,
    ) -> None:
        how = []
        if exitCode is not None:
            how.append(f"exit code {exitCode}")
        if signal is not None:
            how.append(f"killed by signal {signal}")
        super().__init__(*how)
        self.exitCode = exitCode
        self.signal = signal
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.exitCode, self.signal, self.status)


class ProcessExitedAlready(Exception):
    """A child process was to be signalled that has ended."""


# Delayed calls


class AlreadyCalled(_Message, ValueError):
    """A delayed call was to be changed that has happened."""

    MESSAGE: ClassVar[str] = "The delayed call has happened already"


class AlreadyCancelled(_Message, ValueError):
    """A delayed call was to be changed that was taken back."""

    MESSAGE: ClassVar[str] = "The delayed call was taken back already"


# The reactor


class ReactorNotRunning(RuntimeError):
    """The reactor was to be stopped and does not run."""


class ReactorAlreadyRunning(RuntimeError):
    """The reactor was to be run and runs already."""


class ReactorNotRestartable(RuntimeError):
    """A reactor was to be run again that cannot; ours can."""


class ReactorAlreadyInstalledError(AssertionError):
    """A reactor was to be installed as the default one, and there is one."""


# TLS


class VerifyError(_Message):
    """A peer's certificate could not be verified."""

    MESSAGE: ClassVar[str] = "A signature could not be verified"


class PeerVerifyError(VerifyError):
    """A peer failed to show a certificate that holds."""

    MESSAGE: ClassVar[str] = "The peer's certificate could not be verified"


class CertificateError(_Message):
    """A certificate is of no use."""

    MESSAGE: ClassVar[str] = "There is no usable certificate"


__all__ = [
    "AlreadyCalled",
    "AlreadyCancelled",
    "AlreadyListened",
    "BadFileError",
    "BindError",
    "CannotListenError",
    "CertificateError",
    "ConnectBindError",
    "ConnectError",
    "ConnectInProgressError",
    "ConnectingCancelledError",
    "ConnectionAborted",
    "ConnectionClosed",
    "ConnectionDone",
    "ConnectionFdescWentAway",
    "ConnectionLost",
    "ConnectionRefusedError",
    "DNSLookupError",
    "InvalidAddressError",
    "MessageLengthError",
    "MulticastJoinError",
    "NoProtocol",
    "NoRouteError",
    "NotConnectingError",
    "NotListeningError",
    "PeerVerifyError",
    "ProcessDone",
    "ProcessExitedAlready",
    "ProcessTerminated",
    "ReactorAlreadyInstalledError",
    "ReactorAlreadyRunning",
    "ReactorNotRestartable",
    "ReactorNotRunning",
    "SSLError",
    "ServiceNameUnknownError",
    "TCPTimedOutError",
    "TimeoutError",
    "UnknownHostError",
    "UnsupportedAddressFamily",
    "UnsupportedSocketType",
    "UserError",
    "VerifyError",
    "getConnectError",
]
