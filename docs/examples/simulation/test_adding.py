"""The service in a network where everything comes late and in pieces, two hundred times."""

import pytest
from adding import AddingFactory

from twisted.internet.endpoints import HostnameEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.testing import (
    ROUGH,
    STRESSED,
    AccumulatingProtocol,
    SimulatedNetwork,
    SimulatedTraffic,
)


@pytest.mark.parametrize("seed", range(200))
def test_every_number_is_added_once(seed: int) -> None:
    network = SimulatedNetwork(seed, STRESSED)
    server, client = network.host("sums.example"), network.host("client.example")
    TCP4ServerEndpoint(server, 4000).listen(AddingFactory())

    asking = AccumulatingProtocol()
    connectProtocol(HostnameEndpoint(client, "sums.example", 4000), asking)
    network.run(until=lambda: asking.made)
    for number in range(1, 21):
        asking.transport.write(b"%d\n" % number)
    network.run(until=lambda: asking.data.count(b"\n") == 20)

    assert asking.data.split()[-1] == b"210"


def test_an_hour_of_silence_takes_no_time() -> None:
    network = SimulatedNetwork(1)
    called: list[float] = []
    host = network.host("sleeper.example")
    host.callLater(3600, lambda: called.append(host.seconds()))
    network.runFor(3601)

    assert called == [3600]


def test_the_transports_keep_their_promises_in_a_rough_network() -> None:
    traffic = SimulatedTraffic(seed=7, conditions=ROUGH)
    traffic.run(steps=2000)

    assert traffic.connections > 10
