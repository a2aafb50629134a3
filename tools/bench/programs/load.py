"""The load of what is measured by CPU alone: `load.py WHAT PORT PID CONNECTIONS SIZE WARM SECONDS`.

WHAT is one of the functions of `STEPS`. Since only the CPU time of the server is compared, it does
not matter that this is Python. Prints one line of JSON.
"""

import json
import os
import socket
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path

READ_SIZE = 262144
READS_AT_ONCE = 16
PATIENCE = 30.0  # seconds until a server that does not answer is given up
PAGE = os.sysconf("SC_PAGE_SIZE")


class Load:
    """Plain connections to a server."""

    def __init__(self, port: int, connections: int, size: int) -> None:
        self._address = "127.0.0.1", port
        self._count = connections
        self._message = (bytes(range(256)) * (size // 256 + 1))[:size]
        self._open: list[socket.socket] = []
        self._begun = False
        self._buffer = bytearray(READ_SIZE)

    def connect(self) -> socket.socket:
        """Return a new connection."""
        connection = socket.create_connection(self._address, PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        return connection

    def connections(self) -> list[socket.socket]:
        """Return the connections, which are made on first use."""
        if not self._open:
            self._open = [self.connect() for _ in range(self._count)]
        return self._open

    def echo(self) -> float:
        """Send a message on each connection and read it; return how many messages."""
        for connection in self.connections():
            connection.sendall(self._message)
        for connection in self._open:
            self._expect(connection, self._message)
        return len(self._open)

    def send(self) -> float:
        """Read what the server sends, from the first byte that it gets on; return how many MiB."""
        if not self._begun:
            self._begun = True
            for connection in self.connections():
                connection.sendall(b"x")
        read = 0
        for connection in self._open:
            for _ in range(READS_AT_ONCE):
                data = self.skip(connection)
                if not data:
                    sys.exit("the server closed a connection")
                read += data
        return read / 2**20

    def skip(self, connection: socket.socket) -> int:
        """Read data and drop it; return how many bytes."""
        # Linux drops it uncopied, so that the server is never the faster one.
        return connection.recv_into(self._buffer, READ_SIZE, socket.MSG_TRUNC)

    def receive(self) -> float:
        """Send a message on each connection; return how many MiB."""
        for connection in self.connections():
            connection.sendall(self._message)
        return len(self._open) * len(self._message) / 2**20

    def visit(self) -> float:
        """Make connections, send a message each way, and close them; return how many."""
        visitors = [self.connect() for _ in range(self._count)]
        for connection in visitors:
            connection.sendall(self._message)
        for connection in visitors:
            self._expect(connection, self._message)
            connection.close()
        return self._count

    def idle(self) -> float:
        """Make connections, send a message each way, and leave them open; return how many."""
        for _ in range(self._count):
            self._open.append(self.connect())
            self._open[-1].sendall(self._message)
            self._expect(self._open[-1], self._message)
        return self._count

    def _expect(self, connection: socket.socket, message: bytes) -> None:
        received = b""
        while len(received) < len(message):
            data = connection.recv(READ_SIZE)
            if not data:
                sys.exit("the server closed a connection")
            received += data
        if received != message:
            sys.exit("an echo is wrong")


class SecureLoad(Load):
    """TLS connections to a server."""

    def __init__(self, port: int, connections: int, size: int) -> None:
        super().__init__(port, connections, size)
        self._context = ssl.create_default_context()
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE

    def connect(self) -> socket.socket:
        """Return a new connection."""
        return self._context.wrap_socket(super().connect())

    def skip(self, connection: socket.socket) -> int:
        """Read data and drop it; return how many bytes."""
        return connection.recv_into(self._buffer)


class DatagramLoad(Load):
    """UDP sockets that are connected to a server."""

    def connect(self) -> socket.socket:
        """Return a new socket; a datagram that is lost ends the program."""
        connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        connection.settimeout(PATIENCE)
        connection.connect(self._address)
        return connection


STEPS: dict[str, tuple[type[Load], Callable[[Load], float]]] = {
    "send": (Load, Load.send),
    "receive": (Load, Load.receive),
    "visit": (Load, Load.visit),
    "idle": (Load, Load.idle),
    "datagrams": (DatagramLoad, Load.echo),
    "tls-echo": (SecureLoad, Load.echo),
    "tls-send": (SecureLoad, Load.send),
    "tls-visit": (SecureLoad, Load.visit),
}


def cpuOf(pid: int) -> float:
    """Return the CPU seconds that another process has used (the clock of clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def memoryOf(pid: int) -> float:
    """Return the bytes that another process has in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE


def main() -> None:
    """Load the server, and print what it did."""
    what, port, pid, connections, size = sys.argv[1], *map(int, sys.argv[2:6])
    warm, seconds = map(float, sys.argv[6:8])
    kind, step = STEPS[what]
    load = kind(port, connections, size)
    limit = time.monotonic() + warm
    step(load)
    while time.monotonic() < limit:
        step(load)
    operations = 0.0
    memory, own = memoryOf(pid), time.process_time()
    begun, cpu = time.monotonic(), cpuOf(pid)
    # On a busy machine the server may not have had its turn yet: then nothing was measured.
    while time.monotonic() - begun < seconds or not operations or cpuOf(pid) == cpu:
        operations += step(load)
    sample = {
        "operations": operations,
        "seconds": time.monotonic() - begun,
        "cpu": cpuOf(pid) - cpu,
        "loadCpu": time.process_time() - own,
        "memory": memoryOf(pid) - memory,
    }
    print(json.dumps(sample))


if __name__ == "__main__":
    main()
