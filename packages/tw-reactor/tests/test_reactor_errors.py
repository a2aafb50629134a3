"""The errors: their texts, their relations, and the choice by the number of an OSError."""

import errno
import pickle
import socket

import pytest

from twisted.internet import error
from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ECONNREFUSED, error.ConnectionRefusedError),
        (errno.ENETUNREACH, error.NoRouteError),
        (errno.EHOSTUNREACH, error.NoRouteError),
        (errno.ETIMEDOUT, error.TCPTimedOutError),
        (errno.ENOENT, error.BadFileError),
        (errno.EPIPE, error.ConnectError),
    ],
)
def test_connect_error_goes_by_the_number(number: int, expected: type[error.ConnectError]) -> None:
    chosen = error.getConnectError(OSError(number, "what the system says"))

    assert type(chosen) is expected
    assert chosen.osError == number
    assert "what the system says" in str(chosen)


def test_connect_error_takes_number_and_text_too() -> None:
    assert type(error.getConnectError((errno.ECONNREFUSED, "no"))) is error.ConnectionRefusedError


def test_connect_error_of_a_failed_lookup() -> None:
    assert type(error.getConnectError(socket.gaierror(-2, "unknown"))) is error.UnknownHostError


def test_connect_error_of_an_exception_without_number() -> None:
    chosen = error.getConnectError(ValueError("strange"))

    assert type(chosen) is error.ConnectError
    assert "strange" in str(chosen)


def test_connect_error_stays_what_it_is() -> None:
    refused = error.ConnectionRefusedError()

    assert error.getConnectError(refused) is refused


def test_connect_error_without_details_is_its_message() -> None:
    assert str(error.NoRouteError()) == f"{error.NoRouteError.MESSAGE}."


def test_connect_error_names_number_and_text() -> None:
    text = str(error.NoRouteError(101, "unreachable"))

    assert text == f"{error.NoRouteError.MESSAGE}: 101: unreachable."


def test_message_and_arguments_make_the_text() -> None:
    assert str(error.DNSLookupError("no.such.host")).endswith(": no.such.host.")


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (error.ConnectionDone, error.ConnectionClosed),
        (error.ConnectionLost, error.ConnectionClosed),
        (error.ConnectionAborted, error.ConnectionLost),
        (error.ProcessDone, error.ConnectionDone),
        (error.ProcessTerminated, error.ConnectionLost),
        (error.TimeoutError, error.UserError),
        (error.UserError, error.ConnectError),
        (error.DNSLookupError, OSError),
        (error.CannotListenError, error.BindError),
        (error.AlreadyCalled, ValueError),
        (error.AlreadyCancelled, ValueError),
        (error.NotConnectingError, RuntimeError),
        (error.ReactorAlreadyInstalledError, AssertionError),
        (error.PeerVerifyError, error.VerifyError),
        (error.ConnectingCancelledError, CancelledError),
    ],
)
def test_errors_can_be_caught_by_their_kin(narrow: type[Exception], wide: type[Exception]) -> None:
    assert issubclass(narrow, wide)


def test_done_is_not_lost() -> None:
    assert not issubclass(error.ConnectionDone, error.ConnectionLost)


@pytest.mark.parametrize(
    ("interface", "port", "where"),
    [
        ("127.0.0.1", 80, "127.0.0.1:80"),
        ("::1", 80, "[::1]:80"),
        ("", 80, "port 80"),
        ("", b"/run/x.sock", "/run/x.sock"),
    ],
)
def test_cannot_listen_names_the_address(interface: str, port: int | bytes, where: str) -> None:
    failed = error.CannotListenError(interface, port, OSError(errno.EADDRINUSE, "taken"))

    assert str(failed) == f"Cannot listen on {where}: [Errno {errno.EADDRINUSE}] taken."
    assert (failed.interface, failed.port) == (interface, port)
    assert failed.socketError.errno == errno.EADDRINUSE


def test_process_that_was_killed() -> None:
    killed = error.ProcessTerminated(signal=9, status=9)

    assert (killed.exitCode, killed.signal, killed.status) == (None, 9, 9)
    assert "signal 9" in str(killed)


def test_process_that_failed() -> None:
    failed = error.ProcessTerminated(exitCode=1, status=256)

    assert (failed.exitCode, failed.signal, failed.status) == (1, None, 256)
    assert "exit code 1" in str(failed)


def test_process_that_ended_well() -> None:
    done = error.ProcessDone(0)

    assert (done.exitCode, done.signal, done.status) == (0, None, 0)


def test_cancelled_attempt_names_the_address() -> None:
    address = IPv4Address("TCP", "127.0.0.1", 80)

    assert error.ConnectingCancelledError(address).address == address


@pytest.mark.parametrize(
    "original",
    [
        error.ConnectError(5, "text"),
        error.ProcessTerminated(exitCode=1, status=256),
        error.ProcessDone(0),
        error.ConnectionDone(),
    ],
)
def test_errors_survive_pickling(original: Exception) -> None:
    copy = pickle.loads(pickle.dumps(original))

    assert type(copy) is type(original)
    assert str(copy) == str(original)
    assert vars(copy) == vars(original)
