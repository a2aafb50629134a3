"""Tell who has a connection of this machine: python identd.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.ident import IdentServer, ProcServerMixin


class Server(ProcServerMixin, IdentServer):
    """Looks into the lists of Linux."""


async def main(reactor, description: str = "tcp:113:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(Factory.forProtocol(Server))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
