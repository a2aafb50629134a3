"""TLS without input or output: any cut of the ciphertext gives the same plaintext."""

import os
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import SSL

from twisted.internet.protocol import Protocol
from twisted.internet.ssl import CertificateOptions, TLSVersion
from twisted.protocols._tlsstream import ENCRYPT_SIZE, TLSStream, toPieces

from .tls_helpers import certificate

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


def streams(
    version: object = TLSVersion.TLSv1_3, partial: bool = False
) -> tuple[TLSStream, TLSStream]:
    """Return the two ends of a connection on which the handshake is done."""
    mine = certificate()
    server = CertificateOptions(
        mine.privateKey.original,
        mine.original,
        lowerMaximumSecurityTo=version,  # type: ignore[arg-type]
    )
    client = CertificateOptions(lowerMaximumSecurityTo=version)  # type: ignore[arg-type]
    if partial:
        # As contexts are that somebody else made.
        for options in (server, client):
            options.getContext().set_mode(1)
    ends = (
        TLSStream(server.serverConnectionForTLS(Protocol())),
        TLSStream(client.clientConnectionForTLS(Protocol())),
    )
    for _ in range(4):
        for one, other in (ends, ends[::-1]):
            if not one.handshakeDone:
                one.handshake()
            output = one.output()
            if output:
                other.feed(output)
    for end in ends:
        assert end.handshakeDone
        assert end.read() is None
        assert end.output() == b""
    return ends


def plaintext(stream: TLSStream) -> bytes:
    """Return all that can be read."""
    pieces = []
    while (piece := stream.read()) is not None:
        pieces.append(piece)
    return b"".join(pieces)


VERSIONS = [TLSVersion.TLSv1_2, TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_written_is_read(version: object) -> None:
    server, client = streams(version)
    client.write(b"hello")
    server.feed(client.output())
    assert plaintext(server) == b"hello"


def test_what_is_sent_does_not_show_the_plaintext() -> None:
    _, client = streams()
    client.write(b"a secret" * 100)
    assert b"secret" not in client.output()


@pytest.mark.parametrize("partial", [False, True])
def test_a_large_write_is_written_whole(partial: bool) -> None:
    server, client = streams(partial=partial)
    data = os.urandom(100_000)
    client.write(data)
    server.feed(client.output())
    assert plaintext(server) == data


def test_output_is_taken_out_whole_whatever_the_hint() -> None:
    server, client = streams()
    client.write(b"x" * 100_000)
    server.feed(client.output(100))
    assert len(plaintext(server)) == 100_000
    assert client.output() == b""


def test_without_a_whole_record_nothing_is_asked_of_openssl() -> None:
    server, client = streams()
    client.write(b"hello")
    record = client.output()
    server._receive = None  # type: ignore[assignment]  # asking would raise
    server.feed(record[:-1])
    assert server.read() is None


def test_after_a_record_of_data_nothing_more_is_asked_of_openssl() -> None:
    server, client = streams()
    client.write(b"hello")
    server.feed(client.output())
    assert server.read() == b"hello"
    server._receive = None  # type: ignore[assignment]  # asking would raise
    assert server.read() is None
    assert not server.answered


def test_a_record_without_data_may_have_been_answered() -> None:
    server, client = streams()
    # Tickets and the like bring no data.
    client.connection.renegotiate_pending()
    server.sayClosed()
    client.feed(server.output())
    assert client.read() is None
    assert client.peerClosed


def test_a_record_that_is_too_long_is_refused_at_once() -> None:
    server, client = streams()
    client.write(b"hello")
    record = client.output()
    server.feed(record[:3] + b"\xff\xff" + record[5:])
    with pytest.raises(SSL.Error):
        server.read()


def test_a_record_that_was_changed_is_refused() -> None:
    server, client = streams()
    client.write(b"hello")
    record = bytearray(client.output())
    record[-1] ^= 1
    server.feed(bytes(record))
    with pytest.raises(SSL.Error):
        server.read()


def test_closing_is_heard_after_the_data() -> None:
    server, client = streams()
    client.write(b"last words")
    client.sayClosed()
    server.feed(client.output())
    assert plaintext(server) == b"last words"
    assert server.peerClosed


def test_a_handshake_that_fails_leaves_an_alert_to_send() -> None:
    server = TLSStream(certificate().options().serverConnectionForTLS(Protocol()))
    server.feed(b"GET / HTTP/1.0\r\n\r\n")
    with pytest.raises(SSL.Error):
        server.handshake()


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.integers(0, 300_000), max_size=8))
def test_pieces_hold_what_was_written_in_order(sizes: list[int]) -> None:
    chunks = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    pieces = toPieces(chunks)
    assert b"".join(pieces) == b"".join(chunks)
    assert all(len(piece) <= ENCRYPT_SIZE for piece in pieces)


def test_small_chunks_are_joined_and_large_ones_are_not_copied() -> None:
    large = b"x" * 20_000
    pieces = toPieces([b"a", b"b", large, b"c", b"d"])
    assert pieces == [b"ab", large, b"cd"]
    assert pieces[1] is large


@pytest.mark.property
@EXAMPLES
@given(
    st.lists(st.integers(0, 40_000), max_size=4),
    st.lists(st.integers(0, 2**17), max_size=6),
    st.sampled_from(VERSIONS),
)
def test_any_cut_gives_the_same_plaintext(
    sizes: list[int], cuts: list[int], version: object
) -> None:
    server, client = CACHED[version]
    data = [os.urandom(size) for size in sizes]
    for piece in data:
        if piece:
            client.write(piece)
    ciphertext = client.output()
    places = [0, *sorted(cut % (len(ciphertext) + 1) for cut in cuts), len(ciphertext)]
    received = []
    for start, end in pairwise(places):
        if start < end:
            server.feed(ciphertext[start:end])
            received.append(plaintext(server))
    assert b"".join(received) == b"".join(data)


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.integers(1, 6), max_size=40))
def test_small_steps_give_the_same_plaintext(steps: list[int]) -> None:
    server, client = CACHED[TLSVersion.TLSv1_3]
    for _ in range(3):
        client.write(b"ab")
    ciphertext = client.output()
    received = b""
    position = 0
    for step in [*steps, len(ciphertext)]:
        piece = ciphertext[position : position + step]
        position += step
        if piece:
            server.feed(piece)
            received += plaintext(server)
    assert received == b"ababab"


@pytest.mark.property
@EXAMPLES
@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5))
def test_garbage_is_refused_or_waited_for(pieces: list[bytes]) -> None:
    server = TLSStream(certificate().options().serverConnectionForTLS(Protocol()))
    try:
        for piece in pieces:
            server.feed(piece)
            assert not server.handshake()
            assert server.read() is None
    except SSL.Error:
        pass
    assert not server.handshakeDone


class _Cached(dict[object, tuple[TLSStream, TLSStream]]):
    """Connections that many examples share, made when they are needed."""

    def __missing__(self, version: object) -> tuple[TLSStream, TLSStream]:
        self[version] = streams(version)
        return self[version]


CACHED = _Cached()
