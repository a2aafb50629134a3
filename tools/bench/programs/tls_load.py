"""The load of the TLS workloads: `tls_load.py WHAT PORT PID CONNECTIONS SIZE WARM SECONDS`.

`echo` keeps one message in flight on each connection, `send` reads what the server sends, and
`handshake` makes one connection after the other, with a byte each way. Only the CPU time of the
server is compared, so it does not matter that this is Python. Prints one line of JSON.
"""

import json
import socket
import ssl
import sys
import time

READ_SIZE = 262144


class Load:
    """Connections to a server."""

    def __init__(self, port: int, connections: int, size: int) -> None:
        self._address = "127.0.0.1", port
        self._context = ssl.create_default_context()
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE
        self._message = bytes(range(256)) * (size // 256 + 1)
        self._message = self._message[:size]
        self._connections = [self.connect() for _ in range(connections)]

    def connect(self) -> ssl.SSLSocket:
        """Return a new connection."""
        plain = socket.create_connection(self._address, 30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        return self._context.wrap_socket(plain)

    def echo(self) -> float:
        """Send a message on each connection and read it; return how many messages."""
        for connection in self._connections:
            connection.sendall(self._message)
        for connection in self._connections:
            self._expect(connection, self._message)
        return len(self._connections)

    def send(self) -> float:
        """Read what the server sends; return how many MiB."""
        if self._message:
            for connection in self._connections:
                connection.sendall(b"x")
            self._message = b""
        read = 0
        for connection in self._connections:
            for _ in range(64):
                read += len(connection.recv(READ_SIZE))
        return read / 2**20

    def handshake(self) -> float:
        """Make a connection, send a byte each way, and close it."""
        with self.connect() as connection:
            connection.sendall(b"x")
            self._expect(connection, b"x")
        return 1

    def _expect(self, connection: ssl.SSLSocket, message: bytes) -> None:
        received = b""
        while len(received) < len(message):
            data = connection.recv(READ_SIZE)
            if not data:
                sys.exit("the server closed a connection")
            received += data
        if received != message:
            sys.exit("an echo is wrong")


def cpuOf(pid: int) -> float:
    """Return the CPU seconds that another process has used (the clock of clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def main() -> None:
    """Load the server, and print what it did."""
    what, port, pid, connections, size = sys.argv[1], *map(int, sys.argv[2:6])
    warm, seconds = map(float, sys.argv[6:8])
    step = getattr(Load(port, connections, size), what)
    limit = time.monotonic() + warm
    while time.monotonic() < limit:
        step()
    operations = 0.0
    begun, cpu, own = time.monotonic(), cpuOf(pid), time.process_time()
    while time.monotonic() - begun < seconds:
        operations += step()
    sample = {
        "operations": operations,
        "seconds": time.monotonic() - begun,
        "cpu": cpuOf(pid) - cpu,
        "loadCpu": time.process_time() - own,
    }
    print(json.dumps(sample))


if __name__ == "__main__":
    main()
