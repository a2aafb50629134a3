"""A child process as a connection keeps the transport contract, on every reactor of this platform.

The child is a shell that keeps out of it: its standard input and output are opened here once more,
by way of /proc, and served by StandardIO in the child's place, on the same reactor. So what is
checked is the pipes as `spawnProcess` made them, with the two transports that are at their ends in
real programs, and a check costs no second Python. When the child's side has lost its connection,
the child ends.
"""

import os
from collections.abc import Callable
from typing import cast

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.endpoints import ProcessEndpoint
from twisted.internet.interfaces import IProcessTransport, IProtocol
from twisted.internet.stdio import StandardIO
from twisted.internet.testing import TransportCheck, TransportHarness, Witness, transportChecks

from .reactor_helpers import REACTORS, discard
from .reactor_tcp import OneProtocol

pytestmark = pytest.mark.skipif(
    not os.path.isdir("/proc/self/fd"), reason="needs /proc, as Linux has it"
)

# Tell that the descriptors are there; close them when told; stay until the end is told. A command
# that is redirected takes 0 and 1 for itself meanwhile, so there are copies.
CHILD = (
    "exec 5<&0 6>&1; echo >&4; read go <&3; "
    "exec 0<&- 1>&- 5<&- 6>&-; echo >&4; read end <&3; exit 0"
)

_ABORTING = "a child process is ended by signalProcess; its transport has no abortConnection"


class ProcessHarness(TransportHarness):
    """Joins a process transport and StandardIO by the pipes of a child."""

    resetIsVisible = False

    _transport: IProcessTransport | None = None

    def __init__(self, reactor: PollingReactor) -> None:
        self.reactor = reactor
        self.theirs: Witness | None = None
        self.orders = -1

    def join(self, ours: IProtocol, theirs: IProtocol) -> None:
        """Connect a protocol to a child, and another one in the child's place."""
        assert isinstance(ours, Witness)
        assert isinstance(theirs, Witness)
        ordered, self.orders = os.pipe()
        reports, reported = os.pipe()
        try:
            endpoint = ProcessEndpoint(
                self.reactor,
                "/bin/sh",
                ["sh", "-c", CHILD],
                childFDs={0: "w", 1: "r", 3: ordered, 4: reported},
            )
            endpoint.connect(OneProtocol(ours))
        finally:
            os.close(ordered)
            os.close(reported)
        # To type checkers a witness's transport is one of TCP.
        self._transport = cast(IProcessTransport, ours.transport)
        assert os.read(reports, 1), "the child did not start"
        stdin = os.open(f"/proc/{self._transport.pid}/fd/5", os.O_RDONLY)
        stdout = os.open(f"/proc/{self._transport.pid}/fd/6", os.O_WRONLY)
        os.write(self.orders, b"\n")
        assert os.read(reports, 1), "the child did not close its descriptors"
        os.close(reports)
        self.theirs = theirs
        StandardIO(theirs, stdin, stdout, self.reactor)

    def turn(self) -> None:
        self.reactor.iterate(0.002)
        if self.theirs is not None and self.theirs.isLost():
            self.endChild()

    def endChild(self) -> None:
        """Tell the child to end."""
        orders, self.orders = self.orders, -1
        if orders != -1:
            os.close(orders)

    def close(self) -> None:
        self.endChild()
        transport = self._transport
        if transport is not None:
            self.waitUntil(lambda: transport.pid is None, "the child has ended")
        discard(self.reactor)


class ParentHarness(ProcessHarness):
    """The client is the parent, the server its child."""

    exempt = {
        "AddressesMatch": _ABORTING,
        "AbortTellsItsReason": _ABORTING,
        "AbortLosesWhatWasNotSent": _ABORTING,
        "AbortingIsNotReentrant": _ABORTING,
        "AbortEndsWhatLoseConnectionWaitsFor": _ABORTING,
        "CallsAfterTheEndAreHarmless": _ABORTING,
        "ResetIsNoOrderlyEnd": _ABORTING,
        "ProducerIsStoppedAtTheEnd": _ABORTING,
        "LateProducerIsStoppedAtOnce": _ABORTING,
    }

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        self.join(client, server)


class ChildHarness(ProcessHarness):
    """The server is the parent, the client its child."""

    exempt = {
        "NothingComesAfterConnectionLost": _ABORTING,
        "HalfCloseByThePeerIsTheEnd": "a child that closes its standard output may go on reading "
        "its standard input: the connection ends with the process",
    }

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        self.join(server, client)


@pytest.mark.parametrize("harness", [ParentHarness, ChildHarness])
@pytest.mark.parametrize("makeReactor", REACTORS)
@pytest.mark.parametrize("check", transportChecks(), ids=str)
def test_processes_keep_the_contract(
    check: TransportCheck,
    makeReactor: Callable[[], PollingReactor],
    harness: type[ProcessHarness],
) -> None:
    check(harness(makeReactor()))
