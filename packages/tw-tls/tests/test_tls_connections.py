"""TLS connections in memory: handshake, data, and all the ways in which they end."""

from collections.abc import Sequence

import pytest
from OpenSSL import SSL

from twisted.internet.error import (
    ConnectionAborted,
    ConnectionClosed,
    ConnectionDone,
    ConnectionLost,
    TimeoutError,
)
from twisted.internet.interfaces import (
    IHalfCloseableProtocol,
    IHandshakeListener,
    INegotiated,
    IProtocolNegotiationFactory,
    ISSLTransport,
    ISystemHandle,
    ITLSTransport,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import (
    Certificate,
    CertificateOptions,
    VerificationError,
    optionsForClientTLS,
)
from twisted.internet.testing import EventLoggingObserver, StringTransport
from twisted.logger import globalLogPublisher
from twisted.protocols.tls import (
    BufferingTLSTransport,
    TLSMemoryBIOFactory,
    TLSMemoryBIOProtocol,
)
from twisted.python.components import classImplements, verifyObject
from twisted.python.failure import Failure

from .tls_helpers import (
    Noting,
    Only,
    Pair,
    authority,
    certificate,
    clientOptions,
    serverOptions,
    withoutKey,
)


class Listening(Noting):
    """Wants to know when the handshake is done."""

    def __init__(self) -> None:
        super().__init__()
        self.handshakes: list[tuple[int, int]] = []

    def handshakeCompleted(self) -> None:
        self.handshakes.append((self.made, len(self.pieces)))


classImplements(Listening, IHandshakeListener)


class HalfClosing(Noting):
    """Goes on when one direction was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.halves: list[str] = []

    def readConnectionLost(self) -> None:
        self.halves.append("read")

    def writeConnectionLost(self) -> None:
        self.halves.append("write")


classImplements(HalfClosing, IHalfCloseableProtocol)


def watched(protocol: TLSMemoryBIOProtocol) -> list[bytes]:
    """Return a list of all that a protocol receives from now on."""
    seen: list[bytes] = []
    original = protocol.dataReceived

    def dataReceived(data: bytes) -> None:
        seen.append(data)
        original(data)

    protocol.dataReceived = dataReceived  # type: ignore[method-assign]
    return seen


# Beginning


def test_the_protocol_is_told_before_the_handshake() -> None:
    pair = Pair().connect()
    assert pair.server.made == pair.client.made == 1
    assert not pair.tlsClient.handshakeDone


def test_the_handshake_comes_to_its_end() -> None:
    pair = Pair().shake()
    assert pair.tlsServer.handshakeDone
    assert pair.tlsClient.handshakeDone


def test_a_listener_is_told_of_the_handshake_once_and_before_any_data() -> None:
    pair = Pair(protocols=Listening)
    pair.client.onMade = lambda: pair.client.transport.write(b"early")
    pair.shake()
    assert pair.server.received == b"early"
    for protocol in (pair.server, pair.client):
        assert isinstance(protocol, Listening)
        assert protocol.handshakes == [(1, 0)]


def test_what_is_written_before_the_handshake_arrives() -> None:
    pair = Pair()
    pair.client.onMade = lambda: pair.client.transport.write(b"from the client")
    pair.server.onMade = lambda: pair.server.transport.write(b"from the server")
    pair.shake()
    assert pair.server.received == b"from the client"
    assert pair.client.received == b"from the server"


def test_nothing_is_readable_on_the_way() -> None:
    pair = Pair()
    pair.client.onMade = lambda: pair.client.transport.write(b"a secret")
    seen = watched(pair.tlsServer)
    pair.shake()
    assert pair.server.received == b"a secret"
    assert b"secret" not in b"".join(seen)


@pytest.mark.parametrize("interface", [INegotiated, ISSLTransport, ITLSTransport, ISystemHandle])
def test_the_transport_provides_its_interfaces(interface: type) -> None:
    assert verifyObject(interface, Pair().shake().client.transport)


def test_the_older_name_is_the_same_class() -> None:
    assert BufferingTLSTransport is TLSMemoryBIOProtocol
    assert issubclass(TLSMemoryBIOFactory.protocol, TLSMemoryBIOProtocol)


def test_names_in_the_log_tell_that_it_is_tls() -> None:
    pair = Pair()
    assert pair.tlsServer.logPrefix() == "Noting (TLS)"
    assert pair.tlsServer.factory.logPrefix() == "Only (TLS)"


def test_the_peers_certificate_is_known_after_the_handshake() -> None:
    pair = Pair().connect()
    assert pair.client.transport.getPeerCertificate() is None
    pair.run()
    shown = pair.client.transport.getPeerCertificate()
    assert shown is not None
    assert Certificate(shown) == withoutKey(certificate())
    assert pair.server.transport.getPeerCertificate() is None


def test_certificates_can_be_taken_from_the_transport() -> None:
    pair = Pair().shake()
    assert Certificate.peerFromTransport(pair.client.transport) == withoutKey(certificate())
    assert Certificate.hostFromTransport(pair.server.transport) == withoutKey(certificate())


def test_the_openssl_object_can_be_had() -> None:
    handle = Pair().shake().client.transport.getHandle()
    assert isinstance(handle, SSL.Connection)
    assert handle.get_protocol_version_name() == "TLSv1.3"


def test_options_that_fail_are_an_error_of_the_connection() -> None:
    class Broken:
        def serverConnectionForTLS(self, protocol: object) -> SSL.Connection:
            raise ZeroDivisionError

    from twisted.internet.interfaces import IOpenSSLServerConnectionCreator

    classImplements(Broken, IOpenSSLServerConnectionCreator)
    pair = Pair(server=Broken()).shake()
    assert isinstance(pair.server.reason, ZeroDivisionError)
    assert pair.server.made == 1


@pytest.mark.parametrize(("options", "isClient"), [(object(), True), (object(), False)])
def test_what_is_no_options_is_refused(options: object, isClient: bool) -> None:
    with pytest.raises(TypeError, match="can't be used for a TLS"):
        TLSMemoryBIOFactory(options, isClient, Factory())  # type: ignore[arg-type]


def test_options_of_a_client_are_refused_for_a_server() -> None:
    with pytest.raises(TypeError, match="can't be used for a TLS server: pass CertificateOptions"):
        TLSMemoryBIOFactory(clientOptions(), False, Factory())


def test_options_that_cannot_be_used_are_refused_at_once() -> None:
    class Unreadable:
        def getContext(self) -> SSL.Context:
            raise SSL.Error("no such file")

    with pytest.raises(SSL.Error):
        TLSMemoryBIOFactory(Unreadable(), False, Factory())


# Writing


def test_small_writes_of_one_turn_are_one_record() -> None:
    pair = Pair().shake()
    seen = watched(pair.tlsServer)
    for _ in range(50):
        pair.client.transport.write(b"little ")
    pair.run()
    assert pair.server.pieces == [b"little " * 50]
    # One header of five bytes, and what TLS 1.3 adds: the type and the tag.
    assert len(b"".join(seen)) == 350 + 5 + 1 + 16


def test_writes_of_dataReceived_are_sent_without_another_turn() -> None:
    pair = Pair().shake()
    pair.server.onData = lambda data: pair.server.transport.writeSequence([data] * 3)
    pair.client.transport.write(b"x")
    pair.clock.advance(0)
    pair.run()
    assert pair.client.pieces == [b"xxx"]


def test_without_any_clock_writes_are_sent_at_once() -> None:
    factory = TLSMemoryBIOFactory(clientOptions(), True, Only(Noting()))
    tls = factory.buildProtocol(None)
    assert tls is not None
    tls.makeConnection(StringTransport())
    assert tls._timer is None


def test_a_sequence_with_text_sends_nothing() -> None:
    pair = Pair().shake()
    with pytest.raises(TypeError):
        pair.client.transport.writeSequence([b"bytes", "text"])  # type: ignore[list-item]
    pair.run()
    assert pair.server.received == b""


def test_writes_after_loseConnection_are_dropped() -> None:
    pair = Pair().shake()
    pair.client.transport.write(b"before")
    pair.client.transport.loseConnection()
    pair.client.transport.write(b"after")
    pair.run()
    assert pair.server.received == b"before"


def test_a_large_write_uses_memory_in_proportion() -> None:
    pair = Pair().shake()
    handed: list[int] = []
    transport = pair.tlsClient.transport
    transport.write = lambda data: handed.append(len(data))  # type: ignore[method-assign]
    pair.client.transport.write(b"x" * 10_000_000)
    assert max(handed) < 2**18


# Closing


def test_loseConnection_is_an_orderly_end_for_both() -> None:
    pair = Pair().shake()
    pair.client.transport.write(b"last words")
    pair.client.transport.loseConnection()
    pair.run()
    assert pair.server.received == b"last words"
    assert isinstance(pair.server.reason, ConnectionDone)
    assert isinstance(pair.client.reason, ConnectionDone)


def test_loseConnection_during_the_handshake_sends_what_was_written() -> None:
    pair = Pair()

    def writeAndLose() -> None:
        pair.client.transport.write(b"secure text")
        pair.client.transport.loseConnection()

    pair.client.onMade = writeAndLose
    pair.shake()
    assert pair.server.received == b"secure text"
    assert isinstance(pair.client.reason, ConnectionDone)
    assert isinstance(pair.server.reason, ConnectionDone)


def test_loseConnection_before_the_handshake_and_without_data_ends_at_once() -> None:
    pair = Pair()
    pair.server.onMade = lambda: pair.server.transport.loseConnection()
    pair.shake()
    assert isinstance(pair.server.reason, ConnectionDone)
    assert isinstance(pair.client.reason, ConnectionLost)
    assert "during the TLS handshake" in str(pair.client.reason)


def test_after_loseConnection_nothing_more_is_received() -> None:
    pair = Pair().shake()
    pair.server.transport.write(b"x" * 30_000)
    pair.client.onData = lambda data: pair.client.transport.loseConnection()
    pair.run()
    assert len(pair.client.pieces) == 1


def test_an_end_without_close_notify_is_a_loss() -> None:
    pair = Pair().shake()
    pair.tlsServer.transport.loseConnection()
    pair.run()
    assert isinstance(pair.client.reason, ConnectionLost)
    assert "close_notify" in str(pair.client.reason)


def test_an_end_without_close_notify_is_a_loss_for_transports_without_half_closing() -> None:
    pair = Pair().shake()
    pair.tlsClient.connectionLost(Failure(ConnectionDone()))
    assert isinstance(pair.client.reason, ConnectionLost)


def test_a_peer_that_only_closes_after_loseConnection_is_no_loss() -> None:
    pair = Pair().shake()
    pair.tlsServer.dataReceived = lambda data: pair.tlsServer.transport.loseConnection()  # type: ignore[method-assign]
    pair.client.transport.loseConnection()
    pair.run()
    assert isinstance(pair.client.reason, ConnectionDone)


def test_a_loss_below_is_handed_on() -> None:
    pair = Pair().shake()
    reason = Failure(ConnectionLost("the cable was cut"))
    pair.tlsClient.connectionLost(reason)
    assert pair.client.reasons == [reason]


def test_abortConnection_tells_its_reason() -> None:
    pair = Pair().shake()
    pair.client.transport.abortConnection()
    pair.run()
    assert isinstance(pair.client.reason, ConnectionAborted)
    assert isinstance(pair.server.reason, ConnectionClosed)


def test_abortConnection_below_a_transport_that_knows_no_aborting() -> None:
    class Plain(StringTransport):
        abortConnection = None  # type: ignore[assignment]

    pair = Pair()
    transport = Plain()
    pair.tlsClient.makeConnection(transport)
    pair.client.transport.abortConnection()
    assert transport.disconnecting


def test_nobody_answers_the_end_of_the_connection() -> None:
    pair = Pair().shake()
    pair.tlsServer.dataReceived = lambda data: None  # type: ignore[method-assign]
    pair.tlsServer.readConnectionLost = lambda: None  # type: ignore[method-assign]
    pair.client.transport.loseConnection()
    pair.run()
    assert not pair.client.lost
    pair.clock.advance(10)
    pair.run()
    assert isinstance(pair.client.reason, ConnectionDone)


def test_a_lost_connection_leaves_no_timer() -> None:
    pair = Pair().shake()
    pair.client.transport.loseConnection()
    pair.run()
    assert pair.client.lost
    assert pair.server.lost
    assert pair.clock.getDelayedCalls() == []


def test_errors_of_the_protocol_reach_the_transport_below() -> None:
    pair = Pair().shake()

    def fail(data: bytes) -> None:
        raise ZeroDivisionError

    pair.server.onData = fail
    pair.client.transport.write(b"x")
    pair.clock.advance(0)
    with pytest.raises(ZeroDivisionError):
        pair.tlsServer.dataReceived(bytes(pair.tlsClient.transport._unsent.popleft()))  # type: ignore[attr-defined]


def test_a_peer_that_is_slow_to_read_gets_everything() -> None:
    pair = Pair().shake()
    # The kernel has taken everything, and the peer does not get to read it.
    pair.client.transport.write(b"x" * 1000)
    pair.client.transport.loseConnection()
    pair.tlsClient.writeConnectionLost()
    pair.clock.advance(11)
    assert not pair.client.lost
    pair.run()
    assert len(pair.server.received) == 1000
    assert isinstance(pair.server.reason, ConnectionDone)
    assert isinstance(pair.client.reason, ConnectionDone)


def test_after_an_error_a_peer_that_reads_no_more_is_left() -> None:
    pair = Pair()
    transport = StringTransport()
    pair.tlsServer.makeConnection(transport)
    pair.tlsServer.dataReceived(b"GET / HTTP/1.0\r\n\r\n")
    assert transport.disconnecting
    pair.clock.advance(10)
    assert transport.disconnected
    pair.tlsServer.connectionLost(Failure(ConnectionDone()))
    assert isinstance(pair.server.reason, SSL.Error)


def test_a_peer_that_asks_for_answers_again_and_again_is_left() -> None:
    pair = Pair().shake()
    stream = pair.tlsServer._stream

    class Answering:
        """Has an answer to whatever comes."""

        handshakeDone, peerClosed, answered = True, False, True

        def feed(self, data: bytes) -> None:
            pass

        def read(self) -> None:
            return None

        def output(self, size: int) -> bytes:
            return b"no"

    pair.tlsServer._stream = Answering()  # type: ignore[assignment]
    ends = []
    for _ in range(101):
        pair.tlsServer.dataReceived(b"again")
        ends.append(bool(pair.tlsServer.disconnecting))
    assert ends == [False] * 100 + [True]
    pair.tlsServer._stream = stream
    pair.run()
    assert "too often" in str(pair.server.reason)


def test_errors_of_the_protocol_after_resuming_end_the_connection() -> None:
    pair = Pair().shake()

    def pauseThenFail(data: bytes) -> None:
        if len(pair.server.pieces) > 1:
            raise ZeroDivisionError("broken")
        pair.server.transport.pauseProducing()

    pair.server.onData = pauseThenFail
    pair.client.transport.write(b"x" * 40_000)
    pair.run()
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        pair.server.transport.resumeProducing()
        pair.run()
    finally:
        globalLogPublisher.removeObserver(observer)
    assert isinstance(pair.server.reason, ConnectionLost)
    assert isinstance(pair.server.reason.__cause__, ZeroDivisionError)
    assert any("log_failure" in event for event in observer)


# Half-closing


def test_half_closing_leaves_the_other_direction_open() -> None:
    pair = Pair(protocols=HalfClosing).shake()
    pair.client.transport.write(b"question")
    pair.client.transport.loseWriteConnection()
    pair.run()
    pair.server.transport.write(b"answer")
    pair.run()
    assert pair.server.received == b"question"
    assert pair.client.received == b"answer"
    assert pair.client.halves == ["write"]  # type: ignore[attr-defined]
    assert pair.server.halves == ["read"]  # type: ignore[attr-defined]


def test_half_closing_from_both_sides_is_the_end() -> None:
    pair = Pair(protocols=HalfClosing).shake()
    pair.client.transport.loseWriteConnection()
    pair.server.transport.loseWriteConnection()
    pair.run()
    assert isinstance(pair.client.reason, ConnectionDone)
    assert isinstance(pair.server.reason, ConnectionDone)


def test_a_producer_is_stopped_when_a_peer_closes() -> None:
    class Producer:
        stopped = 0

        def pauseProducing(self) -> None:
            pass

        def resumeProducing(self) -> None:
            pass

        def stopProducing(self) -> None:
            self.stopped += 1

    pair, producer = Pair().shake(), Producer()
    pair.server.transport.registerProducer(producer, True)
    pair.client.transport.loseConnection()
    pair.run()
    assert producer.stopped == 1
    assert isinstance(pair.server.reason, ConnectionDone)


# Errors of TLS


def test_a_wrong_name_is_refused_before_any_data() -> None:
    pair = Pair(client=clientOptions("example.org"))
    pair.client.onMade = lambda: pair.client.transport.write(b"a secret")
    pair.server.onMade = lambda: pair.server.transport.write(b"from somebody else")
    pair.shake()
    assert isinstance(pair.client.reason, VerificationError)
    assert pair.client.received == b""
    assert pair.server.received == b""


def test_an_unknown_authority_is_refused() -> None:
    options = optionsForClientTLS("example.com", withoutKey(authority("another")))
    pair = Pair(client=options).shake()
    assert isinstance(pair.client.reason, SSL.Error)
    assert "certificate verify failed" in str(pair.client.reason)
    assert isinstance(pair.server.reason, SSL.Error)
    assert "alert unknown ca" in str(pair.server.reason)


def test_an_expired_certificate_is_refused() -> None:
    expired = certificate("example.com", "authority", -1)
    pair = Pair(server=expired.options()).shake()
    assert "certificate verify failed" in str(pair.client.reason)


def test_a_certificate_with_only_a_common_name_is_refused() -> None:
    # With a blank in it, the common name is no host name.
    nameless = certificate("not a host")
    pair = Pair(server=nameless.options()).shake()
    assert pair.client.reasons[0].check(ConnectionClosed) is None
    assert "subjectAltName" in repr(pair.client.reason)


def test_somebody_who_speaks_no_tls_is_refused() -> None:
    pair = Pair()
    transport = StringTransport()
    pair.tlsServer.makeConnection(transport)
    pair.tlsServer.dataReceived(b"GET / HTTP/1.0\r\n\r\n")
    assert transport.disconnecting
    pair.tlsServer.connectionLost(Failure(ConnectionDone()))
    assert isinstance(pair.server.reason, SSL.Error)


def test_a_changed_byte_ends_the_connection() -> None:
    pair = Pair().shake()
    original = pair.tlsServer.dataReceived
    pair.tlsServer.dataReceived = lambda data: original(data[:-1] + bytes([data[-1] ^ 1]))  # type: ignore[method-assign]
    pair.client.transport.write(b"hello")
    pair.run()
    assert pair.server.received == b""
    assert isinstance(pair.server.reason, SSL.Error)
    assert isinstance(pair.client.reason, SSL.Error)


def test_a_client_without_certificate_is_refused_late() -> None:
    server = certificate().options(withoutKey(authority()))
    pair = Pair(server=server, protocols=Listening)
    pair.client.onMade = lambda: pair.client.transport.write(b"let me in")
    pair.shake()
    # TLS 1.3: the client has done its part before the server looks at it.
    assert pair.client.handshakes == [(1, 0)]  # type: ignore[attr-defined]
    assert isinstance(pair.client.reason, SSL.Error)
    assert isinstance(pair.server.reason, SSL.Error)
    assert pair.server.received == b""


def test_a_client_with_certificate_is_let_in() -> None:
    server = certificate().options(withoutKey(authority()))
    mine = certificate("client.example.com")
    client = optionsForClientTLS("example.com", withoutKey(authority()), mine)
    pair = Pair(server=server, client=client)
    pair.client.onMade = lambda: pair.client.transport.write(b"let me in")
    pair.shake()
    assert pair.server.received == b"let me in"
    assert Certificate.peerFromTransport(pair.server.transport) == withoutKey(mine)


def test_a_client_of_another_authority_is_refused() -> None:
    server = certificate().options(withoutKey(authority()))
    mine = certificate("client.example.com", "another")
    client = optionsForClientTLS("example.com", withoutKey(authority()), mine)
    pair = Pair(server=server, client=client).shake()
    assert isinstance(pair.server.reason, SSL.Error)
    assert pair.server.received == b""


def test_renegotiation_is_refused() -> None:
    from twisted.internet.ssl import TLSVersion

    mine = certificate()
    server = CertificateOptions(
        mine.privateKey.original, mine.original, lowerMaximumSecurityTo=TLSVersion.TLSv1_2
    )
    plain = SSL.Context(SSL.TLS_METHOD)

    class Plain:
        def getContext(self) -> SSL.Context:
            return plain

    pair = Pair(server=server, client=Plain()).shake()
    handle = pair.client.transport.getHandle()
    handle.renegotiate()
    with pytest.raises(SSL.WantReadError):
        handle.do_handshake()
    pair.client.transport._sendOutput()
    pair.run()
    assert pair.server.transport.getHandle().total_renegotiations() == 0
    assert isinstance(pair.client.reason, SSL.Error)


# Timeouts


def test_a_handshake_that_takes_too_long_ends_the_connection() -> None:
    pair = Pair(timeouts=(7.0, 10.0))
    transport = StringTransport()
    pair.tlsServer.makeConnection(transport)
    pair.clock.advance(6.9)
    assert not transport.disconnected
    assert not transport.disconnecting
    pair.clock.advance(0.1)
    pair.tlsServer.connectionLost(Failure(ConnectionDone()))
    assert isinstance(pair.server.reason, TimeoutError)
    assert "no TLS handshake within 7 seconds" in str(pair.server.reason)


def test_timeouts_can_be_turned_off() -> None:
    pair = Pair(timeouts=(None, None)).connect()
    assert pair.clock.getDelayedCalls() == []


def test_timeouts_are_those_of_the_options() -> None:
    options = CertificateOptions()
    options.handshakeTimeout, options.closeTimeout = 3.0, 4.0
    factory = TLSMemoryBIOFactory(options, True, Factory())
    assert (factory.handshakeTimeout, factory.closeTimeout) == (3.0, 4.0)


def test_the_handshake_is_timed_by_default() -> None:
    assert TLSMemoryBIOFactory(clientOptions(), True, Factory()).handshakeTimeout == 60.0


# Agreeing on a protocol


def agreeing(protocols: Sequence[bytes]) -> CertificateOptions:
    """Return options of a server that speaks some protocols."""
    mine = certificate()
    return CertificateOptions(
        mine.privateKey.original, mine.original, acceptableProtocols=protocols
    )


def offering(protocols: Sequence[bytes]) -> object:
    """Return options of a client that speaks some protocols."""
    return optionsForClientTLS("example.com", withoutKey(authority()), None, protocols)


@pytest.mark.parametrize(
    ("offered", "accepted", "agreed"),
    [
        ([b"http/1.1", b"h2"], [b"h2", b"http/1.1"], b"h2"),
        ([b"http/1.1"], [b"h2", b"http/1.1"], b"http/1.1"),
        ([], [b"h2"], None),
        ([b"h2"], [], None),
    ],
)
def test_the_server_chooses_the_protocol(
    offered: list[bytes], accepted: list[bytes], agreed: bytes | None
) -> None:
    pair = Pair(server=agreeing(accepted), client=offering(offered)).connect()
    assert pair.client.transport.negotiatedProtocol is None
    pair.run()
    assert pair.client.transport.negotiatedProtocol == agreed
    assert pair.server.transport.negotiatedProtocol == agreed


def test_without_a_protocol_in_common_the_handshake_fails() -> None:
    pair = Pair(server=agreeing([b"h2"]), client=offering([b"spdy/3"])).shake()
    assert isinstance(pair.server.reason, SSL.Error)
    assert "spdy/3" in str(pair.server.reason)
    assert isinstance(pair.client.reason, SSL.Error)
    assert "no application protocol" in str(pair.client.reason)


class NegotiatingFactory(Only):
    """Says which protocols its protocol can speak."""

    def __init__(self, protocol: Protocol, protocols: Sequence[bytes]) -> None:
        super().__init__(protocol)
        self.protocols = protocols

    def acceptableProtocols(self) -> Sequence[bytes]:
        return self.protocols


classImplements(NegotiatingFactory, IProtocolNegotiationFactory)


def test_a_factory_of_a_server_can_say_what_is_spoken() -> None:
    served = Noting()
    pair = Pair(
        client=offering([b"a", b"b"]), serverFactory=NegotiatingFactory(served, [b"b", b"a"])
    ).shake()
    assert pair.client.transport.negotiatedProtocol == b"b"


def test_a_factory_of_a_client_can_say_what_is_spoken() -> None:
    pair = Pair(server=agreeing([b"b", b"a"]))
    factory = TLSMemoryBIOFactory(
        clientOptions(), True, NegotiatingFactory(pair.client, [b"a", b"b"]), pair.clock
    )
    built = factory.buildProtocol(None)
    assert built is not None
    pair.tlsClient = built
    pair.shake()
    assert pair.client.transport.negotiatedProtocol == b"b"


def test_a_factory_says_what_is_spoken_with_an_older_context_too() -> None:
    mine = certificate()

    class Older:
        def __init__(self) -> None:
            self.context = SSL.Context(SSL.TLS_METHOD)
            self.context.use_certificate(mine.original.to_cryptography())
            self.context.use_privatekey(mine.privateKey.original.to_cryptography_key())  # type: ignore[arg-type]

        def getContext(self) -> SSL.Context:
            return self.context

    older = Older()
    for _ in range(2):
        pair = Pair(
            server=older,
            client=offering([b"a", b"b"]),
            serverFactory=NegotiatingFactory(Noting(), [b"b"]),
        ).shake()
        assert pair.client.transport.negotiatedProtocol == b"b"


# Steering


class Pushing:
    """A push producer."""

    def __init__(self, consumer: TLSMemoryBIOProtocol) -> None:
        self.consumer = consumer
        self.paused = False
        self.stops = 0
        self.sent = 0

    def pauseProducing(self) -> None:
        self.paused = True

    def resumeProducing(self) -> None:
        self.paused = False

    def stopProducing(self) -> None:
        self.stops += 1

    def produce(self, limit: int = 200) -> None:
        while not self.paused and limit:
            self.consumer.write(b"x" * 8192)
            self.sent += 8192
            limit -= 1


def test_a_push_producer_is_paused_while_the_handshake_goes_on() -> None:
    pair = Pair().connect()
    producer = Pushing(pair.client.transport)
    pair.client.transport.registerProducer(producer, True)
    producer.produce()
    assert producer.paused
    assert producer.sent < 200 * 8192
    pair.until(lambda: not producer.paused)
    pair.client.transport.unregisterProducer()
    pair.until(lambda: len(pair.server.received) == producer.sent)


def test_a_pull_producer_is_asked_until_it_is_done() -> None:
    class Pulled:
        left = 40

        def resumeProducing(self) -> None:
            if self.left:
                self.left -= 1
                pair.client.transport.write(b"x" * 10_000)
            else:
                pair.client.transport.unregisterProducer()

        def stopProducing(self) -> None:
            raise AssertionError("it is not to be stopped")

    pair = Pair().connect()
    pair.client.transport.registerProducer(Pulled(), False)
    pair.client.transport.loseConnection()
    pair.until(lambda: pair.server.lost)
    assert len(pair.server.received) == 400_000
    assert isinstance(pair.server.reason, ConnectionDone)


def test_the_registered_producer_can_be_seen() -> None:
    pair = Pair().shake()
    producer = Pushing(pair.client.transport)
    pair.client.transport.registerProducer(producer, True)
    assert pair.client.transport.producer is producer


def test_a_paused_connection_goes_on_with_the_handshake() -> None:
    pair = Pair()
    pair.server.onMade = lambda: pair.server.transport.pauseProducing()
    pair.shake()
    assert pair.tlsServer.handshakeDone
    pair.client.transport.write(b"wait")
    pair.run()
    assert pair.server.received == b""
    pair.server.transport.resumeProducing()
    pair.run()
    assert pair.server.received == b"wait"


def test_pausing_holds_back_what_was_decrypted() -> None:
    pair = Pair().shake()
    pair.server.onData = lambda data: pair.server.transport.pauseProducing()
    pair.client.transport.write(b"x" * 50_000)
    pair.run()
    assert len(pair.server.pieces) == 1
    for _ in range(6):
        pair.server.transport.resumeProducing()
        pair.run()
    assert len(pair.server.received) == 50_000


def test_resuming_is_not_reentrant() -> None:
    pair = Pair().shake()
    pair.server.onData = lambda data: pair.server.transport.pauseProducing()
    pair.client.transport.write(b"x" * 50_000)
    pair.run()
    before = len(pair.server.pieces)
    pair.server.transport.resumeProducing()
    assert len(pair.server.pieces) == before


def test_stopProducing_closes_the_connection() -> None:
    pair = Pair().shake()
    pair.client.transport.stopProducing()
    pair.run()
    assert isinstance(pair.client.reason, ConnectionDone)


def test_options_of_a_server_are_shared_by_its_connections() -> None:
    options = serverOptions()
    first, second = Pair(server=options).shake(), Pair(server=options).shake()
    assert (
        first.server.transport.getHandle().get_context()
        is second.server.transport.getHandle().get_context()
    )
