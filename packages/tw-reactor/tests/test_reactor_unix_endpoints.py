"""Endpoints of UNIX sockets and their descriptions, on a reactor that keeps what it is told."""

from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet.address import UNIXAddress
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import (
    UNIXClientEndpoint,
    UNIXServerEndpoint,
    clientFromString,
    connectProtocol,
    serverFromString,
)
from twisted.internet.endpoints._arguments import modeFrom
from twisted.internet.error import CannotListenError, ConnectingCancelledError
from twisted.internet.interfaces import (
    IConnector,
    IListeningPort,
    IProtocolFactory,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import ClientFactory, Factory
from twisted.internet.testing import AccumulatingProtocol, MemoryReactor, StringTransport
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

_T = TypeVar("_T")

FACTORY = Factory.forProtocol(AccumulatingProtocol)


class Taken(MemoryReactor):
    """A reactor on which every path is taken."""

    def listenUNIX(
        self,
        address: str | bytes,
        factory: IProtocolFactory,
        backlog: int = 50,
        mode: int = 0o666,
        wantPID: bool = False,
    ) -> IListeningPort:
        raise CannotListenError("", str(address), OSError("taken"))

    def connectUNIX(
        self,
        address: str | bytes,
        factory: ClientFactory,
        timeout: float = 30,
        checkPID: bool = False,
    ) -> IConnector:
        raise OSError("no")


def failureOf(deferred: Deferred[_T]) -> Failure:
    """Return what a Deferred has failed with."""
    failures: list[_T | Failure] = []
    deferred.addBoth(failures.append)
    (failure,) = failures
    assert isinstance(failure, Failure)
    return failure


def test_endpoints_are_endpoints() -> None:
    reactor = MemoryReactor()

    assert verifyObject(IStreamServerEndpoint, UNIXServerEndpoint(reactor, "/s"))
    assert verifyObject(IStreamClientEndpoint, UNIXClientEndpoint(reactor, "/s"))


def test_endpoints_say_where_they_lead() -> None:
    reactor = MemoryReactor()

    assert repr(UNIXServerEndpoint(reactor, "/s")) == "<UNIXServerEndpoint '/s'>"
    assert repr(UNIXClientEndpoint(reactor, b"/s")) == "<UNIXClientEndpoint b'/s'>"


def test_listening_takes_no_lock_file_unless_told() -> None:
    reactor = MemoryReactor()
    UNIXServerEndpoint(reactor, "/s").listen(FACTORY)

    assert reactor.unixServers == [("/s", FACTORY, 50, 0o666, False)]


def test_listening_hands_on_what_it_was_told() -> None:
    reactor = MemoryReactor()
    ports: list[IListeningPort] = []
    endpoint = UNIXServerEndpoint(reactor, b"/s", backlog=5, mode=0o600, wantPID=True)
    endpoint.listen(FACTORY).addCallback(ports.append)

    assert reactor.unixServers == [(b"/s", FACTORY, 5, 0o600, True)]
    assert ports[0].getHost() == UNIXAddress("/s")


def test_path_that_is_taken_fails_the_deferred() -> None:
    assert failureOf(UNIXServerEndpoint(Taken(), "/s").listen(FACTORY)).check(CannotListenError)


def test_connecting_hands_on_what_it_was_told() -> None:
    reactor = MemoryReactor()
    UNIXClientEndpoint(reactor, "/s", timeout=7, checkPID=True).connect(FACTORY)

    ((path, _, timeout, checkPID),) = reactor.unixClients
    assert (path, timeout, checkPID) == ("/s", 7, True)


def test_connecting_fires_with_the_connected_protocol() -> None:
    reactor, protocol = MemoryReactor(), AccumulatingProtocol()
    ends: list[object] = []
    connectProtocol(UNIXClientEndpoint(reactor, "/s"), protocol).addBoth(ends.append)
    built = reactor.unixClients[0][1].buildProtocol(UNIXAddress("/s"))
    assert built is not None
    assert ends == []
    built.makeConnection(StringTransport())

    assert ends == [protocol]
    assert protocol.made


def test_connecting_that_raises_fails_the_deferred() -> None:
    assert failureOf(UNIXClientEndpoint(Taken(), "/s").connect(FACTORY)).check(OSError)


def test_cancelling_gives_up_the_attempt() -> None:
    reactor = MemoryReactor()
    connected = UNIXClientEndpoint(reactor, "/s").connect(FACTORY)
    connected.cancel()

    assert failureOf(connected).check(ConnectingCancelledError)
    assert reactor.connectors[0].stoppedConnecting


@pytest.mark.parametrize(
    ("description", "heard"),
    [
        ("unix:/run/web.sock", ("/run/web.sock", 50, 0o666, True)),
        ("unix:address=/run/web.sock:lockfile=1", ("/run/web.sock", 50, 0o666, True)),
        ("unix:/run/web.sock:660:9:0", ("/run/web.sock", 9, 0o660, False)),
        ("unix:/s:mode=0600:backlog=7:wantPID=0", ("/s", 7, 0o600, False)),
        (r"unix:C\:\=s", ("C:=s", 50, 0o666, True)),
    ],
)
def test_server_description_is_understood(
    description: str, heard: tuple[str, int, int, bool]
) -> None:
    reactor = MemoryReactor()
    serverFromString(reactor, description).listen(FACTORY)

    ((address, _, backlog, mode, wantPID),) = reactor.unixServers
    assert (address, backlog, mode, wantPID) == heard


@pytest.mark.parametrize(
    ("description", "heard"),
    [
        ("unix:/run/web.sock", ("/run/web.sock", 30, False)),
        ("unix:path=/run/web.sock:timeout=9:checkPID=1", ("/run/web.sock", 9, True)),
        ("unix:/run/web.sock:lockfile=1", ("/run/web.sock", 30, True)),
        ("unix:/s:2.5:0", ("/s", 2.5, False)),
    ],
)
def test_client_description_is_understood(description: str, heard: tuple[str, float, bool]) -> None:
    reactor = MemoryReactor()
    clientFromString(reactor, description).connect(FACTORY)

    ((path, _, timeout, checkPID),) = reactor.unixClients
    assert (path, timeout, checkPID) == heard


@pytest.mark.parametrize(
    ("description", "complaint"),
    [
        ("unix:", "the path is missing"),
        ("unix:/s:mode=888", "a mode is one to four octal digits"),
        ("unix:/s:mode=0o660", "a mode is one to four octal digits"),
        ("unix:/s:mode=-1", "a mode is one to four octal digits"),
        ("unix:/s:backlog=0", "a backlog is a number"),
        ("unix:/s:lockfile=yes", "a switch is 0 or 1, not 'yes'"),
        ("unix:/s:lockfile=1:wantPID=1", "two names of one value"),
    ],
)
def test_wrong_server_description_is_refused(description: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        serverFromString(MemoryReactor(), description)


@pytest.mark.parametrize(
    ("description", "complaint"),
    [
        ("unix:", "the path is missing"),
        ("unix:/s:timeout=soon", "a timeout is a number of seconds"),
        ("unix:/s:checkPID=", "a switch is 0 or 1"),
        ("unix:/s:checkPID=1:lockfile=1", "two names of one value"),
    ],
)
def test_wrong_client_description_is_refused(description: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        clientFromString(MemoryReactor(), description)


@given(st.text(alphabet="01789-+_o ٣", max_size=6))
def test_any_mode_is_octal_digits_or_refused(text: str) -> None:
    try:
        mode = modeFrom(text)
    except ValueError:
        return
    assert 0 <= mode <= 0o7777
    assert mode == int(text, 8)
