"""Serve several hosts from one port: python several_hosts.py PORT FILE..."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorSSL
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import NamedCertificates
from twisted.internet.task import react


class Hello(Protocol):
    def connectionMade(self) -> None:
        self.transport.write(b"hello\n")
        self.transport.loseConnection()


async def main(reactor: IReactorSSL, port: str, *files: str) -> None:
    # Each file has a key and its certificate. A file that changes is read again.
    certificates = NamedCertificates(files)
    listening = reactor.listenSSL(
        int(port), Factory.forProtocol(Hello), certificates.options(), interface="127.0.0.1"
    )
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
