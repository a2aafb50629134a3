"""The reactors over GLib, over a main loop that looks like GLib's."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import pytest

from twisted.internet._bestpoller import bestPoller
from twisted.internet._glibloop import PRIORITY, GLibLoop
from twisted.internet._glibreactor import AskedPoller, GLibReactor
from twisted.internet._gtkloop import GtkLoop, gtkLoop
from twisted.internet.testing import TransportCheck, transportChecks

from .reactor_glib import FakeGLib
from .reactor_helpers import discard, turnUntil
from .reactor_tcp import TCPHarness


@pytest.fixture
def glib() -> FakeGLib:
    return FakeGLib()


@pytest.fixture(params=["watched", "asked"])
def reactor(request: pytest.FixtureRequest, glib: FakeGLib) -> Iterator[GLibReactor]:
    """A reactor whose poller has a descriptor, and one whose poller is asked every now and then."""
    made = GLibReactor(glib, poller=AskedPoller() if request.param == "asked" else None)
    yield made
    discard(made)
    assert not glib.sources


class FakeApplication:
    """An application that runs a main loop."""

    def __init__(self, glib: FakeGLib) -> None:
        self.loop = glib.MainLoop()

    def run(self, argv: None) -> int:
        self.loop.run()
        return 0

    def quit(self) -> None:
        self.loop.quit()


@pytest.mark.parametrize("poller", [None, AskedPoller], ids=["watched", "asked"])
@pytest.mark.parametrize("check", transportChecks(), ids=str)
def test_it_keeps_the_contract(check: TransportCheck, poller: type[AskedPoller] | None) -> None:
    reactor = GLibReactor(FakeGLib(), poller=None if poller is None else poller())
    check(TCPHarness(reactor, "127.0.0.1"))


def test_it_runs_and_stops_and_runs_again(reactor: GLibReactor) -> None:
    for _ in range(2):
        reactor.callLater(0.001, reactor.stop)
        reactor.run(installSignalHandlers=False)
    assert not reactor.running


def test_a_thread_of_the_pool_is_heard(reactor: GLibReactor) -> None:
    reactor.callInThread(reactor.callFromThread, reactor.stop)
    reactor.run(installSignalHandlers=False)
    assert not reactor.running


def test_the_main_loop_serves_others_too(reactor: GLibReactor, glib: FakeGLib) -> None:
    def button() -> bool:
        reactor.callLater(0, reactor.stop)
        return False

    glib.timeout_add(1, button, priority=0)
    reactor.run(installSignalHandlers=False)
    assert not reactor.running


def test_turning_by_hand_serves_others_too(reactor: GLibReactor, glib: FakeGLib) -> None:
    seen: list[int] = []

    def served() -> bool:
        seen.append(1)
        return False

    glib.timeout_add(1, served, priority=0)
    turnUntil(reactor, lambda: seen)


def test_turning_by_hand_raises_what_is_no_exception(reactor: GLibReactor) -> None:
    def leave() -> None:
        raise SystemExit(3)

    reactor.callFromThread(leave)
    with pytest.raises(SystemExit):
        reactor.iterate()


def test_its_sources_have_the_priority_of_drawing(glib: FakeGLib) -> None:
    reactor = GLibReactor(glib)
    reactor.startRunning(installSignalHandlers=False)
    assert set(glib.priorities) == {PRIORITY}
    discard(reactor)


def test_its_source_is_served_while_a_dialog_waits(glib: FakeGLib) -> None:
    reactor = GLibReactor(glib)
    reactor.startRunning(installSignalHandlers=False)
    watches = [source for source in glib.sources.values() if source.fd != -1]
    assert [source.recurses for source in watches] == [True]
    discard(reactor)


def test_a_call_is_made_while_a_dialog_waits(reactor: GLibReactor, glib: FakeGLib) -> None:
    dialog = glib.MainLoop()

    def ask() -> None:
        reactor.callLater(0.001, dialog.quit)
        dialog.run()
        reactor.stop()

    reactor.callLater(0, ask)
    reactor.run(installSignalHandlers=False)
    assert dialog.runs == 1


def test_the_answer_of_a_dialog_asks_for_a_turn(reactor: GLibReactor, glib: FakeGLib) -> None:
    dialog = glib.MainLoop()

    class Transport:
        def settle(self) -> None:
            dialog.quit()

    def pressed() -> bool:
        reactor.settleSoon(Transport())
        return False

    def ask() -> None:
        glib.timeout_add(1, pressed, priority=0)
        dialog.run()
        reactor.stop()

    reactor.callLater(0, ask)
    reactor.run(installSignalHandlers=False)
    assert dialog.runs == 1


def test_an_alarm_that_is_early_enough_is_kept(glib: FakeGLib) -> None:
    loop = GLibLoop(glib)
    poller = bestPoller()
    loop.attach(poller, lambda: None)
    loop.expect(1)
    before = dict(glib.sources)
    loop.expect(2)
    loop.expect(None)
    assert glib.sources == before
    loop.expect(0.5)
    assert glib.sources.keys() != before.keys()
    assert len(glib.sources) == 2
    loop.detach()
    poller.close()


def test_an_application_runs_the_main_loop(reactor: GLibReactor, glib: FakeGLib) -> None:
    application = FakeApplication(glib)
    reactor.registerGApplication(application)
    reactor.callLater(0, reactor.stop)
    reactor.run(installSignalHandlers=False)
    assert (application.loop.runs, application.loop.running) == (1, False)


def test_an_application_that_quits_stops_the_reactor(reactor: GLibReactor, glib: FakeGLib) -> None:
    application = FakeApplication(glib)
    reactor.registerGApplication(application)
    seen: list[str] = []
    reactor.addSystemEventTrigger("after", "shutdown", seen.append, "shutdown")
    reactor.callLater(0, application.quit)
    reactor.run(installSignalHandlers=False)
    assert seen == ["shutdown"]


def test_a_second_application_is_refused(reactor: GLibReactor, glib: FakeGLib) -> None:
    reactor.registerGApplication(FakeApplication(glib))
    with pytest.raises(RuntimeError, match="already"):
        reactor.registerGApplication(FakeApplication(glib))


def test_an_application_is_refused_when_it_comes_too_late(
    reactor: GLibReactor, glib: FakeGLib
) -> None:
    reactor.startRunning(installSignalHandlers=False)
    with pytest.raises(RuntimeError, match="before"):
        reactor.registerGApplication(FakeApplication(glib))
    reactor.crash()


class FakeGtk:
    """GTK's functions around the main loop."""

    def __init__(self, glib: FakeGLib) -> None:
        self.loop = glib.MainLoop()

    def main(self) -> None:
        self.loop.run()

    def main_quit(self) -> None:
        assert self.loop.running
        self.loop.quit()

    def main_level(self) -> int:
        return int(self.loop.running)


def test_gtk_runs_the_main_loop(glib: FakeGLib) -> None:
    gtk = FakeGtk(glib)
    reactor = GLibReactor(glib, GtkLoop(gtk))
    reactor.callLater(0, reactor.stop)
    reactor.run(installSignalHandlers=False)
    assert gtk.loop.runs == 1
    discard(reactor)


def test_ending_gtk_when_it_does_not_run_is_harmless(glib: FakeGLib) -> None:
    GtkLoop(FakeGtk(glib)).quit()


def fakeModules(monkeypatch: pytest.MonkeyPatch, **modules: object) -> None:
    """Put modules of PyGObject into the place of those there may be."""
    for name in ("gi", "gi.repository", "gi.repository.GLib", "gi.repository.Gtk"):
        monkeypatch.setitem(sys.modules, name, None)
    for name, module in modules.items():
        full = name.replace("_", ".")
        monkeypatch.setitem(sys.modules, full, module)
    for name in ("twisted.internet.gireactor", "twisted.internet.gtk3reactor"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_without_pygobject_the_module_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fakeModules(monkeypatch)
    with pytest.raises(ImportError, match="pip install PyGObject"):
        importlib.import_module("twisted.internet.gireactor")


def test_the_module_has_both_reactors(monkeypatch: pytest.MonkeyPatch, glib: FakeGLib) -> None:
    fakeModules(monkeypatch, gi=ModuleType("gi"), gi_repository_GLib=glib)
    monkeypatch.setitem(sys.modules, "gi.repository", ModuleType("gi.repository"))
    module = importlib.import_module("twisted.internet.gireactor")
    for kind in (module.GIReactor, module.PortableGIReactor):
        reactor = kind()
        reactor.callLater(0, reactor.stop)
        reactor.run(installSignalHandlers=False)
        discard(reactor)
    monkeypatch.delitem(sys.modules, "twisted.internet.gireactor")


def test_another_version_of_gtk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, version: str) -> None:
        raise ValueError(f"Namespace {name} is already loaded with version 4.0")

    gi = SimpleNamespace(require_version=refuse)
    fakeModules(monkeypatch, gi=gi)
    with pytest.raises(ImportError, match=r"version 4\.0"):
        gtkLoop("3.0")


def test_a_gtk_without_a_main_loop_leaves_it_to_glib(monkeypatch: pytest.MonkeyPatch) -> None:
    gtk = ModuleType("gi.repository.Gtk")
    fakeModules(monkeypatch, gi=ModuleType("gi"), gi_repository_Gtk=gtk)
    monkeypatch.setitem(sys.modules, "gi.repository", ModuleType("gi.repository"))
    assert gtkLoop() is None
