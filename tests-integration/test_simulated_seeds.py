"""The TCP and UDP transports keep their promises in a rough network, for many seeds."""

import os

from twisted.internet.testing import SimulatedDatagramTraffic, SimulatedTraffic

SEEDS = int(os.environ.get("TW_SEEDS", "1000"))
DATAGRAM_SEEDS = int(os.environ.get("TW_SEEDS", "200"))
STEPS = int(os.environ.get("TW_STEPS", "2000"))


def test_traffic_keeps_every_promise_for_all_seeds() -> None:
    connections = 0
    for seed in range(SEEDS):
        traffic = SimulatedTraffic(seed)
        # A failure names the seed.
        traffic.run(STEPS)
        connections += traffic.connections
    assert connections > SEEDS
    print(f"{SEEDS} seeds, {STEPS} steps each: {connections} connections, and every promise kept")


def test_datagram_traffic_keeps_every_promise_for_all_seeds() -> None:
    sent = received = refusals = 0
    for seed in range(DATAGRAM_SEEDS):
        traffic = SimulatedDatagramTraffic(seed)
        traffic.run(STEPS)
        sent += traffic.sent
        received += traffic.received
        refusals += traffic.refusals
    assert min(received, refusals) > DATAGRAM_SEEDS
    print(
        f"{DATAGRAM_SEEDS} seeds, {STEPS} steps each: {sent} datagrams sent, {received} received, "
        f"{refusals} refusals, and every promise kept"
    )
