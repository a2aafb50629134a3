"""Serve on a UDP socket that was opened by other means: python adopt_datagram_port.py [port]."""

import socket
import sys

from echoserv_udp import Echo

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorSocket
from twisted.internet.task import react


async def main(reactor: IReactorSocket, port: str = "8000") -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.setblocking(False)
        opened.bind(("127.0.0.1", int(port)))
        # The reactor makes a copy of the descriptor, so the socket can be closed.
        listening = reactor.adoptDatagramPort(opened.fileno(), socket.AF_INET, Echo())
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
