"""The Via header: through whom a request came, and the response goes back (RFC 3261, section 20.42)."""

import re

from twisted.protocols.sip._names import PORT, TOKEN, parseNumber
from twisted.protocols.sip._urls import parseHostAndPort, parseParameters

_NOT_GIVEN: object = object()
_VIA = re.compile(r"SIP\s*/\s*2\.0\s*/\s*([^\s/;]+)\s+([^\s;]+)\s*(.*)", re.DOTALL)


class Via:
    """One station on the way of a request.

    Attributes:
        transport: The protocol that the request came by, such as `UDP`.
        host: The host.
        port: Its port.
        ttl: How far a multicast packet goes; None if it is not said.
        hidden: Whether the station is not to be told of (RFC 2543).
        received: The address that the request really came from; None if it is not said.
        rportValue: The port that it really came from (RFC 3581); None if it is not said.
        rportRequested: Whether that port is asked for.
        branch: What tells transactions apart.
        maddr: The address of a multicast group.
        otherParams: Further parameters; None for those without a value.
    """

    def __init__(
        self,
        host: str,
        port: int = PORT,
        transport: str = "UDP",
        ttl: int | None = None,
        hidden: bool = False,
        received: str | None = None,
        rport: object = _NOT_GIVEN,
        branch: str | None = None,
        maddr: str | None = None,
        **kw: str | None,
    ) -> None:
        """Make a station.

        Args:
            host: The host.
            port: Its port.
            transport: The protocol that the request came by.
            ttl: How far a multicast packet goes.
            hidden: Whether the station is not to be told of.
            received: The address that the request really came from.
            rport: The port that it really came from; None or True to ask for it.
            branch: What tells transactions apart.
            maddr: The address of a multicast group.
            kw: Further parameters.

        Raises:
            ValueError: `rport` is something else.
        """
        self.transport = transport
        self.host = host
        self.port = port
        self.ttl = ttl
        self.hidden = hidden
        self.received = received
        self.rportValue: int | None = None
        self.rportRequested: bool = rport is None or rport is True
        if not self.rportRequested and rport is not _NOT_GIVEN:
            if not isinstance(rport, int) or rport is False:
                raise ValueError(f"rport has to be a port, None or True, not {rport!r}")
            self.rportValue = rport
        self.branch = branch
        self.maddr = maddr
        self.otherParams: dict[str, str | None] = kw

    @property
    def rport(self) -> int | bool | None:
        """The port that the request came from, True if it is asked for, or None."""
        return True if self.rportRequested else self.rportValue

    @rport.setter
    def rport(self, newRPort: int | bool | None) -> None:
        self.rportRequested = newRPort is True
        self.rportValue = None if newRPort is None or newRPort is True else int(newRPort)

    def toString(self) -> str:
        """Return the value of the header."""
        parts = [f"SIP/2.0/{self.transport} {self.host}:{self.port}"]
        if self.hidden:
            parts.append("hidden")
        parameters = {
            "ttl": self.ttl,
            "branch": self.branch,
            "maddr": self.maddr,
            "received": self.received,
        }
        parts += [f"{name}={value}" for name, value in parameters.items() if value is not None]
        if self.rportRequested:
            parts.append("rport")
        elif self.rportValue is not None:
            parts.append(f"rport={self.rportValue}")
        for name, given in self.otherParams.items():
            parts.append(name if given is None else f"{name}={given}")
        return ";".join(parts)


def parseViaHeader(value: str) -> Via:
    """Return the station that the value of a Via header is.

    Args:
        value: One value; a header may have several, with commas between them.

    Raises:
        ValueError: It is none.
    """
    found = _VIA.fullmatch(_withoutComment(value.strip()))
    if found is None or not TOKEN.fullmatch(found[1]):
        raise ValueError(f"{value[:80]!r} is no Via header")
    host, port = parseHostAndPort(found[2])
    via = Via(host, PORT if port is None else port, found[1].upper())
    for name, text in parseParameters(found[3]).items():
        if not TOKEN.fullmatch(name) or any(sign in text for sign in ';,"<>()\r\n'):
            raise ValueError(f"{name[:80]!r} is no parameter of a Via header")
        match name:
            case "hidden":
                via.hidden = True
            case "rport" if not text:
                via.rportRequested = True
            case "rport":
                via.rportValue = parseNumber(text, 65535)
            case "ttl":
                via.ttl = parseNumber(text, 255)
            case "received" | "branch" | "maddr":
                setattr(via, name, text)
            case _:
                via.otherParams[name] = text or None
    return via


def _withoutComment(value: str) -> str:
    """Return a value without the comment in parentheses at its end."""
    before, opened, comment = value.rpartition("(")
    isComment = opened and comment.find(")") == len(comment) - 1
    return before.rstrip() if isComment else value


__all__ = ["Via", "parseViaHeader"]
