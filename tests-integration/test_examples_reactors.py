"""The examples of the how-to on choosing a reactor do what it says."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from .debian_python import PYTHON, display, require, variables
from .running import PATIENCE, ROOT, run, running

EXAMPLES = ROOT / "docs" / "examples" / "choosing-a-reactor"

OUTPUT = {
    "by_module.py": "ran on SelectReactor\n",
    "by_name.py": "ran on EPollReactor\n",
    "by_name.py --reactor poll": "ran on PollReactor\n",
    "by_name.py -r threadedselect": "ran on ThreadedSelectReactor\n",
    "several.py": "hello from another thread\nand once more\n",
    "beside_another_loop.py": "called by the main loop\n",
}

GUIS = {
    "notices_gtk.py": (
        "import gi; gi.require_version('Gtk', '3.0'); import gi.repository.Gtk",
        "gir1.2-gtk-3.0",
    ),
    "notices_wx.py": ("import wx", "python3-wxgtk4.0"),
    "notices_tk.py": ("import tkinter", "python3-tk"),
}


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with display() as name:
        yield name


@pytest.mark.parametrize("command", sorted(OUTPUT))
def test_an_example_prints_what_the_how_to_says(command: str) -> None:
    name, *arguments = command.split()
    ran = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == OUTPUT[command]


def test_an_unknown_name_is_refused() -> None:
    status, _, err = run([sys.executable, "by_name.py", "--reactor", "nonsense"], EXAMPLES)
    assert (status, "--help-reactors" in err) == (1, True)


def test_a_reactor_that_is_not_here_says_what_to_use() -> None:
    status, _, err = run([sys.executable, "by_name.py", "--reactor", "kqueue"], EXAMPLES)
    if status == 0:
        pytest.skip("this system has kqueue")
    assert "use epollreactor" in err


def test_the_names_are_listed() -> None:
    status, out, _ = run([sys.executable, "by_name.py", "--help-reactors"], EXAMPLES)
    names = {line.split()[0] for line in out.splitlines()}
    assert status == 0
    assert {"default", "select", "poll", "epoll", "kqueue", "gi", "gtk3", "wx"} <= names


def test_a_reactor_that_comes_too_late_learns_who_was_earlier() -> None:
    status, out, _ = run([sys.executable, "too_late.py"], EXAMPLES)
    assert status == 0
    assert "EPollReactor" in out
    assert 'too_late.py", line 7' in out


@pytest.mark.parametrize("name", sorted(GUIS))
def test_what_arrives_is_shown(name: str, screen: str) -> None:
    require(*GUIS[name])
    command = [PYTHON, name, "tcp:0:interface=127.0.0.1"]
    path = variables()["PYTHONPATH"]
    more = {
        "DISPLAY": screen,
        "NO_AT_BRIDGE": "1",
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "PYTHONPATH": os.pathsep.join([str(EXAMPLES), path]),
    }
    with running(command, EXAMPLES, more) as program:
        program.waitFor(lambda out: "port=" in out)
        found = re.search(r"port=(\d+)", "".join(program.out))
        assert found
        answer = tellAndHangUp(int(found[1]))
        assert answer == b"the window says hello\r\n"
        assert program.stop() == 0, "".join(program.err)


def tellAndHangUp(port: int) -> bytes:
    """Send a line, close the sending direction, and return all that comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"hello\r\n")
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


def test_every_example_is_run() -> None:
    run_here = {command.split()[0] for command in OUTPUT} | GUIS.keys()
    assert {path.name for path in EXAMPLES.glob("*.py")} == run_here | {
        "notices.py",
        "too_late.py",
    }
