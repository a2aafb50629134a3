"""The FTP server: what it answers, and what it refuses."""

import errno
import gc
import os
from pathlib import Path
from typing import Any, cast

import pytest

from twisted.cred.credentials import IUsernamePassword
from twisted.cred.portal import Login, Portal
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IProtocolFactory, ITCPListeningPort
from twisted.internet.testing import EventLoggingObserver
from twisted.logger import globalLogPublisher
from twisted.protocols import ftp
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.components import implementer
from twisted.python.failure import Failure

from .ftp_helpers import CLIENT, CLIENT6, SERVER6, Served, Wire


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """A server, and a client that has heard its greeting."""
    made = Served(tmp_path)
    made.heard()
    return made


@pytest.fixture
def user(served: Served) -> Served:
    """A server, and a client that has logged in."""
    served.login()
    return served


class TestLogin:
    """Who is let in."""

    def test_client_is_greeted(self, tmp_path: Path) -> None:
        assert Served(tmp_path).heard() == ["220 Ready"]

    def test_greeting_can_be_chosen(self, served: Served) -> None:
        served.factory.welcomeMessage = "Hello\r\n230 there"
        wire = served.connect()
        assert wire.value() == b"220 Hello??230 there\r\n"

    def test_user_logs_in(self, served: Served) -> None:
        assert served.say("USER ada") == ["331 A password is needed for ada"]
        assert served.say("PASS sesame") == ["230 Logged in"]
        assert served.say("PWD") == ['257 "/" is the current directory']

    def test_guest_logs_in_with_any_password(self, served: Served) -> None:
        assert served.code("USER anonymous") == "331"
        assert served.say("PASS") == ["230 Logged in as a guest"]
        assert served.code("MKD new") == "550"

    def test_guests_can_be_kept_out(self, served: Served) -> None:
        served.server.allowAnonymous = False
        assert served.say("USER anonymous", "PASS x") == ["331 A password is needed for anonymous"]
        served.reactor.advance(1)
        assert served.heard()[0].startswith("530 ")

    @pytest.mark.parametrize(
        "command",
        [
            "PWD",
            "CWD /",
            "LIST",
            "NLST",
            "MLSD",
            "MLST",
            "RETR x",
            "STOR x",
            "APPE x",
            "SIZE x",
            "MDTM x",
        ]
        + [
            "MKD x",
            "RMD x",
            "DELE x",
            "RNFR x",
            "RNTO x",
            "PASV",
            "EPSV",
            "PORT 1,2,3,4,5,6",
            "REST 1",
        ]
        + ["XPWD", "XCWD /", "EPRT |1|192.0.2.7|2000|", "CDUP", "SITE x"],
    )
    @pytest.mark.parametrize("before", [[], ["USER ada"]])
    def test_nothing_is_done_without_login(
        self, served: Served, before: list[str], command: str
    ) -> None:
        assert served.code(*before, command) == "530"
        assert served.reactor.tcpServers == []

    def test_password_needs_a_name(self, served: Served) -> None:
        assert served.code("PASS sesame") == "503"

    @pytest.mark.parametrize(("name", "password"), [("ada", "open"), ("mallory", "sesame")])
    def test_refusal_takes_its_time_and_tells_nothing(
        self, served: Served, name: str, password: str
    ) -> None:
        assert len(served.say(f"USER {name}", f"PASS {password}")) == 1
        served.reactor.advance(0.9)
        assert served.heard() == []
        served.reactor.advance(0.2)
        assert served.heard() == ["530 No such user, or not this password"]

    def test_commands_behind_a_login_wait_for_it(self, served: Served) -> None:
        assert len(served.say("USER ada", "PASS open", "NOOP")) == 1
        served.reactor.advance(1)
        assert [line[:3] for line in served.heard()] == ["530", "200"]

    def test_refused_logins_are_counted(self, served: Served) -> None:
        for _ in range(3):
            assert not served.wire.disconnecting
            served.say("USER ada", "PASS open")
            served.reactor.advance(1)
        assert [line[:3] for line in served.heard()] == ["530", "421"]
        assert served.wire.disconnecting

    def test_number_of_logins_can_be_changed(self, served: Served) -> None:
        served.server.maxLoginAttempts = 1
        served.server.loginDelay = 5
        served.say("USER ada", "PASS open")
        served.reactor.advance(4.9)
        assert not served.wire.disconnecting
        served.reactor.advance(0.2)
        assert served.wire.disconnecting

    def test_client_that_goes_while_it_is_refused(self, served: Served) -> None:
        served.say("USER ada", "PASS open")
        served.wire.lose(ConnectionDone())
        assert served.reactor.getDelayedCalls() == []

    def test_new_name_logs_out(self, user: Served) -> None:
        assert user.code("USER ada") == "331"
        assert user.code("PWD") == "530"

    def test_session_ends_once(self, tmp_path: Path) -> None:
        served, logouts = Served(tmp_path), []
        realm = served.factory.portal.realm  # type: ignore[union-attr]  # it is there

        class Realm(ftp.FTPRealm):
            def requestAvatar(self, avatarId, mind, *interfaces):  # type: ignore[no-untyped-def]
                interface, shell, _ = realm.requestAvatar(avatarId, mind, *interfaces)  # type: ignore[misc]
                return interface, shell, lambda: logouts.append(1)

        served.factory.portal.realm = Realm(str(tmp_path))  # type: ignore[union-attr]
        served.login()
        served.say("USER ada")
        assert logouts == [1]
        served.say("PASS sesame", "QUIT")
        assert logouts == [1, 1]
        served.wire.lose(ConnectionDone())
        assert logouts == [1, 1]

    def test_session_that_comes_too_late_is_ended(self, served: Served) -> None:
        answer: Deferred[bytes] = Deferred()
        logouts: list[int] = []

        class Slow:
            credentialInterfaces = (IUsernamePassword,)

            def requestAvatarId(self, credentials: object) -> Deferred[bytes]:
                return answer

        class Realm(ftp.FTPRealm):
            def requestAvatar(self, *arguments: Any) -> Login[Any]:
                interface, shell, _ = super().requestAvatar(*arguments)
                return interface, shell, lambda: logouts.append(1)

        served.server.portal = Portal(Realm(str(served.root)), [Slow()])
        served.say("USER ada", "PASS x")
        served.wire.lose(ConnectionDone())
        answer.callback(b"ada")
        assert logouts == [1]

    def test_server_without_portal_lets_nobody_in(self, served: Served) -> None:
        served.server.portal = None
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        try:
            assert served.code("USER ada", "PASS sesame") == "550"
        finally:
            globalLogPublisher.removeObserver(observer)
        assert any("portal" in str(event.get("log_failure")) for event in observer)


class TestCommands:
    """Lines, one after the other."""

    def test_unknown_command(self, user: Served) -> None:
        assert user.say("SITE x") == ["502 There is no command SITE"]

    @pytest.mark.parametrize("line", ["PWD x", "CDUP x", "RETR", "CWD", "RNTO", "QUIT x", "PASV x"])
    def test_wrong_number_of_arguments(self, user: Served, line: str) -> None:
        assert user.code("RNFR ada", line)[:1] == "5"

    def test_line_that_is_no_command(self, user: Served) -> None:
        assert user.say("", "\x00", "1234") == ["500 This is no command"] + [
            "500 A line may have no NUL and no line end in it",
            "500 This is no command",
        ]

    def test_line_end_inside_a_path_is_refused(self, user: Served) -> None:
        assert (
            user.say("MKD a\nb", "MKD a\rb")
            == ["500 A line may have no NUL and no line end in it"] * 2
        )
        assert list((user.root / "ada").iterdir()) == []

    def test_line_that_is_too_long_closes_the_connection(self, user: Served) -> None:
        assert user.code("RETR " + "x" * (8192 - 5)) == "550"
        assert user.say("RETR " + "x" * (8192 - 4)) == ["500 This line is too long"]
        assert user.wire.disconnecting

    def test_errors_are_logged_and_not_told(self, user: Served) -> None:
        user.server.ftp_SITE = lambda topic: 1 / 0  # type: ignore[attr-defined]
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        try:
            assert user.say("SITE x") == ["550 It could not be done"]
        finally:
            globalLogPublisher.removeObserver(observer)
        assert [event["log_failure"].type for event in observer if "log_failure" in event] == [
            ZeroDivisionError
        ]

    def test_subclass_adds_commands(self, user: Served) -> None:
        user.server.ftp_SITE = lambda topic: (ftp.FILE_STATUS, topic)  # type: ignore[attr-defined]
        assert user.say("site the topic") == ["213 the topic"]

    def test_idle_client_is_sent_away(self, user: Served) -> None:
        user.reactor.advance(500)
        user.say("NOOP")
        user.reactor.advance(599)
        assert not user.wire.disconnecting
        user.reactor.advance(2)
        assert user.heard()[-1][:3] == "421"
        assert user.wire.disconnecting

    def test_idle_time_can_be_changed(self, served: Served) -> None:
        served.factory.timeOut = 5
        wire = served.connect()
        served.reactor.advance(6)
        assert wire.disconnecting
        assert not served.wire.disconnecting

    def test_quit(self, user: Served) -> None:
        assert user.say("QUIT", "NOOP") == ["221 Goodbye"]
        assert user.wire.disconnecting

    def test_nothing_is_left_when_the_client_has_gone(self, user: Served) -> None:
        user.say("PASV", "RETR x")
        user.wire.lose(ConnectionLost())
        assert user.reactor.getDelayedCalls() == []
        assert user.factory.connectionCount == 0

    def test_answers_of_several_lines(self, served: Served) -> None:
        lines = served.say("FEAT")
        assert lines[0] == "211-Features"
        assert lines[-1] == "211 End"
        assert " MLST type*;size*;modify*;" in lines
        assert " AUTH TLS" not in lines
        assert served.say("HELP")[0] == "214-Commands"

    def test_small_commands(self, user: Served) -> None:
        answers = {
            "SYST": "215",
            "NOOP": "200",
            "ALLO 10": "202",
            "MODE S": "200",
            "MODE B": "504",
            "STRU F": "200",
            "STRU R": "504",
            "TYPE I": "200",
            "TYPE L 8": "200",
            "TYPE L 7": "504",
            "TYPE A N": "200",
            "TYPE E": "504",
            "TYPE UNKNOWN": "504",
            "OPTS UTF8 ON": "200",
            "OPTS WHAT": "502",
            "ABOR": "226",
            "REST 5": "504",
            "REST x": "501",
        }
        assert {command: user.code(command) for command in answers} == answers


class TestConnections:
    """How many clients there may be."""

    def test_client_too_many_is_told(self, served: Served) -> None:
        served.factory.connectionLimit = 1
        wire = served.connect()
        assert wire.value() == b"421 Too many connections, try again later\r\n"
        assert wire.disconnecting

    def test_factory_has_a_limit(self) -> None:
        assert ftp.FTPFactory().connectionLimit == 200

    def test_place_of_a_client_that_has_gone_is_free(self, served: Served) -> None:
        served.factory.connectionLimit = 1
        served.wire.lose(ConnectionDone())
        assert served.connect().value().startswith(b"220 ")

    def test_stopping_closes_connections(self, served: Served) -> None:
        served.factory.doStart()
        served.factory.doStop()
        assert served.wire.disconnecting


class TestDirectories:
    """Paths and names."""

    def test_going_around(self, user: Served) -> None:
        (user.root / "ada" / "a b" / "c").mkdir(parents=True)
        assert user.code("CWD a b") == "250"
        assert user.code("CWD c/") == "250"
        assert user.say("PWD") == ['257 "/a b/c" is the current directory']
        assert user.code("CDUP") == "250"
        assert user.say("XPWD") == ['257 "/a b" is the current directory']
        assert user.code("CWD /") == "250"
        assert user.say("PWD") == ['257 "/" is the current directory']

    @pytest.mark.parametrize("path", ["..", "/..", "../..", "a/../../x", "/../ada"])
    def test_there_is_no_way_up(self, user: Served, path: str) -> None:
        assert user.say(f"CWD {path}") == [f"550 {path}: no such file or directory"]
        assert user.code("CDUP") == "550"
        assert user.say("PWD") == ['257 "/" is the current directory']

    def test_making_and_removing(self, user: Served) -> None:
        assert user.say('MKD a"b') == ['257 "/a""b" was made']
        assert user.code('MKD a"b') == "550"
        assert user.code('RMD a"b') == "250"
        (user.root / "ada" / "file").touch()
        assert user.code("DELE file") == "250"
        assert user.code("DELE file") == "550"

    def test_renaming(self, user: Served) -> None:
        (user.root / "ada" / "old").touch()
        assert user.code("RNTO new") == "503"
        assert user.code("RNFR nothing") == "550"
        assert user.code("RNFR old") == "350"
        assert user.code("RNTO new") == "250"
        assert (user.root / "ada" / "new").exists()
        assert user.code("RNFR new", "NOOP", "RNTO newer") == "503"

    def test_what_is_known_of_a_file(self, user: Served) -> None:
        file = user.root / "ada" / "file"
        file.write_bytes(b"12345")
        os.utime(file, (946728000, 946728000))
        assert user.say("SIZE file", "MDTM file") == ["213 5", "213 20000101120000"]
        assert user.say("MLST file") == [
            "250-Done",
            " type=file;size=5;modify=20000101120000; /file",
            "250 End",
        ]
        assert user.say("OPTS MLST size;unknown;", "MLST file")[2] == " size=5; /file"
        assert user.code("SIZE /") == "550"
        assert user.code("TYPE A", "SIZE file") == "504"


class TestFileSystem:
    """What the file system says against a command."""

    @pytest.mark.parametrize(
        ("number", "code"), [(errno.ENOSPC, "452"), (errno.EDQUOT, "452"), (errno.EIO, "550")]
    )
    def test_full_or_broken_disk_is_one_line_in_the_log(
        self, user: Served, monkeypatch: pytest.MonkeyPatch, number: int, code: str
    ) -> None:
        def refuse(path: str) -> None:
            raise OSError(number, os.strerror(number), path)

        monkeypatch.setattr(os, "mkdir", refuse)
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        try:
            assert user.code("MKD new") == code
        finally:
            globalLogPublisher.removeObserver(observer)
        assert [event.get("log_failure") for event in observer] == [None]

    def test_directory_cannot_be_moved_into_itself(self, user: Served) -> None:
        user.say("MKD a", "RNFR a")
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        try:
            assert user.code("RNTO a/b") == "550"
        finally:
            globalLogPublisher.removeObserver(observer)
        assert [event.get("log_failure") for event in observer] == [None]


class TestOpening:
    """Data connections, and who may have them."""

    def test_passive_port_is_on_the_own_address(self, user: Served) -> None:
        assert user.say("PASV") == ["227 Entering passive mode (192,0,2,1,0,0)"]
        assert user.reactor.tcpServers[-1][0] == 0
        assert user.reactor.tcpServers[-1][3] == "192.0.2.1"
        assert user.say("EPSV") == ["229 Entering extended passive mode (|||0|)"]
        assert user.code("EPSV 1") == "229"

    def test_passive_address_can_be_another(self, user: Served) -> None:
        user.server.passiveAddress = "198.51.100.1"
        assert user.say("PASV") == ["227 Entering passive mode (198,51,100,1,0,0)"]

    def test_passive_ports_are_tried_in_order(self, user: Served) -> None:
        tried: list[int] = []

        def listen(
            port: int, factory: IProtocolFactory, backlog: int = 50, interface: str = ""
        ) -> ITCPListeningPort:
            tried.append(port)
            if port < 2002:
                raise CannotListenError(interface, port, OSError())
            return user.reactor.listenTCP(port, factory, backlog, interface)

        user.server.listenFactory = listen  # type: ignore[method-assign]
        user.server.passivePortRange = range(2000, 2005)
        assert user.say("EPSV") == ["229 Entering extended passive mode (|||2002|)"]
        assert tried == [2000, 2001, 2002]
        user.server.passivePortRange = range(2000, 2002)
        assert user.code("PASV") == "425"

    def test_ipv6_has_the_extended_commands(self, tmp_path: Path) -> None:
        served = Served(tmp_path, SERVER6, CLIENT6)
        served.heard()
        served.login()
        assert served.code("PASV") == "502"
        assert served.code("EPSV") == "229"
        assert served.code("EPSV 2") == "229"
        assert served.say("EPSV 1") == ["522 Not a network protocol of this server, use (2)"]
        assert served.code("EPSV x") == "501"
        assert served.code("EPRT |2|2001:db8::7|2000|") == "200"
        assert served.code("EPRT |2|2001:db8:0:0::7|2000|") == "200"
        assert served.code("EPRT |1|192.0.2.7|2000|") == "522"
        assert served.code("EPRT |3|192.0.2.7|2000|") == "522"
        assert served.code("EPRT nonsense") == "501"

    def test_after_epsv_all_there_is_only_epsv(self, user: Served) -> None:
        assert user.code("EPSV ALL") == "200"
        for command in ("PASV", "PORT 192,0,2,7,10,0", "EPRT |1|192.0.2.7|2000|"):
            assert user.code(command) == "503"
        assert user.code("EPSV") == "229"

    def test_port_is_connected_to_when_a_transfer_begins(self, user: Served) -> None:
        assert user.code("PORT 192,0,2,7,7,208") == "200"
        assert user.reactor.tcpClients == []
        assert user.code("LIST") == "150"
        host, port, _, timeout, source = user.reactor.tcpClients[-1]
        assert (host, port, timeout) == ("192.0.2.7", 2000, 10)
        assert source == ("192.0.2.1", 0)

    def test_client_that_does_not_know_its_address(self, user: Served) -> None:
        for command in ("PORT 0,0,0,0,7,208", "EPRT |1|0.0.0.0|2000|"):
            assert user.code(command, "LIST") == "150"
            assert user.reactor.tcpClients[-1][:2] == ("192.0.2.7", 2000)
            user.say("ABOR")

    @pytest.mark.parametrize(
        "command",
        [
            "PORT 192,0,2,8,7,208",
            "PORT 127,0,0,1,7,208",
            "PORT 192,0,2,7,0,22",
            "PORT 192,0,2,7,3,255",
            "PORT 192,0,2,7,0,0",
            "EPRT |1|192.0.2.8|2000|",
            "EPRT |1|192.0.2.7|1023|",
            "EPRT |1|localhost|2000|",
        ],
    )
    def test_bounce_is_refused(self, user: Served, command: str) -> None:
        assert user.say(command) == ["504 This address is not supported"]
        assert user.code("LIST") == "425"
        assert user.reactor.tcpClients == []

    def test_foreign_hosts_and_low_ports_can_be_allowed(self, user: Served) -> None:
        user.server.allowForeignDataHosts = True
        user.server.lowestDataPort = 20
        assert user.code("PORT 192,0,2,8,0,22") == "200"
        assert user.code("PORT 192,0,2,8,0,19") == "504"

    def test_nonsense_for_port(self, user: Served) -> None:
        assert user.code("PORT 1,2,3") == "501"

    def test_somebody_else_may_not_connect(self, user: Served) -> None:
        user.say("PASV", "LIST")
        factory = user.reactor.tcpServers[-1][1]
        assert factory.buildProtocol(CLIENT6) is None
        assert factory.buildProtocol(type(CLIENT)("TCP", "192.0.2.8", 1)) is None
        assert factory.buildProtocol(CLIENT) is not None
        assert factory.buildProtocol(CLIENT) is None

    def test_nobody_connects_in_time(self, user: Served) -> None:
        assert user.say("PASV", "LIST")[-1][:3] == "150"
        user.reactor.advance(9)
        assert user.heard() == []
        user.reactor.advance(2)
        assert user.heard() == ["425 The data connection can not be opened"]
        assert user.reactor.tcpServers[-1][1].buildProtocol(CLIENT) is None
        assert user.code("NOOP") == "200"

    def test_port_can_not_be_reached(self, user: Served) -> None:
        user.say("PORT 192,0,2,7,7,208", "LIST")
        factory = user.reactor.tcpClients[-1][2]
        connector = user.reactor.connectors[-1]
        factory.clientConnectionFailed(connector, Failure(OSError()))
        assert user.heard()[-1][:3] == "425"

    def test_transfer_without_a_data_connection(self, user: Served) -> None:
        assert user.code("LIST") == "425"

    def test_new_port_replaces_the_old_one(self, user: Served) -> None:
        user.say("PASV")
        old = user.reactor.tcpServers[-1][1]
        user.say("PASV")
        assert old.buildProtocol(CLIENT) is None
        assert len(user.reactor.getDelayedCalls()) == 2  # for the client, and for the port


class TestTransfers:
    """Files and listings."""

    def test_listing(self, user: Served) -> None:
        (user.root / "ada" / "a b").write_bytes(b"12345")
        (user.root / "ada" / "d").mkdir()
        data = user.opened()
        assert user.say("LIST") == ["125 The data connection is open, the transfer begins"]
        data.pump()
        first, second = data.value().decode().splitlines()
        assert first.startswith("-rw")
        assert first.endswith(" a b")
        assert second.startswith("drwx")
        assert not data.connected
        assert user.heard() == ["226 The transfer is complete"]

    @pytest.mark.parametrize(
        ("command", "names"),
        [
            ("NLST", ["d", "x.py", "y.py", "z"]),
            ("NLST d", ["inner"]),
            ("NLST -la d", ["inner"]),
            ("NLST *.py", ["x.py", "y.py"]),
            ("NLST d/*", ["inner"]),
            ("NLST *.c", []),
            ("NLST z", ["z"]),
        ],
    )
    def test_names(self, user: Served, command: str, names: list[str]) -> None:
        (user.root / "ada" / "d").mkdir()
        for name in ("x.py", "y.py", "z", "d/inner"):
            (user.root / "ada" / name).touch()
        data = user.opened()
        user.say(command)
        data.pump()
        assert data.value().decode().split() == names
        assert user.heard()[-1][:3] == "226"

    def test_options_of_ls_are_not_looked_at(self, user: Served) -> None:
        (user.root / "ada" / "-dash").touch()
        data = user.opened()
        user.say("LIST -al")
        data.pump()
        assert data.value().endswith(b" -dash\r\n")

    def test_facts_of_a_directory(self, user: Served) -> None:
        (user.root / "ada" / "f").write_bytes(b"123")
        data = user.opened()
        user.say("OPTS MLST type;size;", "MLSD")
        data.pump()
        assert data.value() == b"type=file;size=3; f\r\n"
        user.opened()
        assert user.code("MLSD f") == "550"

    def test_file_is_sent(self, user: Served) -> None:
        (user.root / "ada" / "file").write_bytes(b"a\nb" * 50_000)
        data = user.opened()
        user.say("RETR file")
        data.pump()
        assert data.value() == b"a\nb" * 50_000
        assert user.heard() == ["226 The transfer is complete"]

    def test_text_is_sent_with_the_ends_of_the_network(self, user: Served) -> None:
        (user.root / "ada" / "file").write_bytes(b"a\nb")
        data = user.opened()
        user.say("TYPE A", "RETR file")
        data.pump()
        assert data.value() == b"a\r\nb"

    def test_rest_of_a_file_is_sent_once(self, user: Served) -> None:
        (user.root / "ada" / "file").write_bytes(b"0123456789")
        data = user.opened()
        assert user.say("REST 7", "RETR file")[0] == "350 The next transfer begins at 7"
        data.pump()
        assert data.value() == b"789"
        data = user.opened()
        user.say("RETR file")
        data.pump()
        assert data.value() == b"0123456789"
        user.opened()
        assert user.code("REST 11", "RETR file") == "554"

    def test_file_that_is_not_there_opens_nothing(self, user: Served) -> None:
        data = user.opened()
        assert user.say("RETR file") == ["550 /file: no such file or directory"]
        assert not data.connected

    def test_file_is_stored(self, user: Served) -> None:
        data = user.opened()
        assert user.code("STOR file") == "125"
        data.protocol.dataReceived(b"a\r\n")
        data.protocol.dataReceived(b"b")
        assert user.heard() == []
        data.lose(ConnectionDone())
        assert user.heard() == ["226 The transfer is complete"]
        assert (user.root / "ada" / "file").read_bytes() == b"a\r\nb"

    def test_nothing_is_received_before_there_is_a_file_for_it(self, user: Served) -> None:
        data = user.opened()
        assert data.producerState == "paused"
        user.say("STOR file")
        assert data.producerState == "producing"

    def test_text_is_stored_with_the_ends_of_this_machine(self, user: Served) -> None:
        data = user.opened()
        user.say("TYPE A", "STOR file")
        for piece in (b"a\r", b"\nb\r", b"c\r"):
            data.protocol.dataReceived(piece)
        data.lose(ConnectionDone())
        assert (user.root / "ada" / "file").read_bytes() == b"a\nb\rc\r"

    def test_file_is_gone_on_with(self, user: Served) -> None:
        (user.root / "ada" / "file").write_bytes(b"0123456789")
        data = user.opened()
        user.say("REST 3", "STOR file")
        data.protocol.dataReceived(b"x")
        data.lose(ConnectionDone())
        assert (user.root / "ada" / "file").read_bytes() == b"012x"
        data = user.opened()
        user.say("APPE file")
        data.protocol.dataReceived(b"y")
        data.lose(ConnectionDone())
        assert (user.root / "ada" / "file").read_bytes() == b"012xy"

    def test_upload_that_breaks_is_told_and_keeps_what_came(self, user: Served) -> None:
        data = user.opened()
        user.say("STOR file")
        data.protocol.dataReceived(b"part")
        data.lose(ConnectionLost())
        assert user.heard()[-1][:3] == "426"
        assert (user.root / "ada" / "file").read_bytes() == b"part"

    def test_file_larger_than_allowed_is_refused(self, user: Served) -> None:
        cast(ftp.FTPShell, user.server.shell).maxFileSize = 10
        data = user.opened()
        user.say("STOR file")
        data.protocol.dataReceived(b"x" * 10)
        data.protocol.dataReceived(b"x")
        assert data.disconnected
        assert user.heard() == ["552 The file is larger than allowed"]
        assert (user.root / "ada" / "file").read_bytes() == b"x" * 10

    @pytest.mark.parametrize("where", ["write", "close"])
    def test_full_disk_is_told(self, user: Served, where: str) -> None:
        class Full:
            def registerProducer(self, producer: object, streaming: bool) -> None:
                """Take from anybody."""

            def unregisterProducer(self) -> None:
                """Take from nobody."""

            def write(self, data: bytes) -> None:
                if where == "write":
                    raise OSError(28, "No space left on device")

        class File:
            async def receive(self) -> Full:
                return Full()

            async def close(self) -> None:
                raise OSError(28, "No space left on device")

        class Shell(ftp.FTPShell):
            async def openForWriting(self, path: object) -> File:  # type: ignore[override]
                return File()

        user.server.shell = Shell(user.server.shell.filesystemRoot)  # type: ignore[union-attr, assignment]
        data = user.opened()
        user.say("STOR file")
        data.protocol.dataReceived(b"x")
        data.lose(ConnectionDone())
        assert user.heard() == ["452 There is not enough space left"]

    def test_failed_upload_leaves_what_was_there(self, user: Served) -> None:
        (user.root / "ada" / "file").write_bytes(b"old")
        user.say("PASV", "STOR file")
        user.reactor.advance(11)
        assert user.heard()[-1][:3] == "425"
        assert (user.root / "ada" / "file").read_bytes() == b"old"

    def test_nothing_is_logged_of_a_transfer_that_breaks(self, user: Served) -> None:
        (user.root / "ada" / "file").write_bytes(b"x" * 500_000)
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        try:
            for command in ("RETR file", "LIST", "STOR new"):
                data = user.opened()
                user.say(command)
                data.lose(ConnectionLost())
                user.heard()
                user.opened().lose(ConnectionLost())
            gc.collect()
        finally:
            globalLogPublisher.removeObserver(observer)
        assert list(observer) == []

    def test_download_that_breaks_is_told(self, user: Served) -> None:
        (user.root / "ada" / "file").write_bytes(b"x" * 500_000)
        data = user.opened()
        user.say("RETR file")
        data.lose(ConnectionLost())
        assert user.heard() == ["426 The transfer was broken off, the data connection is closed"]

    def test_file_that_can_not_be_read_to_its_end(self, user: Served) -> None:
        class Broken:
            async def send(self, consumer: object) -> None:
                raise OSError(5, "Input/output error")

        class Shell(ftp.FTPShell):
            async def openForReading(self, path: object) -> Broken:  # type: ignore[override]
                return Broken()

        user.server.shell = Shell(user.server.shell.filesystemRoot)  # type: ignore[union-attr, assignment]
        data = user.opened()
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        try:
            assert user.say("RETR file")[-1] == "451 An error on this side ended it"
        finally:
            globalLogPublisher.removeObserver(observer)
        assert data.disconnected
        assert any("log_failure" in event for event in observer)

    def test_download_whose_end_is_not_taken_is_told(self, user: Served) -> None:
        """The last bytes are written, but the peer never has them."""

        class Lingering(Wire):
            def loseConnection(self) -> None:
                self.disconnecting = True

        (user.root / "ada" / "file").write_bytes(b"x")
        user.say("PASV")
        data = Lingering()
        data.attach(user.reactor.tcpServers[-1][1].buildProtocol(CLIENT))  # type: ignore[arg-type]
        user.say("RETR file")
        data.pump()
        assert data.disconnecting
        assert user.heard() == []
        data.lose(ConnectionLost())
        assert user.heard()[-1][:3] == "426"

    def test_data_connection_without_a_byte_is_aborted(self, user: Served) -> None:
        data = user.opened()
        user.say("STOR file")
        user.reactor.advance(119)
        data.protocol.dataReceived(b"x")
        user.reactor.advance(119)
        assert data.connected
        user.reactor.advance(2)
        assert data.disconnected
        assert user.heard()[-1][:3] == "426"

    def test_client_may_say_nothing_during_a_transfer(self, user: Served) -> None:
        data = user.opened()
        user.say("STOR file")
        for _ in range(20):
            user.reactor.advance(100)
            data.protocol.dataReceived(b"x")
        assert not user.wire.disconnecting
        data.lose(ConnectionDone())
        user.heard()
        user.reactor.advance(601)
        assert user.wire.disconnecting

    def test_commands_wait_for_the_end_of_a_transfer(self, user: Served) -> None:
        data = user.opened()
        assert len(user.say("STOR file", "NOOP", "PWD")) == 1
        data.lose(ConnectionDone())
        assert [line[:3] for line in user.heard()] == ["226", "200", "257"]

    def test_commands_that_wait_are_limited(self, user: Served) -> None:
        data = user.opened()
        user.say("STOR file", *["NOOP"] * 15)
        assert user.wire.producerState == "producing"
        user.say("NOOP")
        assert user.wire.producerState == "paused"
        user.say(*["NOOP"] * 100)
        assert len(user.server._queue) == 16
        data.lose(ConnectionDone())
        assert [line[:3] for line in user.heard()] == ["226"] + ["200"] * 116
        assert user.wire.producerState == "producing"

    def test_transfer_is_broken_off(self, user: Served) -> None:
        data = user.opened()
        user.say("STOR file")
        data.protocol.dataReceived(b"part")
        assert [line[:3] for line in user.say("ABOR")] == ["426", "226"]
        assert data.disconnected
        assert user.code("NOOP") == "200"

    def test_wait_for_a_data_connection_is_broken_off(self, user: Served) -> None:
        user.say("PASV", "LIST")
        assert [line[:3] for line in user.say("ABOR")] == ["426", "226"]

    def test_client_that_goes_ends_its_transfer(self, user: Served) -> None:
        data = user.opened()
        user.say("STOR file")
        user.wire.lose(ConnectionLost())
        assert data.disconnected
        assert user.reactor.getDelayedCalls() == []

    def test_shell_that_can_not_resume(self, user: Served) -> None:
        @implementer(ftp.IFTPShell)
        class Shell:
            pass

        user.server.shell = Shell()  # type: ignore[assignment]
        for command in ("RETR", "STOR"):
            user.opened()
            assert user.code("REST 1", f"{command} x") == "504"
        assert user.code("APPE x") == "504"

    def test_line_of_a_listing_can_be_sent_alone(self, user: Served) -> None:
        data = user.opened()
        dtp = cast(ftp.DTP, data.protocol)
        dtp.sendListResponse("x", [1, False, 0o644, 1, 0.0, "a", "b"])
        assert data.value().startswith(b"-rw-r--r--   1 a        b ")


class TestTLS:
    """What is said about TLS; the tests of several parts speak it."""

    class Securing(Wire):
        """Notes that TLS begins."""

        options: object = None
        normal: bool | None = None

        def startTLS(self, options: object, normal: bool = True) -> None:
            self.options, self.normal = options, normal

    @pytest.fixture
    def securing(self, served: Served) -> Served:
        served.factory.tlsOptions = object()  # type: ignore[assignment]
        served.wire = self.Securing()
        built = served.factory.buildProtocol(CLIENT)
        assert isinstance(built, ProtocolWrapper)
        served.wire.attach(built)
        served.heard()
        return served

    def test_server_without_options_has_no_tls(self, served: Served) -> None:
        assert served.code("AUTH TLS") == "504"
        assert served.code("PBSZ 0") == "503"
        assert served.code("PROT P") == "503"

    def test_tls_begins(self, securing: Served) -> None:
        assert " AUTH TLS" in securing.say("FEAT")
        assert securing.code("AUTH KERBEROS") == "504"
        assert securing.say("AUTH TLS") == ["234 Begin TLS"]
        assert cast(TestTLS.Securing, securing.wire).options is securing.factory.tlsOptions
        assert securing.code("AUTH TLS") == "503"
        assert securing.code("PROT P") == "503"
        assert securing.code("PBSZ x") == "501"
        assert securing.say("PBSZ 0", "PROT P") == ["200 PBSZ=0", "200 Data connections speak TLS"]
        assert securing.server.protectsData
        assert securing.code("PROT E") == "504"
        assert securing.code("PROT C") == "200"

    def test_login_before_tls_counts_no_more(self, securing: Served) -> None:
        securing.login()
        securing.say("AUTH TLS")
        assert securing.code("PWD") == "530"

    def test_tls_can_be_required(self, securing: Served) -> None:
        securing.server.requireTLS = True
        assert securing.say("USER ada") == ["530 Begin TLS first, by AUTH TLS"]
        securing.say("AUTH TLS")
        securing.login()
        securing.say("PASV")
        assert securing.code("LIST") == "522"
        assert securing.code("PBSZ 0", "PROT P", "PASV", "LIST") == "150"

    @pytest.mark.parametrize(
        ("command", "normal"), [("PASV", True), ("PORT 192,0,2,7,7,208", False)]
    )
    def test_server_is_the_server_of_tls_on_data_connections(
        self, securing: Served, command: str, normal: bool
    ) -> None:
        securing.say("AUTH TLS")
        securing.login()
        securing.say("PBSZ 0", "PROT P", command, "LIST")
        factory = (
            securing.reactor.tcpServers[-1][1] if normal else securing.reactor.tcpClients[-1][2]
        )
        data = self.Securing()
        built = factory.buildProtocol(CLIENT)
        assert built is not None
        data.attach(built)
        assert data.options is securing.factory.tlsOptions
        assert data.normal is normal

    def test_commands_that_wait_do_not_pass_for_secret(self, securing: Served) -> None:
        """Who is between client and server could have sent them."""
        securing.login()
        data = securing.opened()
        securing.say("STOR file", "AUTH TLS", "DELE x")
        data.lose(ConnectionDone())
        assert [line[:3] for line in securing.heard()] == ["226", "503"]
        assert not securing.server.isSecure
