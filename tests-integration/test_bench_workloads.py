"""Each workload with our side, for moments and with few connections; nothing depends on speed."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.measure import Imports, Rig, Served
from bench.processes import cores
from bench.sides import Environments, Side
from bench.workload import Workload, families

FAMILIES = ("accept", "bulk", "reactor", "tls", "udp")
WORKLOADS = [workload for family in FAMILIES for workload in families()[family]]
FEW = 3


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    serverCore, loadCore = cores()
    return Rig(tmp_path, Environments(tmp_path), serverCore, loadCore, seconds=0.02)


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_a_workload_measures_ours(workload: Workload, rig: Rig) -> None:
    measurement = workload.measurement
    if isinstance(measurement, Served):
        measurement = replace(measurement, connections=min(FEW, measurement.connections))
    measurement.prepare(rig)
    sample = measurement.take(rig, workload.sides[0])
    assert sample.operations > 0
    assert sample.cpu > 0


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_a_workload_has_a_goal_and_the_incumbent_twice(workload: Workload) -> None:
    assert [goal.baseline for goal in workload.goals] == ["incumbent"]
    assert {"tw", "incumbent", "incumbent-again"} <= {side.name for side in workload.sides}


def test_a_statement_is_timed_with_the_import(rig: Rig) -> None:
    side = Side("tw", "tw", "reactor_operations.py")
    with pytest.raises(BenchError, match="ended with status 1"):
        Imports("json", "module.noSuchFunction()").take(rig, side)


def test_a_server_that_says_nothing_sensible_is_reported(rig: Rig) -> None:
    with pytest.raises(BenchError, match=r"load\.py .* ended with status 1"):
        Served("visit", 1, 1).take(rig, Side("tw", "tw", "time_import.py", ("json", "pass", "0")))
