"""The examples of the how-to on databases."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .database_servers import DatabaseServer, MariaDB, PostgreSQL
from .running import ROOT, run

EXAMPLES = ROOT / "docs" / "examples" / "databases"


def example(name: str, *arguments: str | Path) -> tuple[int, str, str]:
    """Run an example to its end."""
    return run([sys.executable, str(EXAMPLES / name), *map(str, arguments)])


def test_library(tmp_path: Path) -> None:
    said = "on shelf 3: Emma, Middlemarch\non shelf 7: []\n"
    assert example("library.py", tmp_path / "books.sqlite") == (0, said, "")


def test_lending(tmp_path: Path) -> None:
    assert example("lending.py", tmp_path / "lending.sqlite") == (
        0,
        "copies left: 0\n"
        "ann has to wait: no copy of Emma is left\n"
        "loans: [('Emma', 'joe')]\n"
        "loans: []\n",
        "",
    )


def test_impatient() -> None:
    said = "it took too long\nthe next query: [('is done',)]\n"
    assert example("impatient.py") == (0, said, "")


def test_again() -> None:
    assert example("again.py") == (0, "the connection was lost; trying again\ndone\n", "")


def checkMailboxes(driver: str, arguments: dict[str, str], name: str, password: str) -> str:
    """Run the example, and return what it says."""
    status, out, err = example("mailboxes.py", driver, json.dumps(arguments), name, password)
    assert (status, err) == (0, "")
    return out


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("joe", "sesame", "['Hello, Joe!']\n"),
        ("ann", "sesame", "refused: the name or the password is wrong\n"),
        ("eve", "", "refused: the name or the password is wrong\n"),
        ("joe' OR '1' = '1", "sesame", "refused: the name or the password is wrong\n"),
    ],
)
def test_mailboxes(tmp_path: Path, name: str, password: str, said: str) -> None:
    arguments = {"database": str(tmp_path / "mail.sqlite")}
    assert checkMailboxes("sqlite3", arguments, name, password) == said


@pytest.fixture(params=[PostgreSQL, MariaDB])
def server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    """A server of its own."""
    made: DatabaseServer = request.param()
    yield made
    made.end()


def test_mailboxes_on_a_server(server: DatabaseServer) -> None:
    driver, arguments = next(iter(server.drivers().items()))
    pytest.importorskip(driver, reason=f"the driver is not installed: pip install {driver}")
    assert checkMailboxes(driver, arguments, "ann", "open") == "['Hello, Ann!']\n"
