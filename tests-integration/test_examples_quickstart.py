"""The examples of the quickstart, run as it says.

They are quickstart/shout.py, quickstart/shouttap.py and the plugin
quickstart/twisted/plugins/shout_plugin.py.
"""

import re
import socket
import sys

from .running import ROOT, TWIST, ask, freePort, run, running

EXAMPLES = ROOT / "docs" / "examples" / "quickstart"
QUICKSTART = (ROOT / "docs" / "quickstart.md").read_text()
ANSWER = b"Say something, or bye.\nHELLO\nBYE\n"


def test_server_answers_in_capital_letters() -> None:
    port = freePort()
    program = (EXAMPLES / "shout.py").read_text().replace("8007", str(port))
    with running([sys.executable, "-c", program], EXAMPLES) as server:
        server.waitFor(lambda text: "Ctrl-C" in text)
        assert ask(port, b"hello\nbye\n") == ANSWER
        assert ask(port, b"hello\r\nbye\r\n") == ANSWER
        assert server.stop() == 0
    assert "".join(server.out).replace(str(port), "8007") in QUICKSTART
    assert ANSWER.decode() in QUICKSTART


def test_server_that_cannot_listen_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = (EXAMPLES / "shout.py").read_text().replace("8007", str(port))
        status, out, err = run([sys.executable, "-c", program], EXAMPLES)
    assert (status, out) == (1, "")
    assert "another program listens there" in err


def test_command_answers_where_it_is_told_to() -> None:
    port = freePort()
    command = [TWIST, "shout", "--endpoint", f"tcp:{port}:interface=127.0.0.1"]
    with running(command, EXAMPLES) as server:
        server.waitFor(lambda text: "has started" in text)
        assert ask(port, b"hello\nbye\n") == ANSWER
        status, _, err = run(command, EXAMPLES)
        assert status == 69
        assert re.sub(rf"\b{port}\b", "8008", err).strip() in QUICKSTART
        assert server.stop() == 0


def test_command_is_listed() -> None:
    assert "Answer each line in capital letters." in run([TWIST, "--help"], EXAMPLES)[1]
