"""postmap, finger and oidentd as peers of ours, with the examples of their how-to."""

import getpass
import os
import socket
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from .peers import needs
from .running import PATIENCE, ask, freePort, run, running
from .test_examples_lines import ANYWHERE, server

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples"


def postmap(port: int, key: str, *options: str) -> tuple[int, str, str]:
    """Let Postfix look up a key, with a configuration that says nothing."""
    return run(["postmap", *options, "-q", key, f"tcp:127.0.0.1:{port}"])


@pytest.fixture
def postfix(tmp_path: Path) -> list[str]:
    """The options of a Postfix that is not set up."""
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n")
    return ["-c", str(tmp_path)]


@needs("postmap", "postfix")
def test_postfix_finds_what_the_server_has(postfix: list[str]) -> None:
    with server("small-protocols/aliases.py", ANYWHERE) as (_, port):
        status, out, err = postmap(port, "info@example.com", *postfix)
        assert (status, out, err) == (0, "ada@example.com, bob@example.com\n", "")
        assert postmap(port, "nobody@example.com", *postfix) == (1, "", "")
        status, out, _ = postmap(port, "100% of a b\té", *postfix)
        assert (status, out) == (1, "")


@needs("postmap", "postfix")
def test_postfix_is_told_to_try_again_when_a_lookup_fails(postfix: list[str]) -> None:
    program = """if True:
        from twisted.internet import reactor
        from twisted.internet.defer import fail
        from twisted.internet.endpoints import serverFromString
        from twisted.protocols.postfix import PostfixTCPMapDeferringDictServerFactory

        class Broken(PostfixTCPMapDeferringDictServerFactory):
            def get(self, key):
                return fail(RuntimeError("the table is locked"))

        def listening(port):
            print(port.getHost().port, flush=True)

        endpoint = serverFromString(reactor, "tcp:0:interface=127.0.0.1")
        endpoint.listen(Broken()).addCallback(listening)
        reactor.run()
    """
    with running([sys.executable, "-c", program]) as served:
        served.waitFor(lambda out: "\n" in out)
        status, out, err = postmap(int(served.out[0]), "key", *postfix)
    assert (status, out) == (1, "")
    # A mail would wait in the queue; a key that is not there has no such text.
    assert "query error" in err


def test_rooms_are_told() -> None:
    with server("small-protocols/rooms.py", ANYWHERE) as (_, port):
        assert ask(port, b"ada\r\n") == b"ada is in room 7.\r\n"
        assert ask(port, b"/W ada\r\n").splitlines()[1:] == [b"It is open from nine to five."]
        assert ask(port, b"\r\n") == b"ada\r\nbob\r\n"
        assert ask(port, b"eve\r\n") == b"No such user.\r\n"
        assert ask(port, b"ada@example.com\r\n") == b"This server does not forward queries.\r\n"


@needs("finger")
def test_finger_asks_for_a_room() -> None:
    # The client knows no other port than 79. An address of our own is free.
    address = f"127.9.{os.getpid() >> 8 & 255}.{os.getpid() % 254 + 1}"
    with socket.socket() as probe:
        try:
            probe.bind((address, 79))
        except PermissionError:
            pytest.skip("port 79 is for root: run the tests as root")
    with server("small-protocols/rooms.py", f"tcp:79:interface={address}"):
        status, out, _ = run(["finger", "-l", f"bob@{address}"])
        assert (status, out.splitlines()[-2:]) == (
            0,
            ["bob is in room 12.", "It is open from nine to five."],
        )
        status, out, _ = run(["finger", f"@{address}"])
        assert (status, out.splitlines()[-2:]) == (0, ["ada", "bob"])


def connected(port: int) -> socket.socket:
    """Connect to a port of this machine."""
    return socket.create_connection(("127.0.0.1", port), PATIENCE)


def test_ident_tells_who_runs_the_tests() -> None:
    with server("small-protocols/identd.py", ANYWHERE) as (_, port), connected(port) as connection:
        # The connection that the question comes by is one that can be asked about: seen from the
        # server its ends are these.
        mine = connection.getsockname()[1]
        command = [sys.executable, "small-protocols/whose.py", str(mine), str(port)]
        status, out, err = run([*command, f"tcp:127.0.0.1:{port}"], EXAMPLES)
        assert (status, out, err) == (0, f"{getpass.getuser()} on LINUX\n", "")
        command = [sys.executable, "small-protocols/whose.py", "1", "2"]
        status, out, err = run([*command, f"tcp:127.0.0.1:{port}"], EXAMPLES)
        assert (status, out, err) == (0, "nobody says: NO-USER\n", "")


@needs("oidentd")
def test_oidentd_is_asked() -> None:
    number = freePort()
    command = ["oidentd", "--foreground", "--nosyslog", "--address=127.0.0.1", f"--port={number}"]
    with running(command) as served:
        deadline = monotonic() + PATIENCE
        while True:
            try:
                connection = connected(number)
            except ConnectionRefusedError:
                assert served.process.poll() is None, served.err
                assert monotonic() < deadline
                sleep(0.01)
            else:
                break
        with connection:
            mine = str(connection.getsockname()[1])
            command = [sys.executable, "small-protocols/whose.py", mine, str(number)]
            status, out, err = run([*command, f"tcp:127.0.0.1:{number}"], EXAMPLES)
            assert (status, out, err) == (0, f"{getpass.getuser()} on UNIX\n", "")
            command = [sys.executable, "small-protocols/whose.py", "1", "2"]
            status, out, err = run([*command, f"tcp:127.0.0.1:{number}"], EXAMPLES)
            assert (status, out, err) == (0, "nobody says: NO-USER\n", "")
