"""The client in a network that loses, doubles and mixes up datagrams, two hundred times."""

import socket

import pytest
from asking import Answering, Asking

from twisted.internet.testing import (
    ROUGH,
    NetworkConditions,
    SimulatedDatagramTraffic,
    SimulatedNetwork,
)

UNRELIABLE = NetworkConditions(loss=0.2, duplication=0.2, reordering=0.3)


@pytest.mark.parametrize("seed", range(200))
def test_the_question_is_answered_once(seed: int) -> None:
    network = SimulatedNetwork(seed, UNRELIABLE)
    server, client = network.host("squares.example"), network.host("client.example")
    port = server.listenUDP(4000, Answering())

    answers: list[int | None] = []
    address = server.addresses[socket.AF_INET], 4000
    client.listenUDP(0, Asking(client, address, 12, answers.append))
    network.run()

    assert answers == [144]
    port.stopListening()
    network.run()
    network.checkNothingIsLeft()


def test_it_gives_up_when_nobody_listens() -> None:
    network = SimulatedNetwork(1)
    server, client = network.host("squares.example"), network.host("client.example")

    answers: list[int | None] = []
    address = server.addresses[socket.AF_INET], 4000
    client.listenUDP(0, Asking(client, address, 12, answers.append))
    network.run()

    assert answers == [None]
    network.checkNothingIsLeft()


def test_the_ports_keep_their_promises_in_a_rough_network() -> None:
    traffic = SimulatedDatagramTraffic(seed=7, conditions=ROUGH)
    traffic.run(steps=2000)

    assert traffic.received > 100
