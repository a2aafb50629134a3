"""Print what a server says, through a proxy: python through.py PROXY_HOST PROXY_PORT HOST PORT"""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import react
from twisted.protocols.socks import SOCKS5ClientEndpoint, SOCKSError
from twisted.python.failure import Failure


class Listen(Protocol):
    def __init__(self) -> None:
        self.said = b""
        self.done: Deferred[bytes] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        self.said += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.done.callback(self.said)


async def main(reactor: object, proxyHost: str, proxyPort: str, host: str, port: str) -> None:
    proxy = HostnameEndpoint(reactor, proxyHost, int(proxyPort))
    # wrapClientTLS(options, SOCKS5ClientEndpoint(...)) would speak TLS with the server.
    endpoint = SOCKS5ClientEndpoint(proxy, host, int(port))
    try:
        listen = await connectProtocol(endpoint, Listen())
    except SOCKSError as error:
        sys.exit(str(error))
    print((await listen.done).decode(), end="")


if __name__ == "__main__":
    react(main, sys.argv[1:])
