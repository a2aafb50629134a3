"""Copies, caches and views: what the other end gets, and when observing ends."""

import gc
from typing import Any

import pytest

from twisted.python.components import Interface, implementer, implementer_only
from twisted.spread import banana, flavors, jelly, pb

from .spread_helpers import Pair, logged, results


class Pond(pb.Copyable):
    """Is copied."""

    def __init__(self, frogs: int) -> None:
        self.frogs = frogs
        self.password = "secret"

    def getStateToCopyFor(self, perspective: object) -> dict[str, object]:
        return {"frogs": self.frogs, "viewer": repr(perspective)}


class RemotePond(pb.RemoteCopy):
    """The copy."""

    def __init__(self, required: object) -> None:
        raise AssertionError("copies are made without __init__")


class Both(pb.Copyable, pb.RemoteCopy):
    """Goes back and forth."""


class Master(pb.Cacheable):
    """Is cached."""

    def __init__(self) -> None:
        self.observers: list[Any] = []
        self.stopped: list[Any] = []
        self.ducks: Any = ["one"]

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        self.observers.append((perspective, observer))
        return {"ducks": self.ducks}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        self.observers.remove((perspective, observer))
        self.stopped.append((perspective, observer))

    def add(self, duck: Any) -> list[Any]:
        return [results(observer.callRemote("addDuck", duck)) for _, observer in self.observers]


class Slave(pb.RemoteCache):
    """The cache."""

    ducks: list[str]

    def observe_addDuck(self, duck: str) -> int:
        self.ducks = [*self.ducks, duck]
        return len(self.ducks)

    def observe_replace(self, ducks: list[str]) -> None:
        self.__dict__ = {**self.__dict__, "ducks": ducks}

    def remote_addDuck(self, duck: str) -> None:
        raise AssertionError("only methods that observe are reached")


class Group(pb.Viewable):
    """Is told who calls."""

    def view_who(self, perspective: object, *args: object, **kw: object) -> Any:
        return [repr(perspective), args, kw]

    def remote_who(self) -> None:
        raise AssertionError("only views are reached")


pb.setUnjellyableForClass(Pond, RemotePond)
pb.setUnjellyableForClass(Both, Both)
pb.setUnjellyableForClass(Master, Slave)


class Things(pb.Root):
    """Gives and keeps things."""

    def __init__(self) -> None:
        self.master = Master()
        self.kept: list[Any] = []

    def remote_get(self, name: str) -> Any:
        return getattr(self, name)

    def remote_twice(self) -> Any:
        return [self.master, {"again": self.master}]

    def remote_isMaster(self, obj: object) -> bool:
        return obj is self.master

    def remote_keep(self, obj: object) -> None:
        self.kept.append(obj)

    def remote_echo(self, obj: object) -> object:
        return obj


@pytest.fixture
def pair() -> Pair:
    return Pair(Things())


def thingsOf(pair: Pair) -> Any:
    return pair.serverFactory.root


# Roots.


def test_subclass_inherits_that_it_is_a_root() -> None:
    class IMine(Interface):
        pass

    @implementer(IMine)
    class One(pb.Root):
        pass

    @implementer_only(IMine)
    class Other(pb.Root):
        pass

    assert flavors.IPBRoot is pb.IPBRoot
    assert pb.IPBRoot.implementedBy(One)  # type: ignore[attr-defined]  # an interface
    assert not pb.IPBRoot.implementedBy(Other)  # type: ignore[attr-defined]  # an interface


# Copies.


def test_copy_has_the_state_that_was_meant_for_it(pair: Pair) -> None:
    thingsOf(pair).pond = Pond(7)
    copy = pair.call(pair.root, "get", "pond")
    assert type(copy) is RemotePond
    assert copy.__dict__ == {"frogs": 7, "viewer": "None"}
    assert pair.call(pair.root, "get", "pond") is not copy


def test_copies_inside_containers_and_as_arguments(pair: Pair) -> None:
    pond = Pond(3)
    pair.call(pair.root, "keep", [pond, {"x": (pond, Pond(4))}])
    ((first, others),) = thingsOf(pair).kept
    assert first is others["x"][0]
    assert others["x"][1].frogs == 4


def test_same_class_for_both_ends(pair: Pair) -> None:
    both = Both()
    both.state = [1, both]  # type: ignore[attr-defined]  # any attribute
    back = pair.call(pair.root, "echo", both)
    assert type(back) is Both
    assert back.state[1] is back  # type: ignore[attr-defined]  # any attribute


def test_any_state_goes_to_who_takes_it(pair: Pair) -> None:
    class Odd(pb.Copyable, pb.RemoteCopy):
        def getStateToCopy(self) -> Any:
            return (1, "two")

        def setCopyableState(self, state: Any) -> None:
            self.state = state

    pb.setUnjellyableForClass(Odd, Odd)
    assert pair.call(pair.root, "echo", Odd()).state == (1, "two")


def test_state_that_is_no_dictionary_of_attributes_is_refused() -> None:
    name = f"{__name__}.Both".encode()
    for state in (5, [b"list"], [b"dictionary", [1, 2]]):
        with pytest.raises(jelly.InsecureJelly):
            pb.Broker(1).unserialize([name, state])


def test_name_of_the_class_can_be_chosen(pair: Pair) -> None:
    class Renamed(pb.Copyable):
        def getTypeToCopyFor(self, perspective: object) -> str:
            return "other.Name"

    pb.setUnjellyableForClass("other.Name", Both)
    assert type(pair.call(pair.root, "echo", Renamed())) is Both


def test_copies_do_not_go_the_way_of_pickle(pair: Pair) -> None:
    class Pickled(pb.Copyable, pb.RemoteCopy):
        value = 0

        def __getstate__(self) -> object:
            raise AssertionError("this is for pickle")

        def __setstate__(self, state: object) -> None:
            raise AssertionError("this is for pickle")

    pb.setUnjellyableForClass(Pickled, Pickled)
    pickled = Pickled()
    pickled.value = 7
    assert pair.call(pair.root, "echo", pickled).value == 7


def test_class_that_takes_a_copy_has_to_be_of_the_flavor(pair: Pair) -> None:
    class Sent(pb.Copyable):
        pass

    class Plain:
        pass

    pb.setUnjellyableForClass(Sent, Plain)
    assert pair.fails(pair.root, "echo", Sent())
    assert pair.call(pair.root, "echo", 1) == 1


def test_flavors_without_a_connection() -> None:
    both = Both()
    both.value = 1  # type: ignore[attr-defined]  # any attribute
    back = jelly.unjelly(jelly.jelly(both))
    assert back.value == 1
    for obj in (pb.Referenceable(), pb.Viewable(), pb.Root()):
        with pytest.raises(jelly.InsecureJelly):
            jelly.jelly(obj)
    for expression in ([b"remote", 1], [b"local", 1], [b"cached", 1], [b"lcache", 1]):
        with pytest.raises(jelly.InsecureJelly):
            jelly.unjelly(expression)
    slave = jelly.unjelly(jelly.jelly(Master()))
    assert slave.ducks == ["one"]
    pb.setUnjellyableForClass(Slave, Slave)
    assert jelly.unjelly(jelly.jelly(slave)).ducks == ["one"]


# Caches.


def test_cache_gets_the_state_and_follows(pair: Pair) -> None:
    cache = pair.call(pair.root, "get", "master")
    assert type(cache) is Slave
    assert cache.ducks == ["one"]
    (found,) = thingsOf(pair).master.add("two")
    pair.turn()
    assert found == [2]
    assert cache.ducks == ["one", "two"]


def test_object_that_is_sent_again_goes_by_its_number(pair: Pair) -> None:
    cache = pair.call(pair.root, "get", "master")
    assert pair.call(pair.root, "get", "master") is cache
    first, again = pair.call(pair.root, "twice")
    assert first is again["again"] is cache
    assert len(thingsOf(pair).master.observers) == 1


def test_cache_comes_back_as_the_object(pair: Pair) -> None:
    cache = pair.call(pair.root, "get", "master")
    assert pair.call(pair.root, "isMaster", cache) is True
    other = Pair(Things())
    assert other.fails(other.root, "echo", cache).check(pb.ForeignReference)


def test_observing_stops_once_when_the_last_cache_is_gone(pair: Pair) -> None:
    master = thingsOf(pair).master
    caches = [pair.call(pair.root, "get", "master") for _ in range(3)]
    ((perspective, observer),) = master.observers
    caches.pop()
    pair.turn()
    assert master.stopped == []
    caches.clear()
    pair.turn()
    assert master.stopped == [(perspective, observer)]
    assert master.observers == []
    assert pair.client.locallyCachedObjects == {}
    assert pair.server.remotelyCachedObjects == {}
    cache = pair.call(pair.root, "get", "master")
    assert cache.ducks == ["one"]
    assert len(master.observers) == 1


def test_object_that_is_sent_while_its_cache_is_let_go(pair: Pair) -> None:
    master = thingsOf(pair).master
    cache = pair.call(pair.root, "get", "master")
    master.add("two")
    pair.turn()
    found = results(pair.root.callRemote("get", "master"))
    pair.loopback.client.turn()
    # The answer is on its way when the cache goes.
    del cache
    pair.turn()
    assert found[0].ducks == ["one", "two"]
    master.add("three")
    pair.turn()
    assert found[0].ducks == ["one", "two", "three"]
    assert len(master.observers) == 1
    found.clear()
    pair.turn()
    assert master.observers == []


def test_changes_that_replace_all_attributes(pair: Pair) -> None:
    master = thingsOf(pair).master
    cache = pair.call(pair.root, "get", "master")
    ((_, observer),) = master.observers
    observer.callRemote("replace", ["new"])
    found = results(pair.root.callRemote("get", "master"))
    pair.turn()
    assert cache.ducks == ["new"]
    assert found[0] is cache


def test_only_methods_that_observe_are_reached(pair: Pair) -> None:
    cache = pair.call(pair.root, "get", "master")
    ((_, observer),) = thingsOf(pair).master.observers
    found = results(observer.callRemote("setCopyableState"))
    pair.turn()
    assert found[0].check(pb.NoSuchMethod)
    assert cache.ducks == ["one"]


def test_updates_come_in_their_order_and_after_the_state(pair: Pair) -> None:
    class Eager(Master):
        def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
            observer.callRemote("addDuck", "too soon")
            return super().getStateToCacheAndObserveFor(perspective, observer)

    pb.setUnjellyableForClass(Eager, Slave)
    master = thingsOf(pair).eager = Eager()
    found = results(pair.root.callRemote("get", "eager"))
    pair.loopback.client.turn()
    pair.loopback.server.turn()
    for number in range(5):
        master.add(str(number))
    pair.turn()
    assert found[0].ducks == ["one", *"01234"]


def test_lost_connection_stops_observing_once(pair: Pair) -> None:
    master = thingsOf(pair).master
    cache = pair.call(pair.root, "get", "master")
    ((_, observer),) = master.observers
    pair.lose()
    assert len(master.stopped) == 1
    found = results(observer.callRemote("addDuck", "late"))
    assert found[0].check(pb.DeadReferenceError)
    del cache
    pair.turn()
    assert len(master.stopped) == 1


def test_all_are_told_of_a_lost_connection_even_if_one_fails(pair: Pair) -> None:
    class Failing(Master):
        def stoppedObserving(self, perspective: Any, observer: Any) -> None:
            super().stoppedObserving(perspective, observer)
            raise RuntimeError("it fails")

    pb.setUnjellyableForClass(Failing, Slave)
    masters = thingsOf(pair).masters = [Failing(), Failing(), Master()]
    caches = pair.call(pair.root, "get", "masters")
    with logged() as log:
        pair.lose()
    assert [len(master.stopped) for master in masters] == [1, 1, 1]
    assert len([event for event in log if event.get("log_failure")]) == 2
    assert len(caches) == 3


def test_calls_of_observers_fail_while_the_connection_ends(pair: Pair) -> None:
    class Talkative(Master):
        def stoppedObserving(self, perspective: Any, observer: Any) -> None:
            super().stoppedObserving(perspective, observer)
            for master in masters:
                told.extend(master.add("late"))

    pb.setUnjellyableForClass(Talkative, Slave)
    told: list[Any] = []
    masters = thingsOf(pair).masters = [Talkative(), Talkative()]
    caches = pair.call(pair.root, "get", "masters")
    pair.lose()
    ((failure,),) = told
    assert failure.check(pb.DeadReferenceError)
    assert len(caches) == 2


def test_state_with_observers_or_with_the_object_itself_ends(pair: Pair) -> None:
    class Whole(Master):
        def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
            super().getStateToCacheAndObserveFor(perspective, observer)
            return self.state

        state: Any

    pb.setUnjellyableForClass(Whole, Slave)
    whole = thingsOf(pair).whole = Whole()
    whole.state = whole.__dict__
    assert pair.fails(pair.root, "get", "whole").check(jelly.InsecureJelly)
    assert whole.observers == []
    whole.state = {"whole": whole}
    cache = pair.call(pair.root, "get", "whole")
    assert cache.whole is cache


def test_nothing_is_observed_for_a_message_that_cannot_be_sent(pair: Pair) -> None:
    master = Master()
    for other in (object(), b"x" * (banana.SIZE_LIMIT + 1)):
        pair.fails(pair.root, "echo", [master, other])
    assert master.observers == []
    assert len(master.stopped) == 2
    assert pair.client.remotelyCachedObjects == {}


def test_cache_that_the_receiver_cannot_take_is_let_go(pair: Pair) -> None:
    class Refusing(Slave):
        def setCopyableState(self, state: Any) -> None:
            raise jelly.InsecureJelly("not this")

    class Other(Master):
        pass

    pb.setUnjellyableForClass(Other, Refusing)
    other = thingsOf(pair).other = Other()
    pair.fails(pair.root, "get", "other")
    gc.collect()
    pair.turn()
    assert other.observers == []


def test_observers_are_equal_by_what_they_stand_for(pair: Pair) -> None:
    cache = pair.call(pair.root, "get", "master")
    ((perspective, observer),) = thingsOf(pair).master.observers
    same = pb.RemoteCacheObserver(pair.server, thingsOf(pair).master, perspective)
    assert same == observer
    assert hash(same) == hash(observer)
    assert same != pb.RemoteCacheObserver(pair.client, thingsOf(pair).master, perspective)
    method = observer.remoteMethod("addDuck")
    assert method == same.remoteMethod("addDuck")
    assert hash(method) == hash(same.remoteMethod("addDuck"))
    assert method != observer.remoteMethod("other")
    assert cache


def test_caches_are_limited_on_both_sides(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    thingsOf(pair).masters = [Master() for _ in range(6)]
    monkeypatch.setattr(pb, "MAX_BROKER_REFS", 5)
    assert "Maximum PB reference" in pair.fails(pair.root, "get", "masters").getErrorMessage()
    monkeypatch.setattr(pb, "MAX_BROKER_REFS", 6)
    caches = pair.call(pair.root, "get", "masters")
    name = f"{__name__}.Master".encode()
    with pytest.raises(pb.Error):
        pair.client.unserialize([name, 99, [b"dictionary"]])
    with pytest.raises(jelly.InsecureJelly):
        pair.client.unserialize([name, caches[0].luid, [b"dictionary"]])
    for luid in (b"x", 1.5, [b"list"]):
        with pytest.raises(jelly.InsecureJelly):
            pair.client.unserialize([name, luid, [b"dictionary"]])
    assert len(caches) == 6


# Views.


def test_view_has_no_perspective_without_a_login(pair: Pair) -> None:
    thingsOf(pair).group = Group()
    view = pair.call(pair.root, "get", "group")
    assert isinstance(view, pb.RemoteReference)
    assert pair.call(view, "who", 1, x=2) == ["None", (1,), {"x": 2}]
    assert pair.call(pair.root, "get", "group") == view
    assert pair.fails(view, "getStateFor").check(pb.NoSuchMethod)


def test_object_of_any_class_can_be_given_out(pair: Pair) -> None:
    class Anything:
        def specialMessageReceived(self, broker: Any, message: str, args: Any, kw: Any) -> Any:
            return broker.serialize([message, broker.unserialize(args)])

    thingsOf(pair).any = pb.AsReferenceable(Anything(), "special")
    assert pair.call(pair.call(pair.root, "get", "any"), "ask", 1) == ["ask", (1,)]


def test_names_are_the_same_under_both_modules() -> None:
    for name in ("Root", "Referenceable", "Viewable", "Copyable", "RemoteCopy", "Cacheable"):
        assert getattr(pb, name) is getattr(flavors, name)
    assert pb.setUnjellyableForClass is flavors.setUnjellyableForClass
    assert pb.setCopierForClass is jelly.setUnjellyableForClass
    assert issubclass(pb.Cacheable, pb.Copyable)
    assert issubclass(pb.RemoteCache, pb.RemoteCopy)


class Harbor:
    """Has a class inside."""

    class Boat(pb.Copyable):
        pass


def test_class_inside_of_another_goes_by_its_short_name() -> None:
    # Other implementations know it by no other.
    (name, *_) = jelly.jelly(Harbor.Boat())
    assert name == f"{__name__}.Boat".encode()
