"""Print the files that are sent through a UNIX socket: python recvfd.py SOCKET."""

import os
import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXServerEndpoint
from twisted.internet.interfaces import IFileDescriptorReceiver, IReactorUNIX
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import react
from twisted.python.components import implementer


@implementer(IFileDescriptorReceiver)
class ReceiveFile(Protocol):
    def fileDescriptorReceived(self, descriptor: int) -> None:
        # It is this program's now, and has to be closed.
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
            print(file.read(), end="", flush=True)


async def main(reactor: IReactorUNIX, socket: str) -> None:
    # Mode 600: nobody else's programs can connect.
    endpoint = UNIXServerEndpoint(reactor, socket, mode=0o600)
    port = await endpoint.listen(Factory.forProtocol(ReceiveFile))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
