"""The examples of the how-tos on coroutines and on asyncio do what these say."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"

OUTPUT = {
    "coroutines/context.py": (
        "Ada: waits\nGrace: waits\nnobody: opens the door\nGrace: is served\nAda: is served\n"
    ),
    "coroutines/migration.py": "ADA HAS 7\nADA HAS 7\nADA HAS 7\n",
    "coroutines/orders.py": (
        "the shop opens\norder is done\nsalt: sold out\norder is done\n[300, 250]\n"
    ),
    "coroutines/workers.py": (
        "Ada does sawing\nGrace does drilling\nAda does painting\nAda goes home\nGrace goes home\n"
    ),
    "asyncio/by_hand.py": "[(True, 'slow'), (True, 'fast')]\n3 0\n",
    "asyncio/cancelling.py": (
        "download: partial file removed\nserve: CancelledError\n"
        "Deferred: cancelled\nTask: cancelled is True\n"
    ),
    "asyncio/deferreds_in_tasks.py": (
        "1.5\n[3.0, 4.5]\nthe measurement is stopped\ntook too long\n"
    ),
    "asyncio/futures_in_coroutines.py": "A B D\n1 not found\n",
    "asyncio/libraries_on_reactor.py": "[0, 1, 4, 9]\nfired by the loop\n",
    "asyncio/server_in_loop.py": "hello\nstopped, and the loop goes on\n",
}


@pytest.mark.parametrize("name", sorted(OUTPUT))
def test_an_example_prints_what_the_how_to_says(name: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / name],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stderr == ""
    assert ran.stdout == OUTPUT[name]
    assert ran.returncode == 0


@pytest.mark.parametrize("directory", ["coroutines", "asyncio"])
def test_every_example_is_run(directory: str) -> None:
    found = {f"{directory}/{path.name}" for path in (EXAMPLES / directory).glob("*.py")}
    assert found == {name for name in OUTPUT if name.startswith(f"{directory}/")}
