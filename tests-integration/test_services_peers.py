"""The services of applications with other people's programs at the other end."""

import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from twisted.internet.ssl import KeyPair

from .daemons import ECHO, TWISTD, place, waitFor
from .peers import needs
from .running import PATIENCE, ROOT, ask, freePort, run, running

STARTED = "The service has started"
QUIET = [TWISTD, "-n", "--pidfile=", "-y"]

# What the programs below have in common: protocols that echo, and that show what they hear.
PROTOCOLS = """
from twisted.application import internet, service
from twisted.internet import ssl
from twisted.internet.protocol import ClientFactory, DatagramProtocol, Factory, Protocol

class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(data)
        self.transport.loseConnection()

class Saying(Protocol):
    def connectionMade(self):
        self.transport.write(b"hello\\n")

    def dataReceived(self, data):
        print("heard", data)

class Shouting(DatagramProtocol):
    def datagramReceived(self, data, address):
        self.transport.write(data.upper(), address)

application = service.Application("peers")
"""


def program(directory: Path, makes: str) -> str:
    """Write an application with one service, and return the name of its file."""
    # As many programs do it: another name is bound anew after the application was made.
    text = f"{PROTOCOLS}\nservice = {makes}\nservice.setServiceParent(application)\n"
    (directory / "it.tac").write_text(text)
    return "it.tac"


def said(*command: str, data: bytes = b"") -> bytes:
    """Run a program to its end, and return what it prints."""
    done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def lineOf(*command: str, path: Path) -> bytes:
    """Run a program that is told hello and not that this was all; return the line it prints."""
    with subprocess.Popen(
        command, cwd=path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        limit = threading.Timer(PATIENCE, process.kill)
        limit.start()
        try:
            process.stdin.write(b"hello\n")
            process.stdin.flush()
            return process.stdout.readline()
        finally:
            limit.cancel()
            process.terminate()


@needs("nc", "ncat")
def test_nc_is_served_on_the_interface_that_was_named_alone(tmp_path: Path) -> None:
    port = freePort()
    makes = f'internet.TCPServer({port}, Factory.forProtocol(Echo), interface="127.0.0.1")'
    with running([*QUIET, program(tmp_path, makes)], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert said("nc", "127.0.0.1", str(port), data=b"hello\n") == b"hello\n"
        # The whole net 127 is this machine.
        with socket.socket() as other:
            assert other.connect_ex(("127.0.0.2", port)) != 0
        twistd.stop()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


@needs("socat")
def test_socat_is_served_over_a_unix_socket(tmp_path: Path) -> None:
    makes = 'internet.UNIXServer("socket", Factory.forProtocol(Echo))'
    with running([*QUIET, program(tmp_path, makes)], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        path = tmp_path / "socket"
        assert said("socat", "-t", "60", "-", f"UNIX-CONNECT:{path}", data=b"hello") == b"hello"
        twistd.stop()
    assert not path.exists()


@needs("socat")
def test_client_speaks_to_socat_over_a_unix_socket(tmp_path: Path) -> None:
    server = ["socat", "UNIX-LISTEN:socket", "EXEC:cat"]
    makes = 'internet.UNIXClient("socket", ClientFactory.forProtocol(Saying))'
    with running(server, tmp_path) as socat:
        waitFor(lambda: (tmp_path / "socket").exists(), "the socket")
        with running([*QUIET, program(tmp_path, makes)], tmp_path) as twistd:
            twistd.waitFor(lambda text: "heard b'hello\\n'" in text)
            twistd.stop()
        # The connection was closed by the stop of the service.
        assert socat.end() == 0


@needs("socat")
def test_socat_gets_its_datagram_back(tmp_path: Path) -> None:
    port = freePort()
    makes = f'internet.UDPServer({port}, Shouting(), interface="127.0.0.1")'
    with running([*QUIET, program(tmp_path, makes)], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert lineOf("socat", "-", f"UDP4:127.0.0.1:{port}", path=tmp_path) == b"HELLO\n"
        twistd.stop()


@needs("socat")
def test_socat_gets_a_datagram_back_over_unix_sockets(tmp_path: Path) -> None:
    makes = 'internet.UNIXDatagramServer("socket", Shouting())'
    with running([*QUIET, program(tmp_path, makes)], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        # The name is that which the server has bound: socat takes answers from no other.
        line = lineOf("socat", "-", "UNIX-SENDTO:socket,bind=client", path=tmp_path)
        assert line == b"HELLO\n"
        twistd.stop()


@needs("openssl")
def test_client_speaks_tls_with_openssl(tmp_path: Path) -> None:
    port = freePort()
    key = KeyPair.generate(size=2048)
    certificate = key.selfSignedCert(1, CN="localhost")
    (tmp_path / "both.pem").write_bytes(certificate.dumpPEM() + key.dump(1))
    server = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "both.pem", "-rev"]
    makes = (
        f'internet.SSLClient("127.0.0.1", {port}, ClientFactory.forProtocol(Saying), '
        "ssl.CertificateOptions(verify=False))"
    )
    with running(server, tmp_path) as openssl:
        openssl.waitFor(lambda text: "ACCEPT" in text)
        with running([*QUIET, program(tmp_path, makes)], tmp_path) as twistd:
            # It sends lines back, and turns them round before.
            twistd.waitFor(lambda text: "heard b'olleh" in text)
            twistd.stop()


def test_without_tls_the_error_says_what_to_install(tmp_path: Path) -> None:
    makes = f"internet.SSLServer({freePort()}, Factory.forProtocol(Echo), None)"
    name = program(tmp_path, makes)
    # As if tw-tls were not installed.
    text = PROTOCOLS.replace("from twisted.internet import ssl\n", "")
    text = f'import sys\nsys.modules["twisted.protocols._reactortls"] = None\n{text}'
    (tmp_path / name).write_text((tmp_path / name).read_text().replace(PROTOCOLS, text))
    status, _, err = run([*QUIET, name], tmp_path)
    assert status != 0
    assert "tw-tls" in err
    assert err.count("\n") == 1


def test_commands_of_the_current_directory_are_listed() -> None:
    example = ROOT / "docs" / "examples" / "deploying"
    status, out, err = run([TWISTD, "--help"], example, {"PYTHONPATH": ""})
    assert (status, err) == (0, "")
    assert re.search(r"gatehouse +Let in who knows the word\.", out)


def test_start_is_logged_in_order(tmp_path: Path) -> None:
    with running([TWISTD, "-ny", program(tmp_path, "service.Service()")], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        twistd.stop()
    text = "".join(twistd.out)
    steps = [
        "Log opened.",
        rf"twistd \S+ \({re.escape(sys.executable)} [\d.]+\S*\) starting up\.",
        r"reactor class: twisted\.internet\.\w+\.\w+\.",
        r"Loading it\.tac\.\.\.",
        r"Loaded\.",
        STARTED,
        r"Received SIGINT, shutting down\.",
        r"Main loop terminated\.",
        r"Server Shut Down\.",
    ]
    assert re.search(".*".join(steps), text, re.DOTALL), text


@pytest.mark.parametrize("daemon", [True, False])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "it.tac"),
        ("raise ValueError('never mind')", "never mind"),
        ("applikation = 1", "application"),
        ("application = 1", "application"),
        ("def (", "it.tac"),
    ],
)
def test_file_that_makes_no_application_is_told_before_anything_runs(
    tmp_path: Path, text: str | None, told: str, daemon: bool
) -> None:
    with place(tmp_path, ECHO) as it:
        if text is not None:
            (tmp_path / "it.tac").write_text(text)
        before = sorted(path.name for path in tmp_path.iterdir())
        status, err = it.start(*([] if daemon else ["-n"]), "-y", "it.tac")
        assert status != 0
        assert told in err
        assert err.count("\n") == 1
        after = {path.name for path in tmp_path.iterdir()} - {"twistd.log", "__pycache__"}
        assert sorted(after) == before


def test_program_with_another_suffix_finds_what_lies_beside_it(tmp_path: Path) -> None:
    port = freePort()
    (tmp_path / "beside.py").write_text(f"PORT = {port}\n")
    (tmp_path / "it.py").write_text(
        "import beside\n"
        'assert __name__ != "__main__"\n'
        f"{PROTOCOLS}\n"
        "collection = service.IServiceCollection(application)\n"
        "echo = internet.TCPServer(beside.PORT, Factory.forProtocol(Echo))\n"
        "echo.setServiceParent(collection)\n"
    )
    with running([*QUIET, str(tmp_path / "it.py")], ROOT, {"PYTHONPATH": ""}) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert ask(port, b"hello") == b"hello"
        assert twistd.stop(signal.SIGTERM) == -signal.SIGTERM
