"""Send a text in capitals to a server: python shout_file.py FILE endpoint."""

import sys

from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.internet.task import react
from twisted.protocols.basic import FileSender


async def main(reactor: object, path: str, description: str) -> None:
    client = await connectProtocol(clientFromString(reactor, description), Protocol())
    with open(path, "rb") as file:
        await FileSender().beginFileTransfer(file, client.transport, bytes.upper)
    client.transport.loseConnection()


if __name__ == "__main__":
    react(main, sys.argv[1:])
