"""Serve those alone who show a certificate: python ssl_clientauth_server.py [port]."""

import sys
from pathlib import Path

from echoserv import Echo

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorSSL
from twisted.internet.protocol import Factory
from twisted.internet.ssl import Certificate, PrivateCertificate
from twisted.internet.task import react


async def main(reactor: IReactorSSL, port: str = "8000") -> None:
    authority = Certificate.loadPEM(Path("public.pem").read_bytes())
    certificate = PrivateCertificate.loadPEM(Path("server.pem").read_bytes())
    listening = reactor.listenSSL(
        int(port), Factory.forProtocol(Echo), certificate.options(authority), interface="127.0.0.1"
    )
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
