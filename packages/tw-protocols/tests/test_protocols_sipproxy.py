"""The proxy and the registrar of SIP over a UDP port in memory."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.error import LoginFailed
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import Clock
from twisted.internet.testing import FakeDatagramTransport
from twisted.logger import globalLogPublisher
from twisted.protocols.sip import (
    URL,
    Base,
    DigestAuthorizer,
    IAuthorizer,
    IContact,
    ILocator,
    InMemoryRegistry,
    IRegistry,
    Proxy,
    RegisterProxy,
    Registration,
    RegistrationError,
    Request,
    Response,
    SIPError,
    parseURL,
    parseViaHeader,
)
from twisted.python.components import implementer, verifyObject

PHONE = ("192.0.2.10", 5060)
OTHER = ("192.0.2.20", 5070)
Address = tuple[str, int]


class Registry(InMemoryRegistry):
    """A registry on a clock of its own."""

    def __init__(self) -> None:
        super().__init__("example.com")
        self.clock = Clock()

    def callLater(self, period: float, func: Callable[[], object]) -> IDelayedCall:
        return self.clock.callLater(period, func)

    def seconds(self) -> float:
        return self.clock.seconds()


def result(deferred: Deferred[Any]) -> Any:
    """Return the result, or the exception."""
    found: list[Any] = []
    deferred.addCallbacks(found.append, lambda failure: found.append(failure.value))
    return found[0]


def message(first: str, *headers: str, **changed: str | None) -> bytes:
    """Return a message with the headers that each has to have."""
    fields: dict[str, str | None] = {
        "Via": "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKabc",
        "To": "<sip:ada@example.com>",
        "From": "<sip:bob@example.com>;tag=1",
        "Call-ID": "a84b4c76e66710",
        "CSeq": "1 " + first.split()[0],
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([first, *lines, *headers, "", ""]).encode()


class Net:
    """A proxy, and what it has sent."""

    def __init__(self, proxy: Base) -> None:
        self.proxy = proxy
        self.port = FakeDatagramTransport()
        proxy.noisy = False
        proxy.makeConnection(self.port)

    def sends(self, data: bytes, addr: Address = PHONE) -> list[tuple[list[str], object]]:
        """Let a datagram come; return the lines of what is sent then, and where to."""
        self.port.written.clear()
        self.proxy.datagramReceived(data, addr)
        return [(sent.decode().split("\r\n"), to) for sent, to in self.port.written]

    def answers(self, data: bytes, addr: Address = PHONE) -> list[str]:
        """Let a datagram come; return the lines of the only answer, which goes to the sender."""
        ((lines, to),) = self.sends(data, addr)
        assert to == addr
        return lines


def registrar() -> tuple[RegisterProxy, Registry, Net]:
    """Return a proxy where anybody may register."""
    registry = Registry()
    proxy = RegisterProxy(host="192.0.2.1")
    proxy.registry = proxy.locator = registry
    return proxy, registry, Net(proxy)


REGISTER = "REGISTER sip:example.com SIP/2.0"
ADA = "Contact: <sip:ada@192.0.2.10:5062>"


# Base


class Noting(Base):
    """Notes what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[Request | Response, Address]] = []

    def handle_request(self, message: Request, addr: Address) -> None:
        self.got.append((message, addr))

    def handle_response(self, message: Response, addr: Address) -> None:
        self.got.append((message, addr))


def test_messages_come_one_a_datagram() -> None:
    base = Noting()
    net = Net(base)
    net.sends(
        message("OPTIONS sip:a@b SIP/2.0", "Content-Length: 0") + message("ACK sip:a@b SIP/2.0")
    )
    net.sends(message("SIP/2.0 200 OK"), OTHER)
    (request, one), (response, other) = base.got
    assert isinstance(request, Request)
    assert isinstance(response, Response)
    assert (request.method, one, response.code, other) == ("OPTIONS", PHONE, 200, OTHER)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\r\n\r\n", b"junk", b"\xff" * 100, message("OPTIONS sip:a@b SIP/2.0")[:-2]),
        message("OPTIONS sip:a@b SIP/2.0", Via="nonsense"),
        message("OPTIONS sip:a@b SIP/2.0", Via=None),
        message("OPTIONS sip:a@b SIP/2.0", CSeq=None),
        message("OPTIONS sip:a@b SIP/2.0", CSeq="1"),
        message("OPTIONS sip:a@b SIP/2.0", CSeq="x OPTIONS"),
        message("OPTIONS sip:a@b SIP/2.0", CSeq="\u0663 OPTIONS"),
        message("OPTIONS sip:a@b SIP/2.0", CSeq="2147483648 OPTIONS"),
        message("OPTIONS sip:a@b SIP/2.0", CSeq="1 INVITE"),
        message("OPTIONS sip:a@b SIP/2.0", Call_ID=None),
        message("OPTIONS sip:a@b SIP/2.0", From=None),
        message("OPTIONS sip:a@b SIP/2.0", To=None),
        message("OPTIONS sip:a@b SIP/2.0", "CSeq: 2 OPTIONS"),
        message("OPTIONS sip:a@b SIP/2.0", "t: <sip:eve@example.com>"),
    ],
)
def test_what_nobody_could_answer_is_dropped(data: bytes) -> None:
    base = Noting()
    net = Net(base)
    assert net.sends(data) == []
    assert base.got == []
    net.sends(message("OPTIONS sip:a@b SIP/2.0"))
    assert len(base.got) == 1


@pytest.mark.parametrize(
    ("via", "noted", "to"),
    [
        ("SIP/2.0/UDP 192.0.2.10", "SIP/2.0/UDP 192.0.2.10:5060", ("192.0.2.10", 5060)),
        (
            "SIP/2.0/UDP example.org:99",
            "SIP/2.0/UDP example.org:99;received=192.0.2.10",
            ("192.0.2.10", 99),
        ),
        (
            "SIP/2.0/UDP example.org;rport",
            "SIP/2.0/UDP example.org:5060;received=192.0.2.10;rport=1234",
            ("192.0.2.10", 1234),
        ),
        # What a sender writes to have somebody else get the response counts for nothing.
        (
            "SIP/2.0/UDP 192.0.2.10;received=192.0.2.99;rport=7;maddr=192.0.2.98",
            "SIP/2.0/UDP 192.0.2.10:5060;received=192.0.2.10;rport=1234",
            ("192.0.2.10", 1234),
        ),
    ],
)
def test_responses_go_where_the_request_came_from(via: str, noted: str, to: Address) -> None:
    base = Noting()
    net = Net(base)
    net.sends(message("OPTIONS sip:a@b SIP/2.0", Via=via), ("192.0.2.10", 1234))
    request, _ = base.got[0]
    assert isinstance(request, Request)
    assert request.headers["via"] == [noted]
    base.deliverResponse(base.responseFromRequest(200, request))
    assert net.port.written[0][1] == to


def test_a_response_has_the_headers_of_its_request_and_a_tag() -> None:
    base = Noting()
    Net(base).sends(message("OPTIONS sip:a@b SIP/2.0"))
    request, _ = base.got[0]
    assert isinstance(request, Request)
    response = base.responseFromRequest(404, request)
    assert [*response.headers] == ["via", "to", "from", "call-id", "cseq"]
    assert response.headers["cseq"] == ["1 OPTIONS"]
    assert re.fullmatch("<sip:ada@example.com>;tag=[0-9a-f]{24}", response.headers["to"][0])
    # The same if the request comes again, and another for another server.
    assert base.responseFromRequest(200, request).headers == response.headers
    assert Noting().responseFromRequest(200, request).headers != response.headers
    assert base.responseFromRequest(100, request).headers["to"] == ["<sip:ada@example.com>"]
    request.headers["to"] = ["<sip:ada@example.com>;tag=x"]
    assert base.responseFromRequest(200, request).headers["to"] == request.headers["to"]


def test_messages_go_to_addresses_by_udp() -> None:
    base = Noting()
    net = Net(base)
    base.sendMessage(URL("[::1]"), Response(200))
    assert net.port.written == [(b"SIP/2.0 200 OK\r\n\r\n", ("::1", 5060))]
    with pytest.raises(ValueError, match="UDP"):
        base.sendMessage(URL("192.0.2.1", transport="tcp"), Response(200))
    with pytest.raises(ValueError, match="resolved"):
        base.sendMessage(URL("example.com"), Response(200))
    with pytest.raises(ValueError, match="Via"):
        base.deliverResponse(Response(200))


def test_a_subclass_has_to_say_what_to_do() -> None:
    net = Net(Base())
    for data in (message("OPTIONS sip:a@b SIP/2.0"), message("SIP/2.0 200 OK")):
        with pytest.raises(NotImplementedError, match="handle_"):
            net.sends(data)


def test_messages_are_logged_on_request() -> None:
    base = Noting()
    base.debug = True
    events: list[Any] = []
    globalLogPublisher.addObserver(events.append)
    try:
        net = Net(base)
        net.sends(message("SIP/2.0 200 OK"))
        base.sendMessage(URL("192.0.2.1"), Response(200))
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert len(events) == 2


# Registering


def test_a_user_is_registered() -> None:
    _, registry, net = registrar()
    lines = net.answers(message(REGISTER, ADA))
    assert lines[0] == "SIP/2.0 200 OK"
    assert "Contact: <sip:ada@192.0.2.10:5062>;expires=3600" in lines
    assert "Expires: 3600" in lines
    assert "Content-Length: 0" in lines
    assert str(registry.users["ada"][1]) == "sip:ada@192.0.2.10:5062"


def test_a_user_behind_a_translation_is_reached_where_the_request_came_from() -> None:
    _, registry, net = registrar()
    net.answers(
        message(REGISTER, "Contact: sip:ada@10.0.0.7:1234", Via="SIP/2.0/UDP 10.0.0.7;rport")
    )
    assert str(registry.users["ada"][1]) == "sip:ada@192.0.2.10:5060"
    address = ("2001:db8::1", 5061)
    net.answers(message(REGISTER, "Contact: sip:ada@x", Via="SIP/2.0/UDP x;rport"), address)
    assert str(registry.users["ada"][1]) == "sip:ada@[2001:db8::1]:5061"


def test_a_registration_is_told_renewed_and_forgotten() -> None:
    _, registry, net = registrar()
    net.answers(message(REGISTER, ADA))
    registry.clock.advance(1000)
    assert "Expires: 2600" in net.answers(message(REGISTER))
    assert "Expires: 3600" in net.answers(message(REGISTER, ADA))
    registry.clock.advance(3600)
    assert registry.users == {}
    lines = net.answers(message(REGISTER))
    assert lines[0] == "SIP/2.0 200 OK"
    assert not any(line.startswith("Contact") for line in lines)


@pytest.mark.parametrize(
    "headers",
    [
        ["Contact: *", "Expires: 0"],
        [ADA, "Expires: 0"],
        [ADA + ";expires=0"],
        [ADA + ";expires=0", "Expires: 60"],
    ],
)
def test_a_user_is_unregistered(headers: list[str]) -> None:
    _, registry, net = registrar()
    net.answers(message(REGISTER, ADA))
    assert net.answers(message(REGISTER, *headers))[0] == "SIP/2.0 200 OK"
    assert registry.users == {}
    assert registry.clock.getDelayedCalls() == []
    assert net.answers(message(REGISTER, *headers))[0] == "SIP/2.0 200 OK"


@pytest.mark.parametrize(
    ("first", "headers", "changed", "status"),
    [
        (REGISTER, ["Contact: *"], {}, "400 Bad Request"),
        (REGISTER, ["Contact: nonsense"], {}, "400 Bad Request"),
        (REGISTER, [ADA], {"To": "nonsense"}, "400 Bad Request"),
        (REGISTER, [ADA], {"To": "<sip:ada@example.org>"}, "404 Not Found"),
        (REGISTER, [ADA], {"To": "<sip:example.com>"}, "404 Not Found"),
        ("REGISTER sip:example.org SIP/2.0", [ADA], {}, "404 Not Found"),
        ("REGISTER sip:example.org SIP/2.0", ["Contact: *", "Expires: 0"], {}, "404 Not Found"),
    ],
)
def test_a_registration_that_cannot_be_is_refused(
    first: str, headers: list[str], changed: dict[str, str], status: str
) -> None:
    _, registry, net = registrar()
    assert net.answers(message(first, *headers, **changed))[0] == f"SIP/2.0 {status}"
    assert registry.users == {}


def test_an_expiration_that_makes_no_sense_is_let_be() -> None:
    _, _, net = registrar()
    assert "Expires: 3600" in net.answers(message(REGISTER, ADA, "Expires: soon"))


def test_without_a_registry_nothing_is_registered() -> None:
    net = Net(RegisterProxy(host="192.0.2.1"))
    assert net.answers(message(REGISTER, ADA))[0] == "SIP/2.0 501 Not Implemented"
    lines = net.answers(message(REGISTER, "Contact: *", "Expires: 0"))
    assert lines[0] == "SIP/2.0 501 Not Implemented"


def test_the_number_of_users_has_a_limit() -> None:
    _, registry, net = registrar()
    registry.MAX_USERS = 1
    net.answers(message(REGISTER, ADA))
    assert net.answers(message(REGISTER, ADA))[0] == "SIP/2.0 200 OK"
    lines = net.answers(message(REGISTER, ADA, To="<sip:bob@example.com>"))
    assert lines[0] == "SIP/2.0 503 Service Unavailable"


def test_a_registry_by_itself() -> None:
    registry = Registry()
    assert verifyObject(IRegistry, registry)
    assert verifyObject(ILocator, registry)
    domain, ada = URL("example.com"), parseURL("sip:ada@Example.COM")
    phone = parseURL("sip:ada@192.0.2.10:5062")
    assert isinstance(result(registry.getAddress(ada)), LookupError)
    assert isinstance(result(registry.getRegistrationInfo(ada)), LookupError)
    assert result(registry.registerAddress(domain, ada, phone)) == Registration(3600, phone)
    assert result(registry.getAddress(ada)) is phone
    # A request within a dialog names the address itself.
    assert result(registry.getAddress(parseURL("sip:ada@192.0.2.10:5062"))) is phone
    assert isinstance(result(registry.getAddress(parseURL("sip:ada@192.0.2.10"))), LookupError)
    registry.clock.advance(1)
    assert result(registry.getRegistrationInfo(ada)) == Registration(3599, phone)
    # Two users of one phone: the address is found as long as one of them is there.
    bob = parseURL("sip:bob@example.com")
    result(registry.registerAddress(domain, bob, parseURL("sip:ada@192.0.2.10:5062")))
    result(registry.unregisterAddress(domain, ada, phone))
    assert result(registry.getAddress(phone)) is registry.users["bob"][1]
    result(registry.unregisterAddress(domain, bob, phone))
    assert isinstance(result(registry.getAddress(phone)), LookupError)
    assert isinstance(result(registry.registerAddress(phone, ada, phone)), RegistrationError)
    assert result(registry.unregisterAddress(domain, ada, phone)) == Registration(0, phone)


# Logging in


@implementer(IContact)
class Contact:
    """Somebody who may register."""


class Realm:
    """Makes contacts."""

    def __init__(self) -> None:
        self.left: list[object] = []

    def requestAvatar(self, avatarId: object, mind: object, *interfaces: object) -> object:
        return IContact, Contact(), lambda: self.left.append(avatarId)


def guarded() -> tuple[RegisterProxy, Registry, Net]:
    """Return a proxy where ada may register, with a password."""
    proxy, registry, net = registrar()
    checker = InMemoryUsernamePasswordDatabaseDontUse(ada=b"secret", bob=b"hidden")
    proxy.portal = Portal(Realm(), [checker])  # type: ignore[arg-type]  # a realm all the same
    proxy.authorizers = {"digest": DigestAuthorizer("example.com")}
    return proxy, registry, net


def challenge(lines: list[str]) -> dict[str, str]:
    """Return the fields of a challenge."""
    assert lines[0] == "SIP/2.0 401 Unauthorized"
    (line,) = [line for line in lines if line.startswith("WWW-Authenticate: Digest ")]
    return dict(re.findall(r'([a-z]+)="?([^",]*)"?', line.split("Digest ")[1]))


def authorization(fields: dict[str, str], user: str, password: str) -> str:
    """Return the header that answers a challenge."""

    def md5(*texts: str) -> str:
        return hashlib.md5(":".join(texts).encode()).hexdigest()

    one, two = md5(user, fields["realm"], password), md5("REGISTER", "sip:example.com")
    response = md5(one, fields["nonce"], "00000001", "xyz", "auth", two)
    return (
        f'Authorization: Digest username="{user}", realm="{fields["realm"]}", '
        f'nonce="{fields["nonce"]}", uri="sip:example.com", response="{response}", '
        f'qop=auth, nc=00000001, cnonce="xyz", opaque="{fields["opaque"]}", algorithm=MD5'
    )


def test_who_knows_the_password_is_registered() -> None:
    proxy, registry, net = guarded()
    fields = challenge(net.answers(message(REGISTER, ADA)))
    assert (fields["realm"], fields["algorithm"], fields["qop"]) == ("example.com", "MD5", "auth")
    assert registry.users == {}
    lines = net.answers(message(REGISTER, ADA, authorization(fields, "ada", "secret")))
    assert lines[0] == "SIP/2.0 200 OK"
    assert [*registry.users] == ["ada"]
    assert proxy.portal is not None
    assert proxy.portal.realm.left == [b"ada"]  # type: ignore[attr-defined]  # ours


@pytest.mark.parametrize(("user", "password"), [("ada", "wrong"), ("eve", "secret"), ("ada", "")])
def test_who_does_not_is_asked_again(user: str, password: str) -> None:
    _, registry, net = guarded()
    fields = challenge(net.answers(message(REGISTER, ADA)))
    challenge(net.answers(message(REGISTER, ADA, authorization(fields, user, password))))
    challenge(net.answers(message(REGISTER, ADA, "Authorization: Digest nonsense")))
    fields["nonce"] = "0" * 32
    challenge(net.answers(message(REGISTER, ADA, authorization(fields, "ada", "secret"))))
    assert registry.users == {}


def test_nobody_registers_for_others() -> None:
    _, registry, net = guarded()
    fields = challenge(net.answers(message(REGISTER, ADA)))
    lines = net.answers(message(REGISTER, ADA, authorization(fields, "bob", "hidden")))
    assert lines[0] == "SIP/2.0 403 Forbidden"
    assert registry.users == {}


def test_an_unknown_scheme_is_refused() -> None:
    _, _, net = guarded()
    lines = net.answers(message(REGISTER, ADA, "Authorization: Basic YWRhOnNlY3JldA=="))
    assert lines[0] == "SIP/2.0 400 Unknown authentication scheme"


@implementer(IAuthorizer)
class Simple:
    """Says nothing, or something without a realm."""

    def __init__(self, said: str | None) -> None:
        self.said = said

    def getChallenge(self, peer: Address) -> str | None:
        return self.said

    def decode(self, response: str) -> object:
        raise LoginFailed(response)


def test_authorizers_of_others_get_a_realm() -> None:
    proxy, _, net = guarded()
    proxy.authorizers = {"one": Simple(None), "two": Simple('nonce="x"')}
    lines = net.answers(message(REGISTER, ADA))
    assert 'WWW-Authenticate: One realm="192.0.2.1"' in lines
    assert 'WWW-Authenticate: Two nonce="x",realm="192.0.2.1"' in lines


def test_an_authorizer_has_a_realm_and_an_algorithm() -> None:
    assert verifyObject(IAuthorizer, DigestAuthorizer("x", "sha-256"))
    assert "algorithm=SHA-256" in DigestAuthorizer("x", "sha-256").getChallenge(PHONE)
    with pytest.raises(ValueError, match="quote"):
        DigestAuthorizer('x"')
    with pytest.raises(ValueError, match="algorithm"):
        DigestAuthorizer("x", "rot13")


# Passing on


def invited() -> tuple[RegisterProxy, Net, list[str]]:
    """Return a proxy that has passed an invitation on to ada, and the lines of that."""
    proxy, _, net = registrar()
    net.answers(
        message(REGISTER, "Contact: <sip:ada@192.0.2.20:5070>", Via="SIP/2.0/UDP 192.0.2.20:5070"),
        OTHER,
    )
    ((lines, to),) = net.sends(message("INVITE sip:ada@example.com SIP/2.0", "Content-Length: 0"))
    assert to == OTHER
    return proxy, net, lines


def test_a_request_is_passed_on() -> None:
    _, _, lines = invited()
    assert lines[0] == "INVITE sip:ada@192.0.2.20:5070 SIP/2.0"
    vias = [parseViaHeader(line[5:]) for line in lines if line.startswith("Via: ")]
    assert [via.host for via in vias] == ["192.0.2.1", "192.0.2.10"]
    assert vias[0].branch is not None
    assert vias[0].branch.startswith("z9hG4bK")
    assert "Max-Forwards: 69" in lines


def test_a_response_is_passed_back() -> None:
    _, net, lines = invited()
    vias = [line for line in lines if line.startswith("Via: ")]
    response = "\r\n".join(["SIP/2.0 180 Ringing", *vias])
    rest = message("x", Via=None, CSeq="1 INVITE", To="<sip:ada@example.com>;tag=2")[1:]
    ((passed, to),) = net.sends(response.encode() + rest, OTHER)
    assert to == PHONE
    assert passed[0] == "SIP/2.0 180 Ringing"
    assert [line for line in passed if line.startswith("Via: ")] == vias[1:]


@pytest.mark.parametrize("first", ["INVITE", "ACK", "CANCEL"])
def test_requests_of_one_transaction_have_one_branch(first: str) -> None:
    _, net, lines = invited()
    ((again, _),) = net.sends(message(f"{first} sip:ada@example.com SIP/2.0"))
    assert [line for line in again if line.startswith("Via")] == [
        line for line in lines if line.startswith("Via")
    ]


@pytest.mark.parametrize(
    "vias",
    [
        ["SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK0", "SIP/2.0/UDP 192.0.2.99"],
        ["SIP/2.0/UDP 192.0.2.1:5060", "SIP/2.0/UDP 192.0.2.99"],
        ["SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK0", "nonsense"],
        ["SIP/2.0/UDP 192.0.2.2:5060", "SIP/2.0/UDP 192.0.2.99"],
        ["SIP/2.0/UDP 192.0.2.1:5060"],
        ["nonsense"],
        [],
    ],
)
def test_a_response_to_nothing_is_passed_on_to_nobody(vias: list[str]) -> None:
    _, net, _ = invited()
    headers = [f"Via: {via}" for via in vias]
    assert net.sends(message("SIP/2.0 200 OK", *headers, Via=None), OTHER) == []
    assert net.sends(message("SIP/2.0 200 OK", *headers, Via=None, CSeq=None), OTHER) == []


def test_a_response_to_ourselves_is_taken() -> None:
    class Asking(Proxy):
        def gotResponse(self, message: Response, addr: Address) -> None:
            got.append((message.code, addr))

    got: list[tuple[int, Address]] = []
    net = Net(Asking(host="192.0.2.1"))
    net.sends(message("SIP/2.0 200 OK", Via="SIP/2.0/UDP 192.0.2.1:5060"), OTHER)
    assert got == [(200, OTHER)]


@pytest.mark.parametrize(
    ("first", "headers", "status"),
    [
        ("OPTIONS sip:eve@example.com SIP/2.0", [], "404 Not Found"),
        ("OPTIONS sip:ada@example.org SIP/2.0", [], "404 Not Found"),
        ("OPTIONS sip:ada@example.com SIP/2.0", ["Max-Forwards: 0"], "483 Too Many Hops"),
        ("OPTIONS sip:ada@example.com SIP/2.0", ["Max-Forwards: x"], "400 Bad Request"),
    ],
)
def test_what_cannot_be_passed_on_is_answered(first: str, headers: list[str], status: str) -> None:
    _, net, _ = invited()
    lines = net.answers(message(first, *headers))
    assert lines[0] == f"SIP/2.0 {status}"
    assert "Content-Length: 0" in lines
    # Nobody waits for an answer to an acknowledgement.
    assert net.sends(message(first.replace("OPTIONS", "ACK"), *headers)) == []


def test_a_request_that_comes_back_is_a_loop() -> None:
    _, net, _ = invited()
    data = message("OPTIONS sip:ada@example.com SIP/2.0")
    ((lines, _),) = net.sends(data)
    ours = [line[5:] for line in lines if line.startswith("Via: ")]
    headers = [f"Via: {ours[0]}"]
    assert net.answers(message("OPTIONS sip:ada@example.com SIP/2.0", *headers))[0] == (
        "SIP/2.0 482 Loop Detected"
    )


def test_an_acknowledgement_of_our_own_response_is_taken() -> None:
    _, net, _ = invited()
    data = message("INVITE sip:eve@example.com SIP/2.0")
    (to,) = [line[4:] for line in net.answers(data) if line.startswith("To: ")]
    assert net.sends(message("ACK sip:ada@example.com SIP/2.0", To=to)) == []
    assert len(net.sends(message("ACK sip:ada@example.com SIP/2.0", To=to + "0"))) == 1
    assert net.sends(message("ACK sip:ada@example.com SIP/2.0", To="nonsense")) == []


def test_without_a_locator_nobody_is_found() -> None:
    net = Net(Proxy(host="192.0.2.1"))
    lines = net.answers(message("OPTIONS sip:ada@example.com SIP/2.0"))
    assert lines[0] == "SIP/2.0 404 Not Found"
    assert Proxy().host


@implementer(ILocator)
class Broken:
    """Finds nothing but trouble."""

    def __init__(self, found: Deferred[URL]) -> None:
        self.found = found

    def getAddress(self, logicalURL: URL) -> Deferred[URL]:
        return self.found


@pytest.mark.parametrize(
    ("found", "status", "logged"),
    [
        (lambda: fail(RuntimeError("a secret")), "500 Server Internal Error", 1),
        (lambda: succeed(URL("example.org")), "500 Server Internal Error", 1),
        (lambda: fail(SIPError(486)), "486 Busy Here", 0),
        (lambda: fail(SIPError(480, "Out for lunch")), "480 Out for lunch", 0),
    ],
)
def test_what_goes_wrong_is_answered_without_details(
    found: Callable[[], Deferred[URL]], status: str, logged: int
) -> None:
    proxy = Proxy(host="192.0.2.1")
    proxy.locator = Broken(found())
    events: list[Any] = []
    globalLogPublisher.addObserver(events.append)
    try:
        lines = Net(proxy).answers(message("OPTIONS sip:ada@example.com SIP/2.0"))
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert lines[0] == f"SIP/2.0 {status}"
    assert "secret" not in "".join(lines)
    assert len(events) == logged


def test_errors_say_what_they_are() -> None:
    error = SIPError(404)
    assert (error.code, error.phrase, str(error)) == (
        404,
        "Not Found",
        "SIP error (404): Not Found",
    )
    assert str(RegistrationError(400, "x")) == "SIP error (400): x"
    assert SIPError(299).phrase == "Unknown"
