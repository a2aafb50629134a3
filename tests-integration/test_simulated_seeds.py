"""The TCP transports keep their promises in a rough network, for many seeds."""

import os

from twisted.internet.testing import SimulatedTraffic

SEEDS = int(os.environ.get("TW_SEEDS", "1000"))
STEPS = int(os.environ.get("TW_STEPS", "2000"))


def test_traffic_keeps_every_promise_for_all_seeds() -> None:
    connections = 0
    for seed in range(SEEDS):
        traffic = SimulatedTraffic(seed)
        # A failure names the seed.
        traffic.run(STEPS)
        connections += traffic.connections
    assert connections > SEEDS
