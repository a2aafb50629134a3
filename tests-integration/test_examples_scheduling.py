"""The examples of the how-to on calls later and threads do what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples" / "scheduling"

TICKS = "a new tenth of a second has passed\n" * 3

OUTPUT = {
    "later.py": (
        "nothing happens before the reactor runs\n"
        "hello in a tenth.\nhello in a fifth of a second!\n42\n"
    ),
    "cancelling.py": (
        "still to come: False\n"
        "heard something\nheard something else\nnothing was heard for a while\n"
    ),
    "looping.py": f"{TICKS}loop done\n",
    "looping.py --fail": f"{TICKS}failure during the loop\n",
    "longex.py": "the reactor goes on meanwhile\nthe total is 499999500000\n",
    "longex2.py": (
        "the reactor goes on meanwhile\nanother is 1249975000\none total is 4999950000\n"
    ),
    "in_thread.py": "the reactor goes on meanwhile\nthe total is 499500\n",
    "from_thread.py": "waited\nthe error came back\n['first', 'second']\n",
    "private_reactor.py": "the first run\nthe second run\n",
}


@pytest.mark.parametrize("command", sorted(OUTPUT))
def test_an_example_prints_what_the_how_to_says(command: str) -> None:
    name, *arguments = command.split()
    ran = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments], capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == OUTPUT[command]


def test_every_example_is_run() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {key.split()[0] for key in OUTPUT}
