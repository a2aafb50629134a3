"""Host names on the wire and for people."""

import pytest

from twisted.internet._idna import _idnaBytes, _idnaText


@pytest.mark.parametrize(
    ("text", "wire"),
    [("example.com", b"example.com"), ("bücher.example", b"xn--bcher-kva.example")],
)
def test_names_come_back(text: str, wire: bytes) -> None:
    assert _idnaBytes(text) == wire
    assert _idnaText(wire) == text


def test_a_name_that_dns_carries_stays_as_it_is() -> None:
    assert _idnaBytes("_dmarc.example.com") == b"_dmarc.example.com"
    assert _idnaText(b"_dmarc.example.com") == "_dmarc.example.com"


def test_what_is_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no host name"):
        _idnaBytes("a b")
    with pytest.raises(ValueError, match="ascii"):
        _idnaText(b"\xff_")
