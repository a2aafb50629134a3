"""The examples of the how-to about services, run as it says.

They are greeter/greeting.py, greeter/protocol.py, greeter/visitorbook.py and greeter/tap.py, the
plugin twisted/plugins/greeter_plugin.py, and run_greeter.py and test_greeter.py beside them.
"""

import sys
from pathlib import Path

import pytest

from .running import ROOT, TWIST, ask, freePort, run, running

EXAMPLES = ROOT / "docs" / "examples" / "services"
HOW_TO = (ROOT / "docs" / "howto" / "services.md").read_text()


@pytest.fixture
def endpoint() -> tuple[int, list[str]]:
    """A free port, and the options that make the greeter listen there."""
    port = freePort()
    return port, ["--endpoint", f"tcp:{port}:interface=127.0.0.1"]


def test_command_greets_and_counts(endpoint: tuple[int, list[str]], tmp_path: Path) -> None:
    port, options = endpoint
    book = tmp_path / "book"
    command = [TWIST, "greeter", "--greeting", "Welcome", "--book", str(book), *options]
    with running(command, EXAMPLES) as service:
        service.waitFor(lambda text: "has started" in text)
        assert ask(port, b"Ada\n") == b"Welcome, Ada! You are number 1.\n"
        assert ask(port, b"\n") == b"Welcome, stranger! You are number 2.\n"
        assert ask(port, b"x" * 1000) == b""
        assert service.stop() == 0
    assert book.read_text() == "2 visitors\n"


def test_program_without_twist_greets(endpoint: tuple[int, list[str]], tmp_path: Path) -> None:
    port, options = endpoint
    book = tmp_path / "book"
    command = [sys.executable, "run_greeter.py", "--book", str(book), *options]
    with running(command, EXAMPLES) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        assert ask(port, b"Ada\n") == b"Hello, Ada! You are number 1.\n"
        assert service.stop() == 0
    assert book.read_text() == "1 visitors\n"


def test_help_of_the_command_lists_its_options() -> None:
    status, out, _ = run([TWIST, "greeter", "--help"], EXAMPLES)
    assert status == 0
    for option in ("--endpoint", "--greeting", "--book"):
        assert option in out


@pytest.mark.parametrize(
    "options", [["--greeting", ""], ["--book", "/nowhere/book", "--endpoint", "tcp:0"]]
)
def test_errors_are_those_that_the_how_to_shows(options: list[str]) -> None:
    status, _, err = run([TWIST, "greeter", *options], EXAMPLES)
    assert status in (64, 66)
    assert err.count("\n") == 1
    assert err.strip() in HOW_TO


def test_tests_of_the_example_pass() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_greeter.py"]
    status, out, err = run(command, EXAMPLES)
    assert status == 0, out + err
    assert "2 passed" in out
