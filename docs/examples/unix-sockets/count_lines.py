"""Count the lines of files that clients have opened: python count_lines.py PATH."""

import sys

from zope.interface import implementer

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IFileDescriptorReceiver
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import react


@implementer(IFileDescriptorReceiver)
class CountLines(Protocol):
    def fileDescriptorReceived(self, descriptor: int) -> None:
        # It is ours now, and so is closing it.
        with open(descriptor, "rb") as file:
            count = sum(1 for _ in file)
        self.transport.write(f"{count} lines\n".encode())


async def main(reactor: object, path: str) -> None:
    endpoint = serverFromString(reactor, f"unix:{path}:mode=600")
    await endpoint.listen(Factory.forProtocol(CountLines))
    print("listening on", path, flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
