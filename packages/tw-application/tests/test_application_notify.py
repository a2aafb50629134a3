"""What is sent to the supervisor, over real sockets."""

import array
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from twisted.application.notify import MAXIMUM_NAME, MAXIMUM_STATUS, Notifier, Watchdog
from twisted.internet.task import Clock


@pytest.fixture(params=["path", "abstract"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the supervisor listens."""
    return str(tmp_path / "notify") if request.param == "path" else f"@tw-notify-{os.getpid()}"


@pytest.fixture
def supervisor(address: str) -> Iterator[socket.socket]:
    """The supervisor's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address.replace("@", "\0"))
        listening.setblocking(False)
        yield listening


@pytest.fixture
def notifier(address: str, supervisor: socket.socket) -> Notifier:
    """What sends to it."""
    return Notifier(address)


def lines(supervisor: socket.socket) -> list[str]:
    """Return the next message."""
    return supervisor.recv(65536).decode().split("\n")


def test_ready_is_sent(notifier: Notifier, supervisor: socket.socket) -> None:
    assert notifier.ready()
    assert lines(supervisor) == ["READY=1"]


def test_ready_tells_the_status_and_the_main_process(
    notifier: Notifier, supervisor: socket.socket
) -> None:
    assert notifier.ready("serving\nMAINPID=1", mainProcess=42)
    assert lines(supervisor) == ["READY=1", "MAINPID=42", "STATUS=serving MAINPID=1"]


def test_reloading_tells_the_time(notifier: Notifier, supervisor: socket.socket) -> None:
    assert notifier.reloading()
    first, second = lines(supervisor)
    assert first == "RELOADING=1"
    name, _, number = second.partition("=")
    assert name == "MONOTONIC_USEC"
    assert int(number) > 0


def test_stopping_status_and_alive_are_sent(notifier: Notifier, supervisor: socket.socket) -> None:
    assert notifier.stopping()
    assert notifier.status("3 connections")
    assert notifier.status("")
    assert notifier.alive()
    assert [lines(supervisor) for _ in range(4)] == [
        ["STOPPING=1"],
        ["STATUS=3 connections"],
        ["STATUS="],
        ["WATCHDOG=1"],
    ]


def test_long_status_is_cut(notifier: Notifier, supervisor: socket.socket) -> None:
    assert notifier.status("x" * (MAXIMUM_STATUS + 1))
    assert lines(supervisor) == ["STATUS=" + "x" * MAXIMUM_STATUS]


def test_descriptors_are_stored(notifier: Notifier, supervisor: socket.socket) -> None:
    reading, writing = os.pipe()
    assert notifier.storeDescriptors("pipe", [writing])
    text, rights, _, _ = supervisor.recvmsg(4096, socket.CMSG_SPACE(16))
    assert text == b"FDSTORE=1\nFDNAME=pipe"
    ((level, kind, data),) = rights
    assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
    (stored,) = array.array("i", data)
    os.write(stored, b"kept")
    assert os.read(reading, 4) == b"kept"
    for descriptor in (reading, writing, stored):
        os.close(descriptor)
    assert notifier.removeDescriptors("pipe")
    assert lines(supervisor) == ["FDSTOREREMOVE=1", "FDNAME=pipe"]


@pytest.mark.parametrize("name", ["", "a:b", "a\nREADY=1", "ü", "x" * (MAXIMUM_NAME + 1)])
def test_name_of_descriptors_is_checked(notifier: Notifier, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name descriptors"):
        notifier.storeDescriptors(name, [0])
    with pytest.raises(ValueError, match="cannot name descriptors"):
        notifier.removeDescriptors(name)


@pytest.mark.parametrize("count", [0, 254])
def test_number_of_descriptors_is_limited(notifier: Notifier, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 253 descriptors"):
        notifier.storeDescriptors("many", [0] * count)


def test_nothing_is_sent_without_a_supervisor() -> None:
    notifier = Notifier.takeFromEnvironment({})
    assert not notifier
    assert not notifier.ready()


@pytest.mark.parametrize("address", ["/nowhere/notify", "vsock:2:1234", "notify", "/a\0b"])
def test_supervisor_that_cannot_be_reached_is_no_error(address: str) -> None:
    notifier = Notifier(address)
    assert not notifier.ready()
    assert not notifier.stopping()


def test_environment_is_taken() -> None:
    environ = {"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "0", "A": "b"}
    environ["WATCHDOG_PID"] = str(os.getpid())
    notifier = Notifier.takeFromEnvironment(environ)
    assert (notifier.address, notifier.watchdogInterval) == ("/run/n", 3.0)
    assert environ == {"A": "b"}
    passedOn = notifier.environment()
    assert (passedOn["NOTIFY_SOCKET"], passedOn["WATCHDOG_USEC"]) == ("/run/n", "3000000")


@pytest.mark.parametrize(
    ("microseconds", "process"),
    [("", ""), ("0", ""), ("-1", ""), ("1_0", ""), ("9" * 19, ""), ("²", ""), ("1000000", "1")],
)
def test_watchdog_of_nobody_or_of_another_process_is_none(microseconds: str, process: str) -> None:
    environ = {"WATCHDOG_USEC": microseconds, "WATCHDOG_PID": process or str(os.getpid())}
    assert Notifier.takeFromEnvironment(environ).watchdogInterval is None


def test_watchdog_is_told_twice_in_its_interval(address: str, supervisor: socket.socket) -> None:
    clock = Clock()
    watchdog = Watchdog(Notifier(address, 3.0), clock)
    watchdog.start()
    assert lines(supervisor) == ["WATCHDOG=1"]
    clock.advance(1.5)
    assert lines(supervisor) == ["WATCHDOG=1"]
    watchdog.stop()
    clock.advance(1.5)
    with pytest.raises(BlockingIOError):
        lines(supervisor)
    assert not clock.getDelayedCalls()


def test_watchdog_without_an_interval_does_nothing(address: str) -> None:
    clock = Clock()
    watchdog = Watchdog(Notifier(address), clock)
    watchdog.start()
    watchdog.stop()
    assert not clock.getDelayedCalls()
