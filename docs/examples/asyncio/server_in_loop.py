"""A server of ours in a program of asyncio, whose loop runs already."""

import asyncio

from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol


class Echo(Protocol):
    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


async def main() -> None:
    reactor = AsyncioSelectorReactor()  # in the loop that runs
    reactor.startRunning()
    endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
    port = await endpoint.listen(Factory.forProtocol(Echo))

    reader, writer = await asyncio.open_connection("127.0.0.1", port.getHost().port)
    writer.write(b"hello\n")
    print((await reader.readline()).decode(), end="")
    writer.close()
    await writer.wait_closed()

    stopped = asyncio.Event()
    reactor.addSystemEventTrigger("after", "shutdown", stopped.set)
    reactor.stop()
    await stopped.wait()
    print("stopped, and the loop goes on")


asyncio.run(main())
