"""Brokers: what neither the code of users nor a peer leaves half done, or makes grow."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.logger import formatEvent
from twisted.python.failure import Failure
from twisted.spread import banana, pb, util
from twisted.spread.publish import Publishable, RemotePublished, whenReady

from .spread_helpers import Pair, logged, results


class Item(pb.Referenceable):
    """What references go to."""


class Acting(pb.Copyable):
    """Does something while it is sent."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act

    def getStateToCopy(self) -> Any:
        return self.act()


class Unprintable(pb.Error):
    """Has no text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


class Unsendable(pb.Error, pb.Copyable):
    """Cannot be sent, and not even told why."""

    def getStateToCopy(self) -> Any:
        raise Unprintable


class Article(Publishable):
    """Is published, but its state is not to be had."""

    def getStateToPublish(self) -> Any:
        raise pb.Error("no state")


class RemoteArticle(RemotePublished):
    """Its cache."""


pb.setUnjellyableForClass(Article, RemoteArticle)


class Objects(pb.Root):
    """Does what a test says."""

    def __init__(self) -> None:
        self.later: Deferred[Any] = Deferred()
        self.act: Callable[..., Any] = lambda *_: None

    def remote_later(self) -> Deferred[Any]:
        return self.later

    def remote_act(self, *args: Any) -> Any:
        return self.act(*args)


@pytest.fixture
def pair() -> Pair:
    return Pair(Objects())


def objectsOf(pair: Pair) -> Objects:
    root = pair.serverFactory.root
    assert isinstance(root, Objects)
    return root


def send(pair: Pair, *message: Any) -> None:
    """Let the server receive a message at once."""
    pair.server.dataReceived(banana.encode(message))


# The code of users.


def test_answer_that_is_sent_in_the_middle_of_another(pair: Pair) -> None:
    objects = objectsOf(pair)

    def act() -> Any:
        objects.later.callback("first")
        raise pb.Error("no state")

    objects.act = lambda: [Item(), Acting(act)]
    first = results(pair.root.callRemote("later"))
    pair.turn()
    assert pair.fails(pair.root, "act").check(pb.Error)
    assert first == ["first"]
    assert list(pair.server.localObjects) == [b"root"]


def test_connection_that_is_lost_while_a_call_is_made(pair: Pair) -> None:
    def act() -> Any:
        pair.client.connectionLost(Failure(ConnectionDone()))
        return {}

    (failure,) = results(pair.root.callRemote("act", Item(), Acting(act)))
    assert failure.check(pb.DeadReferenceError)
    assert pair.client.localObjects == {}
    assert pair.client.waitingForAnswers == {}


def test_nothing_is_written_in_the_middle_of_a_write(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    objectsOf(pair).act = Item
    holder = [pair.call(pair.root, "act")]
    root = pair.root
    write = pair.client.transport.write
    writing: list[bool] = []

    def collecting(data: bytes) -> None:
        assert not writing
        writing.append(True)
        holder.clear()
        writing.clear()
        write(data)

    monkeypatch.setattr(pair.client.transport, "write", collecting)
    found = results(root.callRemote("act"))
    pair.turn()
    assert len(found) == 1
    found.clear()
    pair.turn()
    assert list(pair.server.localObjects) == [b"root"]


def test_error_that_cannot_be_sent_nor_told(pair: Pair) -> None:
    def act() -> None:
        raise Unsendable

    objectsOf(pair).act = act
    assert "could not be sent" in pair.fails(pair.root, "act").getErrorMessage()
    assert pair.open


def test_all_are_told_that_the_connection_is_there_even_if_one_fails() -> None:
    told: list[int] = []
    factory = pb.PBServerFactory(Objects())
    server = factory.buildProtocol(None)
    server.connects += [lambda: 1 // 0, lambda: told.append(1)]
    server.failures += [lambda: 1 // 0, lambda: told.append(2)]
    with logged() as log:
        server.makeConnection(Pair(Objects()).client.transport)
        server.dataReceived(banana.encode(b"none"))
        server.connectionFailed()
    assert told == [1, 2]
    assert [event["log_failure"].type for event in log] == [ZeroDivisionError] * 2


def test_all_callbacks_of_a_reference_are_called_even_if_one_fails(pair: Pair) -> None:
    told: list[object] = []

    def fail(reference: pb.RemoteReference) -> None:
        raise ValueError("on purpose")

    root = pair.root
    root.notifyOnDisconnect(fail)
    root.notifyOnDisconnect(told.append)
    with logged() as log:
        pair.lose()
    assert told == [root]
    assert [event["log_failure"].type for event in log] == [ValueError]


class Unstoppable(util.Pager):
    """Cannot be stopped."""

    def nextPage(self) -> object:
        return b"x"

    def stopPaging(self) -> None:
        super().stopPaging()
        raise ValueError("on purpose")


class Breaking(Unstoppable):
    """Has no pages either."""

    def nextPage(self) -> object:
        raise ValueError("no page")


def test_pager_that_fails_ends_and_the_others_go_on(pair: Pair) -> None:
    def act(first: pb.RemoteReference, second: pb.RemoteReference) -> None:
        Breaking(first)
        util.StringPager(second, b"12", 1)

    objectsOf(pair).act = act
    pages: list[object] = []
    first, second = (util.CallbackPageCollector(pages.append) for _ in range(2))
    with logged() as log:
        found = results(pair.root.callRemote("act", first, second))
        while not (found and [b"1", b"2"] in pages):
            pair.turn()
        pair.turn()
    assert pair.server.pageProducers == []
    assert {event["log_failure"].type for event in log} == {ValueError}
    assert pair.open


def test_pager_that_cannot_be_stopped_when_the_connection_is_lost(pair: Pair) -> None:
    objectsOf(pair).act = Item
    item = pair.call(pair.root, "act")
    told: list[object] = []
    pair.client.notifyOnDisconnect(lambda: told.append(1))
    Unstoppable(item)
    with logged() as log:
        pair.lose()
    assert told == [1]
    assert [event["log_failure"].type for event in log] == [ValueError]


def test_file_that_is_sent_after_the_end_is_closed(pair: Pair) -> None:
    root = pair.root
    pair.lose()
    file = io.BytesIO(b"content")
    pager = util.FilePager(root, file)
    assert file.closed
    assert not pager._stillPaging
    assert pair.client.pageProducers == []


# What a peer sends.


@pytest.mark.parametrize("command", [b"message", b"cachemessage"])
@pytest.mark.parametrize("luid", [[], 1.5])
def test_call_of_something_that_is_no_number(pair: Pair, command: bytes, luid: Any) -> None:
    with logged() as log:
        send(pair, command, 1, luid, b"act", 1, [b"tuple"], [b"dictionary"])
    assert [event.get("log_failure") for event in log] == [None]
    pair.turn()
    assert not pair.open


def test_calls_that_wait_for_another_deferred_are_limited(pair: Pair) -> None:
    pair.server.maxCallsInWork = 3
    waiting: list[Deferred[Any]] = []

    def act() -> Deferred[Any]:
        waiting.append(Deferred())
        return succeed(None).addCallback(lambda _: waiting[-1])

    objectsOf(pair).act = act
    root = pair.root
    found = [results(root.callRemote("act")) for _ in range(3)]
    pair.turn()
    waiting[0].callback(1)
    found.append(results(root.callRemote("act")))
    pair.turn()
    assert pair.open
    assert found == [[1], [], [], []]
    root.callRemote("act").addErrback(lambda _: None)
    pair.turn()
    assert not pair.open


def test_references_whose_end_the_peer_does_not_want_to_know(pair: Pair) -> None:
    pair.server.maxUnsentAnswers = 1000
    for _ in range(10):
        send(
            *(pair, b"message", 1, b"root", b"act", 0),
            [b"tuple", *([b"remote", n] for n in range(50))],
            [b"dictionary"],
        )
    assert pair.server._refusal is not None
    assert "untaken" in str(pair.server._refusal.value)


@pytest.mark.parametrize(
    "message",
    [
        (b"message", 1, b"root", b"x" * 100_000, 1, [b"tuple"], [b"dictionary"]),
        (b"message", 1, b"root", [b"x" * 10_000] * 10, 1, [b"tuple"], [b"dictionary"]),
        (b"message", 1, b"root", b"act", 1, [b"x" * 100_000], [b"dictionary"]),
        (b"didNotUnderstand", [b"x"] * 100_000),
        (b"version", [b"x"] * 100_000),
    ],
)
def test_log_of_a_mistake_is_short(pair: Pair, message: tuple[Any, ...]) -> None:
    with logged() as log:
        send(pair, *message)
    (event,) = log
    assert len(formatEvent(event)) < 1000


@pytest.mark.parametrize("isClient", [False, True])
def test_log_of_a_failed_handshake_is_short(isClient: bool) -> None:
    broker = pb.Broker(isClient)
    broker.makeConnection(Pair(Objects()).client.transport)
    with logged() as log:
        broker.dataReceived(banana.encode([b"x" * 1000] * 100))
    (event,) = log
    assert len(formatEvent(event)) < 1000


def test_error_of_the_peer_that_would_take_for_ever_to_print(pair: Pair) -> None:
    tuples = ([b"reference", n, [b"tuple", *[[b"dereference", n - 1]] * 2]] for n in range(1, 20))
    whole = [b"tuple", [b"reference", 0, [b"tuple"]], *tuples]
    name = b"twisted.spread.pb.CopyableFailure"
    for told in (whole, [name, [b"dictionary", [[b"unicode", b"value"], whole]]]):
        found = results(pair.root.callRemote("later"))
        pair.server.sendCall(b"error", pair.client.currentRequestID, told)
        pair.turn()
        assert len(found[0].getErrorMessage()) < 1000


# Pages and what is published.


def test_pages_beyond_the_limits_are_no_result(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def act(collector: pb.RemoteReference) -> None:
        util.StringPager(collector, b"x" * 100, 10)

    objectsOf(pair).act = act
    for limit, value in (("maxPages", 9), ("maxBytes", 99)):
        with monkeypatch.context() as context:
            context.setattr(util.CallbackPageCollector, limit, value)
            with logged() as log:
                found = results(util.getAllPages(pair.root, "act"))
                while not found:
                    pair.turn()
            assert found[0].check(pb.Error)
            assert f"more than {value} " in found[0].getErrorMessage()
            assert list(log) == []
    found = results(util.getAllPages(pair.root, "act"))
    while not found:
        pair.turn()
    assert found == [[b"x" * 10] * 10]


def test_collector_does_not_hand_on_a_part_of_the_pages() -> None:
    handedOn: list[object] = []
    collector = util.CallbackPageCollector(handedOn.append)
    collector.maxPages = 1
    collector.remote_gotPage(b"1")
    with pytest.raises(pb.Error):
        collector.remote_gotPage(b"2")
    with pytest.raises(pb.Error):
        collector.remote_endedPaging()
    assert handedOn == []


def test_who_waits_for_a_state_learns_that_it_does_not_come(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    article = Article("one")
    objectsOf(pair).act = lambda: article
    call = pair.root.callRemote("act")
    caches: list[RemotePublished] = []

    def keep(cache: RemotePublished) -> RemotePublished:
        caches.append(cache)
        return cache

    found = results(whenReady(call.addCallback(keep)))
    pair.turn()
    found += results(whenReady(succeed(caches[0])))
    assert len(found) == 2
    for failure in found:
        assert failure.check(pb.Error)
        assert failure.getErrorMessage() == "no state"
