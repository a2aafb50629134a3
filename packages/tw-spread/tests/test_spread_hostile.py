"""Streams of real sessions, mutated: nothing crashes, hangs, or builds what is not registered."""

import os
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.portal import IRealm, Portal
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.components import implementer
from twisted.python.failure import Failure
from twisted.spread import banana, pb

from .spread_helpers import Pair, results

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


class Plain:
    """Is registered nowhere."""

    built = 0

    def __new__(cls) -> "Plain":
        cls.built += 1
        return super().__new__(cls)


class Copied(pb.Copyable, pb.RemoteCopy):
    """Is copied."""


class Cached(pb.Cacheable):
    """Is cached."""

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        observers.append(observer)
        return {"x": 1}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        observers.remove(observer)


class Cache(pb.RemoteCache):
    """Its cache."""

    def observe_changed(self, *args: Any, **kw: Any) -> None:
        """Take anything."""


class Viewed(pb.Viewable):
    """Is viewed."""

    def view_look(self, perspective: Any, *args: Any, **kw: Any) -> Any:
        return args


class Root(pb.Root):
    """Answers in all ways."""

    def __init__(self) -> None:
        self.cached = Cached()
        self.viewed = Viewed()
        self.kept: list[Any] = []

    def remote_echo(self, *args: Any, **kw: Any) -> Any:
        return [args, kw]

    def remote_cached(self, *_: Any, **__: Any) -> Any:
        return self.cached

    def remote_viewed(self, *_: Any, **__: Any) -> Any:
        return self.viewed

    def remote_keep(self, *args: Any, **kw: Any) -> None:
        self.kept.append((args, kw))

    def remote_call(self, obj: Any, *args: Any, **kw: Any) -> Any:
        if not isinstance(obj, pb.RemoteReference):
            raise pb.Error("this is no reference")
        return obj.callRemote("echo", *args)

    def remote_drop(self, *_: Any, **__: Any) -> None:
        self.kept.clear()

    def remote_fail(self, *_: Any, **__: Any) -> None:
        raise pb.Error("no")


@implementer(IRealm)
class Realm:
    """Counts sessions."""

    open = 0

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> Any:
        self.open += 1
        return pb.IPerspective, pb.Avatar(), self.logOut

    def logOut(self) -> None:
        self.open -= 1


pb.setUnjellyableForClass(Copied, Copied)
pb.setUnjellyableForClass(Cached, Cache)
observers: list[Any] = []
CHOICE = b"\x02\x82pb"
PASSWORDS = InMemoryUsernamePasswordDatabaseDontUse(user=b"password")


def challenge() -> bytes:
    """Return always the same, so that a session can be repeated."""
    return b"challenge"


@cache
@patch("twisted.spread._logins.challenge", challenge)
def session(withLogin: bool) -> tuple[bytes, ...]:
    """Return what a client sends in a session, message by message."""
    sent: list[bytes] = []
    pair = Pair(Portal(Realm(), [PASSWORDS]) if withLogin else Root())
    receive = pair.server.dataReceived

    def receiving(data: bytes) -> None:
        sent.append(data)
        receive(data)

    pair.server.dataReceived = receiving  # type: ignore[method-assign]  # a witness
    root = pair.root
    if withLogin:
        found = results(pair.factory.login(UsernamePassword(b"user", b"password"), Root()))
        pair.turn()
        pair.outcome(found[0], "nothing", 1)
        found.clear()
        pair.turn()
        return tuple(sent)
    mine = Root()
    shared = [1, {"x": 2.5}, "text", b"bytes", None, {3}]
    for args in ((shared, shared), (mine, [mine]), (Copied(), (Copied(),)), (root,), (-(2**40),)):
        pair.outcome(root, "echo", *args, key=1)
    pair.outcome(root, "keep", mine)
    pair.outcome(root, "call", mine, 5)
    cached = pair.call(root, "cached")
    pair.outcome(root, "echo", cached)
    pair.outcome(root, "keep", Cached())
    viewed = pair.call(root, "viewed")
    pair.outcome(viewed, "look", viewed)
    pair.outcome(root, "fail")
    del cached, viewed
    pair.turn()
    return tuple(sent)


@patch("twisted.spread._logins.challenge", challenge)
def serve(stream: list[bytes], withLogin: bool) -> bool:
    """Let a server receive a stream, see that it lets go of all, and return if it took all."""
    realm = Realm()
    factory = pb.PBServerFactory(Portal(realm, [PASSWORDS]) if withLogin else Root())
    broker = factory.buildProtocol(None)
    transport = StringTransport()
    broker.makeConnection(transport)
    broker.dataReceived(CHOICE)
    built = Plain.built
    for piece in stream:
        if transport.disconnecting:
            break
        broker.dataReceived(piece)
    took = not transport.disconnecting
    broker.connectionLost(Failure(ConnectionDone()))
    assert Plain.built == built
    assert realm.open == 0
    assert not broker.localObjects
    assert not broker.remotelyCachedObjects
    assert not broker.locallyCachedObjects
    assert [observer for observer in observers if observer.broker is broker] == []
    return took


@pytest.mark.parametrize("withLogin", [False, True])
def test_session_as_it_was_is_taken(withLogin: bool) -> None:
    assert len(messages(withLogin)) >= 5
    assert serve([b"".join(session(withLogin))], withLogin)
    assert serve([banana.encode(message) for message in messages(withLogin)], withLogin)


WORDS = [
    *(b"message", b"answer", b"error", b"decref", b"decache", b"uncache", b"cachemessage"),
    *(b"version", b"didNotUnderstand", b"remote", b"local", b"cached", b"lcache", b"reference"),
    *(b"list", b"tuple", b"dictionary", b"instance", b"class", b"function", b"root", b"echo"),
    *(b"login", b"respond", b"keep", b"drop", b"__class__", f"{__name__}.Plain".encode()),
    *(f"{__name__}.Cached".encode(), f"{__name__}.Copied".encode()),
    b"twisted.spread.pb.CopyableFailure",
]
EDITS = st.lists(
    st.tuples(
        st.integers(0, 5000),
        st.integers(0, 4),
        st.one_of(
            st.binary(max_size=3),
            st.sampled_from(WORDS).map(banana.encode),
            st.integers(0, 5).map(banana.encode),
        ),
    ),
    max_size=6,
)


@pytest.mark.property
@EXAMPLES
@given(EDITS, st.booleans())
def test_mutated_bytes_of_a_session(edits: list[tuple[int, int, bytes]], withLogin: bool) -> None:
    stream = bytearray(b"".join(session(withLogin)))
    for place, length, new in edits:
        at = place % (len(stream) + 1)
        stream[at : at + length] = new
    serve([bytes(stream)], withLogin)


PARTS = st.recursive(
    st.one_of(st.integers(0, 5), st.integers(-(2**70), 2**70), st.sampled_from(WORDS), st.floats()),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)
MUTATIONS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 3), st.integers(0, 8), PARTS), max_size=5
)


def replaced(expression: Any, depth: int, index: int, new: object) -> Any:
    """Return an expression in which a part is another."""
    if not isinstance(expression, list) or not expression:
        return new
    at = index % len(expression)
    part = replaced(expression[at], depth - 1, index // 3 + 1, new) if depth else new
    return [*expression[:at], part, *expression[at + 1 :]]


@cache
def messages(withLogin: bool) -> tuple[Any, ...]:
    """Return the messages of a session as expressions."""

    class Recorder(banana.Banana):
        def expressionReceived(self, lst: object) -> None:
            found.append(lst)

    found: list[Any] = []
    recorder = Recorder(isClient=False)
    recorder.makeConnection(StringTransport())
    recorder.dataReceived(CHOICE)
    for piece in session(withLogin):
        recorder.dataReceived(piece)
    return tuple(found)


@pytest.mark.property
@EXAMPLES
@given(MUTATIONS, st.booleans())
def test_mutated_messages_of_a_session(
    mutations: list[tuple[int, int, int, object]], withLogin: bool
) -> None:
    said = list(messages(withLogin))
    for which, depth, index, new in mutations:
        at = which % len(said)
        said[at] = replaced(said[at], depth, index, new)
    serve([banana.encode(message) for message in said], withLogin)
