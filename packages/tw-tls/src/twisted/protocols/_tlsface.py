"""What a TLS connection tells about itself, and what it leaves to the transport below."""

from typing import TYPE_CHECKING, cast

from OpenSSL import SSL

from twisted.internet.interfaces import IProtocol, ITCPTransport
from twisted.protocols._tlsstream import TLSStream
from twisted.protocols.policies import ProtocolWrapper

if TYPE_CHECKING:
    from OpenSSL.crypto import X509

    from twisted.internet.address import IPv4Address, IPv6Address


class TLSFace(ProtocolWrapper):
    """The part of a TLS connection that changes nothing."""

    _stream: TLSStream
    _tlsConnection: SSL.Connection

    @property
    def protocol(self) -> IProtocol:
        """The protocol above, by the name that it has at other transports."""
        return self.wrappedProtocol

    @protocol.setter
    def protocol(self, protocol: IProtocol) -> None:
        self.wrappedProtocol = protocol

    @property
    def handshakeDone(self) -> bool:
        """Whether the handshake has come to its end, so that data can be sent and received."""
        return self._stream.handshakeDone

    def getHandle(self) -> SSL.Connection:
        """Return the OpenSSL object of the connection."""
        return self._tlsConnection

    def getPeerCertificate(self) -> "X509 | None":
        """Return the peer's certificate; None before the handshake, or if it showed none."""
        return self._tlsConnection.get_peer_certificate()

    @property
    def negotiatedProtocol(self) -> bytes | None:
        """The name that both sides agreed on (ALPN, RFC 7301); None if there is none, as yet."""
        if not self._stream.handshakeDone:
            return None
        return self._tlsConnection.get_alpn_proto_negotiated() or None

    def logPrefix(self) -> str:
        """Return the name of the protocol above in the log, and that it speaks TLS."""
        return super().logPrefix().replace(type(self).__name__, "TLS")

    def getTcpNoDelay(self) -> bool:
        """Return whether small writes are sent without waiting for more."""
        return self._below().getTcpNoDelay()

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Turn `TCP_NODELAY` on or off.

        Args:
            enabled: False lets the kernel hold back small writes.
        """
        self._below().setTcpNoDelay(enabled)

    def getTcpKeepAlive(self) -> bool:
        """Return whether the kernel probes an idle peer."""
        return self._below().getTcpKeepAlive()

    def setTcpKeepAlive(self, enabled: bool) -> None:
        """Turn `SO_KEEPALIVE` on or off.

        Args:
            enabled: Whether the kernel probes an idle peer.
        """
        self._below().setTcpKeepAlive(enabled)

    def getPeer(self) -> "IPv4Address | IPv6Address":
        """Return the address of the other end, as the transport below knows it."""
        return self._below().getPeer()

    def getHost(self) -> "IPv4Address | IPv6Address":
        """Return the address of this end, as the transport below knows it."""
        return self._below().getHost()

    def _below(self) -> ITCPTransport:
        return cast(ITCPTransport, self.transport)
