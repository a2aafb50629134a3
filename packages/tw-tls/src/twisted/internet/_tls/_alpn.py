"""Agreeing on the protocol that is spoken inside of TLS (ALPN, RFC 7301).

The client offers names, the server chooses the one that it prefers itself. Where it knows none of
them it ends the handshake, with the alert that the RFC has for that: a connection on which the two
sides mean different things is worse than none.
"""

from collections.abc import Callable, Sequence

from OpenSSL import SSL

from twisted.python.constants import FlagConstant, Flags

LONGEST_NAME = 255
"""The most bytes that a name may have (RFC 7301 section 3.1)."""


class NoProtocolAgreed(SSL.Error):
    """The client offered protocols, and the server speaks none of them."""


class ProtocolNegotiationSupport(Flags):
    """Ways of agreeing on a protocol.

    NPN was a forerunner of ALPN; OpenSSL knows it no more.
    """

    NOSUPPORT = FlagConstant(0)
    NPN = FlagConstant(1)
    ALPN = FlagConstant(2)


def protocolNegotiationMechanisms() -> FlagConstant:
    """Return the ways of agreeing on a protocol that there are: ALPN."""
    return ProtocolNegotiationSupport.ALPN


def checkedNames(names: Sequence[bytes]) -> list[bytes]:
    """Return names of protocols as a list.

    Args:
        names: The names, the preferred ones first.

    Raises:
        ValueError: One is empty or too long.
        TypeError: One is not bytes.
    """
    for name in names:
        if not isinstance(name, bytes):
            raise TypeError(f"the name of a protocol is bytes, such as b'h2', not {name!r}")
        if not 0 < len(name) <= LONGEST_NAME:
            raise ValueError(f"the name of a protocol has 1 to {LONGEST_NAME} bytes, not {name!r}")
    return list(names)


def setAcceptableProtocols(context: SSL.Context, acceptableProtocols: Sequence[bytes]) -> None:
    """Let the connections of a context agree on a protocol, as client and as server.

    Args:
        context: The context; it has made no connection yet.
        acceptableProtocols: The names, the preferred ones first; if there are none, what a client
            offers is passed over, unless the connection says otherwise (see `chooser`).

    Raises:
        ValueError: A name is empty or too long, or the context has made a connection.
    """
    names = checkedNames(acceptableProtocols)
    if names:
        context.set_alpn_protos(names)
    context.set_alpn_select_callback(chooser(names))


def chooser(names: Sequence[bytes]) -> Callable[[SSL.Connection, list[bytes]], bytes]:
    """Return what chooses for a server, as OpenSSL calls it.

    A connection whose protocol says by itself what it accepts (because its factory provides
    `IProtocolNegotiationFactory`) is served by that.

    Args:
        names: What the server speaks, the preferred ones first.
    """

    def choose(connection: SSL.Connection, offered: list[bytes]) -> bytes:
        """Return the name that both sides know and the server likes best."""
        accepted = getattr(connection.get_app_data(), "acceptableProtocols", None) or names
        if not accepted:
            return SSL.NO_OVERLAPPING_PROTOCOLS  # type: ignore[return-value]  # a mark of its own
        for name in accepted:
            if name in offered:
                return name
        # Returning the mark would let the handshake pass.
        raise NoProtocolAgreed(f"the client offers {offered!r}, and this server {accepted!r}")

    return choose
