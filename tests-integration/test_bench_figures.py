"""The arithmetic and the tables of the benchmarks, on figures that are known."""

from dataclasses import replace

import pytest

from bench import report
from bench.errors import BenchError
from bench.figures import WorkloadFigures, summarize
from bench.measure import MEMORY, Operations, Sample, Served, parseSample
from bench.sides import CONTROL, Side
from bench.workload import Goal, Workload, choose, families

OURS = Side("tw", "tw", "ours.py")
INCUMBENT = Side("incumbent", "incumbent", "theirs.py")


def sample(cpuMicroseconds: float, seconds: float = 1.0) -> Sample:
    """A sample of 1000 operations that cost so much each."""
    return Sample(operations=1000, seconds=seconds, cpu=cpuMicroseconds * 1000 / 1e6)


def workload(*sides: Side, goals: tuple[Goal, ...] = ()) -> Workload:
    return Workload("w", "A workload", Operations("case"), sides, ("incumbent",), goals)


def figures(goal: float = 0.5) -> WorkloadFigures:
    return summarize(
        workload(OURS, INCUMBENT, goals=(Goal("tw", "incumbent", goal),)),
        {
            "tw": [sample(2.0), sample(8.0), sample(3.0)],
            "incumbent": [sample(4.0), sample(10.0), sample(4.0)],
        },
    )


def test_a_sample_gives_rate_cost_and_load() -> None:
    one = Sample(operations=500, seconds=2.0, cpu=1.0)
    assert (one.rate, one.cpuPerOperation, one.busy) == (250.0, 0.002, 0.5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        '{"operations": 1}',
        '{"operations": 0, "seconds": 1, "cpu": 1}',
        '{"operations": 1, "seconds": 1, "cpu": 0}',
    ],
)
def test_output_that_is_no_sample_is_refused(text: str) -> None:
    with pytest.raises(BenchError, match="measured nothing"):
        parseSample(text)


def test_figures_are_medians_over_the_rounds() -> None:
    cpu = figures().sides[0].cost
    assert (cpu.median, cpu.least, cpu.most) == pytest.approx((3e-6, 2e-6, 8e-6))


def test_ratios_are_taken_round_by_round() -> None:
    # Not the ratio of the medians (3/4): the slow second round struck both sides.
    spread = figures().sides[0].costRatios["incumbent"]
    assert (spread.median, spread.least, spread.most) == pytest.approx((0.75, 0.5, 0.8))


def test_the_ratio_of_rates_is_that_of_throughput() -> None:
    fast, slow = [sample(1.0, seconds=0.5)], [sample(1.0, seconds=2.0)]
    summary = summarize(workload(OURS, INCUMBENT), {"tw": fast, "incumbent": slow})
    assert summary.sides[0].rateRatios["incumbent"].median == pytest.approx(4.0)


@pytest.mark.parametrize(("most", "met"), [(0.75, True), (0.74, False)])
def test_a_goal_is_met_when_the_median_ratio_is_within_it(most: float, met: bool) -> None:
    (goal,) = figures(most).goals
    assert goal.met is met


@pytest.mark.parametrize(
    ("most", "verdict"),
    [(0.76, "0.75, met"), (0.71, "0.75, met but for 0.05"), (0.69, "0.75, missed")],
)
def test_a_goal_that_is_missed_by_what_figures_vary_is_told_from_one_that_is_missed(
    most: float, verdict: str
) -> None:
    (line,) = [line for line in report.table(figures(most)).splitlines() if "Goal" in line]
    assert line.endswith(verdict)


def test_memory_is_compared_in_bytes_and_without_rates() -> None:
    summary = summarize(
        replace(workload(OURS, INCUMBENT), measurement=Served("idle", 2, 1, "connection", MEMORY)),
        {
            "tw": [Sample(operations=2, seconds=1, cpu=1, memory=3000)],
            "incumbent": [Sample(operations=2, seconds=1, cpu=1, memory=6000)],
        },
    )
    head, _, ours, *_ = report.table(summary).splitlines()
    assert [cell.strip() for cell in head.split("|")[2:-1]] == ["bytes/connection", "/ incumbent"]
    assert [cell.strip() for cell in ours.split("|")[2:-1]] == ["1,500", "0.50 (0.50–0.50)"]


@pytest.mark.parametrize(("again", "quiet"), [(4.1, True), (4.4, False)])
def test_the_incumbent_against_itself_tells_whether_the_machine_was_quiet(
    again: float, quiet: bool
) -> None:
    summary = summarize(
        workload(INCUMBENT, INCUMBENT.again()),
        {"incumbent": [sample(4.0)], f"incumbent{CONTROL}": [sample(again)]},
    )
    assert summary.quiet is quiet


@pytest.mark.parametrize(("waited", "quiet"), [(0.04, True), (0.06, False)])
def test_a_machine_on_which_others_take_the_core_is_not_quiet(waited: float, quiet: bool) -> None:
    one = Sample(operations=1, seconds=1.0, cpu=0.5, waited=waited)
    assert summarize(workload(INCUMBENT), {"incumbent": [one]}).quiet is quiet


def test_the_table_shows_figures_ratios_and_goals() -> None:
    head, rule, ours, _, _, goal, noise = report.table(figures()).splitlines()
    assert "A workload" in head
    assert rule.startswith("| ---")
    assert [cell.strip() for cell in ours.split("|")[1:4]] == ["tw", "3", "0.75 (0.50–0.80)"]
    assert goal == "- Goal: tw at most 0.5 of incumbent's CPU: 0.75, missed"
    assert noise == "- Others had the core for 0% of the time; the machine was quiet"


def test_all_rows_of_the_table_have_one_width() -> None:
    rows = [line for line in report.table(figures()).splitlines() if line.startswith("|")]
    assert len({len(row) for row in rows}) == 1


def test_workload_names_are_unique_and_do_not_collide_with_families() -> None:
    names = [workload.name for family in families().values() for workload in family]
    names += families()
    assert len(names) == len(set(names))


def test_baselines_and_goals_name_sides_of_their_workload() -> None:
    for workload in choose([], []):
        sides = {side.name for side in workload.sides}
        assert sides >= set(workload.baselines)
        assert sides >= {name for goal in workload.goals for name in (goal.side, goal.baseline)}


def test_a_family_stands_for_its_workloads() -> None:
    assert choose(["echo"], []) == list(families()["echo"])


def test_chosen_sides_leave_the_baselines_and_goals_that_can_be_computed() -> None:
    (workload,) = choose(["echo-64-100"], ["tw-epoll", "asyncio"])
    assert [side.name for side in workload.sides] == ["tw-epoll", "asyncio"]
    assert workload.baselines == ("asyncio",)
    assert workload.goals == (Goal("tw-epoll", "asyncio", 1.1),)


def test_without_its_baselines_a_workload_compares_with_its_first_side() -> None:
    (workload,) = choose(["echo-64-100"], ["uvloop"])
    assert workload.baselines == ("uvloop",)


def test_unknown_names_are_refused_with_those_that_exist() -> None:
    with pytest.raises(BenchError, match=r"there is no 'ecco'; there are .*echo-64-1\b"):
        choose(["ecco"], [])
    with pytest.raises(BenchError, match=r"there is no 'trio'; there are asyncio, "):
        choose([], ["trio"])


def test_no_side_left_is_refused() -> None:
    with pytest.raises(BenchError, match="none of these sides"):
        choose(["echo"], ["tw"])
