"""Calls between two peers in memory: answers, errors, and what a bad peer can do."""

from typing import Any

import pytest

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, fail
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import LogLevel
from twisted.protocols.amp import (
    AMP,
    AmpBox,
    BadLocalReturn,
    BoxDispatcher,
    Command,
    CommandLocator,
    IBoxReceiver,
    InvalidSignature,
    RemoteAmpError,
    String,
    TooLong,
    TooManyCalls,
    UnhandledCommand,
    UnknownRemoteError,
    parseString,
)
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

from .amp_helpers import Adder, Forbidden, Pair, Sum, Tell, TooBig, box, failed, logged, results


def test_call_is_answered() -> None:
    pair = Pair()
    found = results(pair.client.callRemote(Sum, a=13, b=81))
    assert found == []
    pair.turn()
    assert found == [{"total": 94}]


def test_request_on_the_wire() -> None:
    amp, transport = AMP(), StringTransport()
    amp.makeConnection(transport)
    for _ in range(10):
        amp.callRemote(Sum, a=1, b=2)
    boxes = parseString(transport.value())
    assert boxes[0] == {b"_ask": b"1", b"_command": b"Sum", b"a": b"1", b"b": b"2"}
    assert boxes[9][b"_ask"] == b"a"


def test_either_side_may_call_also_from_inside_a_responder() -> None:
    class Asking(Adder):
        async def ask(self, a: int, b: int) -> dict[str, Any]:
            return await self.callRemote(Sum, a=a * 10, b=b * 10)

    server = Asking()
    server.answer = server.ask
    pair = Pair(server, Adder())
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert found == [{"total": 30}]


def test_answers_may_come_in_any_order() -> None:
    pair = Pair(server := Adder())
    server.answer = server.later
    first = results(pair.client.callRemote(Sum, a=1, b=1))
    second = results(pair.client.callRemote(Sum, a=2, b=2))
    pair.turn()
    server.inWork[1].callback({"total": 2})
    pair.turn()
    assert (first, second) == ([], [{"total": 2}])
    server.inWork[0].callback({"total": 1})
    pair.turn()
    assert first == [{"total": 1}]


def test_responder_may_be_a_coroutine() -> None:
    async def answer(a: int, b: int) -> dict[str, int]:
        return {"total": a - b}

    pair = Pair(server := Adder())
    server.answer = answer
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert found == [{"total": -1}]


def test_command_without_an_answer() -> None:
    pair = Pair(server := Adder())
    assert pair.client.callRemote(Tell, text="hello") is None
    pair.turn()
    assert server.told == ["hello"]
    assert pair.open


def test_other_objects_may_answer() -> None:
    class Registrar(CommandLocator):
        @Sum.responder
        def add(self, a: int, b: int) -> dict[str, int]:
            return {"total": 1000}

    pair = Pair(AMP(locator=Registrar()))
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert found == [{"total": 1000}]


def test_subclass_need_not_call_init() -> None:
    class Careless(Adder):
        def __init__(self) -> None:
            self.answer = lambda a, b: {"total": 7}

    pair = Pair(Careless())
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert found == [{"total": 7}]


# Errors


def refuse(error: Exception, later: bool) -> Any:
    """Return a responder that fails, at once or by a Deferred."""

    def answer(a: int, b: int) -> Any:
        if later:
            return fail(error)
        raise error

    return answer


@pytest.mark.parametrize("later", [False, True])
def test_listed_error_comes_over_and_the_connection_stays(later: bool) -> None:
    class FarTooBig(TooBig):
        pass

    pair = Pair(server := Adder())
    for cls in (TooBig, FarTooBig):
        server.answer = refuse(cls("no more than 9"), later)
        found = results(pair.client.callRemote(Sum, a=1, b=2))
        pair.turn()
        assert type(failed(found)) is TooBig
        assert str(failed(found)) == "no more than 9"
        assert pair.open


@pytest.mark.parametrize("later", [False, True])
def test_fatal_error_comes_over_and_the_connection_ends(later: bool) -> None:
    pair = Pair(server := Adder())
    server.answer = refuse(Forbidden("go away"), later)
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert type(failed(found)) is Forbidden
    assert not pair.open


@pytest.mark.parametrize("later", [False, True])
def test_other_error_is_logged_and_the_connection_ends(later: bool) -> None:
    pair = Pair(server := Adder())
    server.answer = refuse(KeyError("a secret"), later)
    with logged() as events:
        found = results(pair.client.callRemote(Sum, a=1, b=2))
        pair.turn()
    assert type(failed(found)) is UnknownRemoteError
    assert str(failed(found)) == "Code<UNKNOWN>: Unknown Error"
    assert not pair.open
    (event,) = (event for event in events if "log_failure" in event)
    assert event["log_failure"].type is KeyError
    assert type(failed(results(pair.client.callRemote(Sum, a=1, b=2)))) is ConnectionDone


@pytest.mark.parametrize("answer", [3, None, {}, {"total": "x"}])
def test_answer_that_cannot_be_sent_is_the_responders_fault(answer: object) -> None:
    pair = Pair(server := Adder())
    server.answer = lambda a, b: answer
    with logged() as events:
        found = results(pair.client.callRemote(Sum, a=1, b=2))
        pair.turn()
    assert type(failed(found)) is UnknownRemoteError
    assert not pair.open
    (event,) = (event for event in events if "log_failure" in event)
    assert event["log_failure"].type is BadLocalReturn
    assert "Adder.add returned" in str(event["log_failure"].value)


def test_answer_that_is_too_long_is_the_responders_fault() -> None:
    class Fetch(Command):
        response = [("data", String())]

    class Server(AMP):
        @Fetch.responder
        def fetch(self) -> dict[str, bytes]:
            return {"data": b"x" * 65536}

    pair = Pair(Server())
    with logged() as events:
        found = results(pair.client.callRemote(Fetch))
        pair.turn()
    assert type(failed(found)) is UnknownRemoteError
    assert [event["log_failure"].type for event in events if "log_failure" in event] == [
        BadLocalReturn
    ]


def test_unknown_command_fails_and_the_connection_stays() -> None:
    pair = Pair(AMP())
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    other = results(pair.client.callRemoteString(b"nonsense"))
    pair.turn()
    assert type(failed(found)) is UnhandledCommand
    assert "Sum" in str(failed(found))
    assert type(failed(other)) is UnhandledCommand
    assert pair.open


def test_responder_may_answer_with_a_code_of_its_own() -> None:
    pair = Pair(server := Adder())
    server.answer = refuse(RemoteAmpError(b"BUSY", "later"), False)
    found = results(pair.client.callRemoteString(b"Sum", a=b"1", b=b"2"))
    pair.turn()
    error = failed(found)
    assert type(error) is RemoteAmpError
    assert (error.errorCode, error.description) == (b"BUSY", "later")
    assert pair.open


def test_error_class_that_wants_more_than_a_text() -> None:
    class Picky(Exception):
        def __init__(self, one: int, two: int) -> None:
            super().__init__(one, two)

    class Pick(Command):
        errors = {Picky: "PICKY"}

    class Server(AMP):
        @Pick.responder
        def pick(self) -> dict[str, Any]:
            raise Picky(1, 2)

    pair = Pair(Server())
    found = results(pair.client.callRemote(Pick))
    pair.turn()
    assert type(failed(found)) is Picky
    assert failed(found).args == ("(1, 2)",)


def test_long_error_text_is_cut() -> None:
    pair = Pair(server := Adder())
    server.answer = refuse(TooBig("x" * 70_000), False)
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert len(str(failed(found))) == 65535


def test_request_without_an_answer_that_fails_is_logged_and_the_connection_ends() -> None:
    pair = Pair()
    with logged() as events:
        pair.client.callRemote(Tell, text="fail")
        pair.turn()
    assert [event["log_failure"].type for event in events if "log_failure" in event] == [
        RuntimeError
    ]
    assert not pair.open


def test_unknown_request_without_an_answer_is_one_line_in_the_log() -> None:
    pair = Pair(AMP())
    with logged() as events:
        pair.client.callRemote(Tell, text="hello")
        pair.turn()
    assert [event["log_level"] for event in events] == [LogLevel.warn]
    assert pair.open


def test_listed_error_of_a_request_without_an_answer_leaves_the_connection() -> None:
    server = Adder()
    server.answer = refuse(TooBig("no"), False)
    server.makeConnection(transport := StringTransport())
    with logged() as events:
        server.dataReceived(box(_command=b"Sum", a=b"1", b=b"2"))
    assert [event["log_level"] for event in events] == [LogLevel.warn]
    assert not transport.disconnecting
    server.answer = refuse(Forbidden("no"), False)
    with logged():
        server.dataReceived(box(_command=b"Sum", a=b"1", b=b"2"))
    assert transport.disconnecting


# Calls that are not made


def test_bad_call_never_reaches_the_wire() -> None:
    class Store(Command):
        arguments = [("data", String())]

    pair = Pair()
    client, sent = pair.client, pair.loopback.client
    assert type(failed(results(client.callRemote(Sum, a=1)))) is InvalidSignature
    with pytest.raises(InvalidSignature):
        client.callRemote(Sum, a=1, b=2, c=3)
    with pytest.raises(TypeError):
        client.callRemote(Sum, a=1, b="2")
    with pytest.raises(TooLong):
        client.callRemote(Store, data=b"x" * 65536)
    with pytest.raises(TypeError):
        client.callRemoteString(b"x", a="text")  # type: ignore[call-overload]
    assert sent._unsentSize == 0
    assert client._questions == {}
    found = results(client.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert found == [{"total": 3}]


def test_arguments_may_have_any_name() -> None:
    class Odd(Command):
        arguments = [("self", String()), ("commandType", String())]

    client = AMP()
    client.makeConnection(transport := StringTransport())
    client.callRemote(Odd, self=b"1", commandType=b"2")
    (sent,) = parseString(transport.value())
    assert (sent[b"self"], sent[b"commandType"]) == (b"1", b"2")


def test_call_before_there_is_a_connection() -> None:
    with pytest.raises(RuntimeError, match="no connection yet"):
        AMP().callRemote(Sum, a=1, b=2)


# The end


def test_calls_that_wait_fail_with_the_reason_of_the_end() -> None:
    pair = Pair(server := Adder())
    server.answer = server.later
    found = [results(pair.client.callRemote(Sum, a=1, b=n)) for n in range(3)]
    pair.turn()
    pair.loopback.server.abortConnection()
    pair.turn()
    assert [type(failed(one)) for one in found] == [ConnectionLost] * 3
    assert type(failed(results(pair.client.callRemote(Sum, a=1, b=2)))) is ConnectionLost
    assert pair.client.callRemote(Tell, text="x") is None
    server.inWork[0].callback({"total": 1})


def test_answer_that_comes_too_late_is_let_go() -> None:
    pair = Pair(server := Adder())
    server.answer = server.later
    found = results(pair.client.callRemote(Sum, a=1, b=2))
    pair.turn()
    pair.loopback.client.loseConnection()
    pair.turn()
    with logged() as events:
        server.inWork[0].callback({"total": 1})
    assert list(events) == []
    assert type(failed(found)) is ConnectionDone


def test_after_lose_connection_no_box_of_the_same_packet_is_delivered() -> None:
    server = Adder()
    server.makeConnection(StringTransport())

    def answer(a: int, b: int) -> dict[str, int]:
        server.transport.loseConnection()
        return {"total": 0}

    server.answer = answer
    request = box(_command=b"Sum", a=b"1", b=b"2")
    server.dataReceived(request + box(_command=b"Tell", text=b"x"))
    assert server.told == []


# Bad peers


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0",
        box(x=b"1"),
        box(_answer=b"1"),
        box(_error=b"1", _error_code=b"X"),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_peer_that_makes_no_sense_is_one_line_in_the_log(data: bytes) -> None:
    server = Adder()
    server.makeConnection(transport := StringTransport())
    with logged() as events:
        server.dataReceived(data)
        server.dataReceived(data)
    assert [event["log_level"] for event in events] == [LogLevel.warn]
    assert transport.disconnecting


def test_nothing_is_kept_of_what_comes_after_a_peer_was_refused() -> None:
    server = Adder()
    server.makeConnection(StringTransport())
    server.dataReceived(b"GET / HTTP/1.1\r\n\r\n")
    for _ in range(3):
        server.dataReceived(b"x" * 1000)
        assert server._buffer.takeRest() == b""


def test_reason_of_the_end_is_what_was_wrong() -> None:
    server = Adder()
    server.makeConnection(StringTransport())
    found = results(server.callRemote(Sum, a=1, b=2))
    server.dataReceived(b"HTTP/1.1 200 OK\r\n")
    server.connectionLost(Failure(ConnectionDone()))
    error = failed(found)
    assert isinstance(error, TooLong)
    assert str(error) == f"remote key too long: {ord('H') << 8 | ord('T')}"


@pytest.mark.parametrize("pairs", [{}, {"a": b"x", "b": b"1"}])
def test_request_that_cannot_be_read_is_an_unknown_error(pairs: dict[str, bytes]) -> None:
    server = Adder()
    server.makeConnection(transport := StringTransport())
    with logged():
        server.dataReceived(box(_command=b"Sum", _ask=b"1", **pairs))
    (answer,) = parseString(transport.value())
    assert answer[b"_error_code"] == b"UNKNOWN"
    assert transport.disconnecting


def test_answer_that_cannot_be_read_fails_its_call() -> None:
    client = AMP()
    client.makeConnection(transport := StringTransport())
    found = results(client.callRemote(Sum, a=1, b=2))
    client.dataReceived(box(_answer=b"1", total=b"x"))
    assert type(failed(found)) is ValueError
    assert not transport.disconnecting


def test_error_without_a_code_or_of_no_text_is_unknown() -> None:
    client = AMP()
    client.makeConnection(StringTransport())
    found = results(client.callRemote(Sum, a=1, b=2))
    client.dataReceived(box(_error=b"1", _error_description=b"\xff"))
    assert type(failed(found)) is UnknownRemoteError
    assert str(failed(found)) == "Code<UNKNOWN>: \\xff"


# Deadlines, cancellation, and limits


def test_answer_of_a_call_that_was_cancelled_is_let_go() -> None:
    pair = Pair()
    deferred = pair.client.callRemote(Sum, a=1, b=2)
    found = results(deferred)
    deferred.cancel()
    assert type(failed(found)) is CancelledError
    pair.turn()
    assert pair.open
    assert pair.client._questions == {}


def test_call_with_a_deadline() -> None:
    clock = Clock()
    pair = Pair(server := Adder())
    patient = pair.client.within(5, clock)
    found = results(patient.callRemote(Sum, a=1, b=2))
    pair.turn()
    assert found == [{"total": 3}]
    assert clock.getDelayedCalls() == []
    server.answer = server.later
    found = results(patient.callRemote(Sum, a=1, b=2))
    pair.turn()
    clock.advance(5)
    assert type(failed(found)) is TimeoutError
    server.inWork[0].callback({"total": 3})
    pair.turn()
    assert pair.open
    assert patient.callRemote(Tell, text="x") is None


def test_calls_that_wait_are_limited() -> None:
    client = AMP()
    client.maxPendingCalls = 2
    client.makeConnection(transport := StringTransport())
    client.callRemote(Sum, a=1, b=1)
    client.callRemote(Sum, a=1, b=1)
    transport.clear()
    assert type(failed(results(client.callRemote(Sum, a=1, b=1)))) is TooManyCalls
    assert transport.value() == b""


def test_requests_in_work_are_limited_and_the_rest_waits_unread() -> None:
    server = Adder()
    server.maxBoxesInWork = 2
    server.answer = server.later
    server.makeConnection(transport := StringTransport())
    for tag in (b"1", b"2", b"3", b"4"):
        server.dataReceived(box(_command=b"Sum", _ask=tag, a=b"1", b=b"1"))
    assert len(server.inWork) == 2
    assert transport.producerState == "paused"
    server.inWork[1].callback({"total": 2})
    server.inWork[0].callback({"total": 1})
    assert len(server.inWork) == 4
    assert transport.producerState == "producing"
    server.inWork[2].callback({"total": 3})
    server.inWork[3].callback({"total": 4})
    answers = [(one[b"_answer"], one[b"total"]) for one in parseString(transport.value())]
    assert answers == [(b"2", b"2"), (b"1", b"1"), (b"3", b"3"), (b"4", b"4")]


def test_many_requests_that_wait_are_answered_at_once() -> None:
    async def atOnce(a: int, b: int) -> dict[str, int]:
        return {"total": 0}

    server = Adder()
    server.maxBoxesInWork = 1
    server.answer = server.later
    server.makeConnection(transport := StringTransport())
    found = results(server.callRemote(Sum, a=1, b=1))
    transport.clear()
    for tag in range(5000):
        server.dataReceived(box(_command=b"Sum", _ask=b"%d" % tag, a=b"1", b=b"1"))
    server.answer = atOnce
    server.inWork[0].callback({"total": 1})
    assert len(parseString(transport.value())) == 5000
    assert server._inWork == 0
    assert found == []


def test_reading_goes_on_while_the_peer_owes_an_answer() -> None:
    server = Adder()
    server.maxBoxesInWork = 1
    server.maxBoxesWaiting = 2
    server.answer = server.later
    server.makeConnection(transport := StringTransport())
    request = box(_command=b"Sum", _ask=b"1", a=b"1", b=b"1")
    server.dataReceived(request * 2)
    assert transport.producerState == "paused"
    found = results(server.callRemote(Sum, a=1, b=1))
    assert transport.producerState == "producing"
    refused = []
    with logged():
        for _ in range(2):
            server.dataReceived(request)
            refused.append(transport.disconnecting)
    assert refused == [False, True]
    server.connectionLost(Failure(ConnectionDone()))
    assert type(failed(found)) is TooManyCalls


def test_dispatcher_needs_no_stream() -> None:
    class Sender:
        def __init__(self) -> None:
            self.sent: list[AmpBox] = []

        def sendBox(self, box: AmpBox) -> None:
            self.sent.append(box)

        def unhandledError(self, failure: Failure) -> None:
            raise AssertionError(failure)

    class Registrar(CommandLocator):
        @Sum.responder
        def add(self, a: int, b: int) -> dict[str, int]:
            if a < 0:
                raise Forbidden("no")
            return {"total": a + b}

    dispatcher = BoxDispatcher(Registrar())
    assert verifyObject(IBoxReceiver, dispatcher)
    dispatcher.startReceivingBoxes(sender := Sender())
    dispatcher.ampBoxReceived(AmpBox(_command=b"Sum", _ask=b"1", a=b"1", b=b"2"))
    dispatcher.ampBoxReceived(AmpBox(_command=b"Sum", _ask=b"2", a=b"-1", b=b"2"))
    assert sender.sent[0] == {b"_answer": b"1", b"total": b"3"}
    assert sender.sent[1][b"_error_code"] == b"FORBIDDEN"
    found: Deferred[AmpBox] = dispatcher.dispatchCommand(AmpBox(_command=b"Sum", a=b"1", b=b"2"))
    assert results(found) == [{b"total": b"3"}]
    call = results(dispatcher.callRemote(Sum, a=1, b=2))
    dispatcher.stopReceivingBoxes(Failure(ConnectionLost()))
    assert type(failed(call)) is ConnectionLost


class Numbered(Exception):
    """Is made of a number."""

    def __init__(self, number: str) -> None:
        super().__init__(int(number))


class Count(Command):
    """May fail with it."""

    errors = {Numbered: "NUMBERED"}


def test_error_that_cannot_be_made_of_a_text_arrives_all_the_same() -> None:
    amp = AMP()
    amp.makeConnection(transport := StringTransport())
    found = results(amp.callRemote(Count))
    amp.dataReceived(box(_error=b"1", _error_code=b"NUMBERED", _error_description=b"none"))
    error = failed(found)
    assert isinstance(error, Numbered)
    assert error.args == ("none",)
    assert not transport.disconnecting
