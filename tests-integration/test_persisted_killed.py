"""What is stored outlives processes that are killed, disks that are full, and busy neighbors."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from twisted.persisted.dirdbm import DirDBM
from twisted.persisted.sob import load

PATIENCE = 60.0
SIZE = 1 << 20
KEY = b"garden"

# Kills itself as if by `kill -9` when it comes to a step of writing, whose name is its argument.
DIE_AT_A_STEP = """
import os, signal, sys
from twisted.persisted import _atomicfile

def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

def halve(descriptor):
    os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
    die()

def replaceAndDie(old, new):
    replace(old, new)
    die()

replace = os.replace
step, path = sys.argv[1:]
steps = {"made": ("fchmod", die), "half written": ("fsync", halve), "written": ("fsync", die),
         "unnamed": ("replace", die), "named": ("replace", replaceAndDie)}
name, function = steps[step]
"""

STORE = """
from twisted.persisted.dirdbm import DirDBM
db = DirDBM(path)
setattr(os, name, function)
db[b"garden"] = b"new" * 1000
"""

SAVE = """
from twisted.persisted.sob import Persistent
setattr(os, name, function)
Persistent("new" * 1000, "garden").save(filename=path)
"""

# Stores one value after the other for ever, and tells of each.
STORE_ON = """
import itertools, sys
from twisted.persisted.dirdbm import DirDBM
db = DirDBM(sys.argv[1])
db.synced = sys.argv[2] == "synced"
for letter in itertools.cycle([b"a", b"b", b"c"]):
    db[b"garden"] = letter * (1 << 20)
    print(flush=True)
"""

FILL_THE_DISK = """
import resource, sys
from twisted.persisted.dirdbm import DirDBM
db = DirDBM(sys.argv[1])
db[b"garden"] = b"old"
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    db[b"garden"] = b"new" * 10_000
except OSError as error:
    print(type(error).__name__, db[b"garden"])
"""

# Stores under a key that others use, and under one that nobody does, and opens the directory, which
# takes half-written files away.
SHARE = """
import sys
from twisted.persisted.dirdbm import DirDBM
own = sys.argv[2].encode()
for number in range(100):
    db = DirDBM(sys.argv[1])
    db.synced = False
    db[b"shared"] = own * 1000
    db[own] = b"%d" % number
    assert db[own] == b"%d" % number
    value = db[b"shared"]
    assert value == value[:1] * 1000, value
"""


def files(db: DirDBM) -> list[str]:
    return os.listdir(db.dname)


@pytest.mark.parametrize("step", ["made", "half written", "written", "unnamed", "named"])
def test_process_that_is_killed_while_it_stores_leaves_the_old_value_or_the_new_one(
    tmp_path: Path, step: str
) -> None:
    DirDBM(tmp_path)[KEY] = b"old"
    done = subprocess.run(
        [sys.executable, "-c", DIE_AT_A_STEP + STORE, step, str(tmp_path)], check=False
    )
    assert done.returncode == -signal.SIGKILL
    db = DirDBM(tmp_path)
    assert db[KEY] == (b"new" * 1000 if step == "named" else b"old")
    assert len(files(db)) == 1


@pytest.mark.parametrize("step", ["made", "half written", "written", "unnamed", "named"])
def test_process_that_is_killed_while_it_saves_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, step: str
) -> None:
    path = tmp_path / "garden.tap"
    path.write_bytes(b"\x80\x04\x8c\x03old\x94.")
    done = subprocess.run(
        [sys.executable, "-c", DIE_AT_A_STEP + SAVE, step, str(path)], check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert load(path, "pickle") == ("new" * 1000 if step == "named" else "old")


@contextmanager
def child(program: str, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("mode", ["synced", "not synced"])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_process_that_is_killed_at_any_time_leaves_a_whole_value(
    tmp_path: Path, mode: str, count: int
) -> None:
    with child(STORE_ON, str(tmp_path), mode) as process:
        assert process.stdout is not None
        for _ in range(count):
            assert process.stdout.readline() == b"\n"
        process.kill()
        process.wait(PATIENCE)
    db = DirDBM(tmp_path)
    assert db[KEY] in (b"a" * SIZE, b"b" * SIZE, b"c" * SIZE)
    assert len(files(db)) == 1


def test_disk_that_is_full_keeps_the_old_value(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "OSError b'old'\n"
    assert len(files(DirDBM(tmp_path))) == 1


def test_several_processes_share_a_directory(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", SHARE, str(tmp_path), name]) for name in "abcd"
    ]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0, 0, 0]
    db = DirDBM(tmp_path)
    assert sorted(db) == [b"a", b"b", b"c", b"d", b"shared"]
    assert {db[name] for name in (b"a", b"b", b"c", b"d")} == {b"99"}
    assert len(files(db)) == 5
