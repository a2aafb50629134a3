"""Look at the certificate of a server: python check_server_certificate.py HOST [PORT]."""

import sys
from typing import cast

from OpenSSL.crypto import X509

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol, wrapClientTLS
from twisted.internet.error import ConnectionClosed
from twisted.internet.interfaces import IHandshakeListener, ISSLTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.ssl import Certificate, optionsForClientTLS
from twisted.internet.task import react
from twisted.python.components import implementer
from twisted.python.failure import Failure


@implementer(IHandshakeListener)
class ShowCertificate(Protocol):
    def __init__(self) -> None:
        self.done: Deferred[None] = Deferred()

    def handshakeCompleted(self) -> None:
        transport = cast(ISSLTransport, self.transport)
        print("OK:", Certificate(cast(X509, transport.getPeerCertificate())))
        transport.abortConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        # What has nothing to do with TLS is a ConnectionClosed of some kind.
        if reason.check(ConnectionClosed) is None:
            print("BAD:", reason.value)
        print("Lost.")
        self.done.callback(None)


async def main(reactor: object, host: str, port: str = "443") -> None:
    below = HostnameEndpoint(reactor, host, int(port))  # type: ignore[arg-type]
    endpoint = wrapClientTLS(optionsForClientTLS(host), below)
    protocol = await connectProtocol(endpoint, ShowCertificate())
    await protocol.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
