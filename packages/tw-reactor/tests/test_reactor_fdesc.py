"""Reading and writing descriptors that do not block."""

import os
from collections.abc import Iterator

import pytest

from twisted.internet import fdesc
from twisted.internet.error import ConnectionDone, ConnectionLost


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe whose ends do not block."""
    reading, writing = os.pipe()
    fdesc.setNonBlocking(reading)
    fdesc.setNonBlocking(writing)
    yield reading, writing
    for fd in (reading, writing):
        try:
            os.close(fd)
        except OSError:
            pass


def test_blocking_is_turned_off_and_on(pipe: tuple[int, int]) -> None:
    assert not os.get_blocking(pipe[0])
    fdesc.setBlocking(pipe[0])
    assert os.get_blocking(pipe[0])


def test_what_is_written_is_read(pipe: tuple[int, int]) -> None:
    got: list[bytes] = []
    assert fdesc.writeToFD(pipe[1], b"x") == 1
    assert fdesc.readFromFD(pipe[0], got.append) is None
    assert got == [b"x"]


def test_nothing_to_read_is_no_end(pipe: tuple[int, int]) -> None:
    got: list[bytes] = []
    assert fdesc.readFromFD(pipe[0], got.append) is None
    assert got == []


def test_the_end_is_an_orderly_one(pipe: tuple[int, int]) -> None:
    os.close(pipe[1])
    assert isinstance(fdesc.readFromFD(pipe[0], lambda data: None), ConnectionDone)


def test_a_full_pipe_takes_nothing(pipe: tuple[int, int]) -> None:
    while fdesc.writeToFD(pipe[1], b"x" * 65536):
        pass
    assert fdesc.writeToFD(pipe[1], b"x") == 0


def test_errors_are_returned(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    assert isinstance(fdesc.writeToFD(pipe[1], b"x"), ConnectionLost)
    assert isinstance(fdesc.readFromFD(pipe[0], lambda data: None), ConnectionLost)
