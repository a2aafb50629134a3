"""Pages, local objects that are called as remote ones, typed calls, and what is published."""

import io
import os
import time
from pathlib import Path
from typing import Any, Protocol

import pytest

from twisted.internet.defer import Deferred, succeed
from twisted.python.components import Interface, implementer
from twisted.spread import pb, util
from twisted.spread.publish import Publishable, RemotePublished, whenReady

from .spread_helpers import Pair, logged, results


class Lines(pb.Root):
    """Sends pages, and more."""

    def __init__(self) -> None:
        self.ended: list[object] = []
        self.file: Any = None
        self.published: Any = None

    def remote_text(self, collector: Any, size: int) -> None:
        util.StringPager(collector, b"0123456789" * size, 7, self.ended.append, size)

    def remote_read(self, collector: Any) -> None:
        util.FilePager(collector, self.file, self.ended.append, "read")

    def remote_endless(self, collector: Any) -> None:
        class Endless(util.Pager):
            def nextPage(self) -> object:
                return b"x"

        self.pager = Endless(collector)

    def remote_keywords(self, collector: Any, **kw: Any) -> None:
        util.StringPager(collector, repr(kw))

    def remote_fail(self, collector: Any) -> None:
        raise pb.Error("no pages")

    def remote_add(self, a: int, b: int = 1) -> int:
        return a + b

    def remote_publish(self) -> Any:
        return self.published


@pytest.fixture
def pair() -> Pair:
    return Pair(Lines())


def linesOf(pair: Pair) -> Any:
    return pair.serverFactory.root


def turned(pair: Pair, found: list[Any]) -> list[Any]:
    """Let everything arrive, however many pages that takes."""
    for _ in range(1000):
        if found:
            break
        pair.turn()
    return found


def test_pages_of_bytes(pair: Pair) -> None:
    found = turned(pair, results(util.getAllPages(pair.root, "text", 3)))
    assert found == [[b"0123456", b"7890123", b"4567890", b"1234567", b"89"]]
    pair.turn()
    assert linesOf(pair).ended == [3]
    assert pair.server.pageProducers == []
    pair.server.transport.loseConnection()
    pair.turn()
    assert not pair.open


def test_every_keyword_of_a_method_with_pages_is_free(pair: Pair) -> None:
    keywords: dict[str, Any] = {"referenceable": 1, "methodName": "other", "args": 2, "callback": 3}
    found = turned(pair, results(util.getAllPages(pair.root, "keywords", **keywords)))
    assert found == [[repr(keywords)]]


def test_pages_of_two_pagers_at_once(pair: Pair) -> None:
    found = [results(util.getAllPages(pair.root, "text", size)) for size in (2, 4)]
    for size, gathered in zip((2, 4), found, strict=True):
        assert b"".join(turned(pair, gathered)[0]) == b"0123456789" * size


def test_pages_of_a_file(pair: Pair) -> None:
    content = os.urandom(300_000)
    linesOf(pair).file = io.BytesIO(content)
    found = turned(pair, results(util.getAllPages(pair.root, "read")))
    assert b"".join(found[0]) == content
    pair.turn()
    assert linesOf(pair).ended == ["read"]
    assert linesOf(pair).file.closed


def test_file_is_closed_when_the_connection_is_lost(pair: Pair) -> None:
    linesOf(pair).file = io.BytesIO(bytes(10_000_000))
    found = results(util.getAllPages(pair.root, "read"))
    pair.loopback.turn()
    pair.loopback.turn()
    pair.lose()
    assert found[0].check(pb.DeadReferenceError, pb.PBConnectionLost)
    assert linesOf(pair).file.closed


def test_call_that_sends_no_pages_fails(pair: Pair) -> None:
    assert turned(pair, results(util.getAllPages(pair.root, "fail")))[0].check(pb.Error)


def test_collector_that_takes_no_more_ends_paging(pair: Pair) -> None:
    collector = util.CallbackPageCollector(lambda pages: None)
    collector.maxPages = 5
    pair.root.callRemote("endless", collector)
    for _ in range(100):
        pair.turn()
        if not linesOf(pair).pager._stillPaging:
            break
    pair.turn()
    assert len(collector.pages) == 5
    assert pair.server.pageProducers == []


class Local(util.LocalAsRemote):
    """Is called as if it were remote."""

    def sync_add(self, a: int, b: int) -> int:
        return a + b

    def async_later(self, value: object) -> Deferred[object]:
        return succeed(value)

    def sync_fail(self, error: Exception) -> None:
        raise error


def test_local_object_as_a_remote_one() -> None:
    local = Local()
    assert results(local.callRemote("add", 1, b=2)) == [3]
    assert results(local.callRemote("later", 5)) == [5]
    assert results(local.remoteMethod("add")(1, 2)) == [3]
    assert results(local.callRemote("nothing"))[0].check(pb.NoSuchMethod)
    with logged() as log:
        assert results(local.callRemote("fail", pb.Error()))[0].check(pb.Error)
        assert results(local.callRemote("fail", ValueError()))[0].check(ValueError)
    assert len(list(log)) == 1


def test_forwarder_passes_on_what_the_interface_declares() -> None:
    class IAdder(Interface):
        def add(self, a: int, b: int) -> int: ...

    @implementer(IAdder)
    class Adder:
        def add(self, a: int, b: int) -> int:
            return a + b

        def other(self) -> None:
            raise AssertionError("the interface does not declare it")

    forwarder = util.LocalAsyncForwarder(Adder(), IAdder)
    assert results(forwarder.callRemote("add", 1, 2)) == [3]
    assert results(forwarder.callRemote("other")) == [None]
    strict = util.LocalAsyncForwarder(Adder(), IAdder, 1)
    assert results(strict.callRemote("other"))[0].check(pb.NoSuchMethod)
    with pytest.raises(TypeError):
        util.LocalAsyncForwarder(object(), IAdder)


class Adding(Protocol):
    """What both ends know."""

    def remote_add(self, a: int, b: int = 1) -> int:
        """Add two numbers."""
        ...


def test_typed_calls_are_the_same_calls(pair: Pair) -> None:
    for interface in (Lines, Adding):
        typed = pb.TypedReference(pair.root, interface)
        found = results(typed.callRemote(interface.remote_add, 1, b=2))
        pair.turn()
        assert found == [3]
    with pytest.raises(ValueError, match="no method for peers"):
        typed.callRemote(turned)  # type: ignore[call-overload]  # that is the point


class Article(Publishable):
    """Is published."""

    def __init__(self, text: str) -> None:
        super().__init__("../the article")
        self.text = text
        self.asked = 0

    def getStateToPublish(self) -> Any:
        self.asked += 1
        return {"text": self.text}


class RemoteArticle(RemotePublished):
    """Its cache."""

    text: str
    activations = 0

    def activated(self) -> None:
        self.activations += 1


pb.setUnjellyableForClass(Article, RemoteArticle)


def published(pair: Pair) -> RemoteArticle:
    """Return the cache once it has its state."""
    deferred = whenReady(pair.root.callRemote("publish"))
    (article,) = turned(pair, results(deferred))
    assert isinstance(article, RemoteArticle)
    return article


def test_published_state_is_asked_for_once(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    original = linesOf(pair).published = Article("first")
    article = published(pair)
    assert (article.text, article.activations, original.asked) == ("first", 1, 1)
    assert [path.name for path in tmp_path.iterdir()] == [article.getFileName()]
    # Another connection, and the same state.
    pair.lose()
    pair.connect()
    article = published(pair)
    assert (article.text, article.activations, original.asked) == ("first", 1, 1)
    # The same with another one.
    original.text = "second"
    monkeypatch.setattr(time, "time", lambda: original.timestamp + 1)
    original.republish()
    pair.lose()
    pair.connect()
    article = published(pair)
    assert (article.text, original.asked) == ("second", 2)


def test_file_that_is_broken_is_not_used(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    linesOf(pair).published = Article("first")
    name = published(pair).getFileName()
    for content in (b"", b"\xff", b"\x05\x81", (tmp_path / name).read_bytes()[:-3]):
        (tmp_path / name).write_bytes(content)
        pair.lose()
        pair.connect()
        with logged():
            assert published(pair).text == "first"


def test_state_without_a_file_is_still_there(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(RemoteArticle, "getFileName", lambda self, ext="pub": "missing/name")
    linesOf(pair).published = Article("first")
    with logged() as log:
        assert published(pair).text == "first"
    assert [event["log_level"].name for event in log] == ["warn"]


def test_name_of_the_file_is_safe_whatever_the_peer_says() -> None:
    article = RemoteArticle()
    article.service, article.perspective = "a/b", ".."
    article.publishedID = b"\0" * 1000
    name = article.getFileName("x")
    assert "/" not in name
    assert "\0" not in name
    assert len(name) < 200
    assert name.endswith(".x")
