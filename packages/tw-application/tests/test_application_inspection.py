"""What can be asked of a service that runs, and how it is asked."""

import json
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from twisted.application.inspection import Inspection, InspectionError, InspectionService, main
from twisted.application.inspection._command import ask, table
from twisted.application.inspection._inspection import MAXIMUM_ROWS
from twisted.application.inspection._service import MAXIMUM_QUESTION, PATIENCE, reply
from twisted.application.service import MultiService, Service
from twisted.internet.defer import Deferred
from twisted.internet.defer.waiting import recordWaiting
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.selectreactor import SelectReactor
from twisted.logger import LogLevel, LogLevelFilterPredicate

HANGS_AFTER = 30.0


@pytest.fixture
def reactor() -> Iterator[SelectReactor]:
    """A reactor that the tests turn."""
    made = SelectReactor()
    made.startRunning(installSignalHandlers=False)
    yield made
    made.fireSystemEvent("shutdown")
    for call in made.getDelayedCalls():
        call.cancel()
    made.close()


@pytest.fixture
def levels() -> LogLevelFilterPredicate:
    """The levels of a log."""
    return LogLevelFilterPredicate()


@pytest.fixture
def inspection(reactor: SelectReactor, levels: LogLevelFilterPredicate) -> Inspection:
    """What is asked."""
    root, branch, leaf = MultiService(), MultiService(), Service()
    leaf.setName("leaf")
    leaf.setServiceParent(branch)
    branch.setServiceParent(root)
    Service().setServiceParent(root)
    leaf.startService()
    return Inspection(reactor, root, levels)


def until(reactor: SelectReactor, condition: Callable[[], object]) -> None:
    """Turn until a condition holds."""
    limit = monotonic() + HANGS_AFTER
    while not condition():
        assert monotonic() < limit, "the condition did not come to hold"
        reactor.iterate(0.01)


def test_services_are_shown_as_a_tree(inspection: Inspection) -> None:
    name = "twisted.application.service._service.Service"
    multi = "twisted.application.service._multiservice.MultiService"
    assert inspection.answer(["services"]) == [
        {"service": multi, "name": "-", "running": "no"},
        {"service": f"  {multi}", "name": "-", "running": "no"},
        {"service": f"    {name}", "name": "leaf", "running": "yes"},
        {"service": f"  {name}", "name": "-", "running": "no"},
    ]


def test_connections_and_ports_are_shown(inspection: Inspection, reactor: SelectReactor) -> None:
    port = reactor.listenTCP(0, Factory.forProtocol(Protocol), interface="127.0.0.1")
    number = port.getHost().port
    with socket.create_connection(("127.0.0.1", number)) as client:
        until(reactor, lambda: inspection.answer(["connections"]))
        (row,) = inspection.answer(["connections"])
        assert row["accepted"] == "yes"
        assert row["protocol"].endswith("Protocol")
        assert str(number) in row["here"]
        assert str(client.getsockname()[1]) in row["there"]
    (row,) = inspection.answer(["ports"])
    assert str(number) in row["port"]
    assert row["serves"].endswith("Factory")


def test_timers_are_shown_in_order(inspection: Inspection, reactor: SelectReactor) -> None:
    reactor.callLater(200, print, "later", end="")
    reactor.callLater(100, print, "sooner")
    first, second = inspection.answer(["timers"])
    assert first["call"] == "builtins.print('sooner')"
    assert second["call"] == "builtins.print('later', end='')"
    assert float(first["in seconds"]) < float(second["in seconds"])


def test_what_waits_is_shown_while_it_is_recorded(inspection: Inspection) -> None:
    assert "Nothing is recorded" in inspection.answer(["waiting"])[0]["waiting"]
    try:
        assert inspection.answer(["record", "on"]) == [{"record": "on"}]
        waiting: Deferred[None] = Deferred()
        assert any("Deferred" in row["waiting"] for row in inspection.answer(["waiting"]))
        assert inspection.answer(["record", "off"]) == [{"record": "off"}]
        waiting.cancel()
        waiting.addErrback(lambda failure: None)
    finally:
        recordWaiting(False)


def test_levels_can_be_changed(inspection: Inspection, levels: LogLevelFilterPredicate) -> None:
    assert inspection.answer(["levels"]) == [{"namespace": "-", "level": "info"}]
    assert inspection.answer(["level", "house", "debug"]) == [
        {"namespace": "-", "level": "info"},
        {"namespace": "house", "level": "debug"},
    ]
    assert levels.logLevelForNamespace("house.roof") is LogLevel.debug
    assert levels.logLevelForNamespace("garden") is LogLevel.info
    inspection.answer(["level", "-", "error"])
    assert levels.logLevelForNamespace("garden") is LogLevel.error


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "ask for one of services"),
        (["weather"], "ask for one of services"),
        (["services", "all"], "say services"),
        (["record", "it"], "say record on or record off"),
        (["level", "house"], "say level NAMESPACE LEVEL"),
        (["level", "house", "loud"], "there is no log level 'loud', only debug"),
    ],
)
def test_question_that_cannot_be_answered_says_what_can(
    inspection: Inspection, words: list[str], said: str
) -> None:
    with pytest.raises(InspectionError, match=said):
        inspection.answer(words)


def test_levels_that_are_not_known_are_said_to_be(reactor: SelectReactor) -> None:
    with pytest.raises(InspectionError, match="cannot be asked"):
        Inspection(reactor, Service()).answer(["levels"])


def test_rows_are_limited(inspection: Inspection, reactor: SelectReactor) -> None:
    for number in range(MAXIMUM_ROWS + 7):
        reactor.callLater(100, print, number)
    rows = inspection.answer(["timers"])
    assert len(rows) == MAXIMUM_ROWS + 1
    assert rows[-1] == {"in seconds": "... and 7 more"}


@pytest.mark.parametrize("line", [b"", b"{}", b"[1]", b"\xff", b"[" * 4000, b'"services"'])
def test_line_that_is_no_question_gets_an_error(inspection: Inspection, line: bytes) -> None:
    assert "a question is a line" in json.loads(reply(inspection, line))["error"]


@pytest.fixture
def path(reactor: SelectReactor, inspection: Inspection, tmp_path: Path) -> Iterator[str]:
    """Where the service listens."""
    service = InspectionService(reactor, str(tmp_path / "inspect"), inspection)
    service.startService()
    yield str(tmp_path / "inspect")
    service.stopService()
    until(reactor, lambda: not list(tmp_path.iterdir()))


def exchanged(reactor: SelectReactor, path: str, question: bytes) -> bytes:
    """Send bytes to the service; return all that it sends until it closes."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.setblocking(False)
        client.sendall(question)
        answer = bytearray()
        ended: list[bool] = []

        def isOver() -> bool:
            try:
                data = client.recv(65536)
            except BlockingIOError:
                return False
            except ConnectionResetError:
                data = b""
            answer.extend(data)
            if not data:
                ended.append(True)
            return bool(ended)

        until(reactor, isOver)
    return bytes(answer)


def test_socket_is_for_its_owner_alone(path: str) -> None:
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_service_answers_one_question(reactor: SelectReactor, path: str) -> None:
    answer = json.loads(exchanged(reactor, path, b'["levels"]\n["services"]\n'))
    assert answer == {"rows": [{"namespace": "-", "level": "info"}]}


def test_question_that_is_too_long_gets_an_error(reactor: SelectReactor, path: str) -> None:
    answer = json.loads(exchanged(reactor, path, b"x" * (MAXIMUM_QUESTION + 1)))
    assert "a question is a line" in answer["error"]


def test_peer_that_asks_nothing_is_given_up(
    reactor: SelectReactor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        until(reactor, reactor.getDelayedCalls)
        (limit,) = reactor.getDelayedCalls()
        assert 0 < limit.getTime() - reactor.seconds() <= PATIENCE
        limit.reset(0)
        until(reactor, lambda: not reactor.getDelayedCalls())


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    """Run the command; return its status, standard output and standard error."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_command_says_that_nobody_listens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = command(capsys, str(tmp_path / "none"), "services")
    assert (status, out) == (69, "")
    assert err.count("\n") == 1
    assert "Is the service running" in err


@pytest.mark.parametrize("arguments", [[], ["path"], ["--loud"]])
def test_wrong_command_line_is_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = command(capsys, *arguments)
    assert (status, out) == (64, "")
    assert err.endswith("Try 'twisted-inspect --help'.\n")


def test_rows_are_shown_in_columns() -> None:
    rows = [{"name": "a", "level": "info"}, {"name": "long\x1bname", "level": "debug"}]
    assert table(rows) == "name       level\na          info\nlong?name  debug"
    assert table([{"waiting": "- one"}, {"waiting": "  - two"}]) == "- one\n  - two"
    assert table([]) == "None."


def test_question_over_a_socket_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        ask(str(tmp_path / "none"), ["services"])
