"""Tell each client who it is, as the kernel knows it: python whoami.py PATH."""

import pwd
import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import react


class WhoAmI(Protocol):
    def connectionMade(self) -> None:
        who = self.transport.getPeerCredentials()
        name = pwd.getpwuid(who.uid).pw_name
        self.transport.write(f"you are {name}, process {who.pid}\n".encode())
        self.transport.loseConnection()


async def main(reactor: object, path: str) -> None:
    # Everybody may connect, since everybody is told who they are; a dead server is replaced.
    endpoint = UNIXServerEndpoint(reactor, path, mode=0o666, wantPID=True)
    await endpoint.listen(Factory.forProtocol(WhoAmI))
    print("listening on", path, flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
