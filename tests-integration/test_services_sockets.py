"""The services for TLS, datagrams and multicast, in one application each, over real sockets."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from .daemons import TWISTD
from .running import PATIENCE, freePort, running

STARTED = "The service has started"

TLS = """
import pathlib
from twisted.application import internet, service
from twisted.internet import ssl
from twisted.internet.protocol import ClientFactory, Factory, Protocol

key = ssl.KeyPair.generate(size=2048)
certificate = key.selfSignedCert(1, CN="localhost")
pathlib.Path("certificate.pem").write_bytes(certificate.dumpPEM())

class Hello(Protocol):
    def connectionMade(self):
        self.transport.write(b"hello over TLS")
        self.transport.loseConnection()

class Hearing(Protocol):
    def dataReceived(self, data):
        print("heard", data)

factory = ClientFactory.forProtocol(Hearing)
application = service.Application("tls")
internet.SSLServer(
    {port}, Factory.forProtocol(Hello), certificate.options(), interface="127.0.0.1"
).setServiceParent(application)
internet.SSLClient(
    "127.0.0.1", {port}, factory, ssl.CertificateOptions(verify=False)
).setServiceParent(application)
"""

DATAGRAMS = """
from twisted.application import internet, service
from twisted.internet.protocol import ConnectedDatagramProtocol, DatagramProtocol

class Echo(DatagramProtocol):
    def datagramReceived(self, data, address):
        self.transport.write(data, address)

class Joining(DatagramProtocol):
    def startProtocol(self):
        joined = self.transport.joinGroup("239.77.0.1", "127.0.0.1")
        joined.addCallback(lambda result: print("joined"))

    def datagramReceived(self, data, address):
        print("group heard", data)

class Hearing(DatagramProtocol):
    def datagramReceived(self, data, address):
        print("path heard", data)

class Saying(ConnectedDatagramProtocol):
    def startProtocol(self):
        self.transport.write(b"hello")

application = service.Application("datagrams")
for child in (
    internet.UDPServer({port}, Echo(), interface="127.0.0.1"),
    internet.MulticastServer({other}, Joining(), listenMultiple=True),
    internet.UNIXDatagramServer("socket", Hearing()),
    internet.UNIXDatagramClient("socket", Saying()),
):
    child.setServiceParent(application)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="multicast on loopback is as Linux has it")
def test_datagrams_are_received(tmp_path: Path) -> None:
    port, other = freePort(), freePort()
    (tmp_path / "it.tac").write_text(DATAGRAMS.format(port=port, other=other))
    with (
        running([TWISTD, "-ny", "it.tac"], tmp_path) as twistd,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        twistd.waitFor(lambda text: STARTED in text and "joined" in text)
        client.settimeout(PATIENCE)
        client.sendto(b"ping", ("127.0.0.1", port))
        assert client.recv(100) == b"ping"
        client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        client.sendto(b"all", ("239.77.0.1", other))
        twistd.waitFor(lambda text: "group heard b'all'" in text)
        twistd.waitFor(lambda text: "path heard b'hello'" in text)
        twistd.stop()
    assert not (tmp_path / "socket").exists()


def test_tls_is_served(tmp_path: Path) -> None:
    port = freePort()
    (tmp_path / "it.tac").write_text(TLS.format(port=port))
    with running([TWISTD, "-ny", "it.tac"], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text and "heard b'hello over TLS'" in text)
        done = subprocess.run(
            ["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{port}"],
            input=b"",
            capture_output=True,
            timeout=PATIENCE,
        )
        assert done.stdout == b"hello over TLS", done.stderr
        twistd.stop()
