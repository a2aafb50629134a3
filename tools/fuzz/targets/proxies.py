"""Parsers of what proxies say: the PROXY protocol, and SOCKS on both sides."""

import struct
from ipaddress import IPv4Address as IPv4
from ipaddress import IPv6Address as IPv6

from fuzz.feeding import feed
from fuzz.target import Target, expect, joined
from twisted.internet.address import HostnameAddress, IPv4Address
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.protocols.haproxy import HAProxyWrappingFactory
from twisted.protocols.haproxy._header import MAXIMUM_HEADER, HeaderParser, HeaderRefused
from twisted.protocols.socks._messages4 import LONGEST_USER, Client4, Request4Parser
from twisted.protocols.socks._messages5 import Client5, GaveUp, LoginTried, Request5, Server5
from twisted.protocols.socks._names import LONGEST_NAME
from twisted.protocols.socks._refusals import SOCKSError, SOCKSMalformed

_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def _binary(kind: int, addresses: bytes, command: int = 0x21) -> bytes:
    return _SIGNATURE + bytes([command, kind]) + struct.pack("!H", len(addresses)) + addresses


_IPV4 = bytes([192, 0, 2, 1, 192, 0, 2, 2]) + struct.pack("!HH", 40000, 80)
_HEADERS = [
    *(b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 80\r\n", b"PROXY UNKNOWN\r\n"),
    *(b"PROXY TCP6 2001:db8::1 ::1 1 65535\r\n", b"PROXY UNKNOWN what ever\r\n"),
    *(_binary(0x11, _IPV4), _binary(0x12, _IPV4 + b"\3\0\4abcd"), _binary(0x11, b"", 0x20)),
    _binary(0x21, IPv6("2001:db8::1").packed + IPv6("::1").packed + b"\0\1\0\2"),
    _binary(0x31, b"/a".ljust(108, b"\0") + b"\0name".ljust(108, b"\0")),
]
_HEADER_WORDS = [*_HEADERS, b"GET / HTTP/1.1\r\n", b"TCP4", b" 65536", b" 00"]


def _parsed(parser: HeaderParser | Request4Parser, pieces: list[bytes], most: int) -> object:
    """Feed a parser that finds one thing, and return it with what follows."""
    found: object = None
    rest = b""
    for piece in pieces:
        if found is not None:
            rest += piece
            continue
        try:
            found = parser.receive(piece)
        except (HeaderRefused, SOCKSMalformed) as error:
            return type(error)
        expect(len(parser._held), most, "bytes that are held")
        if found is not None:
            rest = parser.rest
    return found, rest


def header(pieces: list[bytes]) -> object:
    """Feed the parser of the header."""
    return _parsed(HeaderParser(), pieces, MAXIMUM_HEADER)


class _Told(Protocol):
    """Says who the client is, and what comes."""

    def connectionMade(self) -> None:
        self.transport.write(f"{self.transport.getPeer()} {self.transport.getHost()} ".encode())

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


class _ToldFactory(Factory[Protocol]):
    """Makes them."""

    protocol = _Told
    noisy = False


def wrapper(pieces: list[bytes]) -> object:
    """Feed a protocol that is behind a header."""
    factory = HAProxyWrappingFactory(_ToldFactory(), clock=Clock())
    protocol = factory.buildProtocol(None)
    return feed(protocol, pieces)


def request4(pieces: list[bytes]) -> object:
    """Feed the parser of requests of SOCKS 4 and 4a."""
    return _parsed(Request4Parser(), pieces, 8 + LONGEST_USER + 1 + LONGEST_NAME)


_REQUESTS4 = [
    b"\4\1\0\x50\xc0\0\2\1me\0",
    b"\4\2\0\x50\xc0\0\2\1\0",
    b"\4\1\0\x50\0\0\0\1me\0example.com\0",
    b"\4\1\0\x50\0\0\0\0me\0rest",
    b"\4\1\0\x50\0\0\0\xff" + b"u" * 255 + b"\0" + b"h" * 255 + b"\0",
]


def _client(client: Client4 | Client5, pieces: list[bytes], most: int) -> object:
    said, rest, isDone = client.begin(), b"", False
    for piece in pieces:
        if isDone:
            rest += piece
            continue
        try:
            said += client.receive(piece)
        except (SOCKSMalformed, SOCKSError) as error:
            return type(error), str(error)
        expect(len(client._held), most, "bytes of a reply")
        isDone = client.isDone
        if isDone:
            rest = client.rest
    return said, isDone, rest


def client4(pieces: list[bytes]) -> object:
    """Answer a client of SOCKS 4."""
    return _client(Client4(IPv4Address("TCP", "192.0.2.1", 80), b"me"), pieces, 8)


_REPLIES4 = [b"\0\x5a\0\x50\xc0\0\2\1", b"\0\x5b\0\0\0\0\0\0", b"\0\x5a\0\0\0\0\0\0rest"]


def _server5(pieces: list[bytes], withLogin: bool) -> object:
    server = Server5(withLogin)
    events: list[object] = []
    for piece in pieces:
        server.receive(piece)
        while (event := server.next()) is not None:
            events.append(event)
            if isinstance(event, LoginTried):
                events.append(server.decide(event.password != b"wrong"))
            if isinstance(event, Request5 | GaveUp) or isinstance(events[-1], GaveUp):
                return events
        # The longest message is a login: two names with their lengths.
        expect(len(server._held), 3 + 2 * 255, "bytes of a message")
    return events


def server5(pieces: list[bytes]) -> object:
    """Feed a server of SOCKS 5 that wants no login."""
    return _server5(pieces, False)


def server5WithLogin(pieces: list[bytes]) -> object:
    """Feed a server of SOCKS 5 that wants a login."""
    return _server5(pieces, True)


_ADDRESSES = [
    b"\1" + IPv4("192.0.2.1").packed + b"\0\x50",
    b"\3\x0bexample.com\0\x50",
    b"\4" + IPv6("2001:db8::1").packed + b"\xff\xff",
    b"\3\xff" + b"h" * 255 + b"\0\1",
    b"\3\0\0\0",
]
_REQUESTS5 = [b"\5\1\0" + address for address in _ADDRESSES]
_SESSIONS5 = [b"\5\1\0" + request + b"rest" for request in _REQUESTS5]
_LOGINS = [
    b"\1\2me\6sesame",
    b"\1\2me\5wrong",
    b"\1\0\0",
    b"\1\xff" + b"u" * 255 + b"\xff" + b"p" * 255,
]
_LOGIN_SESSIONS5 = [b"\5\2\0\2" + login + request for login in _LOGINS for request in _REQUESTS5]


def client5(pieces: list[bytes]) -> object:
    """Answer a client of SOCKS 5."""
    return _client(Client5(HostnameAddress(b"example.com", 80)), pieces, 4 + 1 + 255 + 2)


def client5WithLogin(pieces: list[bytes]) -> object:
    """Answer a client of SOCKS 5 that has a password."""
    target = IPv4Address("TCP", "192.0.2.1", 80)
    return _client(Client5(target, (b"me", b"sesame")), pieces, 4 + 1 + 255 + 2)


_REPLIES5 = [b"\5\0\5\0\0" + address + b"rest" for address in _ADDRESSES]
_LOGIN_REPLIES5 = [b"\5\2\1\0\5\0\0" + address for address in _ADDRESSES]
_SOCKS_WORDS = [b"\5\xff", b"\5\2", b"\5\0", b"\1\0", b"\1\1", b"\5\1\0", b"\5\5\0", b"\4\1"]

PROXIES = [
    Target("haproxy-header", joined(_HEADERS, 2), header, _HEADER_WORDS),
    Target("haproxy-wrapper", joined(_HEADERS, 2), wrapper, _HEADER_WORDS),
    Target("socks4-server", joined(_REQUESTS4, 2), request4, _REQUESTS4),
    Target("socks4-client", joined(_REPLIES4, 2), client4, _REPLIES4),
    Target("socks5-server", joined(_SESSIONS5, 1), server5, _SOCKS_WORDS),
    Target("socks5-server-login", joined(_LOGIN_SESSIONS5, 1), server5WithLogin, _SOCKS_WORDS),
    Target("socks5-client", joined(_REPLIES5, 1), client5, _SOCKS_WORDS),
    Target("socks5-client-login", joined(_LOGIN_REPLIES5, 1), client5WithLogin, _SOCKS_WORDS),
]
