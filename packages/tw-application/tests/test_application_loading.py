"""Loading an application, and what people are told when that fails."""

import sys
from pathlib import Path
from typing import Any

import pytest

from twisted.application.app import ApplicationLoadError, convertStyle, getApplication
from twisted.application.service import Application, IService, loadApplication
from twisted.persisted.sob import IPersistable
from twisted.python.components import adapt

MAKE = "from twisted.application.service import Application\napplication = Application('demo')\n"


def config(**given: object) -> dict[str, Any]:
    return {"python": None, "source": None, "file": "twistd.tap", **given}


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test a path of its own."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def fails(tac: Path, text: str, status: int) -> None:
    with pytest.raises(ApplicationLoadError, match=text) as raised:
        getApplication(config(python=str(tac)))
    assert str(raised.value).startswith("Failed to load application: ")
    assert "\n" not in str(raised.value)
    assert raised.value.status == status


def test_program_is_run_and_its_variable_returned(tmp_path: Path) -> None:
    tac = tmp_path / "demo.tac"
    tac.write_text(MAKE)
    assert adapt(IService, getApplication(config(python=str(tac)))).name == "demo"


def test_program_is_not_main_and_finds_the_modules_beside_it(tmp_path: Path) -> None:
    (tmp_path / "module_beside_a_tac.py").write_text("value = 3\n")
    tac = tmp_path / "demo.py"
    tac.write_text(
        f"{MAKE}import module_beside_a_tac\nassert module_beside_a_tac.value == 3\n"
        "assert __name__ != '__main__'\n"
    )
    getApplication(config(python=str(tac)))


@pytest.mark.parametrize(("style", "option"), [("pickle", "file"), ("source", "source")])
def test_application_that_was_saved_is_loaded(tmp_path: Path, style: str, option: str) -> None:
    application = Application("saved")
    persistable = adapt(IPersistable, application)
    persistable.setStyle(style)
    persistable.save(filename=tmp_path / "saved")
    loaded = getApplication(config(**{option: str(tmp_path / "saved")}))
    assert adapt(IService, loaded).name == "saved"


def test_form_is_converted(tmp_path: Path) -> None:
    tac = tmp_path / "demo.tac"
    tac.write_text(MAKE)
    out = str(tmp_path / "demo.tas")
    convertStyle(str(tac), "python", None, out, "source", False)
    assert adapt(IService, loadApplication(out, "source")).name == "demo"
    with pytest.raises(TypeError, match="not encrypted"):
        convertStyle(str(tac), "python", None, out, "source", True)


def test_missing_file_is_told(tmp_path: Path) -> None:
    fails(tmp_path / "none.tac", r"none\.tac: No such file or directory", 66)


def test_program_without_the_variable_is_told(tmp_path: Path) -> None:
    tac = tmp_path / "demo.tac"
    tac.write_text("app = 1\n")
    fails(tac, "no variable named 'application'", 78)


def test_variable_that_is_no_application_is_told(tmp_path: Path) -> None:
    tac = tmp_path / "demo.tac"
    tac.write_text("application = 3\n")
    fails(tac, "int where an application should be", 78)


@pytest.mark.parametrize(
    ("program", "text"),
    [
        ("x = 1\n1 / 0\n", "line 2: ZeroDivisionError: division by zero"),
        ("x =\n", "line 1: invalid syntax"),
        ("{}['application']\n", "line 1: KeyError: 'application'"),
        ("import no_such_module\n", "line 1: ModuleNotFoundError: No module named"),
        ("import json\njson.loads('[')\n", r"line 2: JSONDecodeError: .* \(in .*json.*, line"),
        ("open('/nowhere/file')\n", "line 1: FileNotFoundError"),
    ],
)
def test_program_that_raises_is_told_with_the_line(tmp_path: Path, program: str, text: str) -> None:
    tac = tmp_path / "demo.tac"
    tac.write_text(program)
    fails(tac, text, 78)


def test_pickle_that_is_none_is_told(tmp_path: Path) -> None:
    tap = tmp_path / "demo.tap"
    tap.write_bytes(b"nonsense")
    with pytest.raises(ApplicationLoadError, match=r"demo\.tap"):
        getApplication(config(file=str(tap)))
