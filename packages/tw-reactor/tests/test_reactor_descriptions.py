"""Endpoint descriptions: their grammar, their errors, and the plugins that know the types."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    TCP4ServerEndpoint,
    TCP6ClientEndpoint,
    TCP6ServerEndpoint,
    _fromstring,
    _parse,
    clientFromString,
    quoteStringArgument,
    serverFromString,
)
from twisted.internet.endpoints._parsers import TCPClientParser, TCPServerParser
from twisted.internet.interfaces import (
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactor, MemoryReactorClock
from twisted.plugin import getPlugins
from twisted.python.components import provides, verifyObject


def ownPlugins(interface: type) -> Iterator[object]:
    """Yield the plugins of this part alone, whatever parts are installed beside it."""
    for plugin in getPlugins(interface):
        if isinstance(plugin, TCPServerParser | TCPClientParser):
            yield plugin


@pytest.mark.parametrize(
    ("description", "positional", "named"),
    [
        ("tcp:80", ["tcp", "80"], {}),
        ("tcp:port=80:interface=127.0.0.1", ["tcp"], {"port": "80", "interface": "127.0.0.1"}),
        ("a:b=c:d", ["a", "d"], {"b": "c"}),
        (r"tcp6:80:interface=2001\:0DB8\:\:1", ["tcp6", "80"], {"interface": "2001:0DB8::1"}),
        (r"a:b\=c:d\\e", ["a", "b=c", "d\\e"], {}),
        ("a:b=c=d", ["a"], {"b": "c=d"}),
        ("a::", ["a", "", ""], {}),
        ("", [""], {}),
    ],
)
def test_description_is_cut_into_values(
    description: str, positional: list[str], named: dict[str, str]
) -> None:
    assert _parse(description) == (positional, named)


@given(st.lists(st.text()), st.dictionaries(st.text(), st.text()))
def test_quoted_values_come_back(positional: list[str], named: dict[str, str]) -> None:
    parts = ["type", *map(quoteStringArgument, positional)]
    parts += [f"{quoteStringArgument(k)}={quoteStringArgument(v)}" for k, v in named.items()]

    assert _parse(":".join(parts)) == (["type", *positional], named)


@given(st.text(alphabet="ab:=\\"))
@example("a\\")
def test_any_description_is_cut_or_refused(description: str) -> None:
    try:
        positional, named = _parse(description)
    except ValueError:
        return
    assert all(isinstance(value, str) for value in [*positional, *named.values()])


@pytest.mark.parametrize(
    ("description", "complaint"),
    [
        ("tcp:80\\", "ends with a backslash"),
        ("tcp:a=1:a=2", "'a' is given twice"),
        ("tcp:" + "8" * 70000, "longer than 65536"),
        ("", "does not begin with a type"),
        ("port=80", "does not begin with a type"),
        ("tcp", "port"),
        ("tcp:80:color=red", "color"),
        ("tcp:80:127.0.0.1:50:1", "too many"),
        ("tcp:http", "a port is a number from 0 to 65535, not 'http'"),
        ("tcp:65536", "a port is a number"),
        ("tcp:-1", "a port is a number"),
        ("tcp:+80", "a port is a number"),
        ("tcp: 80", "a port is a number"),
        ("tcp:8_0", "a port is a number"),
        ("tcp:٨٠", "a port is a number"),
        ("tcp:80:backlog=0", "a backlog is a number"),
        ("tcp:80:interface=localhost", "an IPv4 address, not 'localhost'"),
        (r"tcp:80:interface=\:\:1", "an IPv4 address"),
        ("tcp6:80:interface=127.0.0.1", "an IPv6 address"),
        ("nosuch:80", "no type of server endpoint; there are tcp, tcp4, tcp6"),
        ("ssl:443", "pip install tw-tls"),
        ("tls:443", "pip install tw-tls"),
        ("haproxy:tcp:80", "pip install tw-protocols"),
    ],
)
def test_wrong_server_description_is_explained_in_one_line(
    description: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_fromstring, "getPlugins", ownPlugins)
    with pytest.raises(ValueError, match="describes no endpoint") as caught:
        serverFromString(MemoryReactor(), description)

    text = str(caught.value)
    assert complaint in text
    assert repr(description[:200]) in text
    assert "\n" not in text


def test_error_of_a_plugin_is_one_line_whatever_it_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    class Parser:
        prefix = "file"

        def parseStreamServer(self, reactor: object, path: str) -> None:
            raise ValueError(f"{path} is not there")

    monkeypatch.setattr(_fromstring, "getPlugins", lambda interface: [Parser()])
    with pytest.raises(ValueError, match="describes no endpoint") as caught:
        serverFromString(MemoryReactor(), "file:/a\nb\x1b\x85\u2028c")
    assert str(caught.value).endswith(r": /a\nb\x1b\x85\u2028c is not there")


@pytest.mark.parametrize(
    ("description", "complaint"),
    [
        ("tcp:example.com", "port"),
        ("tcp::80", "the host is missing"),
        ("tcp:example.com:0", "a port is a number from 1 to 65535"),
        ("tcp:example.com:80:timeout=soon", "a timeout is a number of seconds"),
        ("tcp:example.com:80:timeout=inf", "a timeout is a number of seconds"),
        ("tcp:example.com:80:bindAddress=", "the host is missing"),
        ("nosuch:80", "no type of client endpoint; there are tcp, tcp4, tcp6"),
        ("tls:example.com:443", "pip install tw-tls"),
        ("ssl:example.com:443", "pip install tw-tls"),
    ],
)
def test_wrong_client_description_is_explained_in_one_line(
    description: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_fromstring, "getPlugins", ownPlugins)
    with pytest.raises(ValueError, match="describes no endpoint") as caught:
        clientFromString(MemoryReactorClock(), description)

    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("description", "kind", "listened"),
    [
        ("tcp:80", TCP4ServerEndpoint, (80, 50, "")),
        ("tcp4:80", TCP4ServerEndpoint, (80, 50, "")),
        ("tcp:0", TCP4ServerEndpoint, (0, 50, "")),
        ("tcp:port=80:interface=192.168.1.1", TCP4ServerEndpoint, (80, 50, "192.168.1.1")),
        ("tcp:80:127.0.0.1:7", TCP4ServerEndpoint, (80, 7, "127.0.0.1")),
        ("tcp:80:interface=", TCP4ServerEndpoint, (80, 50, "")),
        ("tcp6:80:backlog=9", TCP6ServerEndpoint, (80, 9, "::")),
        (
            r"tcp6:port=80:interface=2001\:0DB8\:f00e\:eb00\:\:1",
            TCP6ServerEndpoint,
            (80, 50, "2001:0DB8:f00e:eb00::1"),
        ),
    ],
)
def test_server_description_makes_the_endpoint(
    description: str, kind: type[object], listened: tuple[int, int, str]
) -> None:
    reactor, factory = MemoryReactor(), Factory()

    endpoint = serverFromString(reactor, description)
    assert reactor.tcpServers == []
    endpoint.listen(factory)

    port, backlog, interface = listened
    assert isinstance(endpoint, kind)
    assert verifyObject(IStreamServerEndpoint, endpoint)
    assert reactor.tcpServers == [(port, factory, backlog, interface)]


@pytest.mark.parametrize(
    ("description", "kind", "connected"),
    [
        ("tcp:192.0.2.1:80", TCP4ClientEndpoint, ("192.0.2.1", 80, 30, None)),
        ("tcp:host=192.0.2.1:port=80:timeout=15", TCP4ClientEndpoint, ("192.0.2.1", 80, 15, None)),
        (
            "tcp:host=twistedmatrix.com:port=80:timeout=15",
            HostnameEndpoint,
            ("192.0.2.10", 80, 15, None),
        ),
        ("tcp:192.0.2.1:80:0.5", TCP4ClientEndpoint, ("192.0.2.1", 80, 0.5, None)),
        (
            "tcp:192.0.2.1:80:bindAddress=127.0.0.2",
            TCP4ClientEndpoint,
            ("192.0.2.1", 80, 30, ("127.0.0.2", 0)),
        ),
        (r"tcp:2001\:db8\:\:1:80", TCP6ClientEndpoint, ("2001:db8::1", 80, 30, None)),
        ("tcp:example.com:80", HostnameEndpoint, ("192.0.2.9", 80, 30, None)),
        ("tcp4:example.com:80", TCP4ClientEndpoint, ("example.com", 80, 30, None)),
        (r"tcp6:\:\:1:80", TCP6ClientEndpoint, ("::1", 80, 30, None)),
    ],
)
def test_client_description_makes_the_endpoint(
    description: str, kind: type[object], connected: tuple[object, ...]
) -> None:
    reactor = MemoryReactorClock()
    reactor.hosts["example.com"] = ["192.0.2.9"]
    reactor.hosts["twistedmatrix.com"] = ["192.0.2.10"]

    endpoint = clientFromString(reactor, description)
    assert reactor.tcpClients == []
    endpoint.connect(Factory())

    assert isinstance(endpoint, kind)
    assert verifyObject(IStreamClientEndpoint, endpoint)
    ((host, port, _, timeout, bindAddress),) = reactor.tcpClients
    assert (host, port, timeout, bindAddress) == connected


def test_parsers_provide_their_interfaces() -> None:
    # They name their arguments, where the interface has any: verifyObject does not know of that.
    assert provides(IStreamServerEndpointStringParser, TCPServerParser("tcp", 4))
    assert provides(IStreamClientEndpointStringParserWithReactor, TCPClientParser("tcp", 4))


PLUGIN = """
from zope.interface import implementer
from twisted.internet.interfaces import (
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin

@implementer(
    IPlugin, IStreamServerEndpointStringParser, IStreamClientEndpointStringParserWithReactor
)
class Parser:
    prefix = "pigeon"

    def parseStreamServer(self, reactor, coop, *, birds="1"):
        return ("server", reactor, coop, birds)

    def parseStreamClient(self, reactor, coop):
        return ("client", reactor, coop)

parser = Parser()
"""


@pytest.fixture
def pluginDirectory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a user's `twisted/plugins`."""
    directory = tmp_path / "twisted" / "plugins"
    directory.mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    monkeypatch.setattr(
        "twisted.plugins.__path__", [*sys.modules["twisted.plugins"].__path__, str(directory)]
    )
    yield directory
    for name in set(sys.modules) - before:
        if name.startswith("twisted.plugins."):
            del sys.modules[name]


def test_plugin_adds_a_type(pluginDirectory: Path) -> None:
    (pluginDirectory / "pigeon_endpoints.py").write_text(PLUGIN)
    reactor = MemoryReactorClock()

    server: object = serverFromString(reactor, "pigeon:roof:birds=3")
    client: object = clientFromString(reactor, "pigeon:roof")

    assert server == ("server", reactor, "roof", "3")
    assert client == ("client", reactor, "roof")


def test_arguments_of_a_plugin_are_checked(pluginDirectory: Path) -> None:
    (pluginDirectory / "pigeon_endpoints.py").write_text(PLUGIN)

    with pytest.raises(ValueError, match="coop"):
        clientFromString(MemoryReactorClock(), "pigeon")


def test_broken_plugin_does_not_disable_the_others(pluginDirectory: Path) -> None:
    (pluginDirectory / "broken_endpoints.py").write_text("raise RuntimeError('broken')")

    assert isinstance(serverFromString(MemoryReactor(), "tcp:80"), TCP4ServerEndpoint)
