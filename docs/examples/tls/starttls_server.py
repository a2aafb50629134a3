"""Speak in the clear until a client asks for TLS: python starttls_server.py [port]."""

import sys
from pathlib import Path
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.interfaces import IReactorTCP, ITLSTransport
from twisted.internet.protocol import Factory
from twisted.internet.ssl import CertificateOptions, PrivateCertificate
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver


class TLSServer(LineReceiver):
    options: CertificateOptions

    def lineReceived(self, line: bytes) -> None:
        print("received:", line.decode(), flush=True)
        if line == b"STARTTLS":
            print("-- Switching to TLS", flush=True)
            # What is written before goes out in the clear, what is written after does not.
            self.sendLine(b"READY")
            cast(ITLSTransport, self.transport).startTLS(self.options)


async def main(reactor: IReactorTCP, port: str = "8000") -> None:
    TLSServer.options = PrivateCertificate.loadPEM(Path("server.pem").read_bytes()).options()
    endpoint = TCP4ServerEndpoint(reactor, int(port), interface="127.0.0.1")
    listening = await endpoint.listen(Factory.forProtocol(TLSServer))
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
