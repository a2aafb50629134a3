"""Service and MultiService: parents, names, the order of start and stop."""

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from twisted.application.service import (
    IService,
    IServiceCollection,
    MultiService,
    Service,
)
from twisted.internet.defer import Deferred, FirstError
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import implementer, verifyObject
from twisted.python.failure import Failure


class Noting(Service):
    """Notes what happens to it in a list that all share."""

    def __init__(self, label: str, notes: list[str]) -> None:
        self.label = label
        self.notes = notes
        self.stopped: Deferred[str] | None = None

    def privilegedStartService(self) -> None:
        super().privilegedStartService()
        self.notes.append(f"bind {self.label}")

    def startService(self) -> Deferred[Any] | None:
        super().startService()
        self.notes.append(f"start {self.label}")
        return None

    def stopService(self) -> Deferred[Any] | None:
        super().stopService()
        self.notes.append(f"stop {self.label}")
        return self.stopped


class Broken(Noting):
    """Cannot start and cannot stop."""

    def startService(self) -> Deferred[Any] | None:
        raise ValueError("cannot start")

    def stopService(self) -> Deferred[Any] | None:
        super().stopService()
        raise ValueError("cannot stop")


class Slow(Service):
    """Says later whether it is ready."""

    def __init__(self) -> None:
        self.ready: Deferred[None] = Deferred()

    def startService(self) -> Deferred[None]:
        super().startService()
        return self.ready


@pytest.fixture
def events() -> Iterator[list[LogEvent]]:
    """What is logged during the test."""
    logged: list[LogEvent] = []
    globalLogPublisher.addObserver(logged.append)
    yield logged
    globalLogPublisher.removeObserver(logged.append)


@pytest.fixture
def notes() -> list[str]:
    """What happened to the services."""
    return []


@pytest.fixture
def family(notes: list[str]) -> MultiService:
    """A parent of a, b and c."""
    parent = MultiService()
    for label in "abc":
        Noting(label, notes).setServiceParent(parent)
    return parent


def test_service_provides_its_interface() -> None:
    assert verifyObject(IService, Service())
    assert verifyObject(IService, MultiService())
    assert verifyObject(IServiceCollection, MultiService())


def test_service_runs_between_start_and_stop() -> None:
    service = Service()
    seen = [service.running]
    service.startService()
    seen.append(service.running)
    service.stopService()
    assert [*seen, service.running] == [False, True, False]


def test_pickled_service_is_not_running() -> None:
    service = Service()
    service.startService()
    assert not pickle.loads(pickle.dumps(service)).running


def test_pickled_collection_keeps_its_children() -> None:
    parent = MultiService()
    child = Service()
    child.setName("child")
    child.setServiceParent(parent)
    parent.startService()
    copy = pickle.loads(pickle.dumps(parent))
    assert copy.getServiceNamed("child").parent is copy
    assert not copy.running


def test_children_come_in_the_order_of_adding(family: MultiService) -> None:
    assert [child.label for child in family if isinstance(child, Noting)] == ["a", "b", "c"]


def test_all_bind_before_the_first_starts(family: MultiService, notes: list[str]) -> None:
    family.privilegedStartService()
    family.startService()
    assert notes == ["bind a", "bind b", "bind c", "start a", "start b", "start c"]


def test_children_stop_in_the_reverse_order(family: MultiService, notes: list[str]) -> None:
    family.startService()
    del notes[:]
    family.stopService()
    assert notes == ["stop c", "stop b", "stop a"]


def test_stop_waits_for_every_child(notes: list[str]) -> None:
    parent = MultiService()
    children = [Noting(label, notes) for label in "ab"]
    for child in children:
        child.stopped = Deferred()
        child.setServiceParent(parent)
    parent.startService()
    done: list[object] = []
    parent.stopService().addCallback(done.append)
    first, second = (child.stopped for child in children)
    assert first is not None
    assert second is not None
    first.callback("a is gone")
    assert done == []
    second.callback("b is gone")
    assert done == [[(True, "b is gone"), (True, "a is gone")]]


def test_nested_collections_start_and_stop_as_one(notes: list[str]) -> None:
    root, branch = MultiService(), MultiService()
    branch.setServiceParent(root)
    Noting("leaf", notes).setServiceParent(branch)
    root.privilegedStartService()
    root.startService()
    root.stopService()
    assert notes == ["bind leaf", "start leaf", "stop leaf"]


def test_child_that_fails_to_stop_holds_up_no_other(
    notes: list[str], events: list[LogEvent]
) -> None:
    parent = MultiService()

    class Unstoppable(Noting):
        def stopService(self) -> Deferred[Any] | None:
            raise ValueError("cannot stop")

    for service in (Noting("a", notes), Unstoppable("b", notes)):
        service.setServiceParent(parent)
    parent.startService()
    results: list[list[tuple[bool, Any]]] = []
    parent.stopService().addCallback(results.append)
    assert [success for success, _ in results[0]] == [False, True]
    assert notes[-1] == "stop a"
    assert [event["log_failure"].type for event in events] == [ValueError]


def test_error_of_a_child_that_cannot_start_ends_the_start(notes: list[str]) -> None:
    parent = MultiService()
    for service in (Noting("a", notes), Broken("b", notes), Noting("c", notes)):
        service.setServiceParent(parent)
    with pytest.raises(ValueError, match="cannot start"):
        parent.startService()
    assert notes == ["start a"]


def test_stop_after_a_failed_start_reaches_all_and_blames_none(
    notes: list[str], events: list[LogEvent]
) -> None:
    parent = MultiService()
    for service in (Noting("a", notes), Broken("b", notes), Noting("c", notes)):
        service.setServiceParent(parent)
    with pytest.raises(ValueError, match="cannot start"):
        parent.startService()
    parent.stopService()
    assert notes[1:] == ["stop c", "stop b", "stop a"]
    assert events == []


def test_start_returns_nothing_when_all_are_ready_at_once(family: MultiService) -> None:
    assert family.startService() is None


def test_start_waits_for_a_child_that_needs_time() -> None:
    parent, slow = MultiService(), Slow()
    slow.setServiceParent(parent)
    ready = parent.startService()
    done: list[object] = []
    assert ready is not None
    ready.addCallback(done.append)
    assert done == []
    slow.ready.callback(None)
    assert len(done) == 1


def test_start_fails_when_a_child_that_needs_time_does() -> None:
    parent, slow = MultiService(), Slow()
    slow.setServiceParent(parent)
    ready = parent.startService()
    failures: list[Failure] = []
    assert ready is not None
    ready.addErrback(failures.append)
    slow.ready.errback(ValueError("no luck"))
    assert isinstance(failures[0].value, FirstError)
    assert isinstance(failures[0].value.subFailure.value, ValueError)


def test_child_of_a_running_parent_is_started(family: MultiService, notes: list[str]) -> None:
    family.startService()
    del notes[:]
    late = Noting("late", notes)
    late.setServiceParent(family)
    assert notes == ["bind late", "start late"]
    assert late.running


def test_child_that_cannot_start_is_not_added_to_a_running_parent(notes: list[str]) -> None:
    parent = MultiService()
    parent.startService()
    broken = Broken("late", notes)
    with pytest.raises(ValueError, match="cannot start"):
        broken.setServiceParent(parent)
    assert list(parent) == []
    assert broken.parent is None


def test_late_child_that_fails_after_a_while_is_reported(events: list[LogEvent]) -> None:
    parent, slow = MultiService(), Slow()
    parent.startService()
    slow.setServiceParent(parent)
    slow.ready.errback(ValueError("no luck"))
    assert [event["log_failure"].type for event in events] == [ValueError]


def test_disowned_child_of_a_running_parent_is_stopped(
    family: MultiService, notes: list[str]
) -> None:
    family.startService()
    child = next(iter(family))
    assert isinstance(child, Noting)
    child.stopped = Deferred()
    assert child.disownServiceParent() is child.stopped
    assert notes[-1] == "stop a"
    assert child.parent is None
    assert child not in list(family)


def test_disowned_child_of_a_stopped_parent_is_left_alone(
    family: MultiService, notes: list[str]
) -> None:
    assert next(iter(family)).disownServiceParent() is None
    assert notes == []


def test_service_without_parent_cannot_leave_it() -> None:
    with pytest.raises(RuntimeError, match="no parent"):
        Service().disownServiceParent()


def test_new_parent_takes_the_place_of_the_old(family: MultiService) -> None:
    other = MultiService()
    child = next(iter(family))
    child.setServiceParent(other)
    assert child.parent is other
    assert list(other) == [child]
    assert child not in list(family)


def test_children_may_go_while_the_collection_is_read(family: MultiService) -> None:
    for child in family:
        child.disownServiceParent()
    assert list(family) == []


def test_child_is_found_by_its_name() -> None:
    parent, child = MultiService(), Service()
    child.setName("web")
    child.setServiceParent(parent)
    assert parent.getServiceNamed("web") is child
    child.disownServiceParent()
    with pytest.raises(KeyError):
        parent.getServiceNamed("web")


def test_second_child_of_a_name_is_refused() -> None:
    parent, first, second = MultiService(), Service(), Service()
    for service in (first, second):
        service.setName("web")
    first.setServiceParent(parent)
    with pytest.raises(RuntimeError, match="'web'"):
        second.setServiceParent(parent)
    assert second.parent is None
    assert list(parent) == [first]


def test_name_is_fixed_once_there_is_a_parent() -> None:
    parent, child = MultiService(), Service()
    child.setServiceParent(parent)
    with pytest.raises(RuntimeError, match="before it gets a parent"):
        child.setName("late")


def test_parent_must_be_a_collection() -> None:
    with pytest.raises(TypeError, match="MultiService"):
        Service().setServiceParent(Service())


def test_own_collection_can_be_the_parent() -> None:
    @implementer(IServiceCollection)
    class Pair:
        def __init__(self) -> None:
            self.children: list[IService] = []

        def getServiceNamed(self, name: str) -> IService:
            return next(child for child in self.children if child.name == name)

        def __iter__(self) -> Iterator[IService]:
            return iter(self.children)

        def addService(self, service: IService) -> None:
            self.children.append(service)

        def removeService(self, service: IService) -> None:
            self.children.remove(service)

    pair, child = Pair(), Service()
    child.setServiceParent(pair)
    assert list(pair) == [child]
    child.disownServiceParent()
    assert list(pair) == []


def test_service_that_does_not_chain_up_is_started_and_stopped() -> None:
    notes: list[str] = []

    class Plain(Service):
        def startService(self) -> None:
            notes.append("start")

        def stopService(self) -> None:
            notes.append("stop")

    parent = MultiService()
    Plain().setServiceParent(parent)
    parent.startService()
    parent.stopService()
    assert notes == ["start", "stop"]


def test_whole_tree_can_run_again(family: MultiService, notes: list[str]) -> None:
    for _ in range(2):
        family.startService()
        family.stopService()
    assert notes == ["start a", "start b", "start c", "stop c", "stop b", "stop a"] * 2
