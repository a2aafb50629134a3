"""The reactor for wx and the older support for it, over a module that looks like wx."""

import importlib
import signal
import sys
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from types import ModuleType

import pytest

from .reactor_helpers import HANGS_AFTER


class FakeWx:
    """What is used of the module `wx`, and its one application."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self.windows: list[FakeFrame] = []
        self.apps = 0
        self.exits = True
        self.running = False

    def CallAfter(self, call: Callable[[], object]) -> None:
        assert self.apps, "wx takes calls only when there is an application"
        self.calls.put(call)

    def App(self, redirect: bool) -> "FakeWx":
        self.apps += 1
        # As the real one does.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        return self

    def Frame(self, parent: None) -> "FakeFrame":
        return FakeFrame(self)

    def GetTopLevelWindows(self) -> list["FakeFrame"]:
        return list(self.windows)

    def MainLoop(self) -> None:
        self.running = True
        while self.running and self.windows:
            self.calls.get(timeout=HANGS_AFTER)()

    def ExitMainLoop(self) -> None:
        self.running = False

    def GetExitOnFrameDelete(self) -> bool:
        return self.exits

    def SetExitOnFrameDelete(self, flag: bool) -> None:
        self.exits = flag


class FakeFrame:
    """A window."""

    def __init__(self, wx: FakeWx) -> None:
        self.wx = wx
        wx.windows.append(self)

    def Destroy(self) -> None:
        self.wx.windows.remove(self)
        if self.wx.exits and not self.wx.windows:
            self.wx.running = False


@pytest.fixture
def wx(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWx]:
    found = signal.getsignal(signal.SIGINT)
    fake = FakeWx()
    monkeypatch.setitem(sys.modules, "wx", fake)
    monkeypatch.delitem(sys.modules, "twisted.internet.wxreactor", raising=False)
    yield fake
    sys.modules.pop("twisted.internet.wxreactor", None)
    signal.signal(signal.SIGINT, found)


def module() -> ModuleType:
    return importlib.import_module("twisted.internet.wxreactor")


def test_it_makes_an_application_and_runs_again(wx: FakeWx) -> None:
    reactor = module().WxReactor()
    for _ in range(2):
        reactor.callLater(0.001, reactor.stop)
        reactor.run(installSignalHandlers=False)
    assert (wx.apps, wx.exits, reactor.running) == (1, True, False)
    reactor.close()


def test_it_runs_the_application_that_was_registered(wx: FakeWx) -> None:
    reactor = module().WxReactor()
    app = wx.App(False)
    FakeFrame(wx)
    reactor.registerWxApp(app)
    reactor.callLater(0.001, reactor.stop)
    reactor.run(installSignalHandlers=False)
    assert wx.apps == 1
    reactor.close()


def test_closing_the_last_window_stops_it(wx: FakeWx) -> None:
    reactor = module().WxReactor()
    reactor.registerWxApp(wx.App(False))
    window = FakeFrame(wx)
    reactor.callLater(0.001, window.Destroy)
    reactor.run(installSignalHandlers=False)
    assert not reactor.running
    reactor.close()


def test_the_hidden_window_goes_when_there_are_others(wx: FakeWx) -> None:
    reactor = module().WxReactor()
    reactor.callLater(0.001, reactor.stop)
    reactor.run(installSignalHandlers=False)
    window = FakeFrame(wx)
    reactor.callLater(0.001, reactor.stop)
    reactor.run(installSignalHandlers=False)
    assert wx.windows == [window]
    reactor.close()


def test_an_interrupt_stops_it_although_wx_wants_none(wx: FakeWx) -> None:
    reactor = module().WxReactor()
    reactor.callLater(0.001, signal.raise_signal, signal.SIGINT)
    reactor.run()
    assert reactor._exitSignal == signal.SIGINT
    reactor.close()


def test_a_second_application_is_refused(wx: FakeWx) -> None:
    reactor = module().WxReactor()
    reactor.registerWxApp(wx.App(False))
    with pytest.raises(RuntimeError, match="already"):
        reactor.registerWxApp(wx.App(False))
    reactor.close()


def test_an_application_is_refused_when_it_comes_too_late(wx: FakeWx) -> None:
    reactor = module().WxReactor()
    reactor.startRunning(installSignalHandlers=False)
    with pytest.raises(RuntimeError):
        reactor.registerWxApp(wx.App(False))
    reactor.crash()
    reactor.close()


@pytest.mark.parametrize("name", ["wxreactor", "wxsupport"])
def test_without_wx_the_modules_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "wx", None)
    monkeypatch.delitem(sys.modules, f"twisted.internet.{name}", raising=False)
    with pytest.raises(ImportError, match="pip install wxPython"):
        importlib.import_module(f"twisted.internet.{name}")
