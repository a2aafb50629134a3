"""The examples of the how-to on protocols of messages and on parsers."""

import importlib.util
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from .running import PATIENCE, ROOT, Running, run, running

EXAMPLES = ROOT / "docs" / "examples" / "protocols"


@contextmanager
def server(name: str) -> Iterator[tuple[Running, int]]:
    """Run a server, yield it with the number of its port, and end it as its user would."""
    with running([sys.executable, name, "tcp:0:interface=127.0.0.1"], EXAMPLES) as program:
        program.waitFor(lambda text: "\n" in text)
        found = re.search(r"port=([0-9]+)", program.out[0])
        assert found, program.out
        yield program, int(found[1])
        assert program.stop() == 0, program.err
        assert program.err == []


def exchange(port: int, data: bytes) -> bytes:
    """Send bytes and the end of the stream; return the whole answer."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


def test_sum_server_and_client() -> None:
    with server("sum_server.py") as (_, port):
        command = [sys.executable, "sum_client.py", f"tcp:127.0.0.1:{port}", "1", "2", "3.5"]
        assert run(command, EXAMPLES) == (0, "6.5\n", "")


def test_sum_server_answers_what_it_does_not_understand() -> None:
    with server("sum_server.py") as (_, port):
        for question in (b"nonsense", b"17", b'["x"]', b"[" * 9000, b"\xff"):
            netstring = b"%d:%b," % (len(question), question)
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
                connection.sendall(netstring)
                assert b"send a list of numbers" in connection.recv(1000)


def test_sum_server_closes_on_what_is_no_netstring() -> None:
    with server("sum_server.py") as (_, port):
        assert exchange(port, b"10001:") == b""


def test_readings_are_printed() -> None:
    with server("readings.py") as (program, port):
        assert exchange(port, b"\x07kitchen\x00\xd7\x04roof\xff\xf1") == b""
        program.waitFor(lambda text: text.count("degrees") == 2)
        assert program.out[1:] == ["kitchen: 21.5 degrees\n", "roof: -1.5 degrees\n"]


def test_what_is_no_reading_is_refused() -> None:
    with server("readings.py") as (program, port):
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            connection.sendall(b"\x21")
            with pytest.raises(ConnectionResetError):
                connection.recv(1)
        program.waitFor(lambda text: "refused: a name of 33 bytes" in text)


def readings() -> ModuleType:
    """Load the example."""
    spec = importlib.util.spec_from_file_location("example_readings", EXAMPLES / "readings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_reading_parser_does_not_care_for_cuts() -> None:
    module = readings()
    stream = b"\x07kitchen\x00\xd7\x00\x00\x00\x04roof\xff\xf1"
    whole = module.ReadingParser().feed(stream)
    assert [reading.sensor for reading in whole] == ["kitchen", "", "roof"]
    parser = module.ReadingParser()
    assert [each for byte in stream for each in parser.feed(bytes([byte]))] == whole
