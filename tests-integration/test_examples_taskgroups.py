"""The examples of the how-tos on task groups, cancellation and what waits do what these say.

They run on each reactor, which is installed before the example is started.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"

REACTORS = ("select", "poll", "epoll")

# Installs a reactor and runs an example as if it had been started itself.
RUN = """
import runpy, sys
from pathlib import Path
from importlib import import_module
import_module(f"twisted.internet.{sys.argv[1]}reactor").install()
del sys.argv[:2]
sys.path.insert(0, str(Path(sys.argv[0]).parent))
runpy.run_path(sys.argv[0], run_name="__main__")
"""

OUTPUT = {
    "task-groups/together.py": ("both are on their way\nanswer of weather\nanswer of news\n"),
    "task-groups/failing.py": (
        "weather: CancelledError\nnews: CancelledError\ndown: broken\nnothing of it runs any more\n"
    ),
    "task-groups/stopping.py": "answer of near mirror\nfar mirror: CancelledError\ndone\n",
    "task-groups/from_callbacks.py": "answer of weather, answer of news\n",
    "task-groups/gathering.py": (
        "['answer of weather', 'answer of news']\nslow: CancelledError\n"
        "number 1 has failed: ServiceDown('broken')\n"
    ),
    "cancellation/cleaning_up.py": (
        "work: cancelled\nwork: cleaned up\nmain: the work has ended\n"
    ),
    "cancellation/timeouts.py": (
        "took too long\nwent on, given up: True\nin time after all, expired: False\n"
    ),
    "cancellation/scopes.py": "downloading\nstopped, keeping what is there\n",
    "cancellation/shields.py": (
        "the session is saved\nthe session has ended\nwaits no longer\nthe draft is saved\n"
    ),
    "cancellation/testing_time.py": "after 29 seconds: False\nno answer\n",
}

# What other examples import.
HELPERS = {"task-groups/dummy_service.py"}

LOOKING = """\
- coroutine main waits at main (looking.py), made at <module> (looking.py)
  - end of a task group, made at main (looking.py) < <module> (looking.py)
    - coroutine fetch waits at fetch (looking.py), made at main (looking.py) < <module> (looking.py)
      - Deferred, made at dummyConnect (looking.py) < fetch (looking.py) < main (looking.py)
    - coroutine fetch waits at fetch (looking.py), made at main (looking.py) < <module> (looking.py)
      - Deferred, made at dummyConnect (looking.py) < fetch (looking.py) < main (looking.py)
"""


def run(reactor: str, name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run an example with a reactor."""
    return subprocess.run(
        [sys.executable, "-c", RUN, reactor, str(EXAMPLES / name), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def withoutLines(text: str) -> str:
    """Return a text about places with the names of files alone."""
    return re.sub(r"\([^()]*?([^/()]+\.py):\d+\)", r"(\1)", text)


@pytest.mark.parametrize("reactor", REACTORS)
@pytest.mark.parametrize("name", sorted(OUTPUT))
def test_an_example_prints_what_the_how_to_says(name: str, reactor: str) -> None:
    ran = run(reactor, name)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == OUTPUT[name]


def test_a_program_shows_what_it_waits_for() -> None:
    ran = subprocess.run(
        [sys.executable, EXAMPLES / "what-is-waiting" / "looking.py"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert withoutLines(ran.stdout) == LOOKING


@pytest.mark.parametrize("reactor", REACTORS)
def test_a_signal_writes_what_waits_while_the_reactor_runs(reactor: str, tmp_path: Path) -> None:
    ran = run(reactor, "what-is-waiting/on_signal.py", str(tmp_path / "waiting.txt"))
    assert (ran.returncode, ran.stderr) == (0, "")
    first, *rest = withoutLines(ran.stdout).splitlines()
    assert first.startswith("The main thread is at ")
    kinds = [line.partition(" waits at ")[0].partition(", made at ")[0] for line in rest]
    assert kinds == ["- coroutine dummyStep", "  - Deferred", "- coroutine main", "  - Deferred"]


def test_every_example_is_run() -> None:
    known = {*OUTPUT, *HELPERS, "what-is-waiting/looking.py", "what-is-waiting/on_signal.py"}
    folders = {name.partition("/")[0] for name in known}
    assert {
        str(path.relative_to(EXAMPLES))
        for folder in folders
        for path in (EXAMPLES / folder).glob("*.py")
    } == known
