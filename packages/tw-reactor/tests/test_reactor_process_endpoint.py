"""A child process as an endpoint, on a reactor that starts nothing."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar, cast

import pytest

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import ProcessEndpoint, StandardErrorBehavior
from twisted.internet.error import ConnectionDone, NoProtocol, ProcessDone, ProcessTerminated
from twisted.internet.interfaces import (
    IProcessProtocol,
    IProcessTransport,
    IProtocol,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import Factory
from twisted.internet.testing import AccumulatingProtocol, StringTransport
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

_T = TypeVar("_T")


class Spawning:
    """A reactor that keeps what it was told to start."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.protocols: list[IProcessProtocol] = []
        self.calls: list[tuple[object, ...]] = []
        self.process = cast(IProcessTransport, StringTransport())

    def spawnProcess(
        self,
        processProtocol: IProcessProtocol,
        executable: bytes | str,
        args: Iterable[bytes | str] = (),
        env: Mapping[str, str] | Mapping[bytes, bytes] | None = None,
        path: bytes | str | None = None,
        uid: int | None = None,
        gid: int | None = None,
        usePTY: bool | tuple[int, int, str] = False,
        childFDs: Mapping[int, int | Literal["r", "w"]] | None = None,
    ) -> IProcessTransport:
        if self.error is not None:
            raise self.error
        self.calls.append((executable, args, env, path, uid, gid, usePTY, childFDs))
        self.protocols.append(processProtocol)
        processProtocol.makeConnection(self.process)
        return self.process


class Started:
    """A process that was started by an endpoint."""

    def __init__(self, errFlag: object = StandardErrorBehavior.LOG) -> None:
        self.reactor = Spawning()
        endpoint = ProcessEndpoint(self.reactor, "/bin/cat", ["cat"], errFlag=errFlag)  # type: ignore[arg-type] # a constant
        connected = endpoint.connect(Factory.forProtocol(AccumulatingProtocol))
        self.protocol = cast(AccumulatingProtocol, resultOf(connected))
        self.process = self.reactor.protocols[0]


def resultOf(deferred: Deferred[_T]) -> _T | Failure:
    """Return what a Deferred has fired with."""
    results: list[_T | Failure] = []
    deferred.addBoth(results.append)
    (result,) = results
    return result


def test_process_endpoint_is_a_client_endpoint() -> None:
    endpoint = ProcessEndpoint(Spawning(), "/bin/cat")

    assert verifyObject(IStreamClientEndpoint, endpoint)
    assert repr(endpoint) == "<ProcessEndpoint '/bin/cat'>"


def test_program_has_an_empty_environment_unless_told() -> None:
    reactor = Spawning()
    ProcessEndpoint(reactor, "/bin/cat").connect(Factory.forProtocol(AccumulatingProtocol))

    assert reactor.calls == [("/bin/cat", (), {}, None, None, None, False, None)]


def test_all_that_is_said_about_the_program_is_handed_on() -> None:
    reactor = Spawning()
    endpoint = ProcessEndpoint(
        reactor, "/bin/cat", ["cat"], None, "/tmp", 1, 2, True, {0: "w", 1: "r"}
    )
    endpoint.connect(Factory.forProtocol(AccumulatingProtocol))

    assert reactor.calls == [
        ("/bin/cat", ("cat",), None, "/tmp", 1, 2, True, {0: "w", 1: "r"}),
    ]


def test_protocol_has_the_process_as_its_transport() -> None:
    started = Started()

    assert started.protocol.made
    assert started.protocol.transport is started.reactor.process


def test_standard_output_is_received() -> None:
    started = Started()
    started.process.childDataReceived(1, b"out")
    started.process.childDataReceived(5, b"other")

    assert started.protocol.data == b"out"


@pytest.mark.parametrize(
    ("errFlag", "logged"),
    [(StandardErrorBehavior.LOG, [b"oops"]), (StandardErrorBehavior.DROP, [])],
)
def test_standard_error_is_logged_or_dropped(errFlag: object, logged: list[bytes]) -> None:
    events: list[LogEvent] = []
    started = Started(errFlag)
    globalLogPublisher.addObserver(events.append)
    try:
        started.process.childDataReceived(2, b"oops")
    finally:
        globalLogPublisher.removeObserver(events.append)

    assert [event["data"] for event in events] == logged
    assert started.protocol.data == b""


def test_process_that_ended_well_is_a_connection_that_ended_well() -> None:
    started = Started()
    started.process.processExited(Failure(ProcessDone(0)))
    assert not started.protocol.closed
    started.process.processEnded(Failure(ProcessDone(0)))

    assert started.protocol.closedReason is not None
    assert type(started.protocol.closedReason.value) is ConnectionDone


def test_process_that_failed_says_how() -> None:
    started = Started()
    started.process.childConnectionLost(1)
    started.process.processEnded(Failure(ProcessTerminated(exitCode=3)))

    assert started.protocol.closedReason is not None
    assert started.protocol.closedReason.check(ProcessTerminated)


def test_program_that_cannot_be_started_fails() -> None:
    endpoint = ProcessEndpoint(Spawning(OSError("no room")), "/bin/cat")
    failure = resultOf(endpoint.connect(Factory.forProtocol(AccumulatingProtocol)))

    assert isinstance(failure, Failure)
    assert failure.check(OSError)


def test_nothing_is_started_where_the_factory_builds_no_protocol() -> None:
    class Declining(Factory[IProtocol]):
        """Builds nothing."""

        def buildProtocol(self, addr: object) -> None:
            return None

    reactor = Spawning()
    failure = resultOf(ProcessEndpoint(reactor, "/bin/cat").connect(Declining()))

    assert isinstance(failure, Failure)
    assert failure.check(NoProtocol)
    assert reactor.calls == []
