"""Take commands from standard input, some of which take time: python stdiodemo.py."""

from collections.abc import Callable, Coroutine
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.interfaces import IHalfCloseableProtocol, IReactorCore, IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.stdio import StandardIO
from twisted.internet.task import deferLater, react
from twisted.protocols.basic import LineReceiver
from twisted.python.components import Interface, implementer
from twisted.python.failure import Failure


class IThisReactor(IReactorCore, IReactorTime, Interface):
    """What this program needs of the reactor."""


class Greeting(Protocol):
    """Waits for the first that a server says."""

    def __init__(self) -> None:
        self.received: Deferred[bytes] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        if not self.received.called:
            self.received.callback(data)
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self.received.called:
            self.received.errback(reason)


@implementer(IHalfCloseableProtocol)
class Commands(LineReceiver):
    """A command is a method whose name begins with `do_`; its docstring is its help."""

    delimiter = b"\n"

    def __init__(self, reactor: IThisReactor) -> None:
        self.reactor = reactor
        self.atWork = 0
        self.inputEnded = False
        self.ended: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        self.sendText("What can I do for you? Try 'help'.")

    def sendText(self, text: str) -> None:
        self.sendLine(text.encode())

    def lineReceived(self, line: bytes) -> None:
        name, *arguments = line.decode("utf-8", "replace").split() or [""]
        command = getattr(self, f"do_{name}", None)
        if command is None:
            self.sendText(f"error: there is no command {name!r}")
        else:
            # The next line is read while this command is still at work.
            ensureDeferred(self.perform(command, arguments))

    async def perform(
        self, command: Callable[..., Coroutine[Any, Any, str]], arguments: list[str]
    ) -> None:
        self.atWork += 1
        try:
            self.sendText(await command(*arguments))
        except Exception as error:
            self.sendText(f"error: {error}")
        self.atWork -= 1
        self.endWhenDone()

    def readConnectionLost(self) -> None:
        # No more commands come, as at the end of a file, but answers are still to be written.
        self.inputEnded = True
        self.endWhenDone()

    def writeConnectionLost(self) -> None:
        self.transport.loseConnection()  # nobody reads the answers

    def endWhenDone(self) -> None:
        if self.inputEnded and not self.atWork:
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.ended.callback(None)

    async def do_help(self) -> str:
        """help: list the commands"""
        commands = [getattr(self, name) for name in dir(self) if name.startswith("do_")]
        return "\n".join(command.__doc__ for command in commands)

    async def do_lookup(self, name: str) -> str:
        """lookup NAME: find the address of a host"""
        return await self.reactor.resolve(name)

    async def do_wait(self, seconds: str) -> str:
        """wait SECONDS: answer after a while"""
        await deferLater(self.reactor, float(seconds))
        return f"{seconds} seconds have passed"

    async def do_greet(self, endpoint: str) -> str:
        """greet ENDPOINT: connect, and tell what the server says first"""
        endpoint_ = clientFromString(self.reactor, endpoint)
        greeting = await connectProtocol(endpoint_, Greeting())
        greeting.received.addTimeout(10, self.reactor)
        return (await greeting.received).decode("utf-8", "replace").strip()

    async def do_quit(self) -> str:
        """quit: end this program"""
        self.transport.loseConnection()  # when the answer has been written
        return "Goodbye."


async def main(reactor: IThisReactor) -> None:
    commands = Commands(reactor)
    StandardIO(commands)
    await commands.ended


if __name__ == "__main__":
    react(main)
