"""Let clients talk with one another: python chat.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IAddress, IReactorTCP
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure


class Chat(LineReceiver):
    """Asks for a name, then hands on what its client says.

    Attributes:
        name: What the client is called; None until it has said so.
    """

    def __init__(self, present: dict[str, "Chat"]) -> None:
        self.present = present
        self.name: str | None = None

    def connectionMade(self) -> None:
        self.sendText("What's your name?")

    def lineReceived(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        if self.name is None:
            self.nameReceived(text)
        else:
            self.messageReceived(self.name, text)

    def nameReceived(self, name: str) -> None:
        if not name or name in self.present:
            self.sendText("Name taken, please choose another.")
            return
        self.name = name
        self.present[name] = self
        self.sendText(f"Welcome, {name}!")

    def messageReceived(self, sender: str, text: str) -> None:
        for name, client in self.present.items():
            if name != sender:
                client.sendText(f"<{sender}> {text}")

    def sendText(self, text: str) -> None:
        self.sendLine(text.encode())

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self.name is not None:
            del self.present[self.name]


class ChatFactory(Factory[Chat]):
    def __init__(self) -> None:
        self.present: dict[str, Chat] = {}

    def buildProtocol(self, addr: IAddress | None) -> Chat:
        return Chat(self.present)


async def main(reactor: IReactorTCP, description: str = "tcp:8123:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(ChatFactory())
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
