"""The door to the default reactor, and what importing does not do."""

import subprocess
import sys
from types import ModuleType

import pytest

from twisted.internet._defaultreactor import REACTOR_MODULE, defaultReactor
from twisted.internet._timeinterfaces import IReactorTime
from twisted.python.components import Interface

from .defer_helpers import HandClock


class IOther(Interface):
    """Something that the clock does not provide."""


def test_it_returns_the_reactor_that_provides_the_interface(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = HandClock()
    monkeypatch.setitem(sys.modules, REACTOR_MODULE, clock)
    found: object = defaultReactor(IReactorTime)
    assert found is clock


def test_a_reactor_without_the_interface_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, REACTOR_MODULE, HandClock())
    with pytest.raises(TypeError, match="does not provide IOther: install a reactor that does"):
        defaultReactor(IOther)


def test_without_tw_reactor_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("twisted.internet._defaultreactor.import_module", missing)
    with pytest.raises(ImportError, match="pip install tw-reactor"):
        defaultReactor(IReactorTime)


def test_an_import_error_inside_the_reactor_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> ModuleType:
        raise ModuleNotFoundError("No module named 'select'", name="select")

    monkeypatch.setattr("twisted.internet._defaultreactor.import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="select"):
        defaultReactor(IReactorTime)


def test_importing_deferreds_imports_no_event_loop() -> None:
    program = (
        "import sys, twisted.internet.defer\n"
        "unwanted = {'twisted.internet.reactor', 'asyncio', 'select', 'socket', 'ssl'}\n"
        "print(sorted(unwanted & set(sys.modules)))\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert output == "[]\n"
