"""Ask for TLS, and say something secret then: python starttls_client.py [port]."""

import sys
from pathlib import Path
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator, ITLSTransport
from twisted.internet.protocol import connectionDone
from twisted.internet.ssl import Certificate, optionsForClientTLS
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure


class StartTLSClient(LineReceiver):
    def __init__(self, options: IOpenSSLClientConnectionCreator) -> None:
        self.options = options
        self.done: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.sendLine(b"plain text")
        self.sendLine(b"STARTTLS")

    def lineReceived(self, line: bytes) -> None:
        print("received:", line.decode())
        if line == b"READY":
            cast(ITLSTransport, self.transport).startTLS(self.options)
            # This waits for the handshake, and so does the end of the connection.
            self.sendLine(b"secure text")
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.done.callback(None)


async def main(reactor: object, port: str = "8000") -> None:
    authority = Certificate.loadPEM(Path("public.pem").read_bytes())
    client = StartTLSClient(optionsForClientTLS("example.com", authority))
    endpoint = HostnameEndpoint(reactor, "127.0.0.1", int(port))  # type: ignore[arg-type]
    await connectProtocol(endpoint, client)
    await client.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
