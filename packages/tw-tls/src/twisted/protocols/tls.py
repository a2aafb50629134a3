"""TLS over any transport of a stream: a protocol that wraps another one.

`TLSMemoryBIOFactory` makes the protocols of any factory speak TLS over whatever they are connected
by: TCP, UNIX sockets, a process, or TLS itself. `reactor.listenSSL`, `transport.startTLS`,
`wrapClientTLS` and the `tls:` endpoints all use it.
"""

from twisted.protocols._tlsfactory import CLOSE_TIMEOUT, HANDSHAKE_TIMEOUT, TLSMemoryBIOFactory
from twisted.protocols._tlsprotocol import TLSMemoryBIOProtocol

BufferingTLSTransport = TLSMemoryBIOProtocol
"""The older name of what gathers small writes, which every connection does now."""

__all__ = [
    "CLOSE_TIMEOUT",
    "HANDSHAKE_TIMEOUT",
    "BufferingTLSTransport",
    "TLSMemoryBIOFactory",
    "TLSMemoryBIOProtocol",
]
