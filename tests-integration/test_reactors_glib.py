"""The tests of reactors and transports, all of them, on the main loop of the real GLib.

And on a reactor that waits in a thread, which has no main loop at all.
"""

import subprocess
import sys

import pytest

from .debian_python import PYTHON, require, variables
from .running import ROOT

TESTS = ROOT / "packages" / "tw-reactor" / "tests"

TOPICS = [
    "descriptors",
    "endpoints_sockets",
    "inherited",
    "lifecycle",
    "multicast",
    "processes",
    "resolving",
    "stdio",
    "tcp",
    "tcp_contract",
    "threads",
    "udp",
    "unix",
    "unix_contract",
    "utils",
]

TIMEOUT = 300


def runTests(python: str, reactor: str, topics: list[str]) -> None:
    """Run tests of tw-reactor on another reactor than those that are there anyway."""
    files = [str(TESTS / f"test_reactor_{topic}.py") for topic in topics]
    done = subprocess.run(
        # The importer of PyGObject uses what Python deprecates; that is not ours to mend.
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        + ["-W", "ignore:DynamicImporter:ImportWarning", *files],
        cwd=ROOT,
        env=variables(TW_REACTORS=reactor),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    name = reactor.rsplit(".", 1)[1]
    assert " passed" in done.stdout, f"no test ran on {name}"


def test_everything_holds_on_glib() -> None:
    require("import gi.repository.GLib", "python3-gi")
    runTests(PYTHON, "twisted.internet.gireactor.GIReactor", TOPICS)


@pytest.mark.parametrize("topic", ["lifecycle", "tcp_contract", "threads"])
def test_the_essence_holds_on_glib_everywhere(topic: str) -> None:
    require("import gi.repository.GLib", "python3-gi")
    runTests(PYTHON, "twisted.internet.gireactor.PortableGIReactor", [topic])


def test_everything_holds_on_a_thread_that_waits() -> None:
    runTests(sys.executable, "twisted.internet._threadedselect.ThreadedSelectReactor", TOPICS)
