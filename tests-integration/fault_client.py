"""A client for fault runs: many connections that misbehave, and some that must not notice.

`python fault_client.py REACTOR PORT SEED CHAOS TRANSFERS SECONDS` connects to the server from many
addresses of 127.0.0.0/8. It prints what became of everything, in JSON, and ends with status 0 if
all came to its end within so many seconds; else with 1, and with what did not.
"""

import hashlib
import importlib
import json
import os
import random
import sys
from collections import Counter
from typing import cast

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.interfaces import IAddress, IConnector, IDelayedCall, IHalfCloseableProtocol
from twisted.internet.protocol import ClientFactory, Protocol, connectionDone
from twisted.internet.tcp import Connection, Connector
from twisted.python.components import implementer
from twisted.python.failure import Failure

LARGEST_TRANSFER = 200_000
CHUNK = 10_000
DIGEST = 64
LARGEST_WRITE = 5_000
# So many attempts to connect are under way at the same time.
AT_ONCE = 200
# A connection that misbehaves does so within so many seconds, after all are connected.
WINDOW = 0.6
# The server misbehaves after one second for so many of them, so that many are open before.
A_SECOND = 1000
# So many of them begin before that.
IMPATIENT = 0.2
# After so many seconds one gives up that is to close and can't, since the server does not read.
PATIENCE = 1.0


class Run:
    """Everything that this client does.

    Attributes:
        outcomes: How many connections ended in which way.
        faults: What must not have happened.
        transferred: How many bytes came back.
        delay: How many seconds the server is to wait before it misbehaves.
    """

    def __init__(
        self, reactor: PollingReactor, port: int, seed: int, chaos: int, transfers: int
    ) -> None:
        self.reactor = reactor
        self.random = random.Random(seed)
        self.outcomes: Counter[str] = Counter()
        self.faults: list[str] = []
        self.transferred = 0
        self.delay = chaos // A_SECOND
        self._port = port
        self._waiting = ["chaos"] * chaos + ["transfer"] * transfers
        self.random.shuffle(self._waiting)
        self._connecting = 0
        self._open = 0
        self._patient: list[Chaotic] = []
        self._number = 0

    def go(self) -> None:
        """Begin as many attempts as may be under way, and end when all is over."""
        while self._waiting and self._connecting < AT_ONCE:
            self._connecting += 1
            self._open += 1
            self._number += 1
            source = f"127.0.0.{2 + self._number % 250}"
            kind = self._waiting.pop()
            factory = Connecting(self, Chaotic if kind == "chaos" else Transferring)
            connector = self.reactor.connectTCP(
                "127.0.0.1", self._port, factory, timeout=120, bindAddress=(source, 0)
            )
            if kind == "chaos" and self.random.random() < 0.02:
                self.reactor.callLater(self.random.random() * 0.01, self._giveUp, connector)
        if not self._waiting and not self._connecting:
            patient, self._patient = self._patient, []
            for chaotic in patient:
                chaotic.later(WINDOW)
            if not self._open:
                self.reactor.stop()

    def connected(self) -> None:
        """Go on with the next attempt."""
        self._connecting -= 1
        self.reactor.callLater(0, self.go)

    def failed(self, transfer: bool, reason: Failure) -> None:
        """Note that an attempt failed."""
        self.outcomes[f"not connected: {reason.type.__name__}"] += 1
        if transfer:
            self.faults.append(f"a transfer was not connected: {reason.value}")
        self._open -= 1
        self.connected()

    def ended(self, outcome: str) -> None:
        """Note that a connection ended."""
        self.outcomes[outcome] += 1
        self._open -= 1
        if not self._open:
            self.reactor.callLater(0, self.go)

    def waits(self, chaotic: "Chaotic") -> None:
        """Let a connection wait until all are connected."""
        self._patient.append(chaotic)

    def hangs(self) -> None:
        """Give up, and say what did not come to its end."""
        self.faults.append(
            f"{self._open} connections did not end, {self._connecting} were not made, "
            f"{len(self._waiting)} were not begun"
        )
        self.reactor.stop()

    def _giveUp(self, connector: IConnector) -> None:
        if isinstance(connector, Connector) and connector.state == "connecting":
            connector.stopConnecting()


class Connecting(ClientFactory):
    """Makes one connection."""

    noisy = False

    def __init__(self, run: Run, kind: "type[Chaotic | Transferring]") -> None:
        self._run = run
        self._kind = kind

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        return self._kind(self._run)

    def clientConnectionFailed(self, connector: object, reason: Failure) -> None:
        self._run.failed(self._kind is Transferring, reason)


@implementer(IHalfCloseableProtocol)
class Chaotic(Protocol):
    """One that writes, half-closes, closes or aborts as chance will have it."""

    # Narrower than a Protocol's: all is over TCP.
    transport: Connection  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, run: Run) -> None:
        self._run = run
        self._call: IDelayedCall | None = None
        self._actions = 1 + run.random.randrange(4)

    def connectionMade(self) -> None:
        seed = self._run.random.randrange(1 << 30)
        self.transport.write(b"chaos %d %d\n" % (seed, self._run.delay))
        if self._run.random.random() < IMPATIENT:
            self.later(0.2)
        else:
            self._run.waits(self)
        self._run.connected()

    def readConnectionLost(self) -> None:
        """Go on: this side closes when it wants to."""

    def writeConnectionLost(self) -> None:
        """It is what was asked for."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._call is not None:
            self._call.cancel()
        self._actions = 0
        self._run.ended(reason.type.__name__)

    def later(self, seconds: float) -> None:
        """Do something within so many seconds, unless it is over."""
        if self.transport.connected and self._call is None:
            self._call = self._run.reactor.callLater(self._run.random.random() * seconds, self._act)

    def _act(self) -> None:
        self._call = None
        self._actions -= 1
        chance = self._run.random
        if self._actions <= 0:
            if chance.random() < 0.5:
                self.transport.abortConnection()
            else:
                self.transport.loseConnection()
            if self.transport.connected:
                # Who waits for ever for the other one to read gives up some time.
                self._call = self._run.reactor.callLater(PATIENCE, self._giveUp)
            return
        action = chance.randrange(4)
        if action < 2:
            self.transport.write(chance.randbytes(chance.randrange(LARGEST_WRITE)))
        elif action == 2:
            self.transport.loseWriteConnection()
        else:
            self.transport.pauseProducing()
        self.later(WINDOW)

    def _giveUp(self) -> None:
        self._call = None
        self.transport.abortConnection()


@implementer(IHalfCloseableProtocol)
class Transferring(Protocol):
    """One that sends bytes and sees that all of them come back."""

    # Narrower than a Protocol's: all is over TCP.
    transport: Connection  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, run: Run) -> None:
        self._run = run
        self._left = run.random.randrange(LARGEST_TRANSFER)
        self._size = self._left
        self._sent = hashlib.sha256()
        self._came = hashlib.sha256()
        self._received = 0
        self._digest = b""

    def connectionMade(self) -> None:
        self._run.connected()
        self.transport.write(b"echo\n")
        self.transport.registerProducer(self, False)

    def resumeProducing(self) -> None:
        """Write some more."""
        if not self._left:
            self.transport.unregisterProducer()
            self.transport.loseWriteConnection()
            return
        data = self._run.random.randbytes(min(CHUNK, self._left))
        self._left -= len(data)
        self._sent.update(data)
        self.transport.write(data)

    def stopProducing(self) -> None:
        """Nothing is to be stopped."""

    def dataReceived(self, data: bytes) -> None:
        echo = data[: self._size - self._received]
        self._received += len(echo)
        self._came.update(echo)
        self._digest += data[len(echo) :]

    def readConnectionLost(self) -> None:
        self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """It is what was asked for."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        sent = self._sent.hexdigest()
        if (self._came.hexdigest(), self._digest.decode()) == (sent, sent):
            self._run.transferred += self._size
            self._run.ended("transferred")
            return
        self._run.faults.append(
            f"a transfer of {self._size} bytes got {self._received} back: {reason.value}"
        )
        self._run.ended("transfer failed")


def main() -> int:
    """Do everything, and say what became of it."""
    importlib.import_module(f"twisted.internet.{sys.argv[1]}reactor").install()
    from twisted.internet import reactor

    port, seed, chaos, transfers, seconds = (int(argument) for argument in sys.argv[2:])
    before = len(os.listdir("/proc/self/fd"))
    run = Run(cast(PollingReactor, reactor), port, seed, chaos, transfers)
    limit = reactor.callLater(seconds, run.hangs)
    reactor.callWhenRunning(run.go)
    reactor.run()
    if limit.active():
        limit.cancel()
    left = len(os.listdir("/proc/self/fd")) - before
    timers = len(reactor.getDelayedCalls())
    if left or timers:
        run.faults.append(f"{left} descriptors and {timers} timers are left in the client")
    result = {
        "outcomes": dict(run.outcomes),
        "transferred": run.transferred,
        "faults": run.faults[:20],
    }
    print(json.dumps(result), flush=True)
    return 1 if run.faults else 0


if __name__ == "__main__":
    sys.exit(main())
