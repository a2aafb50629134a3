"""A stateless proxy of SIP over UDP (RFC 3261, section 16.11).

It remembers nothing of the requests that it has passed on. What it has to know of a response it reads
from the Via headers, which come back as they were; the branch in its own is a keyed hash of the one
below, so that a response to nothing is not passed on to anybody.
"""

import socket
from copy import copy

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import Logger
from twisted.protocols.sip._base import Address, Base
from twisted.protocols.sip._errors import SIPError
from twisted.protocols.sip._messages import Request, Response
from twisted.protocols.sip._names import PORT, parseNumber
from twisted.protocols.sip._registry import ILocator
from twisted.protocols.sip._urls import URL
from twisted.protocols.sip._via import Via, parseViaHeader
from twisted.python.failure import Failure

_log = Logger()

MAX_FORWARDS = 70
"""How many proxies a request may pass that does not say so itself (RFC 3261, section 8.1.1.6)."""

_COOKIE = "z9hG4bK"
"""What a branch of RFC 3261 begins with."""


class Proxy(Base):
    """Passes requests on to where its locator says, and responses back.

    A subclass may define `handle_X_request(message, addr)` for requests of a method `X`. What it
    raises, or its Deferred fails with, becomes the response: a `SIPError` its status, a
    `LookupError` 404, anything else 500.

    Attributes:
        locator: Knows where users can be reached.
        host: The own host, as others reach it.
        port: The own port.
    """

    locator: ILocator | None = None

    def __init__(self, host: str | None = None, port: int = PORT) -> None:
        """Make a proxy.

        Args:
            host: The own host, as others reach it; the name of this machine if None.
            port: The own port.
        """
        super().__init__()
        self.host: str = host or socket.getfqdn()
        self.port = port

    def getVia(self) -> Via:
        """Return a Via header that leads here."""
        return Via(host=self.host, port=self.port)

    def handle_request(self, message: Request, addr: Address) -> None:
        """Hand a request to the method for it, and answer it if that fails.

        Args:
            message: The request.
            addr: Where it came from.
        """
        handle = getattr(self, f"handle_{message.method}_request", self.handle_request_default)
        (
            maybeDeferred(handle, message, addr)
            .addErrback(self._failed, message)
            .addErrback(lambda failure: _log.failure("answering {m} failed", failure, m=message))
        )

    def _failed(self, failure: Failure, message: Request) -> None:
        """Answer a request that went wrong."""
        error = failure.value
        if not isinstance(error, SIPError):
            if not isinstance(error, LookupError):
                _log.failure("{message} failed", failure=failure, message=message)
            error = SIPError(404 if isinstance(error, LookupError) else 500)
        # Nobody waits for an answer to this one.
        if message.method == "ACK":
            return
        response = self.responseFromRequest(error.code, message)
        response.phrase = error.phrase
        response.addHeader("content-length", "0")
        self.deliverResponse(response)

    def handle_request_default(self, message: Request, sourcePeer: Address) -> Deferred[None]:
        """Pass a request on.

        Args:
            message: The request.
            sourcePeer: Where it came from.

        Returns:
            A Deferred that fires when it was sent.

        Raises:
            SIPError: It has passed too many proxies, or this one already.
        """
        forwards = message.headers.get("max-forwards", [str(MAX_FORWARDS)])
        try:
            left = parseNumber(forwards[0], 255)
        except ValueError:
            raise SIPError(400) from None
        if left == 0:
            raise SIPError(483)
        via = self.getVia()
        via.branch = self._branch(message)
        if any(self._isOurs(value, via.branch) for value in message.headers["via"]):
            raise SIPError(482)
        if self.locator is None:
            raise SIPError(404)
        return self.locator.getAddress(message.uri).addCallback(
            self._forward, message, via, left - 1
        )

    def _forward(self, target: URL, message: Request, via: Via, forwards: int) -> None:
        """Send a request to where its user can be reached."""
        # A copy: if it cannot be sent, the answer is to the request as it came.
        passed = copy(message)
        passed.headers = {
            **message.headers,
            "via": [via.toString(), *message.headers["via"]],
            "max-forwards": [str(forwards)],
        }
        passed.uri = URL(
            target.host,
            target.username,
            port=target.port,
            transport=target.transport,
            other=target.other,
        )
        self.sendMessage(target, passed)

    def _branch(self, message: Request | Response) -> str:
        """Return the branch of the request whose first Via header is the one below ours."""
        below = parseViaHeader(message.headers["via"][0])
        number = message.headers["cseq"][0].split()[0]
        return _COOKIE + self._hash(below.toString(), message.headers["call-id"][0], number)

    def _isOurs(self, value: str, branch: str) -> bool:
        """Return whether a Via header is one that we have written for a request."""
        try:
            via = parseViaHeader(value)
        except ValueError:
            return False
        return (via.host, via.port, via.branch) == (self.host, self.port, branch)

    def handle_response(self, message: Response, addr: Address) -> None:
        """Pass a response back, or take it if it is to ourselves.

        Args:
            message: The response.
            addr: Where it came from.
        """
        try:
            first, *rest = message.headers["via"]
            via = parseViaHeader(first)
        except (KeyError, ValueError):
            return
        if (via.host, via.port) != (self.host, self.port):
            return
        if not rest:
            self.gotResponse(message, addr)
            return
        message.headers["via"] = rest
        try:
            if via.branch == self._branch(message):
                self.deliverResponse(message)
        except (KeyError, ValueError, IndexError):
            _log.debug("a response from {addr} leads nowhere", addr=addr)

    def gotResponse(self, message: Response, addr: Address) -> None:
        """Take a response to a request of our own; unless overridden, drop it.

        Args:
            message: The response.
            addr: Where it came from.
        """


__all__ = ["MAX_FORWARDS", "Proxy"]
