"""The command twist as it is installed: help, manual page, plugins, logs, ends."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from twisted import __version__

from .running import PATIENCE, ROOT, TWIST, ask, freePort, run, running

EXAMPLE = ROOT / "docs" / "examples" / "finger"
MAN_FOLDER = ROOT / "packages" / "tw-application" / "man"
MAN_PAGES = sorted(MAN_FOLDER.iterdir())

COMMANDS = [
    [TWIST],
    [sys.executable, "-m", "twisted"],
    [sys.executable, "-m", "twisted.scripts.twist"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=["twist", "twisted", "scripts"])
def test_version_is_that_of_the_package(command: list[str]) -> None:
    assert run([*command, "--version"]) == (0, f"twist {__version__}\n", "")


def test_help_lists_plugins_of_the_current_directory() -> None:
    status, out, err = run([TWIST, "--help"], EXAMPLE, {"PYTHONPATH": ""})
    assert (status, err) == (0, "")
    assert "finger" in out
    assert "Answer finger queries (RFC 1288)." in out


def test_reactors_are_listed() -> None:
    status, out, err = run([TWIST, "--help-reactors"])
    assert (status, err) == (0, "")
    assert "select" in out
    assert "epoll" in out
    assert "asyncio" in out
    assert "uvloop" in out


@pytest.mark.parametrize("name", ["select", "epoll", "asyncio", "uvloop"])
def test_service_runs_on_the_reactor_that_is_asked_for(name: str) -> None:
    port = freePort()
    endpoint = f"tcp:{port}:interface=127.0.0.1"
    with running([TWIST, "--reactor", name, "finger", "-e", endpoint], EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        assert b"Alice" in ask(port, b"alice\r\n")
        assert service.stop() == 0
    assert name in "".join(service.out).lower().split("the finger service")[0]


def test_unknown_reactor_is_one_line() -> None:
    status, out, err = run([TWIST, "--reactor", "fusion", "finger"], EXAMPLE)
    assert (status, out) == (64, "")
    assert err.count("\n") == 1
    assert "fusion" in err


def test_log_can_be_json_in_a_file(tmp_path: Path) -> None:
    log = tmp_path / "log"
    port = freePort()
    options = ["--log-format=json", f"--log-file={log}"]
    endpoint = f"tcp:{port}:interface=127.0.0.1"
    with running([TWIST, *options, "finger", "-e", endpoint], EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        ask(port, b"alice\r\n")
        assert service.stop() == 0
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert any("asks" in event["log_format"] for event in events if "log_format" in event)
    assert all("asks" not in line for line in service.out)


def test_text_log_lines_have_a_time_and_a_level() -> None:
    port = freePort()
    with running([TWIST, "finger", "-e", f"tcp:{port}:interface=127.0.0.1"], EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        assert service.stop() == 0
    assert f"twist {__version__} runs finger" in service.out[0]
    assert "#info]" in service.out[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to try")
def test_full_disk_of_the_log_is_told_and_the_service_goes_on() -> None:
    port = freePort()
    endpoint = f"tcp:{port}:interface=127.0.0.1"
    with running([TWIST, "--log-file=/dev/full", "finger", "-e", endpoint], EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        assert b"Alice" in ask(port, b"alice\r\n")
        assert service.stop() == 0
    assert "".join(service.err).startswith("twist: the log cannot be written: [Errno 28]")
    assert len(service.err) == 1


def test_plugin_that_cannot_be_imported_leaves_the_others(tmp_path: Path) -> None:
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "broken_plugin.py").write_text("import no_such_module\n")
    path = f"{tmp_path}:{EXAMPLE}"
    status, out, _ = run([TWIST, "--help"], tmp_path, {"PYTHONPATH": path})
    assert status == 0
    assert "Answer finger queries" in out


@pytest.mark.parametrize("page", MAN_PAGES, ids=[page.name for page in MAN_PAGES])
def test_manual_page_is_shown_without_warnings(page: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is missing: apt-get install man-db")
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", str(page)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"},
    )
    assert shown.stderr == ""
    assert page.stem in shown.stdout


def test_manual_page_has_every_option() -> None:
    text = (MAN_FOLDER / "twist.1").read_text().replace("\\-", "-")
    for option in (
        "reactor",
        "help-reactors",
        "log-file",
        "log-format",
        "log-level",
        "version",
        "drain",
        "restart-on",
        "inspect",
        "workers",
        "config",
    ):
        assert f"--{option}" in text
        assert f"--{option}" in run([TWIST, "--help"])[1]
