"""inetd: its configuration files, and a program that gets a connection."""

import io
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from twisted.application.internet import TCPServer
from twisted.application.runner._trouble import CannotRunError
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.selectreactor import SelectReactor
from twisted.runner import inetdtap
from twisted.runner.inetd import InetdFactory, internalProtocols
from twisted.runner.inetdconf import (
    InetdConf,
    InetdService,
    InvalidInetdConfError,
    InvalidServicesConfError,
    ServicesConf,
    SimpleConfFile,
    UnknownService,
)

SERVICES = """
# comment
finger  79/tcp          # in RFC 1288
tftp    69/udp
http    80/tcp  www www-http
"""


def known() -> ServicesConf:
    conf = ServicesConf()
    conf.parseFile(io.StringIO(SERVICES))
    return conf


def parsed(text: str) -> InetdConf:
    conf = InetdConf(known())
    conf.parseFile(io.StringIO(text))
    return conf


def test_services_have_ports_and_aliases() -> None:
    assert known().services == {
        ("finger", "tcp"): 79,
        ("tftp", "udp"): 69,
        ("http", "tcp"): 80,
        ("www", "tcp"): 80,
        ("www-http", "tcp"): 80,
    }


@pytest.mark.parametrize(
    "line", ["finger", "finger 79", "finger x/tcp", "finger 70000/tcp", "f 79/"]
)
def test_wrong_services_are_refused(line: str) -> None:
    with pytest.raises(InvalidServicesConfError, match="line 2"):
        ServicesConf().parseFile(io.StringIO(f"\n{line}\n"))


def test_record_of_a_program() -> None:
    conf = parsed("finger stream tcp nowait root /usr/sbin/fingerd fingerd -w # comment\n")
    (service,) = conf.services
    assert (service.name, service.port, service.socketType) == ("finger", 79, "stream")
    assert (service.protocol, service.wait, service.user) == ("tcp", False, 0)
    assert (service.program, service.programArgs) == ("/usr/sbin/fingerd", ["fingerd", "-w"])


def test_port_can_be_a_number_and_the_program_internal() -> None:
    conf = parsed("7 stream tcp6 nowait.40 root internal\ntftp dgram udp wait 0 /tftpd tftpd\n")
    first, second = conf.services
    assert (first.port, first.program, first.programArgs) == (7, "internal", [])
    assert (second.port, second.wait) == (69, True)


@pytest.mark.parametrize("text", ["0:0", "0.0", "root:0"])
def test_user_may_have_a_group(text: str) -> None:
    (service,) = parsed(f"finger stream tcp nowait {text} /fingerd\n").services
    assert (service.user, service.group) == (0, 0)


@pytest.mark.parametrize(
    "line",
    [
        "finger stream tcp nowait root",
        "finger stream tcp never root /fingerd",
        "finger stream tcp nowait nobodyatall /fingerd",
        "finger stream tcp nowait root:nogroupatall /fingerd",
        "finger stream tcp nowait ro\0ot /fingerd",
        "finger stream tcp nowait root:ro\0ot /fingerd",
        "99999 stream tcp nowait root /fingerd",
    ],
)
def test_wrong_records_are_refused_with_their_line(line: str) -> None:
    with pytest.raises(InvalidInetdConfError, match="line 3"):
        parsed(f"# one\n\n{line}\n")


def test_unknown_service_is_refused() -> None:
    with pytest.raises(UnknownService, match=r"line 1: nothing/tcp"):
        parsed("nothing stream tcp nowait root /fingerd\n")


def test_names_of_ports_are_read_only_when_they_are_needed() -> None:
    conf = InetdConf()
    conf.parseLine("79 stream tcp nowait root /fingerd")
    assert conf.services[0].port == 79


def test_file_is_needed_where_there_is_no_default() -> None:
    with pytest.raises(TypeError, match="name one"):
        SimpleConfFile().parseFile()


def test_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twisted.runner.inetdconf.MAXIMUM_SIZE", 10)
    with pytest.raises(Exception, match="more than 10 characters"):
        parsed("#" * 11)


def options(path: Path, text: str, *words: str) -> inetdtap.Options:
    path.write_text(text)
    it = inetdtap.Options()
    it.parseOptions(["-f", str(path), *words])
    return it


def test_command_makes_a_server_for_each_line(tmp_path: Path) -> None:
    text = (
        "7 stream tcp nowait root internal\n"
        "echo stream tcp nowait root internal\n"
        "79 stream tcp6 nowait root /fingerd\n"
        "69 dgram udp wait root /tftpd\n"
    )
    service = inetdtap.makeService(options(tmp_path / "conf", text))
    servers = [child for child in service if isinstance(child, TCPServer)]
    # The first internal one has no name that is known.
    assert [server.args[0] for server in servers] == [7, 79]
    assert [server.kwargs["interface"] for server in servers] == ["", "::"]
    without = inetdtap.makeService(options(tmp_path / "conf", text, "-i"))
    assert len(list(without)) == 1


def test_command_tells_where_the_file_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match=r"conf, line 1: there are too few fields"):
        inetdtap.makeService(options(tmp_path / "conf", "7 stream\n"))
    wrong = inetdtap.Options()
    wrong.parseOptions(["-f", str(tmp_path / "none")])
    with pytest.raises(FileNotFoundError):
        inetdtap.makeService(wrong)


def test_internal_services_are_those_of_old() -> None:
    assert set(internalProtocols) == {"chargen", "daytime", "discard", "echo", "time"}


class Factory(InetdFactory):
    """One that runs its programs in the test's reactor."""

    def __init__(self, service: InetdService, reactor: IReactorProcess) -> None:
        super().__init__(service)
        self._reactor = reactor

    def reactor(self) -> IReactorProcess:
        """Return it."""
        return self._reactor


def served(program: list[str], talk: Callable[[int], None], limit: int | None = None) -> Factory:
    """Serve a program on a port, and call a function with the port in another thread."""
    reactor = SelectReactor()
    service = InetdService(
        "test", 0, "stream", "tcp", False, os.getuid(), os.getgid(), program[0], program
    )
    factory = Factory(service, reactor)
    if limit is not None:
        factory.maximumPrograms = limit
    problems: list[BaseException] = []

    def inThread(port: int) -> None:
        try:
            talk(port)
        except BaseException as error:
            problems.append(error)
        reactor.callFromThread(reactor.stop)

    def start() -> None:
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        number = port.getHost().port
        threading.Thread(target=inThread, args=(number,), daemon=True).start()

    reactor.callWhenRunning(start)
    alarm = reactor.callLater(120, reactor.crash)
    reactor.run()
    assert alarm.active()
    alarm.cancel()
    for problem in problems:
        raise problem
    return factory


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def test_program_gets_the_connection_as_its_standard_streams() -> None:
    def talk(port: int) -> None:
        with connect(port) as one, connect(port) as two, one.makefile("rb") as answer:
            two.sendall(b"second\n")
            one.sendall(b"first\n")
            assert answer.readline() == b"got first\n"
            # The connection is over when the program is.
            assert answer.read() == b""
            assert two.makefile("rb").read() == b"got second\n"

    program = ["/bin/sh", "-c", 'read line; echo "got $line"']
    assert served(program, talk).running == 0


def test_more_programs_than_allowed_are_refused() -> None:
    def talk(port: int) -> None:
        with connect(port) as one, one.makefile("rb") as answer:
            one.sendall(b"x\n")
            assert answer.readline() == b"x\n"
            with connect(port) as two:
                assert two.makefile("rb").read() == b""
            one.shutdown(socket.SHUT_WR)
            assert answer.read() == b""

    served(["/bin/cat"], talk, limit=1)
