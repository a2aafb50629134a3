"""Print the notes that other programs send: python collect.py NAME, a path or @abstract."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.protocol import DatagramProtocol
from twisted.internet.task import react


class Collect(DatagramProtocol):
    count = 0

    def datagramReceived(self, datagram: bytes, addr: str | bytes | None) -> None:
        self.count += 1
        print(datagram.decode(errors="replace"), flush=True)
        if addr is not None:
            self.transport.write(b"note %d" % self.count, addr)


async def main(reactor: object, name: str) -> None:
    # An abstract name begins with a NUL byte, which no command line can have in it.
    address = "\0" + name[1:] if name.startswith("@") else name
    port = reactor.listenUNIXDatagram(address, Collect(), mode=0o600, wantPID=True)
    print("listening on", name, flush=True)
    await Deferred(lambda _: port.stopListening())  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
