"""URLs, addresses and Via headers of SIP."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.protocols.sip import (
    URL,
    Via,
    cleanRequestURL,
    dashCapitalize,
    longHeaders,
    parseAddress,
    parseURL,
    parseViaHeader,
    shortHeaders,
    statusCodes,
    unq,
)
from twisted.protocols.sip._names import headerName, parseNumber
from twisted.protocols.sip._urls import splitOutside

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


# URLs


@pytest.mark.parametrize(
    "text",
    [
        "sip:example.com",
        "sip:ada@example.com",
        "sip:ada:secret@example.com:5070",
        "sip:+1-212-555-1212@gateway.example.com;user=phone",
        "sip:ada@192.0.2.1;transport=tcp;ttl=15;maddr=239.255.255.1;method=INVITE;tag=x;lr;a=b",
        "sip:ada@[2001:db8::1]:5061?Subject=hello&Call-ID=x",
        "sip:%61da@example.com",
        "sip:alice;day=tuesday@example.com",
    ],
)
def test_a_url_is_written_as_it_was_read(text: str) -> None:
    assert parseURL(text).toString() == text


def test_parts_of_a_url() -> None:
    url = parseURL("SIP:ada:pw@example.com:6000;transport=udp;user=phone;ttl=3;lr;x=y?a=b&c=d")
    assert (url.username, url.password, url.host, url.port) == ("ada", "pw", "example.com", 6000)
    assert (url.transport, url.usertype, url.ttl, url.maddr) == ("udp", "phone", 3, None)
    assert (url.method, url.tag, url.other) == (None, None, ["lr", "x=y"])
    assert url.headers == {"a": "b", "c": "d"}
    assert repr(url).startswith("<URL sip:ada:pw@example.com:6000;user=phone")
    assert str(parseURL("sip:a@b", host="c", port=7)) == "sip:a@c:7"


@pytest.mark.parametrize(
    "text",
    [
        *("", "example.com", "http://example.com", "sips:a@b", "tel:+1212", "sip:", "sip:@b"),
        *("sip:a@", "sip:a@b@c", "sip:a b@c", "sip:a@b\r\nVia: x", "sip:a@b:0", "sip:a@b:65536"),
        *("sip:a@b:", "sip:a@b:+1", "sip:a@b:٣", "sip:a@-b", "sip:a@[::1", "sip:a@[x]", "sip:a@b;"),
        *("sip:a@b;=x", "sip:a@b;ttl=256", "sip:a@b;ttl=-1", "sip:a@b?", "sip:a@b?x", "sip:<a@b>"),
        *("sip:a@[::1]5060", "sip:a@[fe80::1%eth0]", "sip:a@b:999999999999999999999"),
    ],
)
def test_other_texts_are_no_urls(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parseURL(text)


def test_a_url_in_a_first_line_has_no_headers_and_names_no_way() -> None:
    url = parseURL("sip:a@b;transport=udp;maddr=192.0.2.1;ttl=1;user=phone;x?h=1")
    cleanRequestURL(url)
    assert url.toString() == "sip:a@b;user=phone;x"


# Addresses


@pytest.mark.parametrize(
    ("address", "name", "url", "parameters"),
    [
        ("<sip:a@b>", "", "sip:a@b", {}),
        ("sip:a@b", "", "sip:a@b", {}),
        ("sip:a@b;tag=x", "", "sip:a@b;tag=x", {}),
        ('"A. G. Bell" <sip:a@b>;tag=x', "A. G. Bell", "sip:a@b", {"tag": "x"}),
        ("A. G. Bell <sip:a@b>;tag=x;lr", "A. G. Bell", "sip:a@b", {"tag": "x", "lr": ""}),
        (r'"say \"hi\"; <you>"<sip:a@b;lr>;q="1;2"', 'say "hi"; <you>', "sip:a@b;lr", {"q": "1;2"}),
    ],
)
def test_addresses_are_read(address: str, name: str, url: str, parameters: dict[str, str]) -> None:
    found = parseAddress(address)
    assert (found[0], found[1].toString(), found[2]) == (name, url, parameters)


def test_the_host_of_an_address_may_be_replaced_and_its_url_cleaned() -> None:
    _, url, _ = parseAddress("<sip:a@b;transport=udp>", "c", 7, clean=1)
    assert url.toString() == "sip:a@c:7"


@pytest.mark.parametrize("address", ["", "<sip:a@b", "x>", "<a>", "<sip:a@b> x", "<sip:a@b>;=x"])
def test_other_texts_are_no_addresses(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parseAddress(address)


def test_quotes_are_taken_off() -> None:
    assert [unq(text) for text in ("a", '"a"', r'"a\"b\\"', '"', '""')] == [
        "a",
        "a",
        'a"b\\',
        '"',
        "",
    ]


# Via


@pytest.mark.parametrize(
    "text",
    [
        "SIP/2.0/UDP example.com:5060",
        "SIP/2.0/TCP [::1]:5061;branch=z9hG4bKx",
        "SIP/2.0/UDP h:5060;hidden;ttl=3;branch=x;maddr=239.0.0.1;received=192.0.2.1;rport=7;a=b;c",
        "SIP/2.0/UDP h:5060;rport",
    ],
)
def test_a_via_header_is_written_as_it_was_read(text: str) -> None:
    assert parseViaHeader(text).toString() == text


def test_parts_of_a_via_header() -> None:
    via = parseViaHeader(
        "SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;branch=a7c6 (Example)".replace(": ", ":")
    )
    assert (via.transport, via.host, via.port) == ("UDP", "first.example.com", 4000)
    assert (via.ttl, via.branch, via.hidden, via.received) == (16, "a7c6", False, None)
    assert (via.rport, via.rportRequested, via.rportValue) == (None, False, None)
    assert parseViaHeader("SIP/2.0/udp h").toString() == "SIP/2.0/UDP h:5060"


def test_the_port_that_a_request_came_from() -> None:
    assert Via("h").rport is None
    assert (Via("h", rport=None).rport, Via("h", rport=True).rport, Via("h", rport=7).rport) == (
        True,
        True,
        7,
    )
    with pytest.raises(ValueError, match="rport"):
        Via("h", rport="7")
    via = Via("h", alias=None)
    via.rport = True
    assert via.toString() == "SIP/2.0/UDP h:5060;rport;alias"
    via.rport = 9
    assert via.toString() == "SIP/2.0/UDP h:5060;rport=9;alias"
    via.rport = None
    assert via.toString() == "SIP/2.0/UDP h:5060;alias"


@pytest.mark.parametrize(
    "text",
    [
        *("", "h", "SIP/2.0/UDP", "SIP/3.0/UDP h", "HTTP/2.0/UDP h", "SIP/2.0/UDP h:0"),
        *("SIP/2.0/UDP h;ttl=x", "SIP/2.0/UDP h;rport=+1", "SIP/2.0/UDP h;rport=99999"),
        *("SIP/2.0/UDP h x", "SIP/2.0/UDP h;=", "SIP/2.0/U;P h", 'SIP/2.0/UDP h;x="a;b"'),
        # Written without the quotes, these would be read as something else.
        *("SIP/2.0/UDP h;branch=<", "SIP/2.0/UDP h;maddr=>", 'SIP/2.0/UDP h;x="(a)"'),
    ],
)
def test_other_texts_are_no_via_headers(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parseViaHeader(text)


# Names


def test_names_of_headers() -> None:
    names = ["via", "call-id", "cseq", "www-authenticate", "content-length", "mime-version"]
    assert [headerName(name) for name in names] == [
        *("Via", "Call-ID", "CSeq", "WWW-Authenticate", "Content-Length", "MIME-Version"),
    ]
    assert dashCapitalize("www-authenticate") == "Www-Authenticate"
    assert (shortHeaders["v"], longHeaders["content-length"]) == ("via", "l")
    assert all(longHeaders[name] == short for short, name in shortHeaders.items())
    assert (statusCodes[404], statusCodes[180]) == ("Not Found", "Ringing")


def test_numbers_are_read_strictly() -> None:
    assert [parseNumber(text, 70) for text in ("0", "70", "0070")] == [0, 70, 70]
    for text in ("", "71", "-1", "+1", "1_0", " 1", "٣", "9" * 5000):
        with pytest.raises(ValueError, match="no number from 0 to 70"):
            parseNumber(text, 70)


def test_lists_are_split_outside_of_quotes_and_brackets() -> None:
    assert splitOutside(r'"a,\",b" <c,d>, e ,f', ",") == [r'"a,\",b" <c,d>', "e", "f"]


pieces = st.lists(
    st.sampled_from(
        [
            *("sip:", "SIP/2.0/UDP ", "a", "b.c", "@", ":", ";", "?", "&", "=", ",", "<", ">", '"'),
            *(
                " ",
                "5060",
                "[::1]",
                "[",
                "]",
                "\\",
                "tag=x",
                "rport",
                "ttl=1",
                "\xe9",
                "(",
                ")",
                "\t",
            ),
        ]
    ),
    max_size=14,
).map("".join)


@pytest.mark.property
@EXAMPLES
@given(st.one_of(pieces, pieces.map("sip:a@b".__add__)))
def test_any_text_is_a_url_or_refused_and_stays_itself(text: str) -> None:
    try:
        url = parseURL(text)
    except ValueError:
        return
    written = url.toString()
    assert parseURL(written).toString() == written
    assert not any(sign in written for sign in ' \r\n"<>')


@pytest.mark.property
@EXAMPLES
@given(st.one_of(pieces, pieces.map("<sip:a@b>;".__add__)))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        _, url, parameters = parseAddress(text)
    except ValueError:
        return
    assert isinstance(url, URL)
    assert "" not in parameters


@pytest.mark.property
@EXAMPLES
@given(st.one_of(pieces, pieces.map("SIP/2.0/UDP h;".__add__)))
def test_any_text_is_a_via_header_or_refused_and_stays_itself(text: str) -> None:
    try:
        via = parseViaHeader(text)
    except ValueError:
        return
    written = via.toString()
    assert parseViaHeader(written).toString() == written


# What would take for ever if blanks were parted in all possible ways


@pytest.mark.parametrize("address", ["\x0b" * 100_000 + '"<>', "x" + " " * 1_000_000 + '">'])
def test_address_with_many_blanks(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        parseAddress(address + "<")


def test_via_header_with_many_blanks() -> None:
    via = parseViaHeader("SIP/2.0/UDP example.com" + " " * 2_000_000 + ";branch=x (a comment)")
    assert (via.host, via.branch) == ("example.com", "x")
    for comment in ("()", " (a)"):
        assert parseViaHeader("SIP/2.0/UDP example.com" + comment).host == "example.com"
    with pytest.raises(ValueError, match="no Via header"):
        parseViaHeader("SIP/2.0/UDP (example.com)")
