"""Descriptions of TLS and of other transports within one another."""

import subprocess
import sys
from pathlib import Path

TIMEOUT = 60

MAKE = Path(__file__).resolve().parent.parent / "docs" / "examples" / "tls" / "make_certificate.py"

BOTH = """
import sys
from pathlib import Path
from twisted.internet.endpoints import (
    clientFromString, connectProtocol, quoteStringArgument, serverFromString, wrapServerTLS
)
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import PrivateCertificate
from twisted.internet.task import react

class Echo(Protocol):
    def dataReceived(self, data):
        self.transport.write(data)

class Ask(Protocol):
    def __init__(self):
        self.answered = Deferred()
    def connectionMade(self):
        self.transport.write(b"secret")
    def dataReceived(self, data):
        print(data, self.transport.getPeerCertificate() is not None, flush=True)
        self.answered.callback(None)
    def connectionLost(self, reason):
        if not self.answered.called:
            self.answered.errback(reason)

async def main(reactor, server, client, name):
    options = PrivateCertificate.loadPEM(Path("server.pem").read_bytes()).options()
    endpoint = wrapServerTLS(options, serverFromString(reactor, server))
    port = await endpoint.listen(Factory.forProtocol(Echo))
    inner = quoteStringArgument(client)
    description = f"tls:{name}:443:trustRoots=trusted:endpoint={inner}"
    asking = Ask()
    await connectProtocol(clientFromString(reactor, description), asking)
    await asking.answered
    asking.transport.loseConnection()
    await port.stopListening()

react(main, sys.argv[1:])
"""


def spoken(
    directory: Path, server: str, client: str, name: str
) -> "subprocess.CompletedProcess[str]":
    """Run both ends, and return how that went."""
    subprocess.run([sys.executable, MAKE], cwd=directory, timeout=TIMEOUT, check=True)
    (directory / "trusted").mkdir()
    (directory / "public.pem").rename(directory / "trusted" / "public.pem")
    command = [sys.executable, "-c", BOTH, server, client, name]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=TIMEOUT)


def test_tls_is_spoken_over_a_path(tmp_path: Path) -> None:
    ran = spoken(tmp_path, "unix:tls.sock", "unix:tls.sock", "example.com")

    assert (ran.stdout, ran.returncode) == ("b'secret' True\n", 0), ran.stderr


def test_name_is_verified_over_a_path_too(tmp_path: Path) -> None:
    ran = spoken(tmp_path, "unix:tls.sock", "unix:tls.sock", "example.org")

    assert ran.stdout == ""
    assert ran.returncode == 1
