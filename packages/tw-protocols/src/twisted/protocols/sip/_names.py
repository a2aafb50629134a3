"""Names and numbers of SIP: ports, status codes, and how headers are called (RFC 3261)."""

import re

PORT = 5060
"""The port of SIP over UDP and TCP."""

VERSION = "SIP/2.0"
"""The version of the protocol, as it stands in each message."""

shortHeaders: dict[str, str] = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
"""The names of headers behind their short forms, all in lower case."""

longHeaders: dict[str, str] = {name: short for short, name in shortHeaders.items()}
"""The short forms of names of headers."""

specialCases: dict[str, str] = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "mime-version": "MIME-Version",
    "www-authenticate": "WWW-Authenticate",
}
"""The names of headers that are not written with a capital at the beginning of each word."""

statusCodes: dict[int, str] = {
    100: "Trying",
    180: "Ringing",
    181: "Call Is Being Forwarded",
    182: "Queued",
    183: "Session Progress",
    200: "OK",
    202: "Accepted",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Moved Temporarily",
    305: "Use Proxy",
    380: "Alternative Service",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    410: "Gone",
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    421: "Extension Required",
    423: "Interval Too Brief",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    484: "Address Incomplete",
    485: "Ambiguous",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    493: "Undecipherable",
    500: "Server Internal Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Server Time-out",
    505: "Version Not Supported",
    513: "Message Too Large",
    600: "Busy Everywhere",
    603: "Decline",
    604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}
"""What the status codes mean."""

TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
"""A token of the grammar (RFC 3261, section 25.1)."""


def dashCapitalize(s: str) -> str:
    """Return a name with a capital at the beginning of each word.

    Args:
        s: A name, with a dash between two words.
    """
    return "-".join(word.capitalize() for word in s.split("-"))


def headerName(name: str) -> str:
    """Return the name of a header as it is written in a message.

    Args:
        name: The name in lower case.
    """
    return specialCases.get(name) or dashCapitalize(name)


def parseNumber(text: str, greatest: int) -> int:
    """Return the number that digits say.

    Args:
        text: ASCII digits and nothing else.
        greatest: The greatest number that is allowed.

    Raises:
        ValueError: It is none, or a greater one.
    """
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdigit()) or len(digits) > len(str(greatest)):
        raise ValueError(f"{text[:40]!r} is no number from 0 to {greatest}")
    number = int(digits or "0")
    if number > greatest:
        raise ValueError(f"{number} is no number from 0 to {greatest}")
    return number


__all__ = [
    "PORT",
    "TOKEN",
    "VERSION",
    "dashCapitalize",
    "headerName",
    "longHeaders",
    "parseNumber",
    "shortHeaders",
    "specialCases",
    "statusCodes",
]
