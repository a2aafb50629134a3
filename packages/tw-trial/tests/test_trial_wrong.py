"""A suite that does everything wrong: its run ends, says which test did it, and goes on."""

import os
import subprocess
import sys
from pathlib import Path

WRONG = """
import logging, os, sys, threading, time
from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.protocol import Factory
from twisted.python import log
from twisted.trial.unittest import TestCase

class Unprintable(Exception):
    def __repr__(self):
        raise RuntimeError("no repr")
    __str__ = __repr__

class LeakingTests(TestCase):
    def test_leaks_port(self):
        reactor.listenTCP(0, Factory(), interface="127.0.0.1")

class WrongTests(TestCase):
    timeout = 5

    def test_a_good(self):
        pass

    def test_blocks(self):
        while True:
            pass
    test_blocks.timeout = 0.01

    def test_flood(self):
        for _ in range(200):
            print("flood " * 1000)

    def test_forgotten(self):
        async def forgotten():
            pass
        forgotten()

    def test_hangs(self):
        return Deferred()
    test_hangs.timeout = 0.01

    def test_leaks_call(self):
        reactor.callLater(3600, int)

    def test_logs(self):
        log.err(ValueError("in the log"))

    def test_quits(self):
        sys.exit(3)

    def test_recursion(self):
        self.test_recursion()

    def test_removes_what_is_not_there(self):
        os.rmdir(self.mktemp())

    def test_stops_the_reactor(self):
        reactor.callLater(0, reactor.stop)
        return Deferred()

    def test_thread(self):
        threading.Thread(target=threading.Event().wait, name="immortal").start()

    def test_unhandled(self):
        fail(KeyError("nobody cares"))

    def test_unprintable(self):
        raise Unprintable()

    def test_z_good(self):
        pass
"""

ENDING = """
    def test_ends_the_process(self):
        os._exit(0)

    def test_kills_the_process(self):
        os.kill(os.getpid(), 9)
"""

LEAKING = "LeakingTests.test_leaks_port"
FAILING = [
    "blocks",
    "forgotten",
    "hangs",
    "leaks_call",
    "logs",
    "quits",
    "recursion",
    "removes_what_is_not_there",
    "stops_the_reactor",
    "unhandled",
    "unprintable",
]
PASSING = ["a_good", "flood", "thread", "z_good"]


def run(folder: Path, source: str, *words: str) -> str:
    """Run a suite and return what was printed, less the flood; nothing stays in its TMPDIR."""
    (folder / "test_wrong.py").write_text(source)
    temporary = folder / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, *words, "test_wrong.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "COLUMNS": "200", "TMPDIR": str(temporary)},
    )
    assert not list(temporary.iterdir())
    assert done.returncode == 1, done.stdout + done.stderr
    lines = (done.stdout + done.stderr).split("\n")
    return "\n".join(line for line in lines if not line.startswith("flood "))


def test_by_trial(tmp_path: Path) -> None:
    out = run(tmp_path, WRONG, "-m", "twisted.scripts.trial", "--reporter=bwverbose")
    for name in FAILING:
        assert f"test_wrong.WrongTests.test_{name}\n" in out
    assert f"test_wrong.{LEAKING}\n" in out
    assert f"Ran {len(FAILING) + len(PASSING) + 1} tests" in out
    assert f"successes={len(PASSING)})" in out
    assert "threads that tests have started do not end: 'immortal'" in out


def test_by_workers(tmp_path: Path) -> None:
    out = run(tmp_path, WRONG + ENDING, "-m", "twisted.scripts.trial", "-j2")
    for name in [*FAILING, "ends_the_process", "kills_the_process"]:
        assert f"test_wrong.WrongTests.test_{name}\n" in out
    assert f"test_wrong.{LEAKING}\n" in out
    assert f"Ran {len(FAILING) + len(PASSING) + 3} tests" in out
    assert f"successes={len(PASSING)})" in out
    assert "ended with status 0" in out
    assert "was ended by SIGKILL" in out


def test_by_pytest(tmp_path: Path) -> None:
    # pytest waits at its end for threads that do not end, as Python does.
    source = WRONG.replace(").start()", ", daemon=True).start()")
    out = run(tmp_path, source, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "--tb=line")
    for name in FAILING:
        assert f"FAILED test_wrong.py::WrongTests::test_{name}" in out
    assert f"FAILED test_wrong.py::{LEAKING.replace('.', '::')}" in out
    for name in PASSING:
        assert f"PASSED test_wrong.py::WrongTests::test_{name}" in out
