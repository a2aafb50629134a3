"""Choosing a reactor by its short name."""

import io

import pytest

from twisted.internet import _reactorchoice
from twisted.internet._reactorchoice import (
    IReactorInstaller,
    NoSuchReactor,
    Reactor,
    ReactorSelectionMixin,
    getReactorTypes,
    installReactor,
)
from twisted.plugin import IPlugin
from twisted.python.components import verifyObject
from twisted.python.usage import Options, UsageError

from .reactor_processes import run


class Command(ReactorSelectionMixin, Options):
    """A command with the options of the mixin."""


class Fake:
    """A kind of reactor that notes that it was installed."""

    shortName = "fake"
    description = "a fake"

    def __init__(self, error: Exception | None = None) -> None:
        self.installed = 0
        self.error = error

    def install(self) -> None:
        self.installed += 1
        if self.error is not None:
            raise self.error


def offer(monkeypatch: pytest.MonkeyPatch, *installers: object) -> None:
    monkeypatch.setattr(_reactorchoice, "getReactorTypes", lambda: iter(installers))


def test_our_reactors_can_be_chosen() -> None:
    names = {installer.shortName for installer in getReactorTypes()}
    assert {"default", "select", "poll", "epoll", "asyncio", "uvloop"} <= names


def test_an_installer_keeps_its_interfaces() -> None:
    installer = Reactor("name", "module", "description")
    assert verifyObject(IReactorInstaller, installer)
    assert verifyObject(IPlugin, installer)


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(NoSuchReactor, match="nonsense"):
        installReactor("nonsense")


def test_the_chosen_reactor_becomes_the_default_one() -> None:
    assert (
        run(
            """
            from twisted.internet._reactorchoice import installReactor
            chosen = installReactor("select")
            from twisted.internet import reactor
            print(chosen is reactor, type(reactor).__name__)
            """
        )
        == "True SelectReactor\n"
    )


def test_the_option_installs_the_reactor(monkeypatch: pytest.MonkeyPatch) -> None:
    # The reactor that is returned then is of no interest, so the stand-in is not to be bound.
    installed: list[str] = []
    monkeypatch.setattr(_reactorchoice, "installReactor", installed.append)
    options = Command()
    options.parseOptions(["--reactor", "fake"])
    assert (installed, options["reactor"]) == (["fake"], "fake")


def test_the_option_has_a_short_form(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(_reactorchoice, "installReactor", installed.append)
    Command().parseOptions(["-r", "fake"])
    assert installed == ["fake"]


def test_the_option_refuses_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch)
    with pytest.raises(UsageError, match="--help-reactors"):
        Command().parseOptions(["--reactor", "nonsense"])


def test_the_option_tells_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, Fake(ImportError("pip install it")))
    with pytest.raises(UsageError, match="pip install it"):
        Command().parseOptions(["--reactor", "fake"])


def test_help_lists_the_reactors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offer(monkeypatch, Fake(), Reactor("a", "module", "the first"))
    options = Command()
    options.messageOutput = io.StringIO()
    with pytest.raises(SystemExit) as raised:
        options.parseOptions(["--help-reactors"])
    assert raised.value.code == 0
    assert options.messageOutput.getvalue() == "    a     the first\n    fake  a fake\n"


def test_the_shell_is_told_the_reactors_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offer(monkeypatch, Fake(), Reactor("a", "module", "the first"))
    data = ReactorSelectionMixin.compData
    assert data is not None
    completer = data.optActions["reactor"]
    assert list(completer.candidates("")) == ["a", "fake"]
    assert completer.zshAction() == "(a fake)"
