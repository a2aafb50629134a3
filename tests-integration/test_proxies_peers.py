"""Proxies of ours and of others: HAProxy in front of us, SOCKS clients and servers, TLS through them."""

import getpass
import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import (
    TCP4ClientEndpoint,
    TCP4ServerEndpoint,
    clientFromString,
    quoteStringArgument,
    wrapClientTLS,
    wrapServerTLS,
)
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
    ITCPTransport,
)
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryNameResolver
from twisted.protocols.haproxy import proxyEndpoint
from twisted.protocols.policies import WrappingFactory
from twisted.protocols.portforward import ProxyFactory, ProxyServer
from twisted.protocols.socks import (
    SOCKS4aClientEndpoint,
    SOCKS4ClientEndpoint,
    SOCKS5ClientEndpoint,
    SOCKSError,
    SOCKSLoginError,
    SOCKSv4Factory,
    SOCKSv5Factory,
    allowLocalClients,
)
from twisted.python.failure import Failure

from .peers import (
    Files,
    HalfClosing,
    House,
    Noting,
    Only,
    Serving,
    digest,
    files,
    freePort,
    house,
    needs,
    portOf,
)
from .test_peers_curl import BODY, Web

__all__ = ["files", "house"]


class Addressed(Serving):
    """Echoes, and keeps the addresses that it was told."""

    def __init__(self) -> None:
        super().__init__(HalfClosing)
        self.addresses: list[IAddress | None] = []

    def buildProtocol(self, addr: IAddress | None) -> Noting:
        self.addresses.append(addr)
        return super().buildProtocol(addr)


def listening(house: House, endpoint: IStreamServerEndpoint, factory: Factory[Noting]) -> int:
    """Serve at an endpoint, and return the number of the port."""
    ports: list[IListeningPort] = []
    endpoint.listen(factory).addCallback(ports.append)
    house.until(lambda: ports)
    return portOf(ports[0])


# HAProxy in front of ours


def balance(house: House, target: int, options: str, bind: str = "127.0.0.1") -> int:
    """Run HAProxy in front of a port, and return the number of its own."""
    port = freePort()
    configuration = house.directory / "haproxy.cfg"
    configuration.write_text(
        "defaults\n"
        "    mode tcp\n"
        "    timeout connect 30s\n    timeout client 60s\n    timeout server 60s\n"
        "listen test\n"
        f"    bind {bind}:{port}\n"
        f"    server ours 127.0.0.1:{target} {options}\n"
    )
    house.start("haproxy", "-db", "-f", configuration)
    return port


@needs("haproxy")
@pytest.mark.parametrize("options", ["send-proxy", "send-proxy-v2", "send-proxy-v2-ssl-cn"])
@pytest.mark.parametrize("bind", ["127.0.0.1", "[::1]"])
def test_haproxy_tells_who_the_client_is(house: House, options: str, bind: str) -> None:
    factory = Addressed()
    target = portOf(house.serve("haproxy:tcp:0:interface=127.0.0.1", factory))
    port = balance(house, target, options, bind)
    host = quoteStringArgument(bind.strip("[]"))
    client = house.reach(f"tcp:{host}:{port}", HalfClosing())
    client.transport.write(b"hello")
    house.until(lambda: client.received == b"hello")

    assert factory.addresses == [client.transport.getHost()]
    server = factory.built[0].transport
    assert (server.getPeer(), server.getHost()) == (
        client.transport.getHost(),
        client.transport.getPeer(),
    )
    kind = IPv4Address if bind == "127.0.0.1" else IPv6Address
    assert isinstance(factory.addresses[0], kind)


@needs("haproxy")
@pytest.mark.parametrize("options", ["send-proxy", "send-proxy-v2"])
def test_haproxy_speaks_tls_behind_the_header(house: House, files: Files, options: str) -> None:
    factory = Addressed()
    below = proxyEndpoint(TCP4ServerEndpoint(house.reactor, 0, interface="127.0.0.1"))
    target = listening(house, wrapServerTLS(files.options(), below, house.reactor), factory)
    port = balance(house, target, f"{options} ssl verify none")
    client = house.reach(f"tcp:127.0.0.1:{port}", HalfClosing())
    client.transport.write(b"hello")
    house.until(lambda: client.received == b"hello")

    assert factory.addresses == [client.transport.getHost()]


@needs("haproxy")
def test_haproxy_speaks_for_itself_when_it_sees_whether_we_are_well(house: House) -> None:
    factory = Addressed()
    target = portOf(house.serve("haproxy:tcp:0:interface=127.0.0.1", factory))
    balance(house, target, "send-proxy-v2 check check-send-proxy inter 100ms")
    house.until(lambda: factory.addresses)

    address = factory.addresses[0]
    assert isinstance(address, IPv4Address)
    assert address.host == "127.0.0.1"
    assert address == factory.built[0].transport.getPeer()


def test_header_within_tls(house: House, files: Files) -> None:
    factory = Addressed()
    certificate = files.directory / "example.com.pem"
    description = f"haproxy:tls:0:interface=127.0.0.1:privateKey={certificate}"
    client = house.connect(portOf(house.serve(description, factory)), files.trusting())
    client.transport.write(b"PROXY TCP4 192.0.2.1 192.0.2.2 49152 443\r\nhello")
    house.until(lambda: client.received == b"hello")

    assert factory.addresses == [IPv4Address("TCP", "192.0.2.1", 49152)]


# curl and others as clients of ours


def download(house: House, *options: object) -> bytes:
    """Let curl fetch something."""
    target = house.directory / "answer"
    process = house.start("curl", "--silent", "--show-error", "--output", target, *options)
    house.until(lambda: process.poll() is not None)
    if process.returncode:
        return b"exit %d" % process.returncode
    return target.read_bytes()


def web(house: House) -> tuple[Web, str]:
    """Serve what curl can fetch, and return where."""
    factory = Web()
    port = house.reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
    return factory, f"http://127.0.0.1:{port}/"


@needs("curl")
def test_curl_sends_a_header(house: House) -> None:
    factory = Web()
    port = portOf(house.serve("haproxy:tcp:0:interface=127.0.0.1", factory))
    answer = download(house, "--haproxy-protocol", f"http://127.0.0.1:{port}/")

    assert digest(answer) == digest(BODY)
    address = factory.built[0].transport.getPeer()
    assert isinstance(address, IPv4Address)
    assert address.host == "127.0.0.1"


def socks(house: House, version: int, checked: bool = False) -> int:
    """Run a server of ours, and return the number of its port."""
    checker = InMemoryUsernamePasswordDatabaseDontUse(me=b"secret") if checked else None
    factory: Factory[Noting]
    if version == 4:
        factory = cast("Factory[Noting]", SOCKSv4Factory(None, allowLocalClients, house.reactor))
    else:
        factory = cast("Factory[Noting]", SOCKSv5Factory(allowLocalClients, checker, house.reactor))
    house.reactor.installNameResolver(MemoryNameResolver({"example.com": ["127.0.0.1"]}))
    return portOf(house.serve("tcp:0:interface=127.0.0.1", factory))


@needs("curl")
@pytest.mark.parametrize("option", ["socks4", "socks4a", "socks5", "socks5-hostname"])
def test_curl_comes_through_a_proxy_of_ours(house: House, option: str) -> None:
    _, url = web(house)
    proxy = socks(house, 4 if option.startswith("socks4") else 5)
    if option in ("socks4a", "socks5-hostname"):
        url = url.replace("127.0.0.1", "example.com")
    answer = download(house, f"--{option}", f"127.0.0.1:{proxy}", url)
    assert digest(answer) == digest(BODY)


@needs("curl")
def test_curl_uploads_through_a_proxy_of_ours(house: House) -> None:
    _, url = web(house)
    (house.directory / "upload").write_bytes(BODY[::-1])
    upload = ("-H", "Expect:", "--data-binary", f"@{house.directory / 'upload'}")
    answer = download(house, *upload, "--socks5", f"127.0.0.1:{socks(house, 5)}", url)
    assert digest(answer) == digest(BODY[::-1])


@needs("curl")
@pytest.mark.parametrize(("password", "letIn"), [("secret", True), ("wrong", False), ("", False)])
def test_curl_logs_in_at_a_proxy_of_ours(house: House, password: str, letIn: bool) -> None:
    _, url = web(house)
    proxy = f"socks5://me:{password}@127.0.0.1:{socks(house, 5, True)}"
    answer = download(house, "--proxy", proxy, url)
    # 97 is CURLE_PROXY.
    assert digest(answer) == digest(BODY if letIn else b"exit 97")


@needs("curl")
def test_curl_is_told_that_nobody_listens(house: House) -> None:
    url = f"http://127.0.0.1:{freePort()}/"
    for version in (4, 5):
        answer = download(house, f"--socks{version}", f"127.0.0.1:{socks(house, version)}", url)
        assert answer == b"exit 97"


@needs("socat")
@pytest.mark.parametrize("kind", ["SOCKS4", "SOCKS4A"])
def test_socat_comes_through_a_proxy_of_ours(house: House, kind: str) -> None:
    echo = Serving(HalfClosing)
    port = portOf(house.serve("tcp:0:interface=127.0.0.1", echo))
    host = "127.0.0.1" if kind == "SOCKS4" else "example.com"
    address = f"{kind}:127.0.0.1:{host}:{port},socksport={socks(house, 4)},socksuser=me"
    process = house.start("socat", "-t30", "-", address, said=b"hello")
    house.until(lambda: house.printed(process) == b"hello")


@needs("ncat")
@pytest.mark.parametrize("version", [4, 5])
def test_ncat_comes_through_a_proxy_of_ours(house: House, version: int) -> None:
    echo = Serving(HalfClosing)
    port = portOf(house.serve("tcp:0:interface=127.0.0.1", echo))
    options = ("--proxy", f"127.0.0.1:{socks(house, version)}", "--proxy-type", f"socks{version}")
    process = house.start("ncat", *options, "127.0.0.1", port, said=b"hello")
    house.until(lambda: house.printed(process) == b"hello")


@needs("curl")
def test_curl_comes_through_a_port_that_is_passed_on(house: House) -> None:
    _, url = web(house)

    class Passing(ProxyServer):
        reactor = house.reactor

    factory = ProxyFactory("127.0.0.1", int(url.rstrip("/").rpartition(":")[2]))
    factory.protocol = Passing
    port = portOf(house.serve("tcp:0:interface=127.0.0.1", cast("Factory[Noting]", factory)))
    assert digest(download(house, f"http://127.0.0.1:{port}/")) == digest(BODY)


# Ours as clients of others


def connected(house: House, endpoint: IStreamClientEndpoint) -> object:
    """Return what comes of connecting."""
    results: list[object] = []
    endpoint.connect(Only(HalfClosing())).addBoth(results.append)
    house.until(lambda: results)
    return results[0]


def answers(house: House, proxy: int) -> bool:
    """Return whether somebody listens on a port."""
    result = connected(house, TCP4ClientEndpoint(house.reactor, "127.0.0.1", proxy))
    if isinstance(result, Failure):
        return False
    cast(ITCPTransport, cast(Noting, result).transport).abortConnection()
    return True


@pytest.fixture
def ssh(house: House, tmp_path: Path) -> int:
    """The port of `ssh -D`: a proxy that speaks all versions, by a server without a port."""
    port = freePort()
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True
        )
    (tmp_path / "sshd_config").write_text(
        f"HostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/user.pub\nStrictModes no\n"
        "UsePAM no\nPermitRootLogin yes\nPidFile none\n"
    )
    if os.getuid() == 0:
        # The server wants it, and what starts it as a service makes it.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    house.start(
        *("ssh", "-N", "-F", "none", "-D", f"127.0.0.1:{port}", "-i", tmp_path / "user"),
        *("-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no"),
        *("-o", "UserKnownHostsFile=/dev/null"),
        *("-o", f"ProxyCommand=/usr/sbin/sshd -i -e -f {tmp_path}/sshd_config"),
        f"{getpass.getuser()}@localhost",
    )
    while not answers(house, port):
        assert house.processes[-1].poll() is None, house.printed(house.processes[-1])
    return port


def by4(house: House, proxy: IStreamClientEndpoint, host: str, port: int) -> IStreamClientEndpoint:
    return SOCKS4ClientEndpoint(house.reactor, proxy, host, port)


def by4a(house: House, proxy: IStreamClientEndpoint, host: str, port: int) -> IStreamClientEndpoint:
    return SOCKS4aClientEndpoint(proxy, host, port)


def by5(house: House, proxy: IStreamClientEndpoint, host: str, port: int) -> IStreamClientEndpoint:
    return SOCKS5ClientEndpoint(proxy, host, port)


@needs("ssh", "openssh-client")
@needs("sshd", "openssh-server")
@pytest.mark.parametrize(
    ("by", "host"),
    [(by4, "127.0.0.1"), (by4a, "127.0.0.1"), (by4a, "localhost"), (by5, "127.0.0.1")],
)
def test_ours_goes_through_ssh(
    house: House, ssh: int, by: Callable[..., IStreamClientEndpoint], host: str
) -> None:
    echo = Serving(HalfClosing)
    port = portOf(house.serve("tcp:0:interface=127.0.0.1", echo))
    proxy = TCP4ClientEndpoint(house.reactor, "127.0.0.1", ssh)
    client = house.reach(by(house, proxy, host, port), HalfClosing())
    client.transport.write(BODY)
    client.transport.loseWriteConnection()
    house.until(lambda: client.reasons)

    assert digest(client.received) == digest(BODY)


@needs("ssh", "openssh-client")
@needs("sshd", "openssh-server")
@pytest.mark.parametrize("by", [by4, by5])
def test_ssh_tells_that_it_makes_no_connection(
    house: House, ssh: int, by: Callable[..., IStreamClientEndpoint]
) -> None:
    proxy = TCP4ClientEndpoint(house.reactor, "127.0.0.1", ssh)
    result = connected(house, by(house, proxy, "127.0.0.1", freePort()))
    assert isinstance(result, Failure)
    assert result.check(SOCKSError)


def microsocks(house: House, *options: str) -> TCP4ClientEndpoint:
    """Run microsocks, and return the way to it."""
    port = freePort()
    house.start("microsocks", "-i", "127.0.0.1", "-p", port, *options)
    while not answers(house, port):
        assert house.processes[-1].poll() is None, house.printed(house.processes[-1])
    return TCP4ClientEndpoint(house.reactor, "127.0.0.1", port)


@needs("microsocks")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("credentials", [None, ("me", "secret")])
def test_ours_goes_through_microsocks(
    house: House, credentials: tuple[str, str] | None, host: str
) -> None:
    options = ("-u", "me", "-P", "secret") if credentials else ()
    proxy = microsocks(house, *options)
    port = portOf(house.serve("tcp:0:interface=127.0.0.1", Serving(HalfClosing)))
    user, password = credentials or (None, None)
    endpoint = SOCKS5ClientEndpoint(proxy, host, port, user, password)
    client = house.reach(endpoint, HalfClosing())
    client.transport.write(b"hello")
    house.until(lambda: client.received == b"hello")


@needs("microsocks")
@pytest.mark.parametrize("credentials", [None, ("me", "wrong")])
def test_microsocks_lets_nobody_in_who_cannot_log_in(
    house: House, credentials: tuple[str, str] | None
) -> None:
    proxy = microsocks(house, "-u", "me", "-P", "secret")
    user, password = credentials or (None, None)
    result = connected(house, SOCKS5ClientEndpoint(proxy, "127.0.0.1", 80, user, password))
    assert isinstance(result, Failure)
    assert result.check(SOCKSLoginError)


# TLS through a proxy, and a proxy through TLS


@pytest.mark.parametrize("kind", ["socks4", "socks4a", "socks5"])
def test_tls_is_spoken_through_a_proxy_that_a_description_names(
    house: House, files: Files, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "root.pem").write_bytes(files.root.read_bytes())
    _, port = house.listen(files.options())
    below = f"{kind}:example.com:{port}:proxyHost=127.0.0.1:proxyPort=" + str(
        socks(house, 5 if kind == "socks5" else 4)
    )
    endpoint = clientFromString(
        house.reactor,
        f"tls:example.com:{port}:trustRoots={tmp_path}:endpoint={quoteStringArgument(below)}",
    )
    client = house.reach(endpoint, Noting())
    client.transport.write(b"hello")
    house.until(lambda: client.received == b"hello")
    assert client.transport.getPeerCertificate() is not None


def test_proxy_is_reached_by_tls_and_tls_is_spoken_behind_it(house: House, files: Files) -> None:
    _, target = house.listen(files.options())
    factory = SOCKSv5Factory(allowLocalClients, None, house.reactor)
    port = house.reactor.listenSSL(0, factory, files.options(), interface="127.0.0.1")
    toProxy = wrapClientTLS(
        files.trusting(),  # type: ignore[arg-type]
        TCP4ClientEndpoint(house.reactor, "127.0.0.1", portOf(port)),
        house.reactor,
    )
    behind = SOCKS5ClientEndpoint(toProxy, "127.0.0.1", target)
    client = house.wrap(behind, files.trusting(), Noting())
    client.transport.write(BODY)
    house.until(lambda: len(client.received) == len(BODY))

    assert digest(client.received) == digest(BODY)
    client.transport.loseConnection()
    house.until(lambda: client.reasons)


def test_what_a_load_balancer_tells_reaches_a_server_through_other_wrappers(house: House) -> None:
    factory = Addressed()
    below = proxyEndpoint(TCP4ServerEndpoint(house.reactor, 0, interface="127.0.0.1"))
    port = listening(house, below, cast("Factory[Noting]", WrappingFactory(factory)))
    client = house.reach(f"tcp:127.0.0.1:{port}", HalfClosing())
    header = struct.pack("!BBH4B4BHH", 0x21, 0x11, 12, 192, 0, 2, 1, 192, 0, 2, 2, 49152, 80)
    client.transport.write(b"\r\n\r\n\0\r\nQUIT\n" + header + b"hello")
    house.until(lambda: client.received == b"hello")

    address = IPv4Address("TCP", "192.0.2.1", 49152)
    assert factory.addresses == [address]
    assert factory.built[0].transport.getPeer() == address
