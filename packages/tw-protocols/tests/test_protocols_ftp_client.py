"""The FTP client: what it says, and what it does with the answers."""

import gc
from collections.abc import Callable
from typing import Any, TypeVar, cast

import pytest

from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import CannotListenError, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IAddress, IConsumer
from twisted.internet.testing import (
    AccumulatingProtocol,
    EventLoggingObserver,
    MemoryReactorClock,
)
from twisted.logger import globalLogPublisher
from twisted.protocols import ftp
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

from .ftp_helpers import CLIENT, CLIENT6, SERVER, SERVER6, Wire

T = TypeVar("T")


class Talking:
    """A client, and a server that the test plays."""

    def __init__(
        self, client: ftp.FTPClient, host: IAddress = CLIENT, peer: IAddress = SERVER
    ) -> None:
        self.reactor = MemoryReactorClock()
        self.client = client
        self.client.reactor = self.reactor
        self.wire = Wire(host, peer)
        self.wire.attach(client)

    def hear(self, *lines: str) -> list[str]:
        """Let the client receive lines, and return what it says then."""
        self.client.dataReceived("".join(f"{line}\r\n" for line in lines).encode())
        return self.wire.taken().decode().splitlines()

    def login(self) -> None:
        """Let the client log in."""
        assert self.hear("220 hello") == [f"USER {self.client.username}"]
        assert self.hear("331 password") == [f"PASS {self.client.password}"]
        assert self.hear("230 welcome") == ["TYPE I"]
        assert self.hear("200 binary") == []

    def data(self) -> Wire:
        """Let the last attempt to connect succeed."""
        wire = Wire()
        built = self.reactor.tcpClients[-1][2].buildProtocol(SERVER)
        assert built is not None
        wire.attach(built)
        return wire


def outcome(deferred: Deferred[T]) -> list[object]:
    """Return a list that gets the result, or the exception of a failure."""
    results: list[object] = []
    deferred.addCallbacks(results.append, lambda failure: results.append(failure.value))
    return results


@pytest.fixture
def talking() -> Talking:
    """A client that has logged in."""
    made = Talking(ftp.FTPClient("ada", "sesame"))
    made.login()
    return made


class TestLogin:
    """How it begins."""

    def test_nothing_is_said_before_the_greeting(self) -> None:
        talking = Talking(ftp.FTPClient())
        assert talking.wire.value() == b""
        assert talking.hear("120 wait") == []
        assert talking.hear("220-hello", "220 there") == ["USER anonymous"]
        assert talking.client.greeting == ["220-hello", "220 there"]

    def test_what_was_asked_for_before_comes_after_the_login(self) -> None:
        client = ftp.FTPClient("ada", "sesame")
        found = outcome(client.pwd())
        talking = Talking(client)
        said = talking.hear("220 hello", "331 password", "230 welcome", "200 binary")
        assert said == ["USER ada", "PASS sesame", "TYPE I", "PWD"]
        talking.hear("257 x")
        assert found == [["257 x"]]

    def test_password_is_sent_if_it_is_asked_for(self) -> None:
        talking = Talking(ftp.FTPClient("ada", "sesame"))
        talking.hear("220 hello")
        assert talking.hear("230 welcome") == ["TYPE I"]

    def test_refused_login_fails_all_that_waits(self) -> None:
        talking = Talking(ftp.FTPClient())
        waiting = outcome(talking.client.pwd())
        talking.hear("220 hello", "331 password", "530 no")
        assert isinstance(waiting[0], ftp.CommandFailed)
        assert waiting[0].args == (["530 no"],)
        assert talking.wire.disconnected
        assert isinstance(outcome(talking.client.pwd())[0], ftp.CommandFailed)

    def test_refused_login_fails_a_transfer_that_waits_and_logs_nothing(self) -> None:
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        try:
            talking = Talking(ftp.FTPClient())
            waiting = outcome(talking.client.list("", AccumulatingProtocol()))
            talking.hear("220 hello", "331 password", "530 no")
            assert isinstance(waiting[0], ftp.CommandFailed)
            del talking, waiting
            gc.collect()
        finally:
            globalLogPublisher.removeObserver(observer)
        assert [event for event in observer if event.get("log_failure") is not None] == []

    def test_server_that_does_not_greet_is_left(self) -> None:
        talking = Talking(ftp.FTPClient())
        waiting = outcome(talking.client.pwd())
        talking.hear("421 too many")
        assert isinstance(waiting[0], ftp.CommandFailed)
        assert talking.wire.disconnected

    def test_line_end_in_name_or_password_is_refused(self) -> None:
        for client in (ftp.FTPClient("a\r\nDELE x"), ftp.FTPClient("ada", "a\nDELE x")):
            talking = Talking(client)
            waiting = outcome(client.pwd())
            said = talking.hear("220 hello", "331 password", "230 x", "230 x")
            assert not any("DELE" in line for line in said)
            assert waiting

    def test_passwords_are_not_logged(self) -> None:
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        client = ftp.FTPClient("ada", "sesame")
        client.debug = True
        try:
            Talking(client).login()
        finally:
            globalLogPublisher.removeObserver(observer)
        assert observer
        assert "sesame" not in repr(list(observer))


class TestCommands:
    """One after the other."""

    def test_next_command_waits_for_the_reply(self, talking: Talking) -> None:
        first, second = outcome(talking.client.cwd("a b")), outcome(talking.client.pwd())
        assert talking.wire.taken() == b"CWD a b\r\n"
        assert talking.hear("250-done", "250 it is") == ["PWD"]
        assert (first, second) == ([["250-done", "250 it is"]], [])
        talking.hear('257 "/a b"')
        assert second == [['257 "/a b"']]

    def test_refusal_fails_one_command(self, talking: Talking) -> None:
        first, second = outcome(talking.client.cwd("x")), outcome(talking.client.cdup())
        assert talking.hear("550 no") == ["CWD x", "CDUP"]
        assert isinstance(first[0], ftp.CommandFailed)
        talking.hear("200 ok")
        assert second == [["200 ok"]]

    @pytest.mark.parametrize(
        ("ask", "said"),
        [
            (lambda client: client.makeDirectory("x"), "MKD x"),
            (lambda client: client.removeDirectory("x"), "RMD x"),
            (lambda client: client.removeFile("x"), "DELE x"),
            (lambda client: client.cwd("x"), "CWD x"),
            (lambda client: client.queueStringCommand("SITE x"), "SITE x"),
        ],
    )
    def test_commands(
        self, talking: Talking, ask: Callable[[ftp.FTPClient], Deferred[Any]], said: str
    ) -> None:
        done = outcome(ask(talking.client))
        assert talking.wire.taken().decode() == f"{said}\r\n"
        talking.hear("250 ok")
        assert done == [["250 ok"]]

    def test_current_directory(self, talking: Talking) -> None:
        found = outcome(talking.client.getDirectory())
        talking.hear('257 "/a ""b""" is it')
        assert found == ['/a "b"']
        found = outcome(talking.client.getDirectory())
        talking.hear("257 somewhere")
        assert isinstance(found[0], ftp.CommandFailed)

    def test_renaming_is_not_interrupted(self, talking: Talking) -> None:
        renamed, after = outcome(talking.client.rename("a", "b")), outcome(talking.client.pwd())
        assert talking.wire.taken() == b"RNFR a\r\n"
        assert talking.hear("350 and?") == ["RNTO b"]
        assert talking.hear("250 done") == ["PWD"]
        assert renamed == [(["350 and?"], ["250 done"])]
        talking.hear("257 x")
        assert after

    def test_renaming_what_is_not_there(self, talking: Talking) -> None:
        renamed, after = outcome(talking.client.rename("a", "b")), outcome(talking.client.pwd())
        assert talking.hear("550 no") == ["RNFR a", "PWD"]
        assert isinstance(renamed[0], ftp.CommandFailed)
        talking.hear("257 x")
        assert after == [["257 x"]]

    @pytest.mark.parametrize("path", ["a\r\nDELE b", "a\nb", "a\0b", "a\r"])
    def test_line_end_in_a_path_is_refused(self, talking: Talking, path: str) -> None:
        client = talking.client
        sink = AccumulatingProtocol()
        tries: list[Deferred[Any]] = [
            *(client.cwd(path), client.makeDirectory(path), client.removeFile(path)),
            *(client.list(path, sink), client.nlst(path, sink), client.retrieveFile(path, sink)),
            *client.storeFile(path),
            *(client.rename(path, "x"), client.rename("x", path)),
            client.queueStringCommand(path),
        ]
        for attempt in tries:
            assert isinstance(outcome(attempt)[0], ftp.InvalidPath)
        assert talking.wire.value() == b""
        with pytest.raises(ftp.InvalidPath):
            client.escapePath(path)
        assert client.escapePath("a b") == "a b"

    def test_text_is_utf8_and_other_bytes_survive(self, talking: Talking) -> None:
        talking.client.cwd("ü\udcff")
        assert talking.wire.value() == b"CWD \xc3\xbc\xff\r\n"

    def test_goodbye(self, talking: Talking) -> None:
        done = outcome(talking.client.quit())
        assert talking.hear("221 bye") == ["QUIT"]
        assert done == [["221 bye"]]
        assert talking.wire.disconnecting

    def test_cancelled_command_is_not_sent(self, talking: Talking) -> None:
        talking.client.pwd()
        second = talking.client.cwd("x")
        cancelled = outcome(second)
        third = outcome(talking.client.cdup())
        second.cancel()
        assert isinstance(cancelled[0], CancelledError)
        assert talking.hear("257 x") == ["PWD", "CDUP"]
        talking.hear("200 ok")
        assert third == [["200 ok"]]

    def test_reply_to_a_cancelled_command_is_not_taken_for_another(self, talking: Talking) -> None:
        first = talking.client.pwd()
        outcome(first)
        second = outcome(talking.client.cdup())
        first.cancel()
        assert talking.hear("257 x") == ["PWD", "CDUP"]
        assert second == []


class TestEnds:
    """Nothing waits for ever."""

    def test_lost_connection_fails_all_that_waits(self, talking: Talking) -> None:
        waiting = [outcome(talking.client.pwd()), outcome(talking.client.cdup())]
        talking.wire.lose(ConnectionLost())
        assert [type(results[0]) for results in waiting] == [ftp.ConnectionLost] * 2
        assert isinstance(outcome(talking.client.pwd())[0], ftp.ConnectionLost)
        assert talking.reactor.getDelayedCalls() == []

    def test_server_that_does_not_answer_is_left(self, talking: Talking) -> None:
        waiting = outcome(talking.client.pwd())
        talking.reactor.advance(59)
        talking.client.dataReceived(b"257-x\r\n")
        talking.reactor.advance(59)
        assert waiting == []
        talking.reactor.advance(2)
        assert isinstance(waiting[0], ftp.ConnectionLost)
        assert talking.wire.disconnected

    def test_idle_client_waits_for_nothing(self, talking: Talking) -> None:
        assert talking.reactor.getDelayedCalls() == []

    def test_greeting_is_not_waited_for_for_ever(self) -> None:
        client = ftp.FTPClient()
        client.replyTimeout = 5
        talking = Talking(client)
        waiting = outcome(client.pwd())
        talking.reactor.advance(6)
        assert isinstance(waiting[0], ftp.ConnectionLost)

    @pytest.mark.parametrize("line", ["hello", "99 x", "", "250 x"])
    def test_what_nobody_asked_for_ends_the_connection(self, talking: Talking, line: str) -> None:
        talking.hear(line)
        assert talking.wire.disconnected
        failed = outcome(talking.client.pwd())[0]
        assert isinstance(failed, ftp.UnexpectedResponse if line == "250 x" else ftp.BadResponse)

    def test_line_that_is_too_long_ends_the_connection(self, talking: Talking) -> None:
        waiting = outcome(talking.client.pwd())
        talking.client.dataReceived(b"2" * (talking.client.MAX_LENGTH + 1))
        assert isinstance(waiting[0], ftp.BadResponse)
        assert talking.wire.disconnected

    def test_reply_without_end_ends_the_connection(self, talking: Talking) -> None:
        waiting = outcome(talking.client.pwd())
        talking.hear("257-x", *["y"] * 1000)
        assert isinstance(waiting[0], ftp.BadResponse)


class TestReceiving:
    """Files and listings from the server."""

    def test_file_is_received(self, talking: Talking) -> None:
        sink = AccumulatingProtocol()
        done = outcome(talking.client.retrieveFile("file", sink))
        assert talking.hear("227 go (192,0,2,1,4,1)") == ["PASV"]
        host, port, _, timeout, _ = talking.reactor.tcpClients[-1]
        assert (host, port, timeout) == ("192.0.2.1", 1025, 30)
        data = talking.data()
        assert talking.hear("150 here") == ["RETR file"]
        data.protocol.dataReceived(b"con")
        data.protocol.dataReceived(b"tent")
        talking.hear("226 done")
        assert done == []
        data.lose(ConnectionDone())
        assert done == [["226 done"]]
        assert sink.data == b"content"
        assert sink.closedReason is not None
        assert talking.reactor.getDelayedCalls() == []

    def test_data_may_end_before_the_reply(self, talking: Talking) -> None:
        done = outcome(talking.client.nlst("", AccumulatingProtocol()))
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        assert talking.wire.taken().splitlines()[-1] == b"NLST"
        data.lose(ConnectionDone())
        assert done == []
        talking.hear("150 here", "226 done")
        assert done == [["226 done"]]

    def test_part_of_a_file_is_asked_for(self, talking: Talking) -> None:
        done = outcome(talking.client.retr("file", AccumulatingProtocol(), offset=7))
        after = outcome(talking.client.pwd())
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        assert talking.wire.taken().splitlines()[-1] == b"REST 7"
        assert talking.hear("350 ok") == ["RETR file"]
        assert talking.hear("226 done") == ["PWD"]
        data.lose(ConnectionDone())
        assert done == [["226 done"]]
        assert after == []

    def test_server_that_can_not_begin_there(self, talking: Talking) -> None:
        done = outcome(talking.client.retr("file", AccumulatingProtocol(), offset=7))
        after = outcome(talking.client.pwd())
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        assert talking.hear("502 no") == ["REST 7", "PWD"]
        assert isinstance(done[0], ftp.CommandFailed)
        assert data.disconnected
        talking.hear("257 x")
        assert after == [["257 x"]]

    def test_negative_offset_is_refused(self, talking: Talking) -> None:
        with pytest.raises(ValueError, match="no byte -1"):
            talking.client.retrieveFile("file", AccumulatingProtocol(), -1)

    def test_another_host_is_not_connected_to(self, talking: Talking) -> None:
        talking.client.list("", AccumulatingProtocol())
        talking.hear("227 go (198,51,100,9,4,1)")
        assert talking.reactor.tcpClients[-1][:2] == ("192.0.2.1", 1025)

    def test_another_host_is_connected_to_if_it_is_trusted(self) -> None:
        talking = Talking(ftp.FTPClient(trustPasvAddr=True))
        talking.login()
        talking.client.list("", AccumulatingProtocol())
        talking.hear("227 go (198,51,100,9,4,1)")
        assert talking.reactor.tcpClients[-1][:2] == ("198.51.100.9", 1025)

    def test_ipv6_is_asked_for_by_epsv(self) -> None:
        talking = Talking(ftp.FTPClient(), CLIENT6, SERVER6)
        talking.login()
        talking.client.mlsd("x", AccumulatingProtocol())
        assert talking.hear("229 go (|||1025|)") == ["EPSV"]
        assert talking.reactor.tcpClients[-1][:2] == ("2001:db8::1", 1025)

    @pytest.mark.parametrize("reply", ["227 no address", "227 (1,2,3,4,5,256)"])
    def test_passive_reply_that_makes_no_sense(self, talking: Talking, reply: str) -> None:
        done = outcome(talking.client.list("", AccumulatingProtocol()))
        after = outcome(talking.client.pwd())
        assert talking.hear(reply) == ["PASV", "PWD"]
        assert isinstance(done[0], ftp.UnexpectedResponse)
        assert talking.reactor.tcpClients == []
        talking.hear("257 x")
        assert after == [["257 x"]]

    def test_refusal_ends_the_data_connection(self, talking: Talking) -> None:
        sink = AccumulatingProtocol()
        done = outcome(talking.client.retrieveFile("file", sink))
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        talking.hear("550 no such file")
        assert isinstance(done[0], ftp.CommandFailed)
        assert data.disconnected
        assert sink.closedReason is not None

    def test_nothing_is_asked_if_the_data_connection_can_not_be_made(
        self, talking: Talking
    ) -> None:
        done = outcome(talking.client.retrieveFile("file", AccumulatingProtocol()))
        after = outcome(talking.client.pwd())
        talking.hear("227 go (192,0,2,1,4,1)")
        error = OSError("refused")
        factory = talking.reactor.tcpClients[-1][2]
        factory.clientConnectionFailed(talking.reactor.connectors[-1], Failure(error))
        assert done == [error]
        assert talking.wire.taken().splitlines()[-1] == b"PWD"
        talking.hear("257 x")
        assert after == [["257 x"]]

    def test_data_connection_that_breaks_fails_it(self, talking: Talking) -> None:
        done = outcome(talking.client.retrieveFile("file", AccumulatingProtocol()))
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        error = ConnectionLost()
        data.lose(error)
        talking.hear("226 done")
        assert done == [error]

    def test_data_connection_without_a_byte_is_aborted(self, talking: Talking) -> None:
        done = outcome(talking.client.retrieveFile("file", AccumulatingProtocol()))
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        talking.hear("150 here")
        talking.reactor.advance(119)
        data.protocol.dataReceived(b"x")
        talking.reactor.advance(119)
        assert data.connected
        talking.reactor.advance(2)
        assert data.disconnected
        # Now the reply is waited for again.
        talking.reactor.advance(61)
        assert isinstance(done[0], ftp.ConnectionLost)

    def test_cancelling_breaks_it_off(self, talking: Talking) -> None:
        receiving = talking.client.retrieveFile("file", AccumulatingProtocol())
        done, after = outcome(receiving), outcome(talking.client.pwd())
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        receiving.cancel()
        assert isinstance(done[0], CancelledError)
        assert data.disconnected
        talking.hear("426 broken off")
        talking.hear("257 x")
        assert after == [["257 x"]]

    def test_cancelling_before_its_turn(self, talking: Talking) -> None:
        first = outcome(talking.client.pwd())
        receiving = talking.client.retrieveFile("file", AccumulatingProtocol())
        outcome(receiving)
        receiving.cancel()
        assert talking.hear("257 x") == ["PWD"]
        assert first == [["257 x"]]

    def test_cancelling_while_it_connects(self, talking: Talking) -> None:
        receiving = talking.client.retrieveFile("file", AccumulatingProtocol())
        outcome(receiving)
        after = outcome(talking.client.pwd())
        talking.hear("227 go (192,0,2,1,4,1)")
        receiving.cancel()
        assert talking.reactor.connectors[-1].stoppedConnecting
        talking.hear("257 x")
        assert after == [["257 x"]]

    def test_lost_connection_ends_the_data_connection(self, talking: Talking) -> None:
        done = outcome(talking.client.retrieveFile("file", AccumulatingProtocol()))
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        talking.wire.lose(ConnectionLost())
        assert isinstance(done[0], ftp.ConnectionLost)
        assert data.disconnected
        assert talking.reactor.getDelayedCalls() == []

    def test_lost_connection_ends_an_attempt_to_connect(self, talking: Talking) -> None:
        done = outcome(talking.client.retrieveFile("file", AccumulatingProtocol()))
        talking.hear("227 go (192,0,2,1,4,1)")
        talking.wire.lose(ConnectionLost())
        assert isinstance(done[0], ftp.ConnectionLost)
        assert talking.reactor.connectors[-1].stoppedConnecting


class TestSending:
    """Files to the server."""

    def test_file_is_sent(self, talking: Talking) -> None:
        ready, stored = talking.client.storeFile("file")
        consumers, done = outcome(ready), outcome(stored)
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        assert talking.wire.taken().splitlines()[-1] == b"STOR file"
        sender = cast(ftp.SenderProtocol, consumers[0])
        assert verifyObject(ftp.IFinishableConsumer, sender)
        sender.write(b"content")
        assert data.value() == b"content"
        talking.hear("150 go on")
        sender.finish()
        assert not data.connected
        assert done == []
        talking.hear("226 stored")
        assert done == [["226 stored"]]

    def test_rest_of_a_file_is_sent(self, talking: Talking) -> None:
        talking.client.stor("file", 5)
        talking.hear("227 go (192,0,2,1,4,1)")
        talking.data()
        assert talking.hear("350 ok")[-1] == "STOR file"

    def test_refusal_fails_it(self, talking: Talking) -> None:
        ready, stored = talking.client.storeFile("file")
        consumers, done = outcome(ready), outcome(stored)
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        talking.hear("553 no")
        assert isinstance(consumers[0], ftp.SenderProtocol)
        assert isinstance(done[0], ftp.CommandFailed)
        assert data.disconnected

    def test_both_fail_if_there_is_no_data_connection(self, talking: Talking) -> None:
        ready, stored = talking.client.storeFile("file")
        consumers, done = outcome(ready), outcome(stored)
        talking.hear("425 no")
        assert isinstance(consumers[0], ftp.CommandFailed)
        assert isinstance(done[0], ftp.CommandFailed)

    def test_data_from_the_server_is_refused(self, talking: Talking) -> None:
        _, stored = talking.client.storeFile("file")
        done = outcome(stored)
        talking.hear("227 go (192,0,2,1,4,1)")
        data = talking.data()
        data.protocol.dataReceived(b"surprise")
        assert data.disconnected
        talking.hear("426 lost")
        assert isinstance(done[0], ftp.UnexpectedData)


class TestActive:
    """The server makes the data connection."""

    @pytest.fixture
    def active(self) -> Talking:
        made = Talking(ftp.FTPClient("ada", "sesame", passive=0))
        made.login()
        return made

    def connected(self, active: Talking, peer: IAddress = SERVER) -> Wire | None:
        built = active.reactor.tcpServers[-1][1].buildProtocol(peer)
        if built is None:
            return None
        wire = Wire()
        wire.attach(built)
        return wire

    def test_file_is_received(self, active: Talking) -> None:
        sink = AccumulatingProtocol()
        done = outcome(active.client.retrieveFile("file", sink))
        assert active.wire.taken() == b"PORT 192,0,2,7,0,0\r\n"
        assert active.reactor.tcpServers[-1][3] == "192.0.2.7"
        assert active.hear("200 ok") == ["RETR file"]
        data = self.connected(active)
        assert data is not None
        data.protocol.dataReceived(b"content")
        data.lose(ConnectionDone())
        active.hear("150 here", "226 done")
        assert done == [["226 done"]]
        assert sink.data == b"content"
        assert active.reactor.getDelayedCalls() == []

    def test_ipv6_is_told_by_eprt(self) -> None:
        talking = Talking(ftp.FTPClient(passive=0), CLIENT6, SERVER6)
        talking.login()
        talking.client.list("", AccumulatingProtocol())
        assert talking.wire.taken() == b"EPRT |2|2001:db8::7|0|\r\n"

    def test_only_the_server_may_connect_and_once(self, active: Talking) -> None:
        active.client.list("", AccumulatingProtocol())
        active.hear("200 ok")
        assert self.connected(active, IPv4Address("TCP", "198.51.100.1", 20)) is None
        assert self.connected(active) is not None
        assert self.connected(active) is None

    def test_server_that_does_not_connect(self, active: Talking) -> None:
        done = outcome(active.client.list("", AccumulatingProtocol()))
        active.hear("200 ok", "150 here", "226 done")
        assert done == []
        active.reactor.advance(121)
        assert isinstance(done[0], ftp.PortConnectionError)
        assert active.reactor.getDelayedCalls() == []

    def test_server_that_can_not_connect(self, active: Talking) -> None:
        ready, stored = active.client.storeFile("file")
        consumers, done = outcome(ready), outcome(stored)
        active.hear("200 ok", "425 no")
        assert isinstance(consumers[0], ftp.CommandFailed)
        assert isinstance(done[0], ftp.CommandFailed)
        assert active.reactor.getDelayedCalls() == []

    def test_no_port_is_free(self, active: Talking) -> None:
        def refuse(*arguments: object, **named: object) -> None:
            raise CannotListenError("192.0.2.7", 0, OSError())

        active.client.listenFactory = refuse  # type: ignore[method-assign, assignment]
        done = outcome(active.client.list("", AccumulatingProtocol()))
        after = outcome(active.client.pwd())
        assert isinstance(done[0], CannotListenError)
        assert active.hear("257 x") == ["PWD"]
        assert after == [["257 x"]]


class TestTLS:
    """What is said about TLS; the tests of several parts speak it."""

    def test_everything_is_protected_before_the_login(self) -> None:
        started: list[object] = []
        client = ftp.FTPClient("ada", "sesame")
        options = object()
        client.tlsOptions = options  # type: ignore[assignment]
        talking = Talking(client)
        talking.wire.startTLS = started.append  # type: ignore[attr-defined]
        assert talking.hear("220 hello") == ["AUTH TLS"]
        assert started == []
        assert talking.hear("234 begin") == ["PBSZ 0"]
        assert started == [options]
        assert talking.hear("200 ok") == ["PROT P"]
        assert talking.hear("200 ok") == ["USER ada"]

    @pytest.mark.parametrize(
        "replies", [["502 no"], ["234 begin", "500 no"], ["234 x", "200 y", "534 no"]]
    )
    def test_nothing_is_sent_in_the_clear_instead(self, replies: list[str]) -> None:
        client = ftp.FTPClient("ada", "sesame")
        client.tlsOptions = object()  # type: ignore[assignment]
        talking = Talking(client)
        talking.wire.startTLS = lambda options: None  # type: ignore[attr-defined]
        waiting = outcome(client.pwd())
        said = talking.hear("220 hello", *replies)
        assert not any(line.startswith(("USER", "PASS", "PWD")) for line in said)
        assert isinstance(waiting[0], ftp.CommandFailed)
        assert talking.wire.disconnected


def test_what_a_deferred_brings_can_be_logged() -> None:
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        ftp.debugDeferred("result", 1)
    finally:
        globalLogPublisher.removeObserver(observer)
    assert [event["result"] for event in observer] == ["result"]


def test_sender_is_a_consumer() -> None:
    assert verifyObject(IConsumer, ftp.SenderProtocol())
