"""The record of what waits: what it shows, what it leaves alone, and the file on a signal."""

import gc
import os
import signal
import stat
import sys
import threading
import weakref
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from twisted.internet.defer import (
    Deferred,
    DeferredList,
    DeferredQueue,
    TaskGroup,
    ensureDeferred,
    gatherResults,
    inlineCallbacks,
    succeed,
)
from twisted.internet.defer import waiting as waitingRoom
from twisted.internet.defer.waiting import (
    MAXIMUM_DEPTH,
    Place,
    Waiting,
    isRecordingWaiting,
    recordWaiting,
    waiting,
    waitingText,
    writeWaitingOnSignal,
)

from .defer_helpers import loggedEvents

HERE = str(Path(__file__))


@pytest.fixture(autouse=True)
def recording() -> Iterator[None]:
    gc.collect()
    recordWaiting(True)
    yield
    recordWaiting(False)


def outline(trees: list[Waiting] | tuple[Waiting, ...]) -> list[Any]:
    """Return kinds and names alone."""
    return [(f"{tree.kind} {tree.name}".strip(), *outline(tree.waitsFor)) for tree in trees]


def shortName(name: str) -> str:
    return name.rpartition("<locals>.")[2]


def only(trees: list[Waiting] | tuple[Waiting, ...]) -> Waiting:
    (tree,) = trees
    return tree


async def ask(d: Deferred[Any]) -> Any:
    return await d


async def askTwice(d: Deferred[Any]) -> Any:
    return await ask(d)


@inlineCallbacks
def generate(d: Deferred[Any]) -> Generator[Deferred[Any], Any, Any]:
    return (yield d)


class TestShowing:
    def test_a_deferred_that_has_not_fired_waits(self) -> None:
        kept: Deferred[None] = Deferred()
        assert outline(waiting()) == [("Deferred",)]
        del kept

    def test_a_deferred_that_has_fired_does_not(self) -> None:
        kept = succeed(1)
        assert waiting() == []
        del kept

    def test_a_deferred_that_was_freed_does_not(self) -> None:
        Deferred()
        assert waiting() == []

    def test_the_place_that_made_it_is_shown_with_its_callers(self) -> None:
        def make() -> Deferred[None]:
            return Deferred()

        kept = make()
        made = only(waiting()).made
        assert [shortName(place.function) for place in made[:2]] == [
            "make",
            "TestShowing.test_the_place_that_made_it_is_shown_with_its_callers",
        ]
        assert {place.file for place in made[:2]} == {HERE}
        assert made[0].line == make.__code__.co_firstlineno + 1
        del kept

    def test_functions_of_ours_are_no_place_of_making(self) -> None:
        queue: DeferredQueue[None] = DeferredQueue()
        kept = queue.get()
        assert only(waiting()).made[0].file == HERE
        del kept

    def test_a_coroutine_is_shown_with_what_it_waits_for(self) -> None:
        d: Deferred[None] = Deferred()
        kept = ensureDeferred(ask(d))
        assert outline(waiting()) == [("coroutine ask", ("Deferred",))]
        del kept

    def test_coroutines_that_are_awaited_directly_are_its_stack(self) -> None:
        d: Deferred[None] = Deferred()
        kept = ensureDeferred(askTwice(d))
        tree = only(waiting())
        assert [place.function for place in tree.place] == ["askTwice", "ask"]
        assert tree.place[0].line == askTwice.__code__.co_firstlineno + 1
        assert not tree.runs
        del kept

    def test_a_coroutine_that_runs_is_told_from_one_that_waits(self) -> None:
        seen: list[Waiting] = []

        async def looks() -> None:
            seen.extend(waiting())

        ensureDeferred(looks())
        assert only(seen).runs
        assert " runs at " in str(seen[0])

    def test_a_generator_is_shown_with_its_line(self) -> None:
        d: Deferred[None] = Deferred()
        kept = generate(d)
        tree = only(waiting())
        assert outline([tree]) == [("generator generate", ("Deferred",))]
        assert [place.function for place in tree.place] == ["generate"]
        del kept

    def test_coroutines_with_deferreds_of_their_own_are_a_chain(self) -> None:
        d: Deferred[None] = Deferred()
        kept = ensureDeferred(ask(generate(d)))
        assert outline(waiting()) == [
            ("coroutine ask", ("generator generate", ("Deferred",))),
        ]
        del kept

    def test_a_chained_deferred_waits_for_the_inner_one(self) -> None:
        inner: Deferred[None] = Deferred()
        outer = succeed(None).addCallback(lambda _: inner)
        assert outline(waiting()) == [("Deferred", ("Deferred",))]
        del outer

    def test_lists_wait_for_their_members_that_have_not_fired(self) -> None:
        members = [Deferred[int](), succeed(1)]
        kept = DeferredList(members)
        assert outline(waiting()) == [("DeferredList", ("Deferred",))]
        del kept

    def test_gathered_deferreds_are_shown_below(self) -> None:
        kept = gatherResults([Deferred[None](), Deferred[None]()])
        (tree,) = waiting()
        assert len(tree.waitsFor) == 2
        del kept

    def test_the_children_of_a_task_group_are_shown_below_its_coroutine(self) -> None:
        d: Deferred[None] = Deferred()

        async def main(body: Deferred[None]) -> None:
            async with TaskGroup() as group:
                group.createTask(ask(d))
                await body

        body: Deferred[None] = Deferred()
        kept = ensureDeferred(main(body))
        (tree,) = waiting()
        assert outline(tree.waitsFor) == [("coroutine ask", ("Deferred",)), ("Deferred",)]
        body.callback(None)
        (tree,) = waiting()
        assert outline(tree.waitsFor) == [("end of a task group", ("coroutine ask", ("Deferred",)))]
        d.callback(None)
        assert waiting() == []
        del kept

    def test_one_who_waits_for_a_child_waits_for_its_result(self) -> None:
        d: Deferred[None] = Deferred()

        async def main() -> None:
            async with TaskGroup() as group:
                child = group.createTask(ask(d))
                await child

        kept = ensureDeferred(main())
        (tree,) = waiting()
        assert ("result of a child", ("coroutine ask",)) in outline(tree.waitsFor)
        del kept

    def test_callbacks_are_named(self) -> None:
        def gotAnswer(result: object) -> None:
            pass

        kept: Deferred[None] = Deferred()
        kept.addCallback(gotAnswer).addErrback(print)
        names = [shortName(name) for name in only(waiting()).callbacks]
        assert names == ["gotAnswer", "print"]
        del kept

    def test_what_many_wait_for_is_shown_in_full_once(self) -> None:
        inner = ensureDeferred(ask(Deferred()))
        kept = [gatherResults([inner]), gatherResults([inner])]
        first, second = waiting()
        assert outline([first]) == [("gatherResults", ("coroutine ask", ("Deferred",)))]
        assert outline([second]) == [("gatherResults", ("coroutine ask",))]
        assert second.waitsFor[0].cut
        assert str(second.waitsFor[0]).endswith(" ...")
        del kept

    def test_the_text_has_a_line_for_each(self) -> None:
        d: Deferred[None] = Deferred()
        kept = ensureDeferred(ask(d))
        first, second = waitingText().splitlines()
        assert first.startswith(f"- coroutine ask waits at ask ({HERE}:")
        assert ", made at " in first
        assert second.startswith("  - Deferred, made at ")
        del kept

    def test_the_text_says_where_nothing_waits(self) -> None:
        assert waitingText() == "Nothing waits.\n"

    def test_a_place_reads_as_function_file_and_line(self) -> None:
        assert str(Place("main", "app.py", 5)) == "main (app.py:5)"


class TestLimits:
    def test_no_more_are_shown_than_asked_for(self) -> None:
        kept: list[Deferred[None]] = [Deferred() for _ in range(10)]
        assert len(waiting(3)) == 3
        assert len(waitingText(3).splitlines()) == 3
        del kept

    def test_the_limit_counts_those_below_too(self) -> None:
        kept = gatherResults([Deferred[None]() for _ in range(10)])
        (tree,) = waiting(4)
        assert len(tree.waitsFor) == 3
        assert tree.cut
        del kept

    def test_long_chains_are_cut(self) -> None:
        d: Deferred[None] = Deferred()
        chain = [d]
        for _ in range(3 * MAXIMUM_DEPTH):
            inner = chain[-1]
            chain.append(ensureDeferred(ask(inner)))
        tree = waiting()[0]
        depth = 0
        while tree.waitsFor:
            depth += 1
            (tree,) = tree.waitsFor
        assert depth == MAXIMUM_DEPTH
        assert tree.cut

    def test_the_rest_of_a_long_chain_is_not_lost(self) -> None:
        d: Deferred[None] = Deferred()
        chain = [d]
        for _ in range(3 * MAXIMUM_DEPTH):
            inner = chain[-1]
            chain.append(ensureDeferred(ask(inner)))
        assert len(waitingText().splitlines()) >= 3 * MAXIMUM_DEPTH

    def test_deferreds_that_wait_for_each_other_are_shown(self) -> None:
        first: Deferred[Any] = Deferred()
        second = gatherResults([first])
        second._members = [second]  # type: ignore[attr-defined]
        assert len(waiting()) == 2

    def test_nothing_is_kept_alive(self) -> None:
        d: Deferred[None] = Deferred()
        watched = weakref.ref(d)
        waiting()
        del d
        assert watched() is None

    def test_a_record_that_changes_while_it_is_read_is_read_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept: Deferred[None] = Deferred()
        times: list[int] = []

        class Changing(weakref.WeakKeyDictionary[Any, Any]):
            def items(self) -> Any:
                times.append(1)
                if len(times) < 3:
                    raise RuntimeError("dictionary changed size during iteration")
                return super().items()

        monkeypatch.setattr(waitingRoom, "_record", Changing({kept: ()}))
        assert len(waiting()) == 1
        assert len(times) == 3


class TestSwitching:
    def test_nothing_is_recorded_when_it_is_off(self) -> None:
        recordWaiting(False)
        kept: Deferred[None] = Deferred()
        assert not isRecordingWaiting()
        assert waiting() == []
        assert "recordWaiting" in waitingText()
        del kept

    def test_ending_it_forgets_what_was_recorded(self) -> None:
        kept: Deferred[None] = Deferred()
        recordWaiting(False)
        recordWaiting(True)
        assert waiting() == []
        del kept

    def test_switching_it_on_twice_keeps_the_record(self) -> None:
        kept: Deferred[None] = Deferred()
        recordWaiting(True)
        assert len(waiting()) == 1
        del kept

    def test_what_was_made_before_is_shown_where_something_newer_waits_for_it(self) -> None:
        recordWaiting(False)
        old: Deferred[None] = Deferred()
        recordWaiting(True)
        kept = ensureDeferred(ask(old))
        (tree,) = waiting()
        assert tree.waitsFor[0].made == ()
        del kept

    def test_what_was_made_before_is_shown_where_it_waits_for_something_newer(self) -> None:
        async def asksLater() -> None:
            await begin
            await Deferred()

        recordWaiting(False)
        begin: Deferred[None] = Deferred()
        kept = ensureDeferred(asksLater())
        recordWaiting(True)
        begin.callback(None)
        (tree,) = waiting()
        assert shortName(tree.name) == "asksLater"
        assert tree.made == ()
        assert outline(tree.waitsFor) == [("Deferred",)]
        del kept

    def test_importing_deferreds_does_not_import_this_room(self) -> None:
        import subprocess

        program = (
            "import sys, twisted.internet.defer; "
            "sys.exit('twisted.internet.defer.waiting' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@contextmanager
def writing(path: Path, number: int = signal.SIGUSR2) -> Iterator[None]:
    """Write to a file on a signal."""
    giveBack = writeWaitingOnSignal(path, number)
    try:
        yield
    finally:
        giveBack()


class TestSignal:
    def test_the_signal_writes_what_waits(self, tmp_path: Path) -> None:
        path = tmp_path / "waiting"
        with writing(path):
            kept = ensureDeferred(ask(Deferred()))
            signal.raise_signal(signal.SIGUSR2)
        first, second, third = path.read_text().splitlines()
        assert first.startswith("The main thread is at ")
        assert "test_the_signal_writes_what_waits" in first
        assert second.startswith("- coroutine ask waits at ")
        assert third.startswith("  - Deferred")
        del kept

    def test_it_begins_to_record(self, tmp_path: Path) -> None:
        recordWaiting(False)
        with writing(tmp_path / "waiting"):
            assert isRecordingWaiting()

    def test_each_signal_replaces_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "waiting"
        with writing(path):
            kept: Deferred[None] = Deferred()
            signal.raise_signal(signal.SIGUSR2)
            kept.callback(None)
            signal.raise_signal(signal.SIGUSR2)
        assert path.read_text().splitlines()[1:] == ["Nothing waits."]
        assert os.listdir(tmp_path) == ["waiting"]

    def test_only_its_owner_may_read_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "waiting"
        with writing(path):
            signal.raise_signal(signal.SIGUSR2)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_another_signal_may_be_chosen(self, tmp_path: Path) -> None:
        path = tmp_path / "waiting"
        with writing(path, signal.SIGUSR1):
            signal.raise_signal(signal.SIGUSR1)
        assert path.exists()

    def test_a_file_that_cannot_be_written_is_logged_and_the_program_goes_on(
        self, tmp_path: Path
    ) -> None:
        with writing(tmp_path / "missing" / "waiting"), loggedEvents() as events:
            signal.raise_signal(signal.SIGUSR2)
        (event,) = events
        assert event["log_failure"].check(FileNotFoundError)
        assert event["path"].endswith("missing/waiting")

    def test_nothing_is_left_beside_a_file_that_cannot_be_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "waiting").mkdir()
        with writing(tmp_path / "waiting"), loggedEvents() as events:
            signal.raise_signal(signal.SIGUSR2)
        assert len(events) == 1
        assert os.listdir(tmp_path) == ["waiting"]

    def test_a_relative_path_means_the_directory_of_the_call(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.chdir(tmp_path)
        with writing(Path("waiting")):
            monkeypatch.chdir(elsewhere)
            signal.raise_signal(signal.SIGUSR2)
        assert (tmp_path / "waiting").exists()

    def test_the_former_handler_comes_back(self, tmp_path: Path) -> None:
        calls: list[int] = []
        former = signal.signal(signal.SIGUSR2, lambda number, frame: calls.append(number))
        try:
            with writing(tmp_path / "waiting"):
                signal.raise_signal(signal.SIGUSR2)
                assert calls == []
            signal.raise_signal(signal.SIGUSR2)
            assert calls == [signal.SIGUSR2]
        finally:
            signal.signal(signal.SIGUSR2, former)

    def test_a_later_handler_stays(self, tmp_path: Path) -> None:
        def later(number: int, frame: object) -> None:
            raise AssertionError("not called")

        original = signal.getsignal(signal.SIGUSR2)
        try:
            with writing(tmp_path / "waiting"):
                signal.signal(signal.SIGUSR2, later)
            assert signal.getsignal(signal.SIGUSR2) is later
        finally:
            signal.signal(signal.SIGUSR2, original)

    def test_it_tells_where_a_callback_loops(self, tmp_path: Path) -> None:
        path = tmp_path / "waiting"

        def loops(result: object) -> None:
            while not path.exists():
                pass

        with writing(path):
            sender = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR2))
            sender.start()
            succeed(None).addCallback(loops)
            sender.join()
        assert "loops" in path.read_text().splitlines()[0]

    def test_other_threads_cannot_ask_for_it(self, tmp_path: Path) -> None:
        errors: list[BaseException] = []

        def ask() -> None:
            try:
                writeWaitingOnSignal(tmp_path / "waiting")
            except ValueError as error:
                errors.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        assert len(errors) == 1
