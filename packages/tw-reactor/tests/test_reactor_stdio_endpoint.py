"""Standard input and output as an endpoint: on pipes, files, terminals and sockets."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.endpoints import StandardIOEndpoint, serverFromString
from twisted.internet.endpoints._standardio import StandardIOPort, StandardIOServerParser
from twisted.internet.error import AlreadyListened, CannotListenError, ConnectionDone, NoProtocol
from twisted.internet.interfaces import (
    IListeningPort,
    IProtocolFactory,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
    ITransport,
)
from twisted.internet.stdio import PipeAddress
from twisted.plugin import IPlugin
from twisted.python.components import provides, verifyObject
from twisted.python.failure import Failure

from .reactor_helpers import RecordingServer, reactor, turn, turnUntil

__all__ = ["reactor"]

TIMEOUT = 60


class Pipes:
    """An endpoint on two pipes, and the other ends of them."""

    def __init__(self, reactor: PollingReactor) -> None:
        self.stdin, self.source = os.pipe()
        self.sink, self.stdout = os.pipe()
        os.set_blocking(self.sink, False)
        self.endpoint = StandardIOEndpoint(reactor, self.stdin, self.stdout)

    def listen(self, factory: IProtocolFactory) -> StandardIOPort:
        """Return the port."""
        ports: list[IListeningPort] = []
        self.endpoint.listen(factory).addCallback(ports.append)
        port = ports[0]
        assert isinstance(port, StandardIOPort)
        return port

    def failure(self, factory: IProtocolFactory) -> Failure:
        """Return the failure of listening."""
        failures: list[Failure] = []
        self.endpoint.listen(factory).addErrback(failures.append)
        return failures[0]

    def close(self) -> None:
        for fd in (self.stdin, self.source, self.stdout, self.sink):
            try:
                os.close(fd)
            except OSError:
                pass


@pytest.fixture
def pipes(reactor: PollingReactor) -> Iterator[Pipes]:
    """An endpoint on two pipes."""
    made = Pipes(reactor)
    yield made
    reactor.disconnectAll()
    made.close()


class TestListening:
    """What `listen` gives."""

    def test_the_endpoint_and_the_port_are_what_they_say(self, pipes: Pipes) -> None:
        assert verifyObject(IStreamServerEndpoint, pipes.endpoint)
        port = pipes.listen(RecordingServer())
        assert verifyObject(IListeningPort, port)
        assert verifyObject(ITransport, port)
        assert port.getHost() == PipeAddress()
        assert "StandardIOEndpoint" in repr(pipes.endpoint)

    def test_the_protocol_is_connected_at_once(self, pipes: Pipes) -> None:
        factory = RecordingServer()
        port = pipes.listen(factory)
        assert factory.addresses == [PipeAddress()]
        assert factory.built[0].made == 1
        transport: object = factory.built[0].transport
        assert transport is port

    def test_both_directions_work(self, reactor: PollingReactor, pipes: Pipes) -> None:
        factory = RecordingServer()
        port = pipes.listen(factory)
        os.write(pipes.source, b"question")
        turnUntil(reactor, lambda: factory.built[0].received == b"question")
        port.write(b"answer")
        turn(reactor)
        assert os.read(pipes.sink, 100) == b"answer"

    def test_the_factory_is_stopped_when_the_connection_is_lost(
        self, reactor: PollingReactor, pipes: Pipes
    ) -> None:
        factory = RecordingServer()
        pipes.listen(factory)
        os.close(pipes.source)
        turnUntil(reactor, lambda: factory.built[0].lost)
        assert factory.built[0].lostWith is ConnectionDone
        assert (factory.starts, factory.stops) == (1, 1)

    def test_the_connection_goes_on_when_the_port_is_stopped(
        self, reactor: PollingReactor, pipes: Pipes
    ) -> None:
        factory = RecordingServer()
        port = pipes.listen(factory)
        port.startListening()
        port.stopListening()
        assert (factory.starts, factory.stops) == (1, 1)
        os.write(pipes.source, b"still there")
        turnUntil(reactor, lambda: factory.built[0].received)
        port.loseConnection()
        turnUntil(reactor, lambda: factory.built[0].lost)
        assert factory.stops == 1

    def test_it_can_be_listened_on_once(self, pipes: Pipes) -> None:
        pipes.listen(RecordingServer())
        failure = pipes.failure(RecordingServer())
        assert failure.check(AlreadyListened)

    def test_a_factory_that_builds_nothing_leaves_the_descriptors(self, pipes: Pipes) -> None:
        factory = RecordingServer(lambda: None)
        assert pipes.failure(factory).check(NoProtocol)
        assert (factory.starts, factory.stops) == (1, 1)
        pipes.listen(RecordingServer())

    def test_a_factory_that_raises_fails_the_deferred(self, pipes: Pipes) -> None:
        def broken() -> None:
            raise ZeroDivisionError

        assert pipes.failure(RecordingServer(broken)).check(ZeroDivisionError)
        pipes.listen(RecordingServer())

    @pytest.mark.parametrize("which", ["input", "output"])
    def test_a_descriptor_that_is_not_open_is_named(self, pipes: Pipes, which: str) -> None:
        descriptor = pipes.stdin if which == "input" else pipes.stdout
        os.close(descriptor)
        failure = pipes.failure(RecordingServer())
        assert failure.check(CannotListenError)
        assert f"standard {which} (descriptor {descriptor}) is not open" in str(failure.value)


class TestDescriptions:
    """The type `stdio:`."""

    @pytest.mark.parametrize("description", ["stdio:", "stdio"])
    def test_the_description_makes_the_endpoint(
        self, reactor: PollingReactor, description: str
    ) -> None:
        endpoint = serverFromString(reactor, description)
        assert repr(endpoint) == "<StandardIOEndpoint descriptors 0 and 1>"

    @pytest.mark.parametrize(
        "description", ["stdio:80", "stdio::", "stdio:path=x", "stdio:nothing=x"]
    )
    def test_arguments_are_refused(self, reactor: PollingReactor, description: str) -> None:
        with pytest.raises(ValueError, match="describes no endpoint"):
            serverFromString(reactor, description)

    def test_the_parser_is_a_plugin(self) -> None:
        for interface in (IPlugin, IStreamServerEndpointStringParser):
            assert provides(interface, StandardIOServerParser())


SERVER = """
import sys
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol

NAME = sys.argv[1]
installer = __import__(NAME, fromlist=["install"])
installer.install()

from twisted.internet import reactor

class Upper(Protocol):
    def connectionMade(self):
        self.transport.write(b"hello\\n")
    def dataReceived(self, data):
        self.transport.write(data.upper())
        if b"quit" in data:
            self.transport.loseConnection()
    def connectionLost(self, reason):
        print(reason.type.__name__, file=sys.stderr)
        reactor.stop()

def failed(failure):
    print(failure.getErrorMessage(), file=sys.stderr)
    reactor.callWhenRunning(reactor.stop)

serverFromString(reactor, "stdio:").listen(Factory.forProtocol(Upper)).addErrback(failed)
reactor.run()
"""

COMMAND = [sys.executable, "-W", "error", "-c", SERVER]

KINDS = ["selectreactor", "pollreactor", "epollreactor"]


@pytest.fixture(params=KINDS)
def command(request: pytest.FixtureRequest) -> list[str]:
    """What runs a server with each kind of reactor."""
    return [*COMMAND, f"twisted.internet.{request.param}"]


class TestProcesses:
    """Servers in processes of their own, with the standard descriptors of a process."""

    def test_a_pipe(self, command: list[str]) -> None:
        done = subprocess.run(
            command, input=b"some\nwords", capture_output=True, timeout=TIMEOUT, check=False
        )
        assert (done.returncode, done.stdout) == (0, b"hello\nSOME\nWORDS")
        assert done.stderr == b"ConnectionDone\n"

    def test_a_file(self, command: list[str], tmp_path: Path) -> None:
        text = b"words\n" * 50_000
        (tmp_path / "in").write_bytes(text)
        with open(tmp_path / "in", "rb") as stdin, open(tmp_path / "out", "wb") as stdout:
            done = subprocess.run(command, stdin=stdin, stdout=stdout, timeout=TIMEOUT, check=False)
        assert done.returncode == 0
        assert (tmp_path / "out").read_bytes() == b"hello\n" + text.upper()

    def test_the_null_device(self, command: list[str]) -> None:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=TIMEOUT, check=False
        )
        assert (done.returncode, done.stdout) == (0, b"hello\n")

    def test_a_terminal(self, command: list[str]) -> None:
        ours, theirs = os.openpty()
        with subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE
        ) as process:
            os.close(theirs)
            said = b""
            while b"hello" not in said:
                said += os.read(ours, 100)
            os.write(ours, b"quit\n")
            while b"QUIT" not in said:
                said += os.read(ours, 100)
            assert process.communicate(timeout=TIMEOUT)[1] == b"ConnectionDone\n"
            assert process.returncode == 0
        os.close(ours)

    def test_a_connection_that_somebody_else_accepted(self, command: list[str]) -> None:
        ours, theirs = socket.socketpair()
        with (
            ours,
            subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.PIPE
            ) as process,
        ):
            theirs.close()
            ours.settimeout(TIMEOUT)
            ours.sendall(b"words")
            ours.shutdown(socket.SHUT_WR)
            said = b""
            while data := ours.recv(100):
                said += data
            assert said == b"hello\nWORDS"
            assert process.wait(TIMEOUT) == 0

    @pytest.mark.parametrize("closed", ["<&-", ">&-"])
    def test_a_descriptor_that_was_closed(self, closed: str) -> None:
        done = subprocess.run(
            [
                "/bin/sh",
                "-c",
                f'exec "$@" {closed}',
                "sh",
                *COMMAND,
                "twisted.internet.epollreactor",
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert done.returncode == 0
        which = "input (descriptor 0)" if closed == "<&-" else "output (descriptor 1)"
        assert f"Cannot listen on stdio: [Errno 9] standard {which} is not open." in (
            done.stderr.decode()
        )
