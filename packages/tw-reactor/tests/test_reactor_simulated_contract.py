"""The transports keep their contract on a simulated network, calm and stressed."""

import pytest

from twisted.internet.interfaces import IAddress, IProtocol
from twisted.internet.protocol import ClientFactory, ServerFactory
from twisted.internet.testing import (
    CALM,
    NetworkConditions,
    SimulatedNetwork,
    TransportCheck,
    TransportHarness,
    Witness,
    transportChecks,
)

UNEVEN = NetworkConditions(
    loss=0.01,
    fragmentation=0.3,
    partialWrites=0.3,
    partialReads=0.3,
    smallestBuffer=200_000,
    largestBuffer=300_000,
)


class OneProtocol(ServerFactory, ClientFactory):
    """Hands out one protocol."""

    noisy = False

    def __init__(self, protocol: IProtocol) -> None:
        self.only = protocol

    def buildProtocol(self, addr: IAddress | None) -> IProtocol:
        return self.only


class SimulatedHarness(TransportHarness):
    """Connects over a simulated network."""

    idleTurns = 5

    def __init__(self, conditions: NetworkConditions) -> None:
        self.network = SimulatedNetwork(7, conditions)

    def connect(self, server: IProtocol, client: IProtocol) -> None:
        there, here = self.network.host("there"), self.network.host("here")
        there.listenTCP(80, OneProtocol(server))
        here.connectTCP("there", 80, OneProtocol(client))
        assert isinstance(server, Witness)
        assert isinstance(client, Witness)
        self.waitUntil(lambda: server.events and client.events, "both sides are connected")

    def turn(self) -> None:
        self.network.runFor(1.0)


@pytest.mark.parametrize("conditions", [CALM, UNEVEN], ids=["calm", "uneven"])
@pytest.mark.parametrize("check", transportChecks(), ids=str)
def test_transports_keep_the_contract_on_a_simulated_network(
    check: TransportCheck, conditions: NetworkConditions
) -> None:
    check(SimulatedHarness(conditions))
