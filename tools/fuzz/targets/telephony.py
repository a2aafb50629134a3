"""Parsers of SIP: messages in streams and datagrams, headers, and a registrar that is asked."""

from collections.abc import Callable
from random import Random

from fuzz.target import Target, Violation, expect, joined
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Login, Portal
from twisted.internet.task import Clock
from twisted.internet.testing import FakeDatagramTransport
from twisted.protocols import sip
from twisted.python.components import implementer

_HEADERS = [
    *(b"Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1;rport\r\n", b"v: SIP/2.0/TCP [::1]\r\n"),
    *(b'To: "Ada" <sip:ada@example.com>\r\n', b"From: <sip:bob@example.com>;tag=1\r\n"),
    *(b"Call-ID: 7@example.com\r\n", b"CSeq: 1 REGISTER\r\n", b"Max-Forwards: 70\r\n"),
    *(b"Contact: <sip:ada@192.0.2.7>;expires=60\r\n", b"Contact: *\r\n", b"Expires: 0\r\n"),
    *(b"Subject: one\r\n two\r\n", b"Via: SIP/2.0/UDP a, SIP/2.0/UDP b;hidden\r\n"),
    b'Authorization: Digest username="ada", realm="x", nonce="n", uri="sip:x", response="r"\r\n',
]
_LENGTHS = [
    b"Content-Length: 0\r\n\r\n",
    b"l: 5\r\n\r\nhello",
    b"\r\n",
    b"Content-Length: 5\r\n\r\nab",
]
_FIRST = [
    *(b"REGISTER sip:example.com SIP/2.0\r\n", b"INVITE sip:ada@example.com SIP/2.0\r\n"),
    *(b"SIP/2.0 200 OK\r\n", b"SIP/2.0 401 \r\n", b"ACK sip:ada@[::1]:5060 SIP/2.0\r\n"),
]
_WORDS = [*_HEADERS, *_LENGTHS, *_FIRST, b"\r\n\r\n", b";tag=", b"sip:", b"SIP/2.0", b"<", b">"]


def _message(random: Random) -> bytes:
    headers = random.sample(_HEADERS, random.randint(0, len(_HEADERS)))
    return b"".join([random.choice(_FIRST), *headers, random.choice(_LENGTHS)])


def _messages(random: Random) -> bytes:
    return b"".join(_message(random) for _ in range(random.randint(1, 3)))


def _request(random: Random) -> bytes:
    """Return a request with all that one needs."""
    kept = [header for header in _HEADERS[:6] if random.random() < 0.98]
    more = random.sample(_HEADERS[6:], random.randint(0, 3))
    first = random.choice(_FIRST) if random.random() < 0.2 else _FIRST[0]
    return b"".join([first, *kept, *more, random.choice(_LENGTHS)])


def _shown(message: sip.Request | sip.Response) -> object:
    return message.toString(), message.length, message.finished


class _Parser(sip.MessagesParser):
    """Has small limits."""

    MAX_LENGTH: int = 400
    MAX_HEADERS: int = 20
    MAX_HEAD_SIZE: int = 2000
    MAX_BODY_SIZE: int = 100


def messages(pieces: list[bytes]) -> object:
    """Feed the parser, and end as a datagram does."""
    events: list[object] = []
    parser = _Parser(lambda message: events.append(_shown(message)))
    for piece in pieces:
        parser.dataReceived(piece)
        expect(len(parser._messages), 2004, "bytes of a message")
    events.append(parser.state == "invalid")
    parser.dataDone()
    return events


def headers(pieces: list[bytes]) -> object:
    """Parse a value as each of the headers that have a structure."""
    value = b"".join(pieces).decode("utf-8", "replace")
    results: list[object] = []
    parsers: list[Callable[[str], object]] = [
        *(sip.parseURL, sip.parseAddress, sip.parseViaHeader, sip.unq),
    ]
    for parse in parsers:
        try:
            found = parse(value)
        except ValueError as error:
            results.append(str(error))
            continue
        if isinstance(found, sip.URL):
            # What was read can be written, and read again.
            written = found.toString()
            if sip.parseURL(written).toString() != written:
                raise Violation(f"{written!r} is read as {sip.parseURL(written).toString()!r}")
            results.append(written)
        elif isinstance(found, sip.Via):
            written = found.toString()
            if sip.parseViaHeader(written).toString() != written:
                raise Violation(
                    f"{written!r} is read as {sip.parseViaHeader(written).toString()!r}"
                )
            results.append(written)
        else:
            results.append(repr(found))
    return results


_VALUES = [
    *(b"sip:ada:pw@example.com:5060;transport=udp;ttl=1?a=b&c=d", b"sip:[2001:db8::1]"),
    *(b'"A \\" b" <sip:ada@h;maddr=1.2.3.4>;tag=1;x="y;z"', b"Ada <sip:a@b>", b"sips:x"),
    *(b"SIP/2.0/UDP host:5060;branch=z9;received=192.0.2.1;rport=7;ttl=5;maddr=m", b"*"),
    *(b"SIP / 2.0 / TCP [::1]:1 ;hidden (a comment)", b"SIP/2.0/UDP x;rport;y;z=1"),
]
_SIGNS = [
    b";",
    b"=",
    b",",
    b"<",
    b">",
    b'"',
    b"\\",
    b"@",
    b":",
    b"?",
    b"&",
    b"[",
    b"]",
    b"%25",
    b"(",
]


@implementer(IRealm)
class _Realm:
    """Lets everybody in."""

    def requestAvatar(
        self,
        avatarId: bytes | tuple[()],
        mind: object,
        *interfaces: Callable[..., object],
    ) -> Login[object]:
        """Return an avatar."""
        return interfaces[0], None, lambda: None


def _proxy(withLogin: bool, pieces: list[bytes]) -> object:
    proxy = sip.RegisterProxy(host="192.0.2.1")
    registry = sip.InMemoryRegistry("example.com")
    clock = Clock()
    registry.callLater = clock.callLater  # type: ignore[method-assign, assignment]  # as it is meant to be
    registry.seconds = clock.seconds  # type: ignore[method-assign]  # the same
    proxy.registry = proxy.locator = registry
    proxy._secret = b"\0" * 16
    if withLogin:
        users = InMemoryUsernamePasswordDatabaseDontUse(ada="sesame")
        proxy.portal = Portal(_Realm(), [users])
        proxy.authorizers = {"digest": sip.DigestAuthorizer("example.com")}
    transport = FakeDatagramTransport()
    proxy.transport = transport
    for piece in pieces:
        proxy.datagramReceived(piece, ("192.0.2.7", 5060))
    assert proxy.messages == []
    if withLogin:
        # The challenges are random.
        return [(len(data.split(b"\r\n")), to) for data, to in transport.written]
    return transport.written


def registrar(pieces: list[bytes]) -> object:
    """Ask a registrar that anybody may ask."""
    return _proxy(False, pieces)


def registrarWithLogin(pieces: list[bytes]) -> object:
    """Ask a registrar that wants to know who is there."""
    return _proxy(True, pieces)


SIP = [
    Target("sip-messages", _messages, messages, _WORDS),
    Target("sip-headers", joined(_VALUES, 2), headers, [*_VALUES, *_SIGNS], isStream=False),
    Target("sip-registrar", _request, registrar, _WORDS, isStream=False),
    Target("sip-registrar-login", _request, registrarWithLogin, _WORDS, isStream=False),
]
