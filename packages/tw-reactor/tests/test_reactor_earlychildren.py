"""A child process that has ended before its reactor runs."""

import os

import pytest

from twisted.internet._pollingreactor import PollingReactor
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from .reactor_helpers import reactor

__all__ = ["reactor"]


class Last(ProcessProtocol):
    """Stops the reactor when its process has ended."""

    def __init__(self, reactor: PollingReactor) -> None:
        self.reactor = reactor
        self.output = b""
        self.reasons: list[Failure] = []

    def outReceived(self, data: bytes) -> None:
        self.output += data

    def processEnded(self, reason: Failure) -> None:
        self.reasons.append(reason)
        self.reactor.stop()


def test_a_child_that_ended_before_the_reactor_ran_is_reaped(reactor: PollingReactor) -> None:
    child = Last(reactor)
    number = reactor.spawnProcess(child, "echo", ["echo", "early"]).pid
    assert number is not None
    os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
    reactor.run()

    assert child.output == b"early\n"
    assert [reason.value.exitCode for reason in child.reasons] == [0]  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(number, os.WNOHANG)
