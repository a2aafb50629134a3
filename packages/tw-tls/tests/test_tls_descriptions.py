"""Descriptions of endpoints that speak TLS: `tls:` and `ssl:`."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from OpenSSL import crypto

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import (
    clientFromString,
    quoteStringArgument,
    serverFromString,
)
from twisted.internet.epollreactor import EPollReactor
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import VerificationError
from twisted.internet.testing import MemoryReactorClock

from .tls_helpers import Noting, Only, authority, certificate, discard, turnUntil, withoutKey


class Echo(Protocol):
    """Sends back what it gets."""

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


@pytest.fixture
def reactor() -> Iterator[PollingReactor]:
    """A reactor of its own."""
    made = EPollReactor()
    yield made
    discard(made)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A directory with the files that descriptions name."""
    mine = certificate()
    (tmp_path / "server.pem").write_bytes(mine.dumpPEM())
    (tmp_path / "key.pem").write_bytes(mine.privateKey.dump(crypto.FILETYPE_PEM))
    (tmp_path / "cert.pem").write_bytes(withoutKey(mine).dumpPEM())
    (tmp_path / "chain.pem").write_bytes(
        withoutKey(mine).dumpPEM() + withoutKey(authority()).dumpPEM()
    )
    (tmp_path / "client.pem").write_bytes(certificate("client.example").dumpPEM())
    (tmp_path / "garbage.pem").write_bytes(b"garbage")
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "root.pem").write_bytes(withoutKey(authority()).dumpPEM())
    (tmp_path / "roots" / "README").write_bytes(b"no certificate")
    (tmp_path / "empty").mkdir()
    return tmp_path


class Listening:
    """A server that was made from a description."""

    def __init__(self, reactor: PollingReactor, description: str) -> None:
        self.reactor = reactor
        listening: Deferred[IListeningPort] = serverFromString(reactor, description).listen(
            Factory.forProtocol(Echo)
        )
        ports: list[IListeningPort] = []
        listening.addCallback(ports.append)
        self.port = ports[0].getHost().port  # type: ignore[attr-defined]

    def answers(self, description: str) -> Noting:
        """Return a client, made from a description, that has got an answer or was refused."""
        client = Noting()
        client.onMade = lambda: client.transport.write(b"hello")
        clientFromString(self.reactor, description).connect(Only(client))
        turnUntil(self.reactor, lambda: client.lost or client.received == b"hello")
        return client


def test_a_server_and_a_client_are_made_from_descriptions(
    reactor: PollingReactor, files: Path
) -> None:
    server = Listening(reactor, f"tls:0:interface=127.0.0.1:privateKey={files}/server.pem")
    below = quoteStringArgument(f"tcp:127.0.0.1:{server.port}")
    client = server.answers(f"tls:example.com:443:trustRoots={files}/roots:endpoint={below}")
    assert client.received == b"hello"


def test_the_name_is_verified_by_tls(reactor: PollingReactor, files: Path) -> None:
    server = Listening(reactor, f"ssl:0:interface=127.0.0.1:privateKey={files}/server.pem")
    client = server.answers(f"tls:127.0.0.1:{server.port}:trustRoots={files}/roots")
    assert isinstance(client.reason, VerificationError)


def test_ssl_verifies_the_name_only_if_it_is_given(reactor: PollingReactor, files: Path) -> None:
    server = Listening(reactor, f"ssl:0:interface=127.0.0.1:privateKey={files}/server.pem")
    description = f"ssl:127.0.0.1:{server.port}:caCertsDir={files}/roots"
    assert server.answers(description).received == b"hello"
    assert server.answers(f"{description}:hostname=example.com").received == b"hello"
    wrong = server.answers(f"{description}:hostname=example.org")
    assert isinstance(wrong.reason, VerificationError)


def test_ssl_asks_for_a_trusted_certificate(
    reactor: PollingReactor, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(files / "nothing"))
    server = Listening(reactor, f"ssl:0:interface=127.0.0.1:privateKey={files}/server.pem")
    client = server.answers(f"ssl:127.0.0.1:{server.port}")
    assert "certificate verify failed" in str(client.reason)


def test_a_key_and_a_certificate_may_be_in_two_files(reactor: PollingReactor, files: Path) -> None:
    server = Listening(
        reactor,
        f"tls:0:interface=127.0.0.1:privateKey={files}/key.pem:certKey={files}/cert.pem"
        f":extraCertChain={files}/roots/root.pem:sslmethod=TLSv1_2_METHOD",
    )
    client = server.answers(
        f"ssl:127.0.0.1:{server.port}:caCertsDir={files}/roots/root.pem:hostname=example.com"
    )
    assert client.received == b"hello"
    assert client.transport.getHandle().get_protocol_version_name() == "TLSv1.2"


def test_the_rest_of_a_chain_may_be_in_the_file_of_the_certificate(
    reactor: PollingReactor, files: Path
) -> None:
    server = Listening(
        reactor,
        f"tls:0:interface=127.0.0.1:privateKey={files}/key.pem:certKey={files}/chain.pem",
    )
    client = server.answers(f"ssl:127.0.0.1:{server.port}:caCertsDir={files}/roots")
    chain = client.transport.getHandle().get_peer_cert_chain()
    assert chain is not None
    assert len(chain) == 2


def test_clients_may_show_a_certificate(reactor: PollingReactor, files: Path) -> None:
    port = reactor.listenSSL(
        0,
        Factory.forProtocol(Echo),
        certificate().options(withoutKey(authority())),
        interface="127.0.0.1",
    )
    server = Listening(reactor, f"ssl:0:interface=127.0.0.1:privateKey={files}/server.pem")
    number = port.getHost().port
    below = quoteStringArgument(f"tcp:127.0.0.1:{number}")
    for description in (
        f"tls:example.com:443:trustRoots={files}/roots:certificate={files}/client.pem"
        f":endpoint={below}",
        f"ssl:127.0.0.1:{number}:caCertsDir={files}/roots:certKey={files}/client.pem",
        f"ssl:127.0.0.1:{number}:caCertsDir={files}/roots:certKey={files}/client.pem"
        f":privateKey={files}/client.pem:hostname=example.com",
    ):
        assert server.answers(description).received == b"hello"


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ("tls:0:privateKey={}/missing.pem", "can't be read: No such file"),
        ("tls:0:privateKey={}/garbage.pem", "holds no private key in PEM"),
        ("tls:0:privateKey={}/key.pem", "holds no certificate in PEM"),
        ("tls:0:privateKey={0}/key.pem:certKey={0}/client.pem", "is for another key"),
        ("tls:0:privateKey={0}/server.pem:extraCertChain={0}/garbage.pem", "no certificate"),
        ("tls:x:privateKey={}/server.pem", "a port is a number"),
        ("tls:0:privateKey={}/server.pem:sslmethod=SSLv3_METHOD", "an sslmethod is one of"),
        ("tls:0:privateKey={0}/server.pem:dhParameters={0}/garbage.pem", "no Diffie-Hellman"),
        ("tls:0:privateKey={0}/server.pem:dhParameters={0}/missing", "can't be read"),
        ("tls:0:privateKey={}/server.pem:color=red", "color"),
    ],
)
def test_wrong_descriptions_of_servers_say_what_is_wrong(
    files: Path, description: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        serverFromString(object(), description.format(files))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ("tls:example.com:0", "a port is a number"),
        ("tls::443", "the host is missing"),
        ("tls:example.com:443:trustRoots={}/empty", "holds no file .pem or .crt"),
        ("tls:example.com:443:trustRoots={}/garbage.pem", "no certificate"),
        ("tls:example.com:443:certificate={}/cert.pem", "no private key"),
        ("tls:example.com:443:privateKey={}/key.pem", "only with a certificate"),
        ("tls:example.com:443:endpoint=nonsense", "'nonsense' is no type of client endpoint"),
        ("tls:two words:443", "no host name"),
        ("ssl:127.0.0.1:x", "a port is a number"),
    ],
)
def test_wrong_descriptions_of_clients_say_what_is_wrong(
    files: Path, description: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        clientFromString(object(), description.format(files))
    assert "\n" not in str(raised.value)


def test_a_file_that_is_too_large_is_refused(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twisted.internet._tls._endpointfiles.LARGEST_FILE", 10)
    with pytest.raises(ValueError, match="too large"):
        serverFromString(object(), f"tls:0:privateKey={files}/server.pem")


def test_a_damaged_certificate_is_refused(files: Path) -> None:
    damaged = files / "damaged.pem"
    damaged.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(ValueError, match="damaged certificate"):
        clientFromString(object(), f"tls:example.com:443:trustRoots={damaged}")


def test_tls_connects_over_either_version_of_ip(reactor: PollingReactor, files: Path) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    server = Listening(
        reactor,
        f"tls:0:interface={quoteStringArgument('::1')}:privateKey={files}/server.pem",
    )
    below = quoteStringArgument(f"tcp6:{quoteStringArgument('::1')}:{server.port}")
    client = server.answers(f"tls:example.com:443:trustRoots={files}/roots:endpoint={below}")
    assert client.received == b"hello"


@pytest.mark.parametrize(
    ("description", "host", "port"),
    [
        ("tls:example.com:443", "192.0.2.1", 443),
        (r"tls:awesome.site.example.com:443:endpoint=tcp\:7.6.5.4\:443", "7.6.5.4", 443),
        ("ssl:host=twistedmatrix.com:port=443:caCertsDir={}/roots", "twistedmatrix.com", 443),
    ],
)
def test_example_descriptions_lead_where_they_say(
    files: Path, description: str, host: str, port: int
) -> None:
    reactor = MemoryReactorClock()
    reactor.hosts["example.com"] = ["192.0.2.1"]
    endpoint = clientFromString(reactor, description.format(files))
    assert not reactor.tcpClients
    assert not reactor.sslClients
    endpoint.connect(Only(Noting()))
    ((found, number, *_),) = reactor.tcpClients + reactor.sslClients
    assert (found, number) == (host, port)


def test_example_description_of_a_tunnel_leads_to_its_path() -> None:
    reactor = MemoryReactorClock()
    description = r"tls:awesome.site.example.com:443:endpoint=unix\:/var/run/awesome.sock"
    clientFromString(reactor, description).connect(Only(Noting()))
    assert reactor.unixClients[0][0] == "/var/run/awesome.sock"
