"""Sockets that this process was given: the endpoint that adopts them, `systemd:` and `fd:`."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import AddressFamily
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.endpoints import (
    AdoptedStreamServerEndpoint,
    TCP4ClientEndpoint,
    connectProtocol,
    serverFromString,
)
from twisted.internet.endpoints._inherited import (
    DescriptorServerParser,
    SystemdServerParser,
    domainFrom,
)
from twisted.internet.error import AlreadyListened
from twisted.internet.interfaces import (
    IListeningPort,
    IReactorSocket,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.internet.protocol import Factory
from twisted.internet.selectreactor import SelectReactor
from twisted.internet.testing import AccumulatingProtocol, MemoryReactor
from twisted.plugin import IPlugin, getPlugins
from twisted.python.components import provides, verifyObject
from twisted.python.failure import Failure
from twisted.python.systemd import ListenFDs

from .reactor_helpers import discard, turnUntil

FACTORY = Factory.forProtocol(AccumulatingProtocol)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket that listens on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture
def reactor() -> Iterator[PollingReactor]:
    """A reactor of its own for each test."""
    made = SelectReactor()
    yield made
    discard(made)


def adopting(
    reactor: PollingReactor, descriptor: int, family: AddressFamily
) -> AdoptedStreamServerEndpoint:
    """Return an endpoint on a real reactor."""
    return AdoptedStreamServerEndpoint(cast(IReactorSocket, reactor), descriptor, family)


def isOpen(descriptor: int) -> bool:
    """Return whether a descriptor is open."""
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def result(deferred: object) -> object:
    """Return what a Deferred has fired with."""
    results: list[object] = []
    deferred.addBoth(results.append)  # type: ignore[attr-defined] # it is a Deferred
    assert len(results) == 1
    return results[0]


class Refusing(MemoryReactor):
    """A reactor that adopts nothing."""

    def adoptStreamPort(
        self, fileDescriptor: int, addressFamily: AddressFamily, factory: object
    ) -> IListeningPort:
        raise OSError("no")


def test_adopted_endpoint_is_a_server_endpoint() -> None:
    endpoint = AdoptedStreamServerEndpoint(MemoryReactor(), 7, socket.AF_INET)

    assert verifyObject(IStreamServerEndpoint, endpoint)
    assert repr(endpoint) == "<AdoptedStreamServerEndpoint descriptor 7>"


def test_adopted_descriptor_goes_to_the_reactor_and_is_closed(listening: socket.socket) -> None:
    reactor, descriptor = MemoryReactor(), listening.detach()
    result(AdoptedStreamServerEndpoint(reactor, descriptor, socket.AF_INET).listen(FACTORY))

    assert reactor.adoptedPorts == [(descriptor, socket.AF_INET, FACTORY)]
    assert not isOpen(descriptor)


def test_adopted_socket_never_blocks(listening: socket.socket) -> None:
    with listening.dup() as other:
        listening.setblocking(True)
        endpoint = AdoptedStreamServerEndpoint(MemoryReactor(), listening.detach(), socket.AF_INET)
        result(endpoint.listen(FACTORY))

        assert not os.get_blocking(other.fileno())


def test_adopted_endpoint_listens_once(listening: socket.socket) -> None:
    reactor = MemoryReactor()
    endpoint = AdoptedStreamServerEndpoint(reactor, listening.detach(), socket.AF_INET)
    result(endpoint.listen(FACTORY))
    failure = result(endpoint.listen(FACTORY))

    assert isinstance(failure, Failure)
    assert failure.check(AlreadyListened)
    assert len(reactor.adoptedPorts) == 1


def test_descriptor_that_cannot_be_adopted_stays_open(listening: socket.socket) -> None:
    endpoint = AdoptedStreamServerEndpoint(Refusing(), listening.fileno(), socket.AF_INET)
    failure = result(endpoint.listen(FACTORY))

    assert isinstance(failure, Failure)
    assert failure.check(OSError)
    assert isOpen(listening.fileno())


def test_descriptor_that_is_not_open_fails() -> None:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    endpoint = AdoptedStreamServerEndpoint(MemoryReactor(), descriptor, socket.AF_INET)
    failure = result(endpoint.listen(FACTORY))

    assert isinstance(failure, Failure)
    assert failure.check(OSError)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_client_that_waited_in_the_queue_is_served(
    reactor: PollingReactor, family: AddressFamily
) -> None:
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    made = socket.create_server((host, 0), family=family)
    address = made.getsockname()
    with socket.create_connection(address[:2], timeout=20) as early:
        early.sendall(b"early")
        endpoint = adopting(reactor, made.detach(), family)
        built: list[AccumulatingProtocol] = []

        class Remembering(AccumulatingProtocol):
            """Remembers itself."""

            def connectionMade(self) -> None:
                super().connectionMade()
                built.append(self)

        port = result(endpoint.listen(Factory.forProtocol(Remembering)))
        turnUntil(reactor, lambda: built and built[0].data == b"early")

    assert port.getHost().port == address[1]  # type: ignore[attr-defined] # it is a TCP port


def test_socket_outlives_the_port(reactor: PollingReactor, listening: socket.socket) -> None:
    endpoint = adopting(reactor, os.dup(listening.fileno()), socket.AF_INET)
    port = result(endpoint.listen(FACTORY))
    stopped: list[object] = []
    port.stopListening().addBoth(stopped.append)  # type: ignore[attr-defined] # it is a port
    turnUntil(reactor, lambda: stopped)

    with socket.create_connection(listening.getsockname(), timeout=20):
        listening.settimeout(20)
        accepted, _ = listening.accept()
        accepted.close()


# systemd:


def systemd(*descriptors: int, names: tuple[str, ...] = ()) -> SystemdServerParser:
    """Return a parser in a process that was given descriptors."""
    return SystemdServerParser(lambda: ListenFDs(descriptors, names))


@pytest.mark.parametrize("prefix", ["systemd", "fd"])
def test_types_are_plugins(prefix: str) -> None:
    found = [
        plugin
        for plugin in getPlugins(IStreamServerEndpointStringParser)
        if plugin.prefix == prefix
    ]

    assert len(found) == 1
    assert provides(IPlugin, found[0])


def test_index_says_which_socket(listening: socket.socket) -> None:
    reactor, descriptor = MemoryReactor(), os.dup(listening.fileno())
    endpoint = systemd(99, descriptor).parseStreamServer(reactor, "INET", "1")
    result(endpoint.listen(FACTORY))

    assert reactor.adoptedPorts == [(descriptor, socket.AF_INET, FACTORY)]


def test_sockets_of_ipv6_are_found_by_their_index() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listening:
        reactor, descriptor = MemoryReactor(), os.dup(listening.fileno())
        parser = systemd(97, 98, 99, descriptor)
        # What systemd:domain=INET6:index=3 says.
        endpoint = parser.parseStreamServer(reactor, domain="INET6", index="3")
        result(endpoint.listen(FACTORY))

    assert reactor.adoptedPorts == [(descriptor, socket.AF_INET6, FACTORY)]


def test_name_says_which_socket(listening: socket.socket) -> None:
    reactor, descriptor = MemoryReactor(), os.dup(listening.fileno())
    parser = systemd(99, descriptor, names=("other", "web"))
    result(parser.parseStreamServer(reactor, "INET", name="web").listen(FACTORY))

    assert reactor.adoptedPorts == [(descriptor, socket.AF_INET, FACTORY)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"domain": "IPX", "index": "0"}, "a domain is one of INET, INET6, UNIX, not 'IPX'"),
        ({"domain": "inet", "index": "0"}, "a domain is one of"),
        ({"domain": "INET", "index": "-1"}, "an index is a number from 0 on"),
        ({"domain": "INET", "index": "first"}, "an index is a number from 0 on"),
        ({"domain": "INET", "index": "1"}, "there is no socket 1: this process was given 1"),
        ({"domain": "INET", "name": "db"}, "given 1, called web"),
        ({"domain": "INET"}, "either an index or a name"),
        ({"domain": "INET", "index": "0", "name": "web"}, "either an index or a name"),
        ({"domain": "INET6", "index": "0"}, "is of AF_INET"),
    ],
)
def test_wrong_systemd_description_is_refused(
    listening: socket.socket, arguments: dict[str, str], complaint: str
) -> None:
    parser = systemd(listening.fileno(), names=("web",))

    with pytest.raises(ValueError, match=complaint):
        parser.parseStreamServer(MemoryReactor(), **arguments)


def test_outside_systemd_the_error_says_so() -> None:
    with pytest.raises(ValueError, match="this process was given none"):
        systemd().parseStreamServer(MemoryReactor(), "INET", "0")


def test_descriptors_are_taken_once() -> None:
    taken: list[ListenFDs] = []

    def take() -> ListenFDs:
        taken.append(ListenFDs([]))
        return taken[-1]

    parser = SystemdServerParser(take)
    for _ in range(2):
        with pytest.raises(ValueError, match="given none"):
            parser.parseStreamServer(MemoryReactor(), "INET", "0")

    assert len(taken) == 1


# fd:


def test_descriptor_is_adopted_with_the_family_that_it_has(listening: socket.socket) -> None:
    reactor, descriptor = MemoryReactor(), os.dup(listening.fileno())
    result(serverFromString(reactor, f"fd:{descriptor}").listen(FACTORY))

    assert reactor.adoptedPorts == [(descriptor, socket.AF_INET, FACTORY)]


def test_domain_of_a_descriptor_is_checked(listening: socket.socket) -> None:
    with pytest.raises(ValueError, match="is of AF_INET"):
        serverFromString(MemoryReactor(), f"fd:{listening.fileno()}:domain=UNIX")


def test_file_is_refused(tmp_path: Path) -> None:
    with (
        (tmp_path / "file").open("wb") as file,
        pytest.raises(ValueError, match="is no socket"),
    ):
        serverFromString(MemoryReactor(), f"fd:{file.fileno()}")


def test_connected_socket_is_refused() -> None:
    one, other = socket.socketpair()
    with one, other, pytest.raises(ValueError, match="does not listen"):
        serverFromString(MemoryReactor(), f"fd:fileno={one.fileno()}")


def test_closed_descriptor_is_refused() -> None:
    with pytest.raises(ValueError, match="is not open in this process"):
        serverFromString(MemoryReactor(), "fd:999999999")


@given(st.text())
def test_any_text_is_a_domain_or_refused(text: str) -> None:
    try:
        family = domainFrom(text)
    except ValueError:
        return
    assert family.name == f"AF_{text}"


@given(st.text())
def test_any_text_is_an_open_descriptor_or_refused(text: str) -> None:
    if text.isascii() and text.isdigit() and int(text) < 3:
        return  # the streams of the test run may be sockets
    with pytest.raises(ValueError, match=r"a descriptor is|descriptor \d+|the socket at"):
        DescriptorServerParser().parseStreamServer(MemoryReactor(), text)


SERVER = """
import os, sys
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol

class Answer(Protocol):
    def connectionMade(self):
        self.transport.write(repr(sorted(k for k in os.environ if k.startswith("LISTEN"))).encode())
        self.transport.loseConnection()

    def connectionLost(self, reason):
        reactor.stop()

serverFromString(reactor, sys.argv[1]).listen(Factory.forProtocol(Answer))
reactor.run()
"""

GIVE = """
import os, sys
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="web")
os.dup2(int(sys.argv[1]), 3)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[2:]])
"""


def handOver(made: socket.socket, description: str) -> "subprocess.Popen[bytes]":
    """Start a server as systemd would, with a socket at descriptor 3."""
    return subprocess.Popen(
        [sys.executable, "-c", GIVE, str(made.fileno()), SERVER, description],
        pass_fds=[made.fileno()],
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize(
    "description", ["systemd:domain=INET:index=0", "systemd:INET:name=web", "fd:3"]
)
def test_process_serves_the_socket_that_it_was_given(
    listening: socket.socket, description: str
) -> None:
    with handOver(listening, description) as server:
        with socket.create_connection(listening.getsockname(), timeout=20) as client:
            answer = client.makefile("rb").read()
        _, complaints = server.communicate(timeout=20)

    kept = b"['LISTEN_FDNAMES', 'LISTEN_FDS', 'LISTEN_PID']" if description == "fd:3" else b"[]"
    assert (answer, complaints, server.returncode) == (kept, b"", 0)


def test_process_ends_with_an_error_where_there_is_no_such_socket(
    listening: socket.socket,
) -> None:
    with handOver(listening, "systemd:domain=INET:index=1") as server:
        _, complaints = server.communicate(timeout=20)

    assert server.returncode == 1
    assert b"there is no socket 1: this process was given 1" in complaints


def test_adopted_end_meets_a_client(reactor: PollingReactor, listening: socket.socket) -> None:
    number = listening.getsockname()[1]
    result(serverFromString(reactor, f"fd:{listening.detach()}").listen(FACTORY))
    protocol = AccumulatingProtocol()
    ends: list[object] = []
    connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", number), protocol).addBoth(ends.append)
    turnUntil(reactor, lambda: ends)

    assert ends == [protocol]
