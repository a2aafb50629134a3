"""The examples of the how-to on authentication, and files of real programs."""

import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .running import ROOT, running

EXAMPLES = ROOT / "docs" / "examples" / "authentication"


class Peer:
    """A client of the guest book."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 30)
        self._file = self._socket.makefile("rwb")

    def ask(self, line: str) -> str:
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        return self._file.readline().decode().rstrip()

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@contextmanager
def guestBook(*arguments: str, path: Path = EXAMPLES) -> Iterator[Peer]:
    """Run the example and connect to it."""
    command = [
        *(sys.executable, str(EXAMPLES / "guestbook.py")),
        *("--endpoint=tcp:0:interface=127.0.0.1", *arguments),
    ]
    with running(command, path) as program:
        program.waitFor(lambda text: text.endswith("\n"))
        found = re.search(r"port ([0-9]+)\n", "".join(program.out))
        assert found
        peer = Peer(int(found[1]))
        try:
            yield peer
        finally:
            peer.close()


def test_guest_book_wants_a_login() -> None:
    with guestBook("--auth=memory:alice:sesame") as peer:
        assert peer.ask("SIGN hello") == "LOGIN first"
        assert peer.ask("LOGIN alice open") == "refused"
        assert peer.ask("LOGIN mallory sesame") == "refused"
        assert peer.ask("SIGN hello") == "LOGIN first"
        assert peer.ask("LOGIN alice sesame") == "welcome"
        assert peer.ask("SIGN hello") == "signed as line 1"
        assert peer.ask("LOGIN alice wrong") == "refused"
        assert peer.ask("SIGN hello") == "LOGIN first"


def test_guest_book_without_checkers_lets_nobody_in() -> None:
    with guestBook() as peer:
        assert peer.ask("LOGIN alice sesame") == "refused"


@pytest.mark.parametrize("kind", ["passwd", "file"])
def test_guest_book_takes_a_file_like_passwd(tmp_path: Path, kind: str) -> None:
    passwd = tmp_path / "passwd"
    passwd.write_text(
        "root:x:0:0:root:/root:/bin/sh\nalice:sesame:1000:1000::/home/alice:/bin/sh\n"
    )
    with guestBook(f"--auth={kind}:{passwd}") as peer:
        assert peer.ask("LOGIN root x") == "refused"
        assert peer.ask("LOGIN alice sesame") == "welcome"


def test_guest_book_takes_the_passwd_file_of_this_machine() -> None:
    with guestBook("--auth=passwd:/etc/passwd") as peer:
        assert peer.ask("LOGIN root x") == "refused"


def test_guest_book_says_what_is_wrong_with_a_description() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "guestbook.py"), "--auth=nonsense"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "nonsense" in done.stderr
    assert "Traceback" not in done.stderr


def test_guest_book_asks_a_directory() -> None:
    # The kind of checker is a plugin: plugins/directory_checker.py.
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(2):
                connection, _address = listener.accept()
                with connection, connection.makefile("rwb") as file:
                    file.write(b"yes\n" if file.readline() == b"alice sesame\n" else b"no\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        where = f"127.0.0.1:{listener.getsockname()[1]}"
        with guestBook(f"--auth=directory:{where}", path=EXAMPLES / "directory") as peer:
            assert peer.ask("LOGIN alice open") == "refused"
            assert peer.ask("LOGIN alice sesame") == "welcome"
        thread.join(30)


@pytest.mark.skipif(
    shutil.which("htpasswd") is None, reason="htpasswd is missing: install apache2-utils"
)
@pytest.mark.parametrize("form", ["-m", "-s", "-B", "-2", "-5", "-d"])
def test_files_of_htpasswd(tmp_path: Path, form: str) -> None:
    path = tmp_path / "htpasswd"
    written = subprocess.run(
        ["htpasswd", "-b", "-c", form, str(path), "alice", "sesame"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert written.returncode == 0, written.stderr
    program = [sys.executable, str(EXAMPLES / "htpasswd_file.py"), str(path)]
    for name, password, expected in (
        ("alice", "sesame", "This is alice\n"),
        ("alice", "open", "Refused: no such user, or another password\n"),
        ("mallory", "sesame", "Refused: no such user, or another password\n"),
    ):
        done = subprocess.run(
            [*program, name, password], capture_output=True, text=True, check=True
        )
        assert done.stdout == expected
