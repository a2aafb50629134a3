"""Calls: what arrives, what comes back, what cannot be reached, and what ends a connection."""

import decimal
import gc
from datetime import datetime
from typing import Any

import pytest

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted
from twisted.internet.testing import StringTransport
from twisted.logger import formatEvent
from twisted.python.failure import Failure
from twisted.spread import banana, jelly, pb
from twisted.spread.interfaces import IJellier

from .spread_helpers import Pair, logged, results


class Item(pb.Referenceable):
    """What references go to."""

    def remote_value(self) -> int:
        return 12


class Plain:
    """A class of no flavor."""


class Objects(pb.Root):
    """Answers in many ways."""

    secret = "hidden"

    def __init__(self) -> None:
        self.item = Item()
        self.kept: list[Any] = []
        self.later: Deferred[Any] = Deferred()

    def remote_echo(self, *args: Any, **kw: Any) -> Any:
        return [args, kw]

    def remote_item(self) -> Item:
        return self.item

    def remote_isItem(self, obj: Any) -> bool:
        return obj is self.item

    def remote_items(self, count: int) -> list[Item]:
        return [Item() for _ in range(count)]

    def remote_keep(self, obj: Any) -> None:
        self.kept.append(obj)

    def remote_drop(self) -> None:
        self.kept.clear()

    def remote_later(self) -> Deferred[Any]:
        return self.later

    async def remote_coroutine(self, number: int) -> Any:
        return number + await self.later

    def remote_callBack(self, obj: Any, name: str, *args: Any) -> Any:
        return obj.callRemote(name, *args)

    def remote_plain(self) -> Any:
        return Plain()

    def remote_large(self) -> bytes:
        return b"x" * (banana.SIZE_LIMIT + 1)

    def local(self) -> str:
        return "not for peers"


@pytest.fixture
def pair() -> Pair:
    return Pair(Objects())


def objectsOf(pair: Pair) -> Objects:
    root = pair.serverFactory.root
    assert isinstance(root, Objects)
    return root


def test_arguments_and_results_go_through_unchanged(pair: Pair) -> None:
    values = [1, -(2**400), 1.5, "tex\xe9t", b"bytes", None, True, [1, (2,)], {"a": {1: 2}}, {1}]
    values += [frozenset({1}), datetime(2012, 1, 2), decimal.Decimal("1.5")]
    args, kw = pair.call(pair.root, "echo", *values, key=values)
    assert args == tuple(values)
    assert kw == {"key": values}


def test_every_keyword_is_free(pair: Pair) -> None:
    keywords = {name: name for name in ("name", "_name", "self", "method", "perspective", "obj")}
    keywords.pop("self")
    assert pair.call(pair.root, "echo", **keywords) == [(), keywords]


def test_first_message_is_the_version_and_a_call_has_the_form_of_other_peers(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(pair.client, "_send", lambda expression: sent.append(expression))
    root = pair.root
    pair.client.connectionReady()
    root.callRemote("echo", 1, "two", b"three", x=None)
    assert sent == [
        (b"version", 6),
        (
            *(b"message", 1, b"root", b"echo", 1),
            [b"tuple", 1, [b"unicode", b"two"], b"three"],
            [b"dictionary", [[b"unicode", b"x"], [b"None"]]],
        ),
    ]


def test_result_that_comes_later(pair: Pair) -> None:
    found = results(pair.root.callRemote("later"))
    coroutine = results(pair.root.callRemote("coroutine", 1))
    pair.turn()
    assert found == coroutine == []
    objectsOf(pair).later.callback(41)
    pair.turn()
    assert found == [41]


def test_result_of_a_coroutine(pair: Pair) -> None:
    found = results(pair.root.callRemote("coroutine", 1))
    pair.turn()
    objectsOf(pair).later.callback(41)
    pair.turn()
    assert found == [42]


def test_method_can_be_named_now_and_called_later(pair: Pair) -> None:
    method = pair.root.remoteMethod("echo")
    assert method == pair.root.remoteMethod("echo")
    assert hash(method) == hash(pair.root.remoteMethod("echo"))
    assert method != pair.root.remoteMethod("item")
    found = results(method(1))
    pair.turn()
    assert found == [[(1,), {}]]


def test_methods_are_looked_up_when_they_are_called(pair: Pair) -> None:
    root = pair.root
    pair.fails(root, "added")
    objectsOf(pair).remote_added = lambda: "new"  # type: ignore[attr-defined]
    assert pair.call(root, "added") == "new"


# References.


def test_reference_to_the_root_is_the_same_each_time(pair: Pair) -> None:
    assert pair.root == pair.root
    assert hash(pair.root) == hash(pair.root)
    assert pair.root != pair.call(pair.root, "item")


def test_reference_comes_back_as_the_object(pair: Pair) -> None:
    item = pair.call(pair.root, "item")
    assert isinstance(item, pb.RemoteReference)
    assert pair.call(item, "value") == 12
    assert pair.call(pair.root, "isItem", item) is True
    assert pair.call(pair.root, "isItem", [item]) is False
    assert pair.call(pair.root, "item") == item


def test_calls_go_both_ways(pair: Pair) -> None:
    mine = Item()
    assert pair.call(pair.root, "callBack", mine, "value") == 12
    ((back,), _) = pair.call(pair.root, "echo", mine)
    assert back is mine


def test_objects_are_forgotten_when_no_reference_is_left(pair: Pair) -> None:
    first = pair.call(pair.root, "item")
    second = pair.call(pair.root, "item")
    assert len(pair.server.localObjects) == 2
    del first
    pair.turn()
    assert pair.call(second, "value") == 12
    del second
    pair.turn()
    assert list(pair.server.localObjects) == [b"root"]


def test_messages_leave_nothing_for_the_garbage_collector(pair: Pair) -> None:
    gc.collect()
    gc.disable()
    try:
        item = pair.call(pair.root, "item")
        pair.call(pair.root, "echo", [item, {"x": (item, [])}, {1}], key=[item])
        pair.fails(item, "nothing")
        pair.fails(pair.root, "echo", [item, Plain()])
        pair.fails(pair.root, "keep", [item, item], 1)
        del item
        pair.turn()
        assert list(pair.server.localObjects) == [b"root"]
    finally:
        gc.enable()


def test_reference_is_kept_by_the_peer(pair: Pair) -> None:
    pair.call(pair.root, "keep", [Item(), Item()])
    assert len(pair.client.localObjects) == 2
    pair.call(pair.root, "drop")
    assert len(pair.client.localObjects) == 0


def test_reference_that_the_garbage_collector_finds_on_another_thread(pair: Pair) -> None:
    import threading

    holder = [pair.call(pair.root, "item")]
    thread = threading.Thread(target=holder.clear)
    thread.start()
    thread.join()
    assert len(pair.server.localObjects) == 2
    pair.call(pair.root, "echo")
    assert list(pair.server.localObjects) == [b"root"]


def test_references_are_not_passed_to_third_parties(pair: Pair) -> None:
    other = Pair(Objects())
    item = other.call(other.root, "item")
    failure = pair.fails(pair.root, "echo", item)
    assert failure.check(pb.ForeignReference, jelly.InsecureJelly) is pb.ForeignReference
    assert pair.call(pair.root, "echo", 1) == [(1,), {}]


def test_numbers_that_were_not_given_out_resolve_to_nothing(pair: Pair) -> None:
    pair.call(pair.root, "item")
    for luid in (99, -1, b"other"):
        forged = pb.RemoteReference(None, pair.client, luid, 0)
        assert "Invalid Object ID" in pair.fails(forged, "value").getErrorMessage()
        pair.fails(pair.root, "echo", forged)
    assert pair.open


def test_numbers_are_not_used_again(pair: Pair) -> None:
    item = pair.call(pair.root, "item")
    luid = item.luid
    del item
    pair.turn()
    assert pair.call(pair.root, "item").luid != luid
    forged = pb.RemoteReference(None, pair.client, luid, 0)
    pair.fails(forged, "value")


def test_numbers_of_a_connection_before_resolve_to_nothing(pair: Pair) -> None:
    old = pair.call(pair.root, "item")
    pair.lose()
    pair.connect()
    for reference in (old, pb.RemoteReference(None, pair.client, old.luid, 0)):
        pair.fails(pair.root, "isItem", reference)
    assert "Invalid Object ID" in pair.fails(reference, "value").getErrorMessage()
    # It would be the number of the next object that is given out if it were not refused.
    assert pair.call(pair.root, "item").luid == old.luid


def test_only_references_have_the_calls_of_references() -> None:
    assert not hasattr(Item(), "callRemote")
    assert not hasattr(Objects(), "callRemote")


def test_reference_goes_back_before_it_is_let_go(pair: Pair) -> None:
    received: list[Any] = []
    expressionReceived = pair.client.expressionReceived

    def receiving(expression: Any) -> None:
        received.append(expression[0])
        expressionReceived(expression)

    pair.client.expressionReceived = receiving  # type: ignore[method-assign, assignment]
    pair.call(pair.root, "echo", Item())
    found = results(pair.root.callRemote("later"))
    pair.turn()
    pair.call(pair.root, "keep", Item())
    objects = objectsOf(pair)
    objects.later.callback(objects.kept.pop())
    pair.turn()
    assert isinstance(found[0], Item)
    assert received == [b"answer", b"decref", b"answer", b"answer", b"decref"]


def test_reference_that_is_let_go_just_before_it_comes_back(pair: Pair) -> None:
    mine = Item()
    deferred: Deferred[Any] = Deferred()
    pair.client.waitingForAnswers[99] = deferred
    found = results(deferred)
    pair.call(pair.root, "keep", mine)
    (luid,) = pair.client.localObjects
    pair.call(pair.root, "drop")
    pair.server.sendCall(b"answer", 99, [b"local", luid])
    pair.turn()
    assert found == [mine]
    pair.fails(pb.RemoteReference(None, pair.server, luid, 0), "value")


def test_too_many_references_are_an_error_and_room_comes_back(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pb.MAX_BROKER_REFS == 1024
    monkeypatch.setattr(pb, "MAX_BROKER_REFS", 10)
    items = pair.call(pair.root, "items", 10)
    failure = pair.fails(pair.root, "items", 1)
    assert failure.getErrorMessage() == "Maximum PB reference count exceeded."
    assert failure.check(pb.Error) is pb.Error
    assert pair.server.maxBrokerRefsViolations == 1
    items.pop()
    pair.turn()
    items += pair.call(pair.root, "items", 1)
    failure = pair.fails(pair.root, "items", 10)
    assert len(pair.server.localObjects) == 11
    assert pair.open


def test_nothing_is_counted_for_a_message_that_cannot_be_sent(pair: Pair) -> None:
    failure = pair.fails(pair.root, "echo", Item(), Plain())
    assert failure.check(jelly.InsecureJelly)
    failure = pair.fails(pair.root, "echo", Item(), b"x" * (banana.SIZE_LIMIT + 1))
    assert failure.check(banana.BananaError)
    assert len(pair.client.localObjects) == 0
    mine = Item()
    pair.call(pair.root, "keep", mine)
    pair.fails(pair.root, "echo", mine, Plain())
    assert pair.call(pair.root, "callBack", mine, "value") == 12


# What cannot be reached.


@pytest.mark.parametrize(
    "name",
    [
        *("local", "secret", "remote_echo", "__init__", "__class__", "_Objects__x", ""),
        *("echo.__call__", "jellyFor", "processUniqueID", "remoteMessageReceived", "perspective"),
        *("rootObject", "\xe9cho", "echo\0"),
    ],
)
def test_other_names_are_not_reached(pair: Pair, name: str) -> None:
    with logged() as log:
        failure = pair.fails(pair.root, name)
    assert failure.check(pb.NoSuchMethod) is pb.NoSuchMethod
    assert failure.check(AttributeError) is AttributeError
    assert failure.getErrorMessage() == f"No such method: remote_{name}"
    assert [event.get("log_failure") for event in log] == [None]
    assert pair.call(pair.root, "echo") == [(), {}]


@pytest.mark.parametrize("keywords", [{"x": 1}, {"self": 1}, {"number": 1, "y": 2}])
def test_wrong_arguments_are_one_line_in_the_log(pair: Pair, keywords: dict[str, int]) -> None:
    with logged() as log:
        failure = pair.fails(pair.root, "coroutine", **keywords)
    assert failure.check(TypeError) is TypeError
    assert [event.get("log_failure") for event in log] == [None]


def test_attribute_that_is_no_method(pair: Pair) -> None:
    objectsOf(pair).remote_number = 5  # type: ignore[attr-defined]
    assert pair.fails(pair.root, "number").check(pb.NoSuchMethod)


def test_plain_instances_are_refused_at_the_sender(pair: Pair) -> None:
    sent: list[object] = []
    pair.server.expressionReceived = sent.append  # type: ignore[method-assign, assignment]
    failure = pair.fails(pair.root, "echo", Plain())
    assert failure.type is jelly.InsecureJelly
    assert sent == []


def test_plain_instance_as_a_result_is_refused(pair: Pair) -> None:
    assert pair.fails(pair.root, "plain").check(jelly.InsecureJelly)


def test_result_that_is_too_large_is_an_error(pair: Pair) -> None:
    assert pair.fails(pair.root, "large").check(banana.BananaError)
    assert pair.open


def test_instances_that_the_receiver_does_not_know_are_refused_there(pair: Pair) -> None:
    class Unknown(pb.Copyable):
        pass

    failure = pair.fails(pair.root, "echo", Unknown())
    assert failure.type == "twisted.spread.jelly.InsecureJelly"
    assert failure.check(jelly.InsecureJelly) is jelly.InsecureJelly
    assert pair.open


# The end.


def test_pending_calls_fail_when_the_connection_is_lost(pair: Pair) -> None:
    found = [results(pair.root.callRemote("later")) for _ in range(3)]
    pair.turn()
    pair.lose()
    for (failure,) in found:
        assert failure.check(pb.PBConnectionLost)
        assert failure.value.args[0].check(ConnectionAborted)


def test_dead_reference_raises_at_once(pair: Pair) -> None:
    root = pair.root
    pair.lose()
    with pytest.raises(pb.DeadReferenceError):
        root.callRemote("echo")


def test_references_tell_that_the_connection_is_gone(pair: Pair) -> None:
    told: list[object] = []
    item = pair.call(pair.root, "item")
    item.notifyOnDisconnect(told.append)
    item.notifyOnDisconnect(print)
    item.dontNotifyOnDisconnect(print)
    other = pair.call(pair.root, "item")
    other.notifyOnDisconnect(told.append)
    other.dontNotifyOnDisconnect(told.append)
    pair.lose()
    assert told == [item]


def test_everything_is_let_go_with_the_connection(pair: Pair) -> None:
    pair.call(pair.root, "item")
    pair.call(pair.root, "keep", Item())
    pair.lose()
    assert pair.server.localObjects == pair.client.localObjects == {}


def test_answer_after_the_end_is_dropped(pair: Pair) -> None:
    results(pair.root.callRemote("later"))
    pair.turn()
    pair.lose()
    with logged() as log:
        objectsOf(pair).later.callback([Item()])
    assert list(log) == []
    assert pair.server.localObjects == {}


def test_cancelled_call_is_forgotten_when_its_answer_comes(pair: Pair) -> None:
    deferred = pair.root.callRemote("echo")
    found = results(deferred)
    deferred.cancel()
    pair.turn()
    assert isinstance(found[0], Failure)
    assert pair.client.waitingForAnswers == {}
    assert pair.open


# Getting the root object.


def test_root_can_be_asked_for_before_the_connection_is_there() -> None:
    factory = pb.PBClientFactory()
    found = [results(factory.getRootObject()) for _ in range(2)]
    server = pb.PBServerFactory(Objects()).buildProtocol(None)
    from twisted.internet.testing import Loopback

    loopback = Loopback(server, factory.buildProtocol(None))
    for _ in range(20):
        loopback.turn()
    assert found[0] == found[1]
    assert isinstance(found[0][0], pb.RemoteReference)


def test_root_of_a_connection_that_is_lost_too_soon() -> None:
    factory = pb.PBClientFactory()
    found = results(factory.getRootObject())
    broker = factory.buildProtocol(None)
    broker.makeConnection(StringTransport())
    broker.connectionLost(Failure(ConnectionAborted()))
    assert found[0].check(ConnectionAborted)


def test_only_roots_can_be_served() -> None:
    with pytest.raises(TypeError):
        pb.PBServerFactory(Item())  # type: ignore[arg-type]  # that is the point


def test_disconnect_closes_the_connection(pair: Pair) -> None:
    pair.factory.disconnect()
    pair.turn()
    assert not pair.open


# A peer that does not keep to the protocol.


def raw(pair: Pair, *message: object) -> None:
    """Send something from the client as it is."""
    pair.client.sendEncoded(message)
    pair.turn()


@pytest.mark.parametrize(
    "message",
    [
        (b"version", 7),
        (b"version", b"6"),
        (b"answer", 99, [b"None"]),
        (b"error", 99, [b"None"]),
        (b"answer", b"x", [b"None"]),
        (b"decref", 99),
        (b"decref", b"root"),
        (b"decref", [1]),
        (b"decache", 1),
        (b"uncache", 1),
        (b"message", 1),
        (b"message", b"x", b"root", b"echo", 1, [b"tuple"], [b"dictionary"]),
        (b"message", 1, [1], b"echo", 1, [b"tuple"], [b"dictionary"]),
        (),
        (5,),
        ([b"message"],),
    ],
    ids=repr,
)
def test_illegal_messages_close_the_connection(pair: Pair, message: tuple[object, ...]) -> None:
    with logged() as log:
        raw(pair, *message)
    assert not pair.open
    assert len([event for event in log if event.get("log_failure")]) == 0


@pytest.mark.parametrize(
    "message",
    [
        (b"message", 1, b"root", b"echo", 1, 5, 6),
        (b"message", 1, b"root", b"echo", 1, [b"list"], [b"dictionary"]),
        (b"message", 1, b"root", b"echo", 1, [b"tuple"], [b"dictionary", [5, 6]]),
        (b"message", 1, b"root", b"echo", 1, [b"tuple"], [b"dictionary", [b"\xff", 6]]),
        (b"message", 1, b"root", b"\xff", 1, [b"tuple"], [b"dictionary"]),
        (b"message", 1, b"root", 5, 1, [b"tuple"], [b"dictionary"]),
        (b"message", 1, b"root", b"echo", 1, [b"os.system", 1], [b"dictionary"]),
        (b"message", 1, 99, b"echo", 1, [b"tuple"], [b"dictionary"]),
        (b"cachemessage", 1, 99, b"echo", 1, [b"tuple"], [b"dictionary"]),
        (b"cachemessage", 1, b"root", b"echo", 1, [b"tuple"], [b"dictionary"]),
    ],
    ids=repr,
)
def test_bad_calls_are_answered_by_an_error(pair: Pair, message: tuple[object, ...]) -> None:
    deferred: Deferred[Any] = Deferred()
    pair.client.waitingForAnswers[1] = deferred
    found = results(deferred)
    with logged() as log:
        raw(pair, *message)
    assert isinstance(found[0], pb.CopiedFailure)
    assert pair.open
    assert [event.get("log_failure") for event in log] in ([], [None])


@pytest.mark.parametrize(
    "message",
    [
        (b"message", 1, b"root", b"x" * 100_000, 0, [b"tuple"], [b"dictionary"]),
        (b"message", 1, b"root", b"echo", 0, [b"tuple", [b"x" * 100_000, 1]], [b"dictionary"]),
        (b"version", b"x" * 100_000),
        (b"didNotUnderstand", b"x" * 100_000),
        (b"x" * 100_000,),
    ],
    ids=["method", "class", "version", "command", "own command"],
)
def test_line_in_the_log_is_short_however_long_what_the_peer_sent(
    pair: Pair, message: tuple[object, ...]
) -> None:
    with logged() as log:
        raw(pair, *message)
    lines = [formatEvent(event) for event in log]
    assert lines
    assert max(map(len, lines)) < 1000


def test_unknown_command_is_answered(pair: Pair) -> None:
    with logged() as log:
        raw(pair, b"bogus", 1)
    assert [event["log_level"].name for event in log] == ["warn", "warn"]
    assert pair.open


def test_call_that_wants_no_answer(pair: Pair) -> None:
    sent: list[Any] = []
    pair.client.expressionReceived = sent.append  # type: ignore[method-assign, assignment]
    raw(pair, b"message", 1, b"root", b"item", 0, [b"tuple"], [b"dictionary"])
    raw(pair, b"message", 2, b"root", b"boom", 0, [b"tuple"], [b"dictionary"])
    assert sent == []
    assert list(pair.server.localObjects) == [b"root"]


def test_too_many_calls_in_work_close_the_connection(pair: Pair) -> None:
    pair.server.maxCallsInWork = 5
    objectsOf(pair).remote_later = Deferred  # type: ignore[method-assign]
    found = [results(pair.root.callRemote("later")) for _ in range(6)]
    pair.turn()
    assert not pair.open
    assert all(failure.check(pb.PBConnectionLost) for (failure,) in found)


def test_peer_that_takes_no_answers_is_disconnected() -> None:
    server = pb.PBServerFactory(Objects()).buildProtocol(None)
    server.maxUnsentAnswers = 1_000_000
    transport = StringTransport()
    server.makeConnection(transport)
    server.dataReceived(banana.encode(b"none") + banana.encode([b"version", 6]))
    question = [*(b"message", 1, b"root", b"echo", 1), [b"tuple", b"x" * 100_000], [b"dictionary"]]
    for count in range(9):
        server.dataReceived(banana.encode(question))
        assert not transport.disconnecting, count
    assert transport.producer is server
    for _ in range(2):
        server.dataReceived(banana.encode(question))
    assert transport.disconnecting
    assert transport.producer is None


def test_peer_that_takes_its_answers_can_go_on() -> None:
    pair = Pair(Objects())
    pair.server.maxUnsentAnswers = 1_000_000
    for _ in range(30):
        assert pair.call(pair.root, "echo", b"x" * 100_000)
    assert pair.open
    pair.server.transport.loseConnection()
    pair.turn()
    assert not pair.open


def test_objects_that_make_their_own_expressions(pair: Pair) -> None:
    class Own(pb.Serializable):
        def jellyFor(self, jellier: IJellier) -> Any:
            return jellier.jelly(["own", jellier.invoker is pair.client])

    assert pair.call(pair.root, "echo", Own()) == [(["own", True],), {}]
