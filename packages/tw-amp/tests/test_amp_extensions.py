"""What peers agree on beyond AMP, and that others see nothing of it."""

from typing import Any

import pytest

from twisted.internet.defer import CancelledError
from twisted.internet.testing import StringTransport
from twisted.protocols.amp import AMP, AmpBox, Command, String, TooLong, parseString
from twisted.protocols.amp._boxes import BoxBuffer

from .amp_helpers import Adder, Pair, Sum, box, failed, logged, results

LONG = bytes(range(256)) * 1000


class Turn(Command):
    """Turns data around."""

    arguments = [("data", String())]
    response = [("data", String())]


class Turner(Adder):
    """Answers it."""

    @Turn.responder
    def turn(self, data: bytes) -> dict[str, Any]:
        return {"data": data[::-1]}


def agreed(server: AMP | None = None) -> Pair:
    """Return peers that have agreed on all there is."""
    pair = Pair(Turner() if server is None else server)
    found = results(pair.client.agreeOnExtensions())
    pair.turn()
    assert found == [frozenset({"long-values", "cancel"})]
    return pair


def test_long_values_go_both_ways() -> None:
    pair = agreed()
    for data in (LONG, b"x" * 65536, b"x" * 65535 * 2, b"short"):
        found = results(pair.client.callRemote(Turn, data=data))
        pair.turn()
        assert found == [{"data": data[::-1]}]


def test_long_values_are_pieces_under_one_key() -> None:
    pair = agreed()
    data = AmpBox(a=b"1", k=LONG)._serialize(True)
    piece = b"\0\1k\xff\xff" + LONG[:65535]
    assert data.startswith(b"\0\1a\0\1" + b"1" + piece)
    buffer = BoxBuffer()
    buffer.takeLongValues()
    for at in range(0, len(data), 1000):
        buffer.receive(data[at : at + 1000])
        found = buffer.take()
        assert (found is None) == (at + 1000 < len(data))
    assert found == {b"a": b"1", b"k": LONG}
    assert type(found[b"k"]) is bytes
    assert pair.open


def test_side_that_was_asked_may_send_them_too() -> None:
    pair = Pair(Adder(), Turner())
    pair.client.agreeOnExtensions()
    pair.turn()
    found = results(pair.server.callRemote(Turn, data=LONG))
    pair.turn()
    assert found == [{"data": LONG[::-1]}]


def test_box_that_is_too_large_for_the_peer_is_not_sent() -> None:
    server = Turner()
    server.maxBoxSize = 200_000
    pair = agreed(server)
    with pytest.raises(TooLong, match="local value b'data' too long: 256000"):
        pair.client.callRemote(Turn, data=LONG)
    assert pair.open


def test_without_an_agreement_the_last_of_several_pairs_counts() -> None:
    assert parseString(b"\0\1k\0\1a\0\1k\0\1b\0\0") == [{b"k": b"b"}]


def test_peer_that_knows_no_extensions_sees_a_command_that_it_does_not_know() -> None:
    client = AMP()
    client.makeConnection(transport := StringTransport())
    found = results(client.agreeOnExtensions())
    (asked,) = parseString(transport.value())
    assert asked[b"_command"] == b"twisted.protocols.amp.agree"
    transport.clear()
    client.dataReceived(box(_error=b"1", _error_code=b"UNHANDLED", _error_description=b"no"))
    assert found == [frozenset()]
    with pytest.raises(TooLong):
        client.callRemote(Turn, data=LONG)
    client.callRemote(Sum, a=1, b=2).addErrback(lambda failure: None).cancel()
    (sent,) = parseString(transport.value())
    assert sent[b"_command"] == b"Sum"


def test_extensions_that_only_the_peer_knows_are_let_be() -> None:
    client = AMP()
    client.makeConnection(StringTransport())
    found = results(client.agreeOnExtensions())
    answer = AmpBox({b"_answer": b"1", b"extensions": b"\0\5magic", b"max-box-size": b"9"})
    client.dataReceived(answer.serialize())
    assert found == [frozenset()]


def test_cancelling_a_call_cancels_the_work_for_it() -> None:
    server = Turner()
    server.answer = server.later
    pair = agreed(server)
    deferred = pair.client.callRemote(Sum, a=1, b=2)
    found = results(deferred)
    pair.turn()
    stopped = results(server.inWork[0])
    deferred.cancel()
    with logged() as events:
        pair.turn()
    assert type(failed(found)) is CancelledError
    assert stopped == [None]
    assert server.inWork[0].called
    assert (server._inWork, server._answers, server._cancelledTags) == (0, {}, set())
    assert pair.client._questions == {}
    assert list(events) == []
    assert pair.open


def test_cancelling_a_call_that_waits_takes_it_off_the_queue() -> None:
    server = Turner()
    server.answer = server.later
    server.maxBoxesInWork = 1
    pair = agreed(server)
    # The peer owes an answer, so that boxes are read while others wait.
    pair.client.pauseProducing()
    server.callRemote(Sum, a=1, b=1).addErrback(lambda failure: None)
    first = pair.client.callRemote(Sum, a=1, b=1)
    second = pair.client.callRemote(Sum, a=2, b=2)
    found = results(second)
    pair.turn()
    assert len(server._waiting) == 1
    second.cancel()
    pair.turn()
    assert len(server._waiting) == 0
    assert len(server.inWork) == 1
    assert type(failed(found)) is CancelledError
    first.addErrback(lambda failure: None).cancel()


def test_calls_that_wait_are_done_in_order_but_for_those_that_are_cancelled() -> None:
    server = Turner()
    server.answer = server.later
    server.maxBoxesInWork = 1
    pair = agreed(server)
    pair.client.pauseProducing()
    server.callRemote(Sum, a=1, b=1).addErrback(lambda failure: None)
    calls = [pair.client.callRemote(Sum, a=number, b=0) for number in range(6)]
    found = [results(call) for call in calls]
    pair.turn()
    for number in (2, 4):
        calls[number].cancel()
    pair.turn()
    pair.client.resumeProducing()
    done = 0
    while done < len(server.inWork):
        server.inWork[done].callback({"total": done})
        done += 1
        pair.turn()
    assert [found[number] for number in (0, 1, 3, 5)] == [[{"total": n}] for n in range(4)]
    assert server._waitingNumbers == {}


def test_cancelling_where_nobody_can_be_told() -> None:
    pair = agreed()
    deferred = pair.client.callRemote(Sum, a=1, b=2)
    found = results(deferred)
    pair.client._lockForSwitch()
    deferred.cancel()
    assert type(failed(found)) is CancelledError


def test_work_that_cannot_be_cancelled_is_answered_to_nobody() -> None:
    pair = agreed()
    deferred = pair.client.callRemote(Sum, a=1, b=2)
    found = results(deferred)
    deferred.cancel()
    pair.turn()
    assert type(failed(found)) is CancelledError
    assert pair.client._questions == {}
    assert pair.open
