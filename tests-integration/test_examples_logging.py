"""The examples of the how-to on logging."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "logging"
STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ", re.MULTILINE)


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def lines(output: str) -> list[str]:
    """Return lines without their time stamps, which each of them must have."""
    assert len(STAMP.findall(output)) == output.count("\n")
    return STAMP.sub("", output).splitlines()


def test_greenhouse_logs_from_the_module_and_from_the_class() -> None:
    assert lines(run("greenhouse.py")) == [
        "[__main__#info] checking 2 greenhouses",
        "[__main__.Greenhouse#debug] looked at the thermometer of Palms",
        "[__main__.Greenhouse#warn] Palms has 38.2 degrees: open a window",
        "[__main__.Greenhouse#debug] looked at the thermometer of Ferns",
    ]


def test_levels_choose_by_namespace() -> None:
    assert lines(run("levels.py")) == [
        "[shop.payment.cards#debug] asked the bank about card 0005",
        "[shop.images#error] cannot read table.png",
    ]


def test_failures_are_logged_with_their_tracebacks() -> None:
    output = STAMP.sub("", run("failures.py")).splitlines()
    heads = [line for line in output if not line.startswith("\t")]
    assert heads == [
        "[__main__#critical] cannot compute today's average",
        "[__main__#critical] while reporting for Monday",
        "[__main__#info] there is no report",
    ]
    assert output.count("\tZeroDivisionError: division by zero") == 2


@pytest.fixture
def saved(tmp_path: Path) -> str:
    path = str(tmp_path / "events.json")
    assert run("save_events.py", path) == ""
    return path


def test_saved_events_are_shown_as_text_again(saved: str) -> None:
    first, *others = run("load_events.py", saved).splitlines()
    assert first == "- [shop.web#info] 192.0.2.1 asked for /chairs, which took 0.25 s"
    assert len(others) == 2


def test_saved_events_are_analyzed(saved: str) -> None:
    assert run("analyze_events.py", saved) == "[('192.0.2.1', 1.25)]\n"


def test_events_are_analyzed_while_the_program_runs() -> None:
    # Like analyze_events.py, it uses the observer of slow_clients.py.
    assert run("watch_events.py") == "[('192.0.2.7', 0.5)]\n"


def test_test_of_the_greenhouse_passes() -> None:
    assert "1 passed" in run("-m", "pytest", "-p", "no:cacheprovider", "-q", "test_greenhouse.py")


def test_fields_are_bound_to_a_logger_and_to_a_context() -> None:
    events = [json.loads(line) for line in run("bound_fields.py").splitlines()]
    assert [(event["request"], event.get("customer"), event["log_format"]) for event in events] == [
        (0, None, "looking for {article}"),
        (0, "Ada", "sold {article}"),
        (0, "Ada", "sent {article}"),
        (1, None, "looking for {article}"),
        (1, "Ada", "sold {article}"),
        (1, "Ada", "sent {article}"),
    ]


def test_log_file_is_rotated(tmp_path: Path) -> None:
    run("rotating.py", str(tmp_path / "shop.log"))
    paths = sorted(tmp_path.iterdir())
    assert [path.name for path in paths] == ["shop.log", "shop.log.1", "shop.log.2"]
    assert paths[0].read_text().endswith("sold chair 19\n")
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o640}


def test_standard_library_is_bridged_both_ways() -> None:
    assert STAMP.sub("", run("both_ways.py")).splitlines() == [
        "[library#warn] the cache is 90% full",
        "[shop#warn] only 2 chairs left",
        "audit: WARNING both_ways.py sell only 2 chairs left",
    ]
