"""A server for fault runs: echoes, misbehaves as it is told, and says what it has open.

`python fault_server.py REACTOR [leaky]` prints the number of its port. A leaky one forgets to put
away what a connection had, so that it can be seen that this is found. What a client sends first, a line,
says what the connection is for:

- `echo`: all that follows comes back, and the SHA-256 of it when the client sends no more;
- `chaos SEED SECONDS`: after so many seconds the server writes, pauses, half-closes, closes and
  aborts as chance will have it;
- `count`: one line of JSON says what the server has open, this connection aside.
"""

import gc
import hashlib
import importlib
import json
import os
import random
import sys
from collections import Counter

from twisted.internet.interfaces import IAddress, IDelayedCall, IHalfCloseableProtocol, IReactorTime
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.tcp import Connection
from twisted.python.components import implementer
from twisted.python.failure import Failure

LONGEST_LINE = 100
LARGEST_WRITE = 20_000
BACKLOG = 4096
# A chaotic connection does something after at most so many seconds, and so many times.
PAUSE = 0.5
ACTIONS = 5
LEAKY = sys.argv[2:] == ["leaky"]


class Counted:
    """What the server has seen.

    Attributes:
        total: How many connections were made.
        now: How many are open.
        peak: How many were open at the same time.
        received: How many bytes came.
    """

    def __init__(self) -> None:
        self.total = self.now = self.peak = self.received = 0


@implementer(IHalfCloseableProtocol)
class Serving(Protocol):
    """Finds out what a connection is for, and does it."""

    # Narrower than a Protocol's: all is over TCP.
    transport: Connection  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, reactor: IReactorTime, counted: Counted) -> None:
        self._reactor = reactor
        self._counted = counted
        self._line = b""
        self._purpose = ""
        self._hash = hashlib.sha256()
        self._random = random.Random()
        self._actions = ACTIONS
        self._next: IDelayedCall | None = None

    def connectionMade(self) -> None:
        counted = self._counted
        counted.total += 1
        counted.now += 1
        counted.peak = max(counted.peak, counted.now)

    def dataReceived(self, data: bytes) -> None:
        self._counted.received += len(data)
        if not self._purpose:
            line, end, data = (self._line + data).partition(b"\n")
            self._line = line
            if not end:
                if len(line) > LONGEST_LINE:
                    self.transport.abortConnection()
                return
            self._begin(line.decode("ascii"))
        if self._purpose == "echo" and data:
            self._hash.update(data)
            self.transport.write(data)

    def _begin(self, line: str) -> None:
        self._purpose, _, rest = line.partition(" ")
        if self._purpose == "echo":
            # Who does not read what comes back is not read from.
            self.transport.registerProducer(self.transport, True)
        elif self._purpose == "chaos":
            seed, delay = rest.split()
            self._random.seed(int(seed))
            self._later(int(delay))
        else:
            self._counted.now -= 1
            self._reactor.callLater(0, self._count)

    def readConnectionLost(self) -> None:
        if self._purpose == "echo":
            self.transport.unregisterProducer()
            self.transport.write(self._hash.hexdigest().encode())
            self.transport.loseConnection()
        elif not self._purpose or (self._purpose == "chaos" and self._random.random() < 0.5):
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """It is what was asked for."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if LEAKY:
            self._reactor.callLater(3600, self._act)
        if self._purpose != "count":
            self._counted.now -= 1
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _later(self, delay: int = 0) -> None:
        self._next = self._reactor.callLater(delay + self._random.random() * PAUSE, self._act)

    def _act(self) -> None:
        self._next = None
        self._actions -= 1
        action = self._random.randrange(10) if self._actions else 9
        if action < 4:
            self.transport.write(self._random.randbytes(self._random.randrange(LARGEST_WRITE)))
        elif action < 6:
            self.transport.pauseProducing()
        elif action == 6:
            self.transport.resumeProducing()
        elif action == 7:
            self.transport.loseWriteConnection()
        elif action == 8 and self._random.random() < 0.5:
            self.transport.loseConnection()
        if self._actions:
            self._later()
        else:
            self.transport.abortConnection()

    def _count(self) -> None:
        counted = self._counted
        unreachable = gc.collect()
        objects = Counter(
            f"{type(one).__module__}.{type(one).__qualname__}"
            for one in gc.get_objects()
            if str(type(one).__module__).startswith(("twisted.", "__main__"))
        )
        open_ = {
            # The directory itself, and this connection.
            "descriptors": len(os.listdir("/proc/self/fd")) - 2,
            "timers": len(self._reactor.getDelayedCalls()),
            "objects": dict(objects),
            "connections": counted.now,
        }
        seen = {
            "total": counted.total,
            "peak": counted.peak,
            "received": counted.received,
            "unreachable": unreachable,
        }
        self.transport.write(json.dumps({"open": open_, "seen": seen}).encode() + b"\n")
        self.transport.loseConnection()


class Serves(Factory):
    """Makes the server's end of each connection."""

    noisy = False

    def __init__(self, reactor: IReactorTime) -> None:
        self._reactor = reactor
        self._counted = Counted()

    def buildProtocol(self, addr: IAddress) -> Protocol:
        return Serving(self._reactor, self._counted)


def main() -> None:
    """Serve until somebody stops it."""
    importlib.import_module(f"twisted.internet.{sys.argv[1]}reactor").install()
    from twisted.internet import reactor

    port = reactor.listenTCP(0, Serves(reactor), backlog=BACKLOG, interface="127.0.0.1")
    print(port.getHost().port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
