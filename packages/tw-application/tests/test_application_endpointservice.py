"""StreamServerEndpointService over an endpoint that does as it is told."""

import pickle

import pytest

from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import IService
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IProtocolFactory,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import Factory
from twisted.python.components import implementer, verifyObject
from twisted.python.failure import Failure

TAKEN = CannotListenError("127.0.0.1", 79, OSError(98, "Address already in use"))


@implementer(IListeningPort)
class FakePort:
    """Notes that it was stopped."""

    def __init__(self) -> None:
        self.stopped: Deferred[None] = Deferred()
        self.stops = 0

    def startListening(self) -> None:
        pass

    def stopListening(self) -> Deferred[None]:
        self.stops += 1
        return self.stopped

    def getHost(self) -> IAddress:
        raise AssertionError("nobody asks")


@implementer(IStreamServerEndpoint)
class FakeEndpoint:
    """Gives out the results that it was given."""

    def __init__(self, *results: Deferred[IListeningPort]) -> None:
        self.results = list(results)
        self.factories: list[IProtocolFactory] = []

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:
        self.factories.append(protocolFactory)
        return self.results.pop(0)


@pytest.fixture
def port() -> FakePort:
    """A port that waits to be told that it has stopped."""
    return FakePort()


def serviceOf(*results: Deferred[IListeningPort]) -> StreamServerEndpointService:
    return StreamServerEndpointService(FakeEndpoint(*results), Factory())


def test_endpoint_service_is_a_service() -> None:
    assert verifyObject(IService, serviceOf())


def test_start_listens_with_the_factory(port: FakePort) -> None:
    endpoint, factory = FakeEndpoint(succeed(port)), Factory()
    service = StreamServerEndpointService(endpoint, factory)
    assert service.startService() is None
    assert endpoint.factories == [factory]
    assert service.running


def test_privileged_start_listens_already(port: FakePort) -> None:
    endpoint = FakeEndpoint(succeed(port))
    service = StreamServerEndpointService(endpoint, Factory())
    service.privilegedStartService()
    assert len(endpoint.factories) == 1
    service.startService()
    assert len(endpoint.factories) == 1


@pytest.mark.parametrize("start", ["privilegedStartService", "startService"])
def test_port_that_is_taken_is_an_exception_of_the_start(start: str) -> None:
    service = serviceOf(fail(TAKEN))
    with pytest.raises(CannotListenError):
        getattr(service, start)()
    assert not service.running


def test_endpoint_that_raises_is_an_exception_of_the_start() -> None:
    service = StreamServerEndpointService(FakeEndpoint(), Factory())
    with pytest.raises(IndexError):
        service.startService()


def test_service_can_be_started_again_after_a_failure(port: FakePort) -> None:
    service = serviceOf(fail(TAKEN), succeed(port))
    with pytest.raises(CannotListenError):
        service.startService()
    service.startService()
    assert service.running


def test_endpoint_that_needs_time_is_waited_for(port: FakePort) -> None:
    listening: Deferred[IListeningPort] = Deferred()
    ready = serviceOf(listening).startService()
    ports: list[object] = []
    assert ready is not None
    ready.addCallback(ports.append)
    assert ports == []
    listening.callback(port)
    assert ports == [port]


def test_endpoint_that_fails_after_a_while_fails_the_start() -> None:
    listening: Deferred[IListeningPort] = Deferred()
    ready = serviceOf(listening).startService()
    failures: list[Failure] = []
    assert ready is not None
    ready.addErrback(failures.append)
    listening.errback(TAKEN)
    assert failures[0].value is TAKEN


def test_port_is_told_to_whoever_asked_before_the_start(port: FakePort) -> None:
    service = serviceOf(succeed(port))
    ports: list[IListeningPort] = []
    service.whenListening().addCallback(ports.append)
    assert ports == []
    service.startService()
    assert ports == [port]


def test_port_is_told_to_whoever_asks_after_the_start(port: FakePort) -> None:
    service = serviceOf(succeed(port))
    service.startService()
    ports: list[IListeningPort] = []
    service.whenListening().addCallback(ports.append)
    assert ports == [port]


def test_failure_is_told_to_whoever_asked_for_the_port() -> None:
    service = serviceOf(fail(TAKEN))
    failures: list[Failure] = []
    service.whenListening().addErrback(failures.append)
    with pytest.raises(CannotListenError):
        service.startService()
    assert failures[0].value is TAKEN


def test_whoever_asked_for_the_port_may_give_up(port: FakePort) -> None:
    service = serviceOf(succeed(port))
    waiting = service.whenListening()
    failures: list[Failure] = []
    waiting.addErrback(failures.append)
    waiting.cancel()
    service.startService()
    assert failures[0].check(CancelledError)


def test_stop_waits_for_the_port(port: FakePort) -> None:
    service = serviceOf(succeed(port))
    service.startService()
    stopped = service.stopService()
    assert not service.running
    assert stopped is not None
    done: list[object] = []
    stopped.addCallback(done.append)
    assert (port.stops, done) == (1, [])
    port.stopped.callback(None)
    assert done == [None]


def test_stop_frees_a_port_that_was_only_bound(port: FakePort) -> None:
    service = serviceOf(succeed(port))
    service.privilegedStartService()
    service.stopService()
    assert port.stops == 1


def test_stop_without_start_has_nothing_to_do() -> None:
    assert serviceOf().stopService() is None


def test_stop_gives_up_an_endpoint_that_needs_time() -> None:
    cancelled: list[object] = []
    listening: Deferred[IListeningPort] = Deferred(cancelled.append)
    service = serviceOf(listening)
    ready = service.startService()
    failures: list[Failure] = []
    assert ready is not None
    ready.addErrback(failures.append)
    service.stopService()
    assert cancelled == [listening]
    assert failures[0].check(CancelledError)


def test_service_listens_anew_when_it_is_started_again(port: FakePort) -> None:
    other = FakePort()
    service = serviceOf(succeed(port), succeed(other))
    service.startService()
    service.stopService()
    service.startService()
    ports: list[IListeningPort] = []
    service.whenListening().addCallback(ports.append)
    assert ports == [other]


def test_subclass_has_all_private_names_but_two_to_itself(port: FakePort) -> None:
    names = set(vars(serviceOf())) | set(vars(StreamServerEndpointService))
    private = {name for name in names if name.startswith("_") and not name.startswith("__")}
    assert private == {"_listening", "_waitingForPort"}


class PickledEndpoint(FakeEndpoint):
    """An endpoint that can be pickled, as it holds no results."""


def test_pickled_service_has_no_port(port: FakePort) -> None:
    endpoint = PickledEndpoint(succeed(port))
    service = StreamServerEndpointService(endpoint, Factory())
    service.startService()
    endpoint.factories.clear()
    copy = pickle.loads(pickle.dumps(service))
    assert not copy.running
    assert copy.stopService() is None


def test_packages_find_the_port_by_its_old_name(port: FakePort) -> None:
    service = serviceOf(succeed(port))
    found: list[IListeningPort] = []
    service._waitingForPort.addCallback(found.append)
    service.startService()
    assert found == [port]
