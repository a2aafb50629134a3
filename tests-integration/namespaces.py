"""Networks of the tests' own: namespaces that a cable joins, with a reactor in each.

A network namespace belongs to a thread: sockets that it opens while it is inside stay there, and
nobody outside sees them, nor the interfaces and routes. So the test itself goes in and out, and the
machine's network stays as it is.
"""

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from twisted.internet.epollreactor import EPollReactor

PATIENCE = 20.0

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Side:
    """A namespace, and a reactor whose sockets are in it."""

    def __init__(self) -> None:
        with _homecoming():
            _call("unshare", _CLONE_NEWNET)
            self.namespace = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
            self.ip("link set lo up")
        self.reactor = EPollReactor()

    @contextmanager
    def inside(self) -> Iterator[EPollReactor]:
        """Go in, and come back at the end."""
        with _homecoming():
            _call("setns", self.namespace, _CLONE_NEWNET)
            yield self.reactor

    def ip(self, *commands: str, files: tuple[int, ...] = ()) -> None:
        """Run the program ip, to be called inside.

        Args:
            commands: The words of its command lines.
            files: Descriptors that it needs.
        """
        for command in commands:
            subprocess.run(["ip", *command.split()], check=True, pass_fds=files)

    def isUp(self) -> bool:
        """Return whether the cable works at this end."""
        with self.inside():
            command = ["ip", "-oneline", "link", "show", "dev", "veth0"]
            return b"state UP" in subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    def close(self) -> None:
        """End everything."""
        with self.inside():
            self.reactor.fireSystemEvent("shutdown")
            for call in self.reactor.getDelayedCalls():
                call.cancel()
            self.reactor.close()
        os.close(self.namespace)


class Cable:
    """Two sides that are joined.

    Each side calls its end of the cable `veth0`. The addresses are 10.99.0.1, fd99::1 and
    fe80::1 on the left, and those with 2 on the right.
    """

    def __init__(self) -> None:
        self.left, self.right = self.sides = Side(), Side()
        there = f"/proc/self/fd/{self.right.namespace}"
        with self.left.inside():
            self.left.ip(
                f"link add veth0 type veth peer name veth0 netns {there}",
                files=(self.right.namespace,),
            )
        for number, side in enumerate(self.sides, 1):
            with side.inside():
                # With addresses of our own choice, which nobody has to look for duplicates of.
                side.ip(
                    "link set veth0 addrgenmode none",
                    "link set veth0 up",
                    f"address add 10.99.0.{number}/24 broadcast 10.99.0.255 dev veth0",
                    f"address add fd99::{number}/64 dev veth0 nodad",
                    f"address add fe80::{number}/64 dev veth0 nodad",
                )

        # Until the kernel has noticed that both ends are up, it loses what is sent.
        self.until(lambda: all(side.isUp() for side in self.sides))

    def until(self, condition: Callable[[], object]) -> None:
        """Turn both reactors until a condition holds."""
        limit = monotonic() + PATIENCE
        while not condition():
            assert monotonic() < limit, "the condition did not come to hold"
            for side in self.sides:
                with side.inside() as reactor:
                    reactor.iterate(0.005)

    def close(self) -> None:
        """End everything."""
        for side in self.sides:
            side.close()


@pytest.fixture
def cable() -> Iterator[Cable]:
    """Two namespaces that are joined."""
    try:
        made = Cable()
    except PermissionError as error:
        pytest.skip(f"a network of its own is for root (CAP_SYS_ADMIN): {error}")
    yield made
    made.close()


_OWN = "/proc/thread-self/ns/net"


@contextmanager
def _homecoming() -> Iterator[None]:
    """Come back to the namespace that the thread is in now."""
    home = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield
    finally:
        try:
            _call("setns", home, _CLONE_NEWNET)
        finally:
            os.close(home)


def _call(name: str, *arguments: int) -> None:
    """Call a function of the C library; Python has these from 3.12 on."""
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
