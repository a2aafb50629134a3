"""Requests and responses of SIP (RFC 3261, section 7).

Messages are text. The bytes of a body that are no UTF-8 are kept as `surrogateescape` keeps them, so
that a message that is passed on is the same; its length is counted in bytes.
"""

from twisted.protocols.sip._names import (
    TOKEN,
    VERSION,
    headerName,
    parseNumber,
    shortHeaders,
    statusCodes,
)
from twisted.protocols.sip._urls import URL, cleanRequestURL, parseURL

GREATEST_LENGTH = 2**32 - 1
"""The greatest length of a body that a message can say."""


def encodeBody(body: str) -> bytes:
    """Return the bytes of a body.

    Args:
        body: The body of a message.
    """
    return body.encode("utf-8", "surrogateescape")


def decodeBody(data: bytes) -> str:
    """Return the text of a body.

    Args:
        data: Its bytes.
    """
    return data.decode("utf-8", "surrogateescape")


class Message:
    """A message: headers and a body; `Request` and `Response` have a first line too.

    Attributes:
        length: How many bytes the body is to have; None if it is not said.
        headers: The values of each header by its name in lower case, in order.
        body: The body.
        finished: Whether the message is complete.
    """

    length: int | None = None

    def __init__(self) -> None:
        """Make a message without headers and body."""
        self.headers: dict[str, list[str]] = {}
        self.body: str = ""
        self.finished: int = 0

    def addHeader(self, name: str, value: str) -> None:
        """Add a header behind those that are there.

        Args:
            name: Its name, in any case or in its short form.
            value: Its value.

        Raises:
            ValueError: One of them cannot stand in a message, or it is a second length.
        """
        name = name.lower()
        name = shortHeaders.get(name, name)
        if not TOKEN.fullmatch(name):
            raise ValueError(f"{name[:80]!r} is no name of a header")
        if any(sign in value for sign in "\r\n\0"):
            raise ValueError(f"the header {name} has a line end or a NUL in it")
        if name == "content-length":
            length = parseNumber(value.strip(), GREATEST_LENGTH)
            if self.length not in (None, length):
                raise ValueError("the message says two lengths")
            self.length = length
        self.headers.setdefault(name, []).append(value)

    def bodyDataReceived(self, data: str) -> None:
        """Add a piece to the body.

        Args:
            data: The piece.
        """
        self.body += data

    def creationFinished(self) -> None:
        """Say that the message is complete.

        Raises:
            ValueError: The body does not have the length that the message says.
        """
        size = len(encodeBody(self.body))
        if self.length is not None and self.length != size:
            raise ValueError(f"the body has {size} bytes, and was to have {self.length}")
        self.finished = 1

    def toString(self) -> str:
        """Return the message as it is sent."""
        lines = [self._firstLine()]
        for name, values in self.headers.items():
            shown = headerName(name)
            lines += [f"{shown}: {value}" for value in values]
        return "\r\n".join([*lines, "", self.body])

    def _firstLine(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} is neither a request nor a response")


class Request(Message):
    """A message that wants something.

    Attributes:
        method: What it wants, such as `INVITE`.
        uri: Of whom.
        version: The version of the protocol.
    """

    def __init__(self, method: str, uri: str | URL, version: str = VERSION) -> None:
        """Make a request without headers and body.

        Args:
            method: What it wants.
            uri: Of whom.
            version: The version of the protocol.

        Raises:
            ValueError: The method is no token, or the URL none of SIP.
        """
        super().__init__()
        if not TOKEN.fullmatch(method):
            raise ValueError(f"{method[:80]!r} is no method")
        self.method = method
        if isinstance(uri, str):
            uri = parseURL(uri)
            cleanRequestURL(uri)
        self.uri: URL = uri
        self.version = version

    def __repr__(self) -> str:
        return f"<SIP Request {self.method} {self.uri}>"

    def _firstLine(self) -> str:
        return f"{self.method} {self.uri.toString()} {self.version}"


class Response(Message):
    """A message that says what came of a request.

    Attributes:
        code: What came of it, as a number.
        phrase: The same for people.
        version: The version of the protocol.
    """

    def __init__(self, code: int, phrase: str | None = None, version: str = VERSION) -> None:
        """Make a response without headers and body.

        Args:
            code: What came of the request.
            phrase: The same for people; the usual one if None.
            version: The version of the protocol.
        """
        super().__init__()
        self.code = code
        self.phrase: str = statusCodes.get(code, "Unknown") if phrase is None else phrase
        self.version = version

    def __repr__(self) -> str:
        return f"<SIP Response {self.code}>"

    def _firstLine(self) -> str:
        return f"{self.version} {self.code} {self.phrase}"


__all__ = ["Message", "Request", "Response", "decodeBody", "encodeBody"]
