"""twistd in the foreground: its ends, logs, plugins, profilers, debugger and shells."""

import json
import pstats
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted import __version__

from .daemons import ECHO, TWISTD, Place, waitFor
from .running import PATIENCE, ROOT, ask, freePort, run, running
from .test_options_bash import Bash
from .test_options_zsh import Zsh

EXAMPLE = ROOT / "docs" / "examples" / "finger"
STARTED = "The service has started"


@pytest.fixture
def echo(tmp_path: Path) -> Place:
    """A place with an application that echoes."""
    return Place(tmp_path)


@pytest.mark.parametrize("command", [[TWISTD], [sys.executable, "-m", "twisted.scripts.twistd"]])
def test_version_is_that_of_the_package(command: list[str]) -> None:
    assert run([*command, "--version"]) == (0, f"twistd {__version__}\n", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_it_in_order_and_is_its_status(echo: Place, number: int) -> None:
    with running([TWISTD, "-ny", "echo.tac"], echo.path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert ask(echo.port, b"x") == b"x"
        assert echo.pid() == twistd.process.pid
        assert twistd.stop(number) == -number
    lines = [line.rstrip().partition("] ")[2] for line in twistd.out]
    name = signal.Signals(number).name
    assert lines.index(f"Received {name}, shutting down.") < lines.index("Main loop terminated.")
    assert lines[-2:] == ["Main loop terminated.", "Server Shut Down."]
    assert any(line.startswith("Stopping factory") for line in lines)
    assert "[twisted.application.app.AppLogger#info]" in twistd.out[0]
    assert twistd.err == []
    assert not echo.pidFile.exists()


def test_end_of_the_reactor_is_status_0(tmp_path: Path) -> None:
    program = ECHO + "from twisted.internet import reactor\nreactor.callWhenRunning(reactor.stop)\n"
    it = Place(tmp_path, program)
    status, out, err = run([TWISTD, "-noy", "echo.tac"], it.path)
    assert (status, err) == (0, "")
    assert "Server Shut Down." in out


def test_each_line_is_there_at_once_when_standard_output_is_a_pipe(echo: Place) -> None:
    with running([TWISTD, "-ny", "echo.tac"], echo.path) as twistd:
        twistd.waitFor(lambda text: "Loaded." in text)
        twistd.stop()


def test_no_pid_file_is_written_if_none_is_wanted(echo: Place) -> None:
    with running([TWISTD, "-n", "--pidfile=", "-y", "echo.tac"], echo.path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert list(echo.path.glob("*.pid")) == []
        twistd.stop()


def test_application_that_does_nothing_runs_until_it_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "smtpclient-1.tac").write_text(
        "from twisted.application import service\n"
        'application = service.Application("SMTP Client Tutorial")\n'
    )
    with running([TWISTD, "-ny", "smtpclient-1.tac"], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert twistd.stop() == -signal.SIGINT


def test_client_without_an_address_is_logged_and_the_process_goes_on(tmp_path: Path) -> None:
    (tmp_path / "smtpclient-2.tac").write_text(
        "from twisted.application import internet, service\n"
        "from twisted.internet import protocol\n"
        'application = service.Application("SMTP Client Tutorial")\n'
        "factory = protocol.ClientFactory()\n"
        "internet.TCPClient(None, None, factory).setServiceParent(application)\n"
    )
    with running([TWISTD, "-ny", "smtpclient-2.tac"], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        twistd.stop()
    assert "Traceback" in "".join(twistd.out)


def test_log_observer_of_the_command_line_is_used(echo: Place) -> None:
    # The listing of the documentation, with another file.
    (echo.path / "my.py").write_text(
        "from twisted.python.log import FileLogObserver\n"
        "def logger():\n"
        f'    return FileLogObserver(open({str(echo.path / "my.log")!r}, "w")).emit\n'
    )
    with running([TWISTD, "--logger", "my.logger", "-ny", "echo.tac"], echo.path) as twistd:
        log = echo.path / "my.log"
        waitFor(lambda: log.exists() and STARTED in log.read_text(), "the log")
        twistd.stop()
    assert "[-] Log opened." in (echo.path / "my.log").read_text()
    assert twistd.out == []


def test_log_observer_of_the_application_is_used(tmp_path: Path) -> None:
    program = ECHO + (
        "from twisted.python.log import ILogObserver, FileLogObserver\n"
        "from twisted.python.logfile import DailyLogFile\n"
        f'logfile = DailyLogFile("my.log", {str(tmp_path)!r})\n'
        "application.setComponent(ILogObserver, FileLogObserver(logfile).emit)\n"
    )
    it = Place(tmp_path, program)
    log = tmp_path / "my.log"
    with running([TWISTD, "-ny", "echo.tac"], it.path) as twistd:
        waitFor(lambda: log.exists() and STARTED in log.read_text(), "the log")
        twistd.stop()
    assert "starting up." in log.read_text()


def test_reactor_is_installed_before_the_application_is_loaded(tmp_path: Path) -> None:
    program = "from twisted.internet import reactor\nprint(reactor.__class__.__name__)\n" + ECHO
    it = Place(tmp_path, program)
    with running([TWISTD, "--reactor=select", "-ny", "echo.tac"], it.path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        twistd.stop()
    assert twistd.out[0] == "SelectReactor\n"
    assert any(
        "reactor class: twisted.internet.selectreactor.SelectReactor." in o for o in twistd.out
    )


def test_reactors_are_listed() -> None:
    status, out, _ = run([TWISTD, "--help-reactors"])
    assert status == 0
    assert "epoll" in out


def test_plugin_is_a_command_with_its_own_help() -> None:
    status, out, err = run([TWISTD, "--help"], EXAMPLE)
    assert (status, err) == (0, "")
    assert "Answer finger queries" in out
    status, out, err = run([TWISTD, "finger", "--help"], EXAMPLE)
    assert (status, err) == (0, "")
    assert "--endpoint" in out


def test_plugin_is_run(tmp_path: Path) -> None:
    port = freePort()
    command = [
        TWISTD,
        "-n",
        f"--rundir={tmp_path}",
        "finger",
        "-e",
        f"tcp:{port}:interface=127.0.0.1",
    ]
    with running(command, EXAMPLE) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert b"Alice" in ask(port, b"alice\r\n")
        assert twistd.stop() == -signal.SIGINT


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["finger", "--nonsense"], "twistd finger: option --nonsense not recognized"),
        (["nonsense"], "twistd: Unknown command: nonsense"),
        (["--reactor=fusion", "finger"], "twistd: there is no reactor called 'fusion'"),
    ],
)
def test_wrong_command_line_is_one_line(words: list[str], text: str) -> None:
    status, out, err = run([TWISTD, *words], EXAMPLE)
    assert (status, out) == (64, "")
    assert err.startswith(text)
    assert "--help" in err
    assert err.count("\n") == 1


def test_plugin_that_cannot_be_imported_leaves_the_others(tmp_path: Path) -> None:
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "broken_plugin.py").write_text("import no_such_module\n")
    status, out, err = run([TWISTD, "--help"], tmp_path, {"PYTHONPATH": f"{tmp_path}:{EXAMPLE}"})
    assert status == 0
    assert "Answer finger queries" in out
    assert "broken_plugin" in err
    assert err.count("cannot be imported") == 1


def test_plugin_whose_service_cannot_be_made_is_told(tmp_path: Path) -> None:
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "raising_plugin.py").write_text(
        "from twisted.application.service import ServiceMaker\n"
        "raising = ServiceMaker('Raising', 'no_such_module', 'Raise.', 'raising')\n"
    )
    status, _, err = run([TWISTD, "-n", "raising"], tmp_path)
    assert status == 70
    assert "no_such_module" in err
    assert err.count("\n") == 1
    assert list(tmp_path.glob("*.pid")) == []


@pytest.mark.parametrize("profiler", ["cprofile", "profile"])
@pytest.mark.parametrize("stats", [False, True])
def test_profiler_writes_what_it_found(tmp_path: Path, profiler: str, stats: bool) -> None:
    program = ECHO + "from twisted.internet import reactor\nreactor.callLater(0, reactor.stop)\n"
    it = Place(tmp_path, program)
    words = [f"--profiler={profiler}", "--profile=found", *(["--savestats"] if stats else [])]
    status, _, err = run([TWISTD, *words, "-ny", "echo.tac"], it.path)
    assert (status, err) == (0, "")
    if stats:
        assert pstats.Stats(str(tmp_path / "found")).total_calls > 0  # type: ignore[attr-defined]  # it has it
    else:
        assert "function calls" in (tmp_path / "found").read_text()


def test_each_call_is_printed(tmp_path: Path) -> None:
    program = ECHO + "from twisted.internet import reactor\nreactor.callLater(0, reactor.stop)\n"
    it = Place(tmp_path, program)
    status, out, _ = run([TWISTD, "--spew", "-ny", "echo.tac"], it.path)
    assert status == 0
    assert "method stop of" in out or "stop" in out


def test_debugger_steps_and_stops(tmp_path: Path) -> None:
    program = ECHO + (
        "from twisted.internet import reactor\n"
        "def interesting():\n"
        "    value = 6 * 7\n"
        "    return value\n"
        "reactor.callWhenRunning(interesting)\n"
    )
    it = Place(tmp_path, program)
    line = program[: program.index("    return value")].count("\n") + 1
    done = subprocess.run(
        [TWISTD, "-b", "-l", "log", "-y", "echo.tac"],
        input=f"break echo.tac:{line}\ncontinue\nprint(value + 1)\nstop\n",
        cwd=it.path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert "(Pdb) 43\n" in done.stdout
    assert "Server Shut Down." in (tmp_path / "log").read_text()


def test_port_of_systemd_is_adopted(tmp_path: Path) -> None:
    if shutil.which("systemd-socket-activate") is None:
        pytest.skip("systemd-socket-activate is missing: apt-get install systemd")
    program = ECHO.replace(
        'internet.TCPServer({port}, Factory.forProtocol(Echo), interface="127.0.0.1")',
        'strports.service("systemd:domain=INET:index=0", Factory.forProtocol(Echo))',
    ).replace("internet, service", "internet, service, strports")
    it = Place(tmp_path, program)
    command = ["systemd-socket-activate", "-l", f"127.0.0.1:{it.port}", TWISTD]
    with running([*command, "--nodaemon", "--pidfile=", "-y", "echo.tac"], it.path) as twistd:
        waitFor(lambda: "Listening" in "".join(twistd.err), "systemd")
        # The connection is what starts the daemon.
        assert ask(it.port, b"hello") == b"hello"
        twistd.stop(signal.SIGTERM)
    assert any("Log opened." in line for line in twistd.out)


def test_units_are_in_order(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    unit = tmp_path / "www.example.com.service"
    unit.write_text(
        "[Unit]\nDescription=Example\n\n"
        f"[Service]\nExecStart={TWISTD} --nodaemon --pidfile= finger\n"
        f"WorkingDirectory={EXAMPLE}\nUser=daemon\nGroup=daemon\nRestart=always\n\n"
        "[Install]\nWantedBy=multi-user.target\n"
    )
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def shell(tmp_path: Path) -> None:
    (tmp_path / "twistd").symlink_to(TWISTD)


def test_bash_completes_commands_of_plugins(tmp_path: Path) -> None:
    import twisted.python.usage

    if shutil.which("bash") is None:
        pytest.skip("bash is missing: apt-get install bash")
    shell(tmp_path)
    shipped = Path(twisted.python.usage.__file__).with_name("twisted-completion.bash")
    bash = Bash(tmp_path)
    try:
        bash.type(
            f"source {shipped}; export PYTHONPATH={EXAMPLE};"
            " complete -o bashdefault -o default -F _twisted_completion twistd;"
            " bind 'set bell-style none'; echo READ''Y\n",
            "READY",
        )
        bash.type("twistd --nodae\tfin\t --endp\t --help; echo DO''NE\n", "Answers finger queries")
    finally:
        bash.close()


def test_zsh_completes_commands_of_plugins(tmp_path: Path) -> None:
    import twisted.python.usage

    if shutil.which("zsh") is None:
        pytest.skip("zsh is missing: apt-get install zsh")
    shell(tmp_path)
    shipped = Path(twisted.python.usage.__file__).with_name("twisted-completion.zsh")
    _, _, rest = shipped.read_text().partition("\n")
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "_twistd").write_text("#compdef twistd\n" + rest)
    zsh = Zsh(tmp_path)
    try:
        zsh.type(
            f"fpath=({tmp_path}/functions $fpath); export PYTHONPATH={EXAMPLE};"
            " autoload -U compinit; compinit -u -D; unsetopt beep; print READ''Y\n",
            "READY",
        )
        zsh.type("twistd --nodae\tfin\t --help; print DO''NE\n", "Answers finger queries")
    finally:
        zsh.close()


def test_version_imports_nothing_that_only_applications_need() -> None:
    # The modules, not the time: what --version imports is what it costs.
    program = (
        "import sys, json\n"
        "from twisted.scripts import twistd\n"
        "sys.argv = ['twistd', '--version']\n"
        "try:\n    twistd.run()\n"
        "except SystemExit:\n    print(json.dumps(sorted(sys.modules)))\n"
    )
    status, out, _ = run([sys.executable, "-c", program])
    assert status == 0
    modules = json.loads(out.splitlines()[1])
    for heavy in ("zope.interface", "twisted.logger", "twisted.plugin", "twisted.internet.defer"):
        assert heavy not in modules


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The port of a server that echoes."""
    (tmp_path / "served").mkdir()
    echo = Place(tmp_path / "served")
    with running([TWISTD, "-n", "--pidfile=", "-y", "echo.tac"], echo.path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        yield echo.port
        twistd.stop()


def test_connections_are_passed_on(served: int, tmp_path: Path) -> None:
    port = freePort()
    words = ["-p", f"tcp:{port}:interface=127.0.0.1", "-h", "127.0.0.1", "-d", str(served)]
    with running([TWISTD, "-n", "portforward", *words], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        assert ask(port, b"hello") == b"hello"
        twistd.stop()


def test_socks_proxy_serves_socat(served: int, tmp_path: Path) -> None:
    if shutil.which("socat") is None:
        pytest.skip("socat is missing: apt-get install socat")
    port = freePort()
    with running([TWISTD, "-n", "socks", "-p", str(port)], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        done = subprocess.run(
            ["socat", "-t", "30", "-", f"SOCKS4:127.0.0.1:127.0.0.1:{served},socksport={port}"],
            input=b"hello",
            capture_output=True,
            timeout=PATIENCE,
        )
        assert done.stdout == b"hello", done.stderr
        twistd.stop()


def test_files_are_served_to_curl(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is missing: apt-get install curl")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "file").write_text("what is in it")
    port = freePort()
    words = ["-p", f"tcp:{port}:interface=127.0.0.1", "-r", "site"]
    with running([TWISTD, "-n", "ftp", *words], tmp_path) as twistd:
        twistd.waitFor(lambda text: STARTED in text)
        command = ["curl", "-sS", "--noproxy", "*", f"ftp://127.0.0.1:{port}/file"]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE)
        assert done.stdout == b"what is in it", done.stderr
        twistd.stop()


MAN_PAGE = ROOT / "packages" / "tw-application" / "man" / "twistd.1"


def test_manual_page_is_shown_without_warnings() -> None:
    if shutil.which("man") is None:
        pytest.skip("man is missing: apt-get install man-db")
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", str(MAN_PAGE)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"},
    )
    assert shown.stderr == ""
    assert "run an application as a daemon" in shown.stdout


def test_manual_page_has_every_option() -> None:
    text = MAN_PAGE.read_text().replace("\\-", "-")
    options = re.findall(r"--[a-z_-]+", run([TWISTD, "--help"])[1])
    assert len(options) > 20
    assert [option for option in options if option not in text] == []
