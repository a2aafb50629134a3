"""What is wrong with what a SOCKS peer sends, and why a proxy makes no connection."""

from typing import ClassVar

from twisted.internet.error import (
    ConnectError,
    ConnectionRefusedError,
    NoRouteError,
    TCPTimedOutError,
)


class SOCKSMalformed(ValueError):
    """What a peer sent is no message of the protocol.

    Attributes:
        code: The code of a reply of SOCKS 5 that says so; None where none is to be sent.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        """Make an error.

        Args:
            message: What is wrong.
            code: The code of a reply of SOCKS 5 that says so; None where none is to be sent.
        """
        super().__init__(message)
        self.code = code


class SOCKSError(ConnectError):
    """A connection could not be made since the proxy does not make it, or speaks no SOCKS."""

    MESSAGE: ClassVar[str] = "The proxy made no connection"


class SOCKSLoginError(SOCKSError):
    """The proxy does not take the name and the password, or wants some and was given none."""

    MESSAGE: ClassVar[str] = "The proxy let nobody in"


class SOCKSNoRouteError(SOCKSError, NoRouteError):
    """There is no way from the proxy to the host."""


class SOCKSConnectionRefusedError(SOCKSError, ConnectionRefusedError):
    """Nobody listens on the port that the proxy was to connect to."""


class SOCKSTimedOutError(SOCKSError, TCPTimedOutError):
    """The host that the proxy was to connect to did not answer."""


__all__ = [
    "SOCKSConnectionRefusedError",
    "SOCKSError",
    "SOCKSLoginError",
    "SOCKSMalformed",
    "SOCKSNoRouteError",
    "SOCKSTimedOutError",
]
