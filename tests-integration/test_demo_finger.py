"""The finger service asked by Debian's finger client, which speaks to port 79 only."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from .running import PATIENCE, ROOT, TWIST, Running, freePort, running

EXAMPLE = ROOT / "docs" / "examples" / "finger"

ADDRESSES = {"127.0.0.1": "tcp:79:interface=127.0.0.1", "::1": r"tcp6:79:interface=\:\:1"}


@pytest.fixture(params=list(ADDRESSES))
def host(request: pytest.FixtureRequest) -> Iterator[str]:
    """An address where the service listens on port 79."""
    if shutil.which("finger") is None:
        pytest.skip("the finger client is missing: apt-get install finger")
    if os.geteuid() != 0:
        pytest.skip("port 79 is for root: run the tests as root")
    address: str = request.param
    try:
        freePort(address)
    except OSError:
        pytest.skip(f"this machine has no {address}")
    with running([TWIST, "finger", "--endpoint", ADDRESSES[address]], EXAMPLE) as service:
        service.waitFor(lambda text: "Ctrl-C" in text)
        assert f"finger alice@{address}" in invited(service)
        yield address
        assert service.stop() == 0


def invited(service: Running) -> str:
    return "".join(service.out)


def finger(*arguments: str) -> str:
    """Return what the client prints."""
    done = subprocess.run(
        ["finger", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.stdout


def test_client_shows_a_user(host: str) -> None:
    text = finger(f"alice@{host}")
    assert "Login: alice  Name: Alice Liddell" in text
    assert "Status: Down the rabbit hole" in text
    assert "the little door." not in text


def test_client_shows_the_long_answer(host: str) -> None:
    assert "the little door." in finger("-l", f"alice@{host}")


def test_client_shows_the_list(host: str) -> None:
    text = finger(f"@{host}")
    assert "The Hatter" in text
    assert "The White Rabbit" in text


def test_client_shows_the_long_list(host: str) -> None:
    assert finger("-l", f"@{host}").count("Login: ") == 3


def test_client_shows_that_there_is_no_such_user(host: str) -> None:
    assert "dinah: no such user." in finger(f"dinah@{host}")


def test_client_shows_that_nothing_is_passed_on(host: str) -> None:
    assert "Finger forwarding service denied." in finger(f"alice@elsewhere.example@{host}")
