"""The examples of the how-to on logging by messages, and messages about what is served."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.internet.defer import Deferred
from twisted.internet.protocol import ClientFactory, Protocol, ServerFactory, connectionDone
from twisted.internet.selectreactor import SelectReactor
from twisted.python import log
from twisted.python.failure import Failure

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "legacy-logging"
STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4} ", re.MULTILINE)


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return STAMP.sub("", done.stdout)


def test_messages_errors_and_prints_are_logged() -> None:
    lines = run("messages.py").splitlines()
    assert lines[:6] == [
        "[-] Log opened.",
        "[-] Hello, world.",
        "[shop] 2 chairs left",
        "[-] also what is printed",
        "[-] cannot divide",
        "\tTraceback (most recent call last):",
    ]
    assert lines[-1].endswith("ZeroDivisionError: division by zero")


def test_observer_counts_errors_of_both_kinds() -> None:
    assert run("counting.py") == "{'shop': 2}\n"


def test_messages_go_to_the_standard_library() -> None:
    assert run("to_logging.py").splitlines() == [
        "INFO twisted Hello, world.",
        "CRITICAL twisted This is important!",
        "DEBUG twisted Don't mind",
    ]


def test_log_begins_a_file_each_day(tmp_path: Path) -> None:
    run("daily.py", str(tmp_path / "shop.log"))
    text = STAMP.sub("", (tmp_path / "shop.log").read_text())
    assert text == "[-] Log opened.\n[-] Hello, world.\n"


@pytest.fixture
def events() -> Iterator[list[log.EventDict]]:
    events: list[log.EventDict] = []
    log.addObserver(events.append)
    yield events
    log.removeObserver(events.append)


def test_err_as_an_errback_logs_and_handles_the_failure(events: list[log.EventDict]) -> None:
    results: list[object] = []
    broken: Deferred[int] = Deferred()
    broken.addErrback(log.err, "cannot register").addCallback(results.append)
    failure = Failure(ValueError("broken"))
    broken.errback(failure)
    assert results == [None]
    (event,) = events
    assert (event["failure"], event["why"]) == (failure, "cannot register")


class Talker(Protocol):
    """Logs a message whenever something happens, and ends when it has got something."""

    def connectionMade(self) -> None:
        log.msg("made")
        if self.greets:
            self.transport.write(b"x")

    def dataReceived(self, data: bytes) -> None:
        log.msg("received")
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        log.msg("lost")
        self.done()

    greets = False

    @staticmethod
    def done() -> None:
        """Do nothing."""


class Greeter(Talker):
    greets = True


def test_messages_say_which_connection_they_are_about(events: list[log.EventDict]) -> None:
    reactor = SelectReactor()
    Greeter.done = reactor.stop  # type: ignore[method-assign]
    servers, clients = ServerFactory(), ClientFactory()
    servers.protocol, clients.protocol = Talker, Greeter
    servers.noisy = clients.noisy = False
    port = reactor.listenTCP(0, servers, interface="127.0.0.1")
    reactor.connectTCP("127.0.0.1", port.getHost().port, clients)
    reactor.callLater(0, log.msg, "nobody's turn")
    reactor.run(installSignalHandlers=False)
    said = {(event["message"], event["system"]) for event in events}
    assert (("nobody's turn",), "-") in said
    assert (("received",), "Talker,0,127.0.0.1") in said
    log.msg("afterwards")
    assert events[-1]["system"] == "-"
