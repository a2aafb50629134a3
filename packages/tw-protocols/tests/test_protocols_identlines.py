"""Queries and replies of RFC 1413, and the lists of connections, without I/O."""

import os
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.protocols._identlines import (
    ErrorReply,
    Malformed,
    Ports,
    UserReply,
    formatPorts,
    formatReply,
    parsePorts,
    parseReply,
)
from twisted.protocols._procconnections import Connection, parseConnection, parseHost

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

PORTS = Ports(6193, 23)


@pytest.mark.parametrize("line", [b"6193, 23", b"6193,23", b" 6193 ,\t23 "])
def test_queries_are_read(line: bytes) -> None:
    assert parsePorts(line) == PORTS
    assert parsePorts(formatPorts(PORTS)) == PORTS


@pytest.mark.parametrize("line", [b"", b"1", b"1,", b"1,2,3", b"+1,2", b"1 2", b"1_0,2", b"-1,2"])
def test_other_lines_are_no_queries(line: bytes) -> None:
    with pytest.raises(Malformed):
        parsePorts(line)
    with pytest.raises(Malformed):
        parsePorts(b"1," + b"9" * 11)


@pytest.mark.parametrize("ports", [Ports(0, 1), Ports(1, 0), Ports(65536, 1), Ports(1, 65536)])
def test_some_numbers_are_none_of_ports(ports: Ports) -> None:
    assert not ports.areValid()
    assert Ports(1, 65535).areValid()


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"6193, 23 : USERID : UNIX : stjohns", UserReply(PORTS, "UNIX", "stjohns")),
        (b"6193,23:USERID:OTHER :a: b ", UserReply(PORTS, "OTHER", "a: b")),
        (b"6193,23:USERID:UNIX,UTF-8:\xc3\xa9", UserReply(PORTS, "UNIX,UTF-8", "é")),
        (b"6193,23:USERID:UNIX:\xff", UserReply(PORTS, "UNIX", "\\xff")),
        (b"6193, 23 : ERROR : NO-USER", ErrorReply(PORTS, "NO-USER")),
    ],
)
def test_replies_are_read(line: bytes, reply: object) -> None:
    assert parseReply(line) == reply


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"1,2", b"1,2:USERID", b"1,2:USERID:UNIX", b"1,2:HELLO:UNIX:x", b"x:USERID:UNIX:x"),
        *(b"1,2:ERROR", b"1,2:ERROR:", b"1,2:ERROR:NO-USER:x", b"1,2:USERID::x", b"1,2:userid:U:x"),
    ],
)
def test_other_lines_are_no_replies(line: bytes) -> None:
    with pytest.raises(Malformed):
        parseReply(line)


def test_replies_are_written() -> None:
    assert formatReply(UserReply(PORTS, "UNIX", "ada")) == b"6193, 23 : USERID : UNIX : ada"
    assert formatReply(ErrorReply(PORTS, "NO-USER")) == b"6193, 23 : ERROR : NO-USER"


@pytest.mark.parametrize(
    "reply",
    [
        UserReply(PORTS, "UNIX", "ada\r\n1, 2 : USERID : UNIX : root"),
        UserReply(PORTS, "UNIX", "a\0"),
        UserReply(PORTS, "UN:IX", "ada"),
        UserReply(PORTS, "UNIX", " "),
        UserReply(PORTS, "", "ada"),
        UserReply(PORTS, "UNIX", "x" * 1000),
        ErrorReply(PORTS, "NO:USER"),
        ErrorReply(PORTS, ""),
    ],
)
def test_what_cannot_be_said_is_not_written(reply: UserReply | ErrorReply) -> None:
    with pytest.raises(ValueError, match="repl"):
        formatReply(reply)


PORT = st.integers(0, 70000)
WORD = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=":"), min_size=1)


@pytest.mark.property
@EXAMPLES
@given(PORT, PORT, st.sampled_from(["UNIX", "OTHER", "UNIX,UTF-8"]), WORD)
def test_what_was_written_is_read_again(one: int, other: int, system: str, user: str) -> None:
    reply = UserReply(Ports(one, other), system, user)
    assert parseReply(formatReply(reply)) == reply


@pytest.mark.property
@EXAMPLES
@given(
    st.one_of(
        st.binary(max_size=80),
        st.lists(
            st.sampled_from([b"1", b"23", b",", b":", b" ", b"USERID", b"ERROR", b"UNIX", b"\xff"])
        ).map(b"".join),
    )
)
def test_any_line_is_a_reply_or_refused(line: bytes) -> None:
    for parse in (parsePorts, parseReply):
        try:
            parse(line)
        except Malformed:
            pass


# The lists of Linux


def hexadecimal(packed: bytes) -> str:
    """Return an address as the kernel of this machine writes it."""
    words = [packed[at : at + 4] for at in range(0, len(packed), 4)]
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


LOOPBACK = hexadecimal(bytes([127, 0, 0, 1]))
LINE = (
    f"   3: {LOOPBACK}:1F90 {LOOPBACK}:D431 01 00000000:00000000 00:00000000 00000000"
    "  1000        0 28405 1 0000000000000000 20 4 30 10 -1\n"
)


def test_a_line_is_a_connection() -> None:
    connection = parseConnection(LINE)
    assert connection == Connection(("127.0.0.1", 8080), ("127.0.0.1", 54321), 1, 1000)
    assert connection.hasOwner()


@pytest.mark.parametrize("state", ["06", "07", "0A"])
def test_sockets_that_are_no_connections_have_no_owner(state: str) -> None:
    assert not parseConnection(LINE.replace(" 01 ", f" {state} ")).hasOwner()


def test_addresses_of_ipv6() -> None:
    assert parseHost(hexadecimal(bytes(15) + b"\1")) == "::1"
    mapped = bytes(10) + b"\xff\xff" + bytes([192, 0, 2, 1])
    assert parseHost(hexadecimal(mapped)) == "192.0.2.1"


@pytest.mark.parametrize("digits", ["", "0100007", "0100007G", "0" * 16, "0x000001", "+100007F"])
def test_other_texts_are_no_addresses(digits: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        parseHost(digits)


@pytest.mark.parametrize("line", ["", "  sl  local_address", LINE[:60], LINE.replace(":1F90", "")])
def test_other_lines_are_no_connections(line: str) -> None:
    with pytest.raises(ValueError, match="no socket"):
        parseConnection(line)


@pytest.mark.property
@EXAMPLES
@given(st.integers(0, len(LINE) - 1), st.text(max_size=3))
def test_a_line_that_was_changed_is_a_connection_or_refused(at: int, text: str) -> None:
    try:
        connection = parseConnection(LINE[:at] + text + LINE[at + 1 :])
    except ValueError:
        return
    assert connection.local[1] < 65536
    assert connection.uid < 10**10
