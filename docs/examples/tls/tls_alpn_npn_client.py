"""Offer protocols to a server: python tls_alpn_npn_client.py [port [protocol ...]]."""

import sys
from pathlib import Path
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ClientEndpoint, connectProtocol
from twisted.internet.error import ConnectionClosed
from twisted.internet.interfaces import IHandshakeListener, INegotiated, IReactorSSL
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.ssl import Certificate, optionsForClientTLS
from twisted.internet.task import react
from twisted.python.components import implementer
from twisted.python.failure import Failure


@implementer(IHandshakeListener)
class ShowProtocol(Protocol):
    def __init__(self) -> None:
        self.done: Deferred[None] = Deferred()

    def handshakeCompleted(self) -> None:
        print("agreed on", cast(INegotiated, self.transport).negotiatedProtocol)
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if reason.check(ConnectionClosed) is None:
            print("no agreement:", reason.value)
        self.done.callback(None)


async def main(reactor: IReactorSSL, port: str = "8000", *protocols: str) -> None:
    authority = Certificate.loadPEM(Path("public.pem").read_bytes())
    offered = [name.encode() for name in protocols or ("http/1.1", "h2")]
    options = optionsForClientTLS("example.com", authority, acceptableProtocols=offered)
    endpoint = SSL4ClientEndpoint(reactor, "127.0.0.1", int(port), options)
    protocol = await connectProtocol(endpoint, ShowProtocol())
    await protocol.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
