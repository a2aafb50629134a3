"""A TLS server on asyncio's Protocol: `tls_asyncio.py WHAT`, as `tls_twisted.py`.

Prints the port that it listens on at 127.0.0.1.
"""

import asyncio
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

MOST_SECONDS = 600  # the server never outlives its runner for long, whatever becomes of that
CHUNK = b"x" * 65536


class Echo(asyncio.Protocol):
    """Sends back what it gets."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        self.transport.write(data)


class Send(Echo):
    """Writes as much as the connection takes, from its first byte on."""

    paused = True

    def data_received(self, data: bytes) -> None:
        """Begin."""
        if self.paused:
            self.resume_writing()

    def pause_writing(self) -> None:
        """Stop for now."""
        self.paused = True

    def resume_writing(self) -> None:
        """Go on."""
        self.paused = False
        while not self.paused and not self.transport.is_closing():
            self.transport.write(CHUNK)


async def serve(what: str) -> None:
    """Serve until killed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as directory:
        pem = Path(directory) / "server.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
        command += ["ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"]
        command += ["-keyout", str(pem), "-out", str(pem) + ".crt"]
        subprocess.run(command, check=True, capture_output=True)
        context.load_cert_chain(str(pem) + ".crt", pem)
    loop = asyncio.get_running_loop()
    kind = Send if what == "send" else Echo
    server = await loop.create_server(kind, "127.0.0.1", 0, backlog=128, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    signal.alarm(MOST_SECONDS)
    asyncio.run(serve(sys.argv[1]))
