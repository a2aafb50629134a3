"""The examples of the how-tos about sending files, serial ports and watching files."""

import os
import re
import select
import signal
import socket
import sys
from pathlib import Path

import pytest

from .running import PATIENCE, ROOT, running

EXAMPLES = ROOT / "docs" / "examples"


def test_each_client_gets_the_file(tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    (tmp_path / "file").write_bytes(content)
    command = [
        sys.executable,
        "file_server.py",
        str(tmp_path / "file"),
        "tcp:0:interface=127.0.0.1",
    ]
    with running(command, EXAMPLES / "sending-files") as server:
        server.waitFor(lambda out: "port=" in out)
        port = int(re.findall("port=([0-9]+)", "".join(server.out))[0])
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
                assert client.makefile("rb").read() == content
        server.waitFor(lambda out: out.count("sent 3000000 bytes") == 2)
        (tmp_path / "file").unlink()
        with (
            # The reset may come while the client still looks whether it is connected.
            pytest.raises(ConnectionResetError),
            socket.create_connection(("127.0.0.1", port), PATIENCE) as client,
        ):
            client.recv(1)
        server.waitFor(lambda out: "No such file" in out)
        assert server.stop(signal.SIGINT) == 0


def test_file_is_sent_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"some text\n" * 10_000)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        port = server.getsockname()[1]
        endpoint = f"tcp:127.0.0.1:{port}"
        command = [sys.executable, "shout_file.py", str(tmp_path / "file"), endpoint]
        with running(command, EXAMPLES / "sending-files") as client:
            connection, _ = server.accept()
            with connection:
                assert connection.makefile("rb").read() == b"SOME TEXT\n" * 10_000
            assert client.end() == 0


def test_device_says_a_line_and_vanishes() -> None:
    pytest.importorskip("serial", reason="pyserial is missing: install tw-reactor[serial]")
    terminal, device = os.openpty()
    path = os.ttyname(device)
    with running([sys.executable, "thermometer.py", path], EXAMPLES / "serial-ports") as program:
        asked = b""
        while not asked.endswith(b"READ\r\n"):
            assert select.select([terminal], [], [], PATIENCE)[0]
            asked += os.read(terminal, 100)
        os.close(device)
        os.write(terminal, b"21.5\r\n")
        program.waitFor(lambda out: "21.5\n" in out)
        os.close(terminal)
        assert program.end() == 1
    assert "is gone" in "".join(program.err)


def test_mouse_tells_of_moves_and_buttons() -> None:
    pytest.importorskip("serial", reason="pyserial is missing: install tw-reactor[serial]")
    terminal, device = os.openpty()
    path = os.ttyname(device)
    with running([sys.executable, "mouse.py", path], EXAMPLES / "serial-ports") as program:
        program.waitFor(lambda out: out.startswith("reading"))
        # Five to the right and three up with the left button held, which is then released, and the
        # middle button.
        os.write(terminal, b"\x6c\x05\x3d\x40\x00\x00\x20\x40\x01\x00\x00")
        expected = (
            f"reading {path}\nleft button pressed\nat 5 -3\nleft button released\n"
            "middle button pressed\nat 6 -3\nmiddle button released\n"
        )
        program.waitFor(lambda out: out == expected)
        os.close(device)
        os.close(terminal)
        assert program.end() == 1
    assert "is gone" in "".join(program.err)


def test_device_that_is_missing(tmp_path: Path) -> None:
    pytest.importorskip("serial", reason="pyserial is missing: install tw-reactor[serial]")
    command = [sys.executable, "thermometer.py", str(tmp_path / "ttyUSB0"), "4800"]
    with running(command, EXAMPLES / "serial-ports") as program:
        assert program.end() == 1
    assert "there is no such device" in "".join(program.err)


def test_files_that_are_complete_are_told(tmp_path: Path) -> None:
    with running([sys.executable, "inbox.py", str(tmp_path)], EXAMPLES / "watching-files") as inbox:
        inbox.waitFor(lambda out: "watching" in out)
        (tmp_path / "letters" / "new").mkdir(parents=True)
        (tmp_path / "letters" / "new" / "one").write_text("x")
        inbox.waitFor(lambda out: f"{tmp_path}/letters/new/one close_write\n" in out)
        (tmp_path / "letters" / "new" / "one").rename(tmp_path / "two")
        inbox.waitFor(lambda out: f"{tmp_path}/two moved_to\n" in out)
        assert inbox.stop(signal.SIGINT) == 0


def test_directory_that_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "inbox.py", str(tmp_path / "missing")]
    with running(command, EXAMPLES / "watching-files") as inbox:
        assert inbox.end() == 1
    assert "No such file" in "".join(inbox.err)
