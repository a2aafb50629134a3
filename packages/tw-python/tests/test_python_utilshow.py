"""Helpers for what a program shows and asks."""

import io
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twisted
from twisted.python import util


class TestIntervals:
    def test_the_pauses_of_several_intervals_are_merged(self) -> None:
        pauses = iter(util.IntervalDifferential([7, 11, 13]))
        assert list(islice(pauses, 7)) == [
            (7, 0),
            (4, 1),
            (2, 2),
            (1, 0),
            (7, 0),
            (1, 1),
            (4, 2),
        ]

    def test_without_an_interval_the_default_is_waited(self) -> None:
        assert list(islice(util.IntervalDifferential([], 5), 2)) == [(5, None), (5, None)]
        assert next(iter(util.IntervalDifferential([]))) == (60, None)

    def test_an_interval_that_is_added_begins_then(self) -> None:
        pauses = iter(util.IntervalDifferential([3]))
        next(pauses)
        pauses.addInterval(2)
        assert list(islice(pauses, 4)) == [(2, 1), (1, 0), (1, 1), (2, 0)]

    def test_an_interval_that_is_removed_ends_no_more(self) -> None:
        pauses = iter(util.IntervalDifferential([3, 100, 2]))
        pauses.removeInterval(3)
        assert list(islice(pauses, 2)) == [(2, 1), (2, 1)]
        with pytest.raises(ValueError, match="no interval 3"):
            pauses.removeInterval(3)

    @pytest.mark.parametrize("interval", [0, -1, float("nan")])
    def test_an_interval_must_have_a_length(self, interval: float) -> None:
        with pytest.raises(ValueError, match="greater than 0"):
            iter(util.IntervalDifferential([interval]))

    @given(st.lists(st.integers(1, 20), min_size=1, max_size=4))
    def test_each_interval_ends_at_its_multiples(self, intervals: list[int]) -> None:
        now: float = 0
        for pause, number in islice(util.IntervalDifferential(intervals), 50):
            assert pause >= 0
            assert number is not None
            now += pause
            assert now % intervals[number] == 0


class TestLineLog:
    def test_the_last_lines_are_kept(self) -> None:
        log = util.LineLog(2)
        for line in (b"a", b"b", b"c"):
            log.append(line)
        assert log.str() == bytes(log) == b"b\nc"
        assert log[0:1] == [b"b"]

    def test_it_can_be_cleared(self) -> None:
        log = util.LineLog()
        log.append(b"a")
        log.clear()
        assert log.str() == b""


class TestStatBar:
    def test_a_bar_shows_the_position(self) -> None:
        bar = util.makeStatBar(12, 100)
        assert [bar(0), bar(50), bar(100)] == ["[>---------]", "[====>-----]", "[=========>]"]

    def test_a_bar_that_looks_the_same_is_not_drawn_again(self) -> None:
        bar = util.makeStatBar(12, 100)
        assert (bar(50), bar(51), bar(51, 1)) == ("[====>-----]", "", "[====>-----]")

    def test_its_characters_can_be_chosen(self) -> None:
        assert util.makeStatBar(7, 4, "#", ".", "|")(2) == "[##|..]"

    @pytest.mark.parametrize(("position", "bar"), [(-5, "[>--]"), (7, "[==>]")])
    def test_a_position_outside_is_at_the_end(self, position: int, bar: str) -> None:
        assert util.makeStatBar(5, 4)(position) == bar


class Traced:
    def method(self) -> None:
        pass


def function() -> None:
    pass


def test_each_call_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    traced = Traced()
    kept = sys.gettrace()
    sys.settrace(util.spewer)
    traced.method()
    function()
    sys.settrace(kept)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"method method of {__name__}.Traced at {id(traced)}"
    line = function.__code__.co_firstlineno
    assert lines[1] == f"function function in {__file__}, line {line}"


class TestPluginDirs:
    @pytest.fixture(autouse=True)
    def _home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setattr(twisted, "__path__", [str(tmp_path / "lib" / "twisted")])
        monkeypatch.setattr(sys, "path", ["first"])

    def test_those_that_exist_are_found(self, tmp_path: Path) -> None:
        assert util.getPluginDirs() == []
        wanted = [tmp_path / "lib" / "TwistedPlugins", tmp_path / "home" / ".twisted"]
        for directory in wanted:
            directory.mkdir(parents=True)
        assert util.getPluginDirs() == list(map(str, wanted))

    def test_they_are_added_to_the_path(self, tmp_path: Path) -> None:
        (tmp_path / "home" / "TwistedPlugins").mkdir(parents=True)
        util.addPluginDir()
        assert sys.path == ["first", str(tmp_path / "home" / "TwistedPlugins")]


class TestPassword:
    def test_a_pipe_has_it_in_its_first_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("se cret \r\nmore\n"))
        assert util.getPassword(confirm=1) == "se cret "

    def test_a_pipe_must_have_a_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        with pytest.raises(EOFError):
            util.getPassword()

    def test_a_line_is_not_read_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("x" * 10000))
        assert len(util.getPassword()) == 4096

    def test_a_terminal_can_be_insisted_on(self) -> None:
        program = "from twisted.python.util import getPassword; getPassword(forceTTY=1)"
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=b"x\n",
            capture_output=True,
            start_new_session=True,
            check=False,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert b"RuntimeError: cannot ask for a password" in done.stderr

    def test_it_is_typed_twice_until_both_are_the_same(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        typed = iter(["a", "b", "c", "c"])
        asked: list[str] = []
        terminal = io.StringIO()
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", terminal)

        def getpass(prompt: str) -> str:
            asked.append(prompt)
            return next(typed)

        monkeypatch.setattr("getpass.getpass", getpass)
        password = util.getPassword(confirm=1, confirmPrompt="Again: ", mismatchMessage="No.")
        assert password == "c"
        assert asked == ["Password: ", "Again: "] * 2
        assert capsys.readouterr().err == "No.\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
def test_a_password_is_not_shown_at_a_terminal() -> None:
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        program = (
            "from twisted.python.util import getPassword\n"
            "print('got', len(getPassword('Secret? ')), flush=True)"
        )
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
        os.execv(sys.executable, [sys.executable, "-c", program])
    seen = b""
    while b"Secret? " not in seen:
        seen += os.read(terminal, 1024)
    os.write(terminal, b"xyzzy\n")
    while b"got 5" not in seen:
        seen += os.read(terminal, 1024)
    os.close(terminal)
    os.waitpid(pid, 0)
    assert b"xyzzy" not in seen
