"""Bytes, flags and descriptors over sockets."""

import contextlib
import os
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator

import pytest

from twisted.python.sendmsg import SCM_RIGHTS, getSocketFamily, recvmsg, sendmsg

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    first, second = socket.socketpair()
    with first, second:
        yield first, second


def descriptors(ancillary: list[tuple[int, int, bytes]]) -> list[int]:
    """Return the descriptors that came beside some bytes."""
    return [
        found
        for level, kind, data in ancillary
        if (level, kind) == (socket.SOL_SOCKET, SCM_RIGHTS)
        for (found,) in struct.iter_unpack("i", data)
    ]


def beside(*fds: int) -> list[tuple[int, int, bytes]]:
    """Return the entry that copies descriptors."""
    return [(socket.SOL_SOCKET, SCM_RIGHTS, struct.pack(f"{len(fds)}i", *fds))]


def test_bytes_arrive(pair: Pair) -> None:
    assert sendmsg(pair[0], b"Hello, world") == 12
    assert recvmsg(pair[1]) == (b"Hello, world", [], 0)


def test_what_arrives_has_names(pair: Pair) -> None:
    sendmsg(pair[0], b"x")
    found = recvmsg(pair[1])
    assert (found.data, found.ancillary, found.flags) == (b"x", [], 0)


def test_no_more_than_the_limit_is_received(pair: Pair) -> None:
    sendmsg(pair[0], b"Hello, world")
    assert recvmsg(pair[1], 5).data == b"Hello"
    assert recvmsg(pair[1], maxSize=100).data == b", world"


def test_the_end_of_a_stream_is_no_bytes(pair: Pair) -> None:
    pair[0].close()
    assert recvmsg(pair[1]).data == b""


def test_flags_go_to_the_system(pair: Pair) -> None:
    sendmsg(pair[0], b"x")
    assert recvmsg(pair[1], flags=socket.MSG_PEEK).data == b"x"
    assert recvmsg(pair[1]).data == b"x"
    with pytest.raises(BlockingIOError):
        recvmsg(pair[1], flags=socket.MSG_DONTWAIT)


def test_flags_of_sending_go_to_the_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        peer, _ = server.accept()
    with client, peer:
        assert sendmsg(client, b"!", flags=socket.MSG_OOB) == 1
        # What is out of band is an exceptional condition, and not among the other bytes.
        assert select.select([], [], [peer], 60)[2]
        assert recvmsg(peer, 1, flags=socket.MSG_OOB).data == b"!"
        sendmsg(client, b"plain")
        assert recvmsg(peer, 5).data == b"plain"


def test_errors_of_the_system_are_raised(pair: Pair) -> None:
    pair[1].close()
    with pytest.raises(BrokenPipeError):
        sendmsg(pair[0], b"x")


def test_a_full_socket_takes_nothing_more(pair: Pair) -> None:
    pair[0].setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            pair[0].send(bytes(65536))
    with pytest.raises(BlockingIOError):
        sendmsg(pair[0], bytes(65536))


def test_datagrams_keep_their_ends() -> None:
    first, second = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with first, second:
        sendmsg(first, b"one")
        sendmsg(first, b"two")
        assert recvmsg(second).data == b"one"
        assert recvmsg(second, 2) == (b"tw", [], socket.MSG_TRUNC)


def test_a_descriptor_is_copied(pair: Pair) -> None:
    reader, writer = os.pipe()
    assert sendmsg(pair[0], b"\0", beside(reader)) == 1
    data, ancillary, flags = recvmsg(pair[1])
    (copy,) = descriptors(ancillary)
    assert (data, flags) == (b"\0", 0)
    assert copy != reader
    os.write(writer, b"Hello, world")
    assert os.read(reader, 6) == b"Hello,"
    os.close(reader)
    assert os.read(copy, 6) == b" world"
    os.close(copy)
    os.close(writer)


def test_several_descriptors_are_copied(pair: Pair) -> None:
    ends = os.pipe()
    sendmsg(pair[0], b"\0", beside(*ends))
    copies = descriptors(recvmsg(pair[1]).ancillary)
    assert len(copies) == 2
    for each in (*ends, *copies):
        os.close(each)


def test_what_does_not_fit_beside_is_told(pair: Pair) -> None:
    ends = os.pipe()
    sendmsg(pair[0], b"\0", beside(*ends * 4))
    found = recvmsg(pair[1], cmsgSize=4)
    assert found.flags & socket.MSG_CTRUNC
    for each in (*ends, *descriptors(found.ancillary)):
        os.close(each)


def test_a_copy_does_not_reach_programs_that_are_started(pair: Pair) -> None:
    reader, writer = os.pipe()
    sendmsg(pair[0], b"\0", beside(reader))
    (copy,) = descriptors(recvmsg(pair[1]).ancillary)
    assert not os.get_inheritable(copy)
    for each in (reader, writer, copy):
        os.close(each)


def test_another_process_gets_a_descriptor(pair: Pair) -> None:
    reader, writer = os.pipe()
    program = (
        "import os, socket, struct, sys\n"
        "from twisted.python.sendmsg import SCM_RIGHTS, recvmsg\n"
        "with socket.socket(fileno=int(sys.argv[1])) as here:\n"
        "    (level, kind, data), = recvmsg(here).ancillary\n"
        "os.write(struct.unpack('i', data)[0], b'from the other process')\n"
    )
    there = pair[1].fileno()
    with subprocess.Popen([sys.executable, "-c", program, str(there)], pass_fds=[there]):
        sendmsg(pair[0], b"\0", beside(writer))
        os.close(writer)
        assert os.read(reader, 100) == b"from the other process"
    os.close(reader)


def test_the_family_of_a_socket(pair: Pair) -> None:
    assert getSocketFamily(pair[0]) == socket.AF_UNIX
    with socket.socket(socket.AF_INET) as other:
        assert getSocketFamily(other) == socket.AF_INET
