"""An echo server on asyncio's Protocol: `echo_asyncio.py asyncio` or `echo_asyncio.py uvloop`.

Prints the port that it listens on at 127.0.0.1. Both loops switch TCP_NODELAY on by themselves.
"""

import asyncio
import signal
import sys
from typing import cast

MOST_SECONDS = 600  # the server never outlives its runner for long, whatever becomes of that


class Echo(asyncio.Protocol):
    """Sends back what it gets."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # A cast: uvloop's transport looks like asyncio's but is none by inheritance.
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        self.transport.write(data)


async def serve() -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=128)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve on the loop that the command line names."""
    signal.alarm(MOST_SECONDS)
    if sys.argv[1] == "uvloop":
        import uvloop

        uvloop.run(serve())
    else:
        asyncio.run(serve())


if __name__ == "__main__":
    main()
