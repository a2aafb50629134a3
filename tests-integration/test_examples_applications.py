"""The examples of the how-tos about applications, twistd and process monitoring.

They are applications/echo.tac, applications/echoing.py, applications/client.tac,
applications/by_hand.py, applications/in_turn.tac, process-monitoring/watch.tac and process-monitoring/heartbeat.py.
"""

import signal
import socket
import sys
from pathlib import Path

from .daemons import TWISTD
from .running import PATIENCE, ROOT, ask, freePort, running

APPLICATIONS = ROOT / "docs" / "examples" / "applications"
MONITORING = ROOT / "docs" / "examples" / "process-monitoring"
STARTED = "The service has started"
QUIET = [TWISTD, "-n", "--pidfile="]


def echoes(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"hello")
        return connection.recv(5) == b"hello"


def test_application_serves_and_reports() -> None:
    port = freePort()
    variables = {"ECHO_PORT": str(port)}
    with running([*QUIET, "-y", "echo.tac"], APPLICATIONS, variables) as twistd:
        twistd.waitFor(lambda text: STARTED in text and "0 bytes so far" in text)
        assert echoes(port)
        assert twistd.stop() == -signal.SIGINT


def test_client_comes_back_to_a_server_that_was_away() -> None:
    port = freePort()
    variables = {"ECHO_PORT": str(port)}
    with running([*QUIET, "-y", "client.tac"], APPLICATIONS, variables) as client:
        client.waitFor(lambda text: STARTED in text)
        with running([*QUIET, "-y", "echo.tac"], APPLICATIONS, variables) as server:
            client.waitFor(lambda text: text.count("answer: hello") == 1)
            server.stop()
        with running([*QUIET, "-y", "echo.tac"], APPLICATIONS, variables) as server:
            client.waitFor(lambda text: text.count("answer: hello") == 2)
            server.stop()
        assert client.stop(signal.SIGTERM) == -signal.SIGTERM


def test_server_listens_when_what_it_needs_is_there() -> None:
    needed, port = freePort(), freePort()
    variables = {"ECHO_PORT": str(needed), "READY_PORT": str(port)}
    with running([*QUIET, "-y", "in_turn.tac"], APPLICATIONS, variables) as it:
        it.waitFor(lambda text: "waiting for the other server" in text)
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
        with running([*QUIET, "-y", "echo.tac"], APPLICATIONS, variables):
            it.waitFor(lambda text: STARTED in text)
            assert ask(port, b"") == b"ready\n"
            assert it.stop() == -signal.SIGINT
    log = "".join(it.out)
    assert log.index("Starting factory") < log.index(STARTED)
    assert "Traceback" not in log


def test_waiting_for_what_a_server_needs_can_be_given_up() -> None:
    variables = {"ECHO_PORT": str(freePort()), "READY_PORT": str(freePort())}
    with running([*QUIET, "-y", "in_turn.tac"], APPLICATIONS, variables) as it:
        it.waitFor(lambda text: "waiting for the other server" in text)
        assert it.stop() == -signal.SIGINT
    assert "Traceback" not in "".join(it.out)
    assert it.err == []


def test_application_runs_without_twistd() -> None:
    port = freePort()
    command = [sys.executable, "by_hand.py"]
    with running(command, APPLICATIONS, {"ECHO_PORT": str(port), "PYTHONUNBUFFERED": "1"}) as it:
        it.waitFor(lambda text: "running" in text)
        assert echoes(port)
        assert it.stop() == 0
    assert it.out[-1] == "stopped\n"


def test_programs_are_watched() -> None:
    with running([*QUIET, "-y", "watch.tac"], MONITORING) as twistd:
        # More than the three of one life: they were started again.
        twistd.waitFor(lambda text: text.count("[Ada] Ada is alive") > 3)
        twistd.waitFor(lambda text: text.count("[Grace] Grace is alive") > 3)
        assert twistd.stop() == -signal.SIGINT


def test_program_is_watched_from_the_command_line() -> None:
    command = [*QUIET, "procmon", "-t", "0.1", sys.executable, "heartbeat.py"]
    with running(command, MONITORING, {"WHO": "Ada"}) as twistd:
        twistd.waitFor(lambda text: text.count("Ada is alive") > 3)
        assert twistd.stop() == -signal.SIGINT


def test_program_is_run_for_each_connection(tmp_path: Path) -> None:
    port = freePort()
    (tmp_path / "inetd.conf").write_text(f"{port} stream tcp nowait 0 /bin/cat cat\n")
    with running([*QUIET, "inetd", "-f", "inetd.conf"], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert echoes(port)
        assert echoes(port)
        assert twistd.stop() == -signal.SIGINT
