"""What is handed over to the next process, and what that process makes of it."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from twisted.application.restarting import (
    Activated,
    Restart,
    RestartError,
    takeOver,
    tellPredecessor,
)
from twisted.internet._sockets._handedover import handedOver
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.selectreactor import SelectReactor
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.failure import Failure

HANGS_AFTER = 30.0


@pytest.fixture
def reactor() -> Iterator[SelectReactor]:
    """A reactor that the tests turn."""
    made = SelectReactor()
    made.startRunning(installSignalHandlers=True)
    yield made
    made.fireSystemEvent("shutdown")
    made._uninstallSignalHandlers()
    for call in made.getDelayedCalls():
        call.cancel()
    made.close()


def outcome(reactor: SelectReactor, deferred: Deferred[int]) -> int | Failure:
    """Turn until a Deferred has fired; return what with."""
    fired: list[int | Failure] = []
    deferred.addBoth(fired.append)
    limit = monotonic() + HANGS_AFTER
    while not fired:
        assert monotonic() < limit, "it did not fire"
        reactor.iterate(0.01)
    return fired[0]


def handed(reactor: SelectReactor, tmp_path: Path, activated: Activated) -> dict[str, object]:
    """Start a process that writes down what it was handed, and says that it is ready."""
    out = tmp_path / "handed"
    program = (
        "import json, os, socket, sys\n"
        "found = json.loads(os.environ['TW_HANDOVER'])\n"
        "found['names'] = [socket.socket(fileno=fd).getsockname()[1] for fd, _ in found['ports']]\n"
        "found['environ'] = dict(os.environ)\n"
        "found['pid'] = os.getpid()\n"
        "open(sys.argv[1], 'w').write(json.dumps(found))\n"
        "os.write(found['ready'], b'ready')\n"
    )
    restart = Restart(reactor, [sys.executable, "-c", program, str(out)], activated)
    process = outcome(reactor, restart.begin())
    found: dict[str, object] = json.loads(out.read_text())
    assert process == found["pid"]
    return found


def test_ports_are_handed_over_with_what_they_were_asked_for(
    reactor: SelectReactor, tmp_path: Path
) -> None:
    factory: Factory[Protocol] = Factory.forProtocol(Protocol)
    ports = [reactor.listenTCP(0, factory, interface="127.0.0.1") for _ in range(2)]
    found = handed(reactor, tmp_path, Activated())
    assert found["parent"] == os.getpid()
    assert sorted(found["names"]) == sorted(port.getHost().port for port in ports)  # type: ignore[call-overload]
    assert [request for _, request in found["ports"]] == ["TCP 127.0.0.1 0"] * 2  # type: ignore[attr-defined]


def test_ports_that_are_too_many_are_told(
    reactor: SelectReactor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twisted.application.restarting.MAXIMUM_PORTS", 1)
    factory: Factory[Protocol] = Factory.forProtocol(Protocol)
    for _ in range(2):
        reactor.listenTCP(0, factory, interface="127.0.0.1")
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)
    try:
        found = handed(reactor, tmp_path, Activated())
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert len(found["ports"]) == 1  # type: ignore[arg-type]  # a list
    assert [event["count"] for event in events if "count" in event] == [2]


def test_sockets_of_systemd_keep_their_places(reactor: SelectReactor, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as given:
        status = os.fstat(given.fileno())
        reactor.adoptStreamPort(given.fileno(), socket.AF_INET, Factory.forProtocol(Protocol))
        identities = ((status.st_dev, 0), (status.st_dev, status.st_ino))
        found = handed(reactor, tmp_path, Activated(identities, "gone:web"))
    environ = found["environ"]
    assert isinstance(environ, dict)
    assert environ["LISTEN_FDS"] == "2"
    assert environ["LISTEN_FDNAMES"] == "gone:web"
    assert environ["LISTEN_PID"] == str(found["pid"])
    # It is found by its place, and so it is not handed over once more.
    assert found["ports"] == []
    assert found["ready"] == 5


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit(7)", "it has ended: .*7"),
        (
            "import json, os\n"
            "ready = json.loads(os.environ['TW_HANDOVER'])['ready']\n"
            "os.write(ready, b'failed no\\nluck' + b'!' * 9999)\n"
            "raise SystemExit(7)",
            "^it has ended: no luck!{4089}$",
        ),
        ("import time; time.sleep(1000)", "it was not ready after 0.2 seconds, and is ended"),
    ],
)
def test_process_that_is_not_ready_is_an_error(
    reactor: SelectReactor, program: str, said: str
) -> None:
    patience = 0.2 if "sleep" in program else HANGS_AFTER
    failure = outcome(reactor, Restart(reactor, [sys.executable, "-c", program]).begin(patience))
    assert isinstance(failure, Failure)
    with pytest.raises(RestartError, match=said):
        failure.raiseException()


def test_new_process_begins_in_a_directory_with_what_was_left_to_it(
    reactor: SelectReactor, tmp_path: Path
) -> None:
    program = (
        "import json, os\n"
        "found = json.loads(os.environ['TW_HANDOVER'])\n"
        "os.write(found['belongings']['file'], os.fsencode(os.getcwd()))\n"
        "os.write(found['ready'], b'ready')\n"
    )
    command = [sys.executable, "-c", program]
    with (tmp_path / "file").open("wb") as file:
        restart = Restart(
            reactor,
            command,
            directory=str(tmp_path),
            belongings={"other": file.fileno(), "file": file.fileno()},
        )
        assert isinstance(outcome(reactor, restart.begin()), int)
    assert (tmp_path / "file").read_bytes() == os.fsencode(tmp_path)


def test_program_that_is_gone_is_an_error(reactor: SelectReactor) -> None:
    failure = outcome(reactor, Restart(reactor, ["/nowhere/program"]).begin(HANGS_AFTER))
    assert isinstance(failure, Failure)
    assert failure.check(RestartError)


def left(
    descriptor: int, ports: object, parent: int | None = None, **more: object
) -> dict[str, str]:
    """Return an environment that another process has left."""
    parent = os.getppid() if parent is None else parent
    content = {"parent": parent, "ready": descriptor, "ports": ports, **more}
    return {"TW_HANDOVER": json.dumps(content)}


def test_successor_takes_sockets_and_says_that_it_is_ready() -> None:
    reading, writing = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as server:
        environ = left(writing, [[server.detach(), "TCP somewhere 1"]])
    predecessor = takeOver(environ)
    assert predecessor
    assert environ == {}
    taken = handedOver.take("TCP somewhere 1")
    assert taken is not None
    taken.close()
    predecessor.ready()
    assert os.read(reading, 99) == b"ready"
    assert os.read(reading, 99) == b""
    os.close(reading)
    assert not predecessor
    predecessor.ready()


def test_belongings_are_taken_by_their_names_or_closed() -> None:
    reading, writing = os.pipe()
    mine, unwanted = os.pipe()
    belongings = {"mine": mine, "unwanted": unwanted, "wrong": True}
    predecessor = takeOver(left(writing, [], belongings=belongings))
    assert predecessor.take("mine") == mine
    assert not os.get_inheritable(mine)
    assert predecessor.take("mine") is predecessor.take("wrong") is None
    predecessor.ready()
    assert os.read(mine, 1) == b""
    os.close(mine)
    os.close(reading)


def test_process_that_cannot_take_over_says_why() -> None:
    reading, writing = os.pipe()
    environ = left(writing, [])
    predecessor = takeOver(environ)
    assert predecessor.refuse(64, "this\udc80 is why" + "!" * 9999)
    assert os.read(reading, 9999) == b"failed this\\udc80 is why" + b"!" * 4079
    assert os.read(reading, 1) == b""
    assert not predecessor.refuse(64, "once more")
    os.close(reading)


def test_worker_that_cannot_serve_says_why_in_its_own_way() -> None:
    reading, writing = os.pipe()
    assert takeOver(left(writing, [], worker=0)).refuse(64, "this is why")
    assert json.loads(os.read(reading, 9999)) == {"status": 64, "failed": "this is why"}
    os.close(reading)


def test_nobody_is_told_where_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not tellPredecessor(None, 64, "this is why")
    reading, writing = os.pipe()
    os.close(reading)
    assert not takeOver(left(writing, [])).refuse(64, "this is why")
    monkeypatch.setenv("TW_HANDOVER", "nonsense")
    assert not tellPredecessor(None, 64, "this is why")


def test_predecessor_that_is_gone_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    takeOver(left(writing, [])).ready()


def test_sockets_that_nobody_wants_are_closed() -> None:
    reading, writing = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        environ = left(writing, [[server.detach(), "TCP somewhere 1"]])
    takeOver(environ).ready()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, HANGS_AFTER)
    os.close(reading)


def test_process_of_another_parent_takes_nothing() -> None:
    assert not takeOver(left(0, [[0, "TCP somewhere 1"]], parent=os.getppid() + 1))
    assert not takeOver({})
    assert handedOver.closeRest() == []


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        "{}",
        '{"parent": 1, "ready": 1, "ports": [[1]]}',
        "[" * 100_000,
        '{"parent": "1"}',
    ],
)
def test_variable_that_cannot_be_understood_is_one_error(text: str) -> None:
    with pytest.raises(ValueError, match="TW_HANDOVER cannot be understood: unset it"):
        takeOver({"TW_HANDOVER": text})


def test_sockets_that_this_process_was_started_with_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as given:
        environ = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "web"}
        assert Activated.fromEnvironment({}) == Activated()
        found = Activated.fromEnvironment(environ)
        assert len(found.identities) == 1
        assert found.names == "web"
        assert given.fileno() > 0
