"""Agree with clients on a protocol: python tls_alpn_npn_server.py [port]."""

import sys
from pathlib import Path
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHandshakeListener, INegotiated, IReactorSSL
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import CertificateOptions, PrivateCertificate
from twisted.internet.task import react
from twisted.python.components import implementer


@implementer(IHandshakeListener)
class ShowProtocol(Protocol):
    def handshakeCompleted(self) -> None:
        print("agreed on", cast(INegotiated, self.transport).negotiatedProtocol, flush=True)
        self.transport.loseConnection()


async def main(reactor: IReactorSSL, port: str = "8000") -> None:
    certificate = PrivateCertificate.loadPEM(Path("server.pem").read_bytes())
    options = CertificateOptions(
        privateKey=certificate.privateKey.original,
        certificate=certificate.original,
        # The server decides: the first of these that the client offers too.
        acceptableProtocols=[b"h2", b"http/1.1"],
    )
    factory = Factory.forProtocol(ShowProtocol)
    listening = reactor.listenSSL(int(port), factory, options, interface="127.0.0.1")
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
