"""Servers behind a load balancer that says who the client is: the PROXY protocol, versions 1 and 2.

`proxyEndpoint` wraps any server endpoint, and the description `haproxy:tcp:8080` does the same.
Whatever listens there gets the address of the real client, in `buildProtocol` and from
`transport.getPeer()`. Anybody who reaches the port can say anything there, so it has to be one that
nobody but the load balancer reaches.

The protocol is specified in https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt.
"""

from twisted.protocols.haproxy._endpoint import HAProxyServerParser, proxyEndpoint
from twisted.protocols.haproxy._header import (
    MAXIMUM_HEADER,
    HeaderParser,
    HeaderRefused,
    ProxyHeader,
)
from twisted.protocols.haproxy._wrapper import (
    HEADER_SECONDS,
    HAProxyProtocolWrapper,
    HAProxyWrappingFactory,
)

__all__ = [
    "HEADER_SECONDS",
    "MAXIMUM_HEADER",
    "HAProxyProtocolWrapper",
    "HAProxyServerParser",
    "HAProxyWrappingFactory",
    "HeaderParser",
    "HeaderRefused",
    "ProxyHeader",
    "proxyEndpoint",
]
