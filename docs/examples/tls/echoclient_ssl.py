"""Send two lines and print what comes back, over TLS: python echoclient_ssl.py [port]."""

import sys
from pathlib import Path

from echoclient import EchoClient

from twisted.internet.endpoints import SSL4ClientEndpoint, connectProtocol
from twisted.internet.interfaces import IReactorSSL
from twisted.internet.ssl import Certificate, optionsForClientTLS
from twisted.internet.task import react


async def main(reactor: IReactorSSL, port: str = "8000") -> None:
    authority = Certificate.loadPEM(Path("public.pem").read_bytes())
    # The name that is verified need not be the one that is connected to.
    options = optionsForClientTLS("example.com", authority)
    endpoint = SSL4ClientEndpoint(reactor, "127.0.0.1", int(port), options)
    client = await connectProtocol(endpoint, EchoClient())
    await client.done


if __name__ == "__main__":
    react(main, sys.argv[1:])
