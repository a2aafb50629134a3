"""Each workload that times a command, with few tests in a suite; nothing depends on speed."""

import os
import select
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.measure import Command, Rig
from bench.processes import cores, start
from bench.programs.time_command import coreTime
from bench.sides import Environments, Side
from bench.suites import BUSY_SECONDS, busyTrial, trivialTrial
from bench.workload import Workload, families
from bench.workloads.trial import RAN

WORKLOADS = [workload for family in ("trial", "twistd") for workload in families()[family]]
SIDES = [
    pytest.param(workload, side, id=f"{workload.name}-{side.name}")
    for workload in WORKLOADS
    for side in workload.sides
    if side.environment == "tw" or side.name == "pytest"
]
FEW = 3
PATIENCE = 120.0

TRIAL = Side("tw", "tw", "trial", ("test_trivial",))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    serverCore, loadCore = cores()
    return Rig(tmp_path, Environments(tmp_path), serverCore, loadCore, seconds=0.01)


def fewer(workload: Workload) -> Command:
    """The measurement of a workload, with few tests where it has many, and one run."""
    assert isinstance(workload.measurement, Command)
    count = min(FEW, workload.measurement.count)
    return replace(workload.measurement, count=count, fewest=1)


@pytest.mark.parametrize(("workload", "side"), SIDES)
def test_a_command_is_timed(workload: Workload, side: Side, rig: Rig) -> None:
    # Our environment has pytest too.
    sample = fewer(workload).take(rig, replace(side, environment="tw"))
    assert sample.operations == fewer(workload).count
    assert sample.cpu > 0
    assert sample.seconds > 0


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_a_command_has_a_goal_and_is_compared_with_the_incumbents(workload: Workload) -> None:
    assert "tw" in {goal.side.partition("-")[0] for goal in workload.goals}
    assert "incumbent" in {side.environment for side in workload.sides}


def test_the_processes_that_a_command_starts_are_counted(rig: Rig) -> None:
    count = 200
    measurement = Command(count, RAN, "test", {"trial": busyTrial})
    sample = measurement.take(rig, replace(TRIAL, arguments=("-j1", "test_busy")))
    assert sample.cpu >= count * BUSY_SECONDS


def test_a_command_that_does_not_do_what_it_should_is_reported(rig: Rig) -> None:
    suites = {"trial": lambda count: trivialTrial(count - 1)}
    with pytest.raises(BenchError, match=r"no '.*Ran 3 tests.*' in its output, which ends: PASSED"):
        Command(FEW, RAN, "test", suites).take(rig, TRIAL)


def test_a_command_that_fails_is_reported(rig: Rig) -> None:
    suites = {"trial": lambda count: {"test_trivial.py": "raise RuntimeError"}}
    with pytest.raises(BenchError, match=r"status 1, .* which ends: FAILED"):
        Command(FEW, "", "test", suites).take(rig, TRIAL)


def test_the_time_of_cores_is_that_of_the_named_ones_without_idleness() -> None:
    # user, nice, system, idle, waiting, interrupts (2), stolen, guests (2, in others already)
    statistics = (
        "cpu 9 9 9 9 9 9 9 9 9 9\ncpu0 1 2 3 900 90 4 5 6 1 1\ncpu1 7 0 0 9 9 0 0 0 7 0\nintr 1"
    )
    ticks = os.sysconf("SC_CLK_TCK")
    assert coreTime(statistics, {0}) == pytest.approx(21 / ticks)
    assert coreTime(statistics, {0, 1}) == pytest.approx(28 / ticks)


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    hold = "import sys, time; file = open(sys.argv[1], 'wb', 0); file.write(b'x'); time.sleep(600)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}, sys.argv[1]])"
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with start([sys.executable, "-c", code, pipe], *cores()):
            assert select.select([reading], [], [], PATIENCE)[0]
            assert os.read(reading, 2) == b"x"
        assert select.select([reading], [], [], PATIENCE)[0]
        assert os.read(reading, 1) == b""
    finally:
        os.close(reading)
