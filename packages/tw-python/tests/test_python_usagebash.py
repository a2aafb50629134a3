"""What a command answers when bash asks how its command line can go on."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python import _completers
from twisted.python._bashcompletion import bashAnswer, maxCandidates, quotedLike, unquoted
from twisted.python.usage import (
    CompleteDirs,
    CompleteFiles,
    CompleteGroups,
    CompleteHostnames,
    CompleteList,
    CompleteMultiList,
    CompleteNetInterfaces,
    Completer,
    CompleteUserAtHost,
    CompleteUsernames,
    Completions,
    Options,
)


@pytest.fixture(autouse=True)
def _program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/program"])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hosts").write_text("127.0.0.1 near localhost # far\n::1 near ip6\nbroken\n")
    monkeypatch.setattr(_completers, "hostsFile", str(tmp_path / "hosts"))
    for name in ("notes.txt", "notes.bin", ".hidden.txt", "two words.txt"):
        (tmp_path / "files" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "files" / name).touch()
    (tmp_path / "files" / "deep").mkdir()


class Program(Options):
    optFlags = [["quiet", "q", "Say less"], ["loud", None, "Say more"]]
    optParameters = [["mode", "m", None, "The mode"], ["port", "p", None, None]]
    compData = Completions(
        mutuallyExclusive=[["quiet", "loud"]],
        multiUse=["port"],
        optActions={"mode": CompleteList(["fast", "fair", "two words"])},
        extraActions=[CompleteList(["first"]), CompleteFiles("*.txt", repeat=True)],
    )


class Top(Options):
    optParameters = [["root", "r", None, "The root"]]
    subCommands = [["import", "im", Program, "Do an Import"], ["export", None, Program, None]]


def answer(options: Options, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Return what is offered in place of the last word."""
    with pytest.raises(SystemExit) as exit:
        options.parseOptions([*words, "--_shell-completion", f"bash:{len(words) + 1}"])
    assert exit.value.code == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "#complete program"
    return lines


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["--q"], ["--quiet"]),
        (
            ["-"],
            ["-q", "--quiet", "--loud", "-m", "--mode=", "-p", "--port=", "--version", "--help"],
        ),
        (["--quiet", "--l"], []),
        (["-q", "--qu"], []),
        (["-qm", "fast", "--m"], []),
        (["-p", "1", "--po"], ["--port="]),
        (["--mode", "fa"], ["fast", "fair"]),
        (["--mode=fas"], ["--mode=fast"]),
        (["-m", ""], ["fast", "fair", r"two\ words"]),
        (["-mf"], ["-mfast", "-mfair"]),
        (["-qmtw"], [r"-qmtwo\ words"]),
        (["-m", '"tw'], ["two words"]),
        (["-m", "two\\ w"], [r"two\ words"]),
        (["-p", ""], []),
        (["f"], ["first"]),
        (["first", "files/n"], ["files/notes.txt"]),
        (["first", "x", "files/"], ["files/deep/", "files/notes.txt", r"files/two\ words.txt"]),
        (["first", "x", "-"], []),
        (["--", "-"], []),
        (["--", "f"], ["first"]),
    ],
    ids=" ".join,
)
def test_what_goes_on_as_typed_is_offered(
    words: list[str], offered: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert sorted(answer(Program(), capsys, *words)) == sorted(offered)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ([""], ["import", "im", "export"]),
        (["-r", "x", "e"], ["export"]),
        (["import", "--q"], ["--quiet"]),
        (["-rx", "im", "-m", "fas"], ["fast"]),
        (["import", "first", "files/no"], ["files/notes.txt"]),
        (["--root=import", "--"], ["--help", "--version"]),
    ],
    ids=" ".join,
)
def test_subcommands_are_offered_and_offer_their_own(
    words: list[str], offered: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(Top(), capsys, *words) == offered


def test_the_cursor_may_stand_within_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        Top().parseOptions(["ex", "--quiet", "--_shell-completion", "bash:2"])
    assert capsys.readouterr().out == "#complete program\nexport\n"


@pytest.mark.parametrize(
    ("completer", "prefix", "values"),
    [
        (Completer(), "", []),
        (CompleteFiles(), "files/.", ["files/.hidden.txt"]),
        (CompleteFiles("*.bin"), "files/n", ["files/notes.bin"]),
        (CompleteFiles("*.(bin|txt)"), "files/n", ["files/notes.bin", "files/notes.txt"]),
        (CompleteFiles(), "nowhere/", []),
        (CompleteDirs(), "", ["files/"]),
        (CompleteDirs(), "files/", ["files/deep/"]),
        (CompleteMultiList(["a", "b", "c"]), "b,", ["b,a", "b,c"]),
        (CompleteMultiList(["a", "b"]), "", ["a", "b"]),
        (CompleteHostnames(), "", ["near", "localhost", "ip6"]),
        (CompleteUserAtHost(), "me@l", ["me@near", "me@localhost", "me@ip6"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_completer_lists_values(completer: Completer, prefix: str, values: list[str]) -> None:
    assert list(completer.candidates(prefix)) == values


@pytest.mark.parametrize(
    ("completer", "value"),
    [(CompleteUsernames(), "root"), (CompleteGroups(), "root"), (CompleteUserAtHost(), "root@")],
    ids=lambda value: type(value).__name__,
)
def test_a_completer_knows_the_machine(completer: Completer, value: str) -> None:
    assert value in completer.candidates("")


def test_network_interfaces_are_listed() -> None:
    import socket

    names = [name for _, name in socket.if_nameindex()]
    assert list(CompleteNetInterfaces().candidates("")) == names


def test_the_home_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert list(CompleteFiles().candidates("~/f")) == ["~/files/"]


def test_without_a_list_of_hosts_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_completers, "hostsFile", "/nonexistent")
    assert list(CompleteHostnames().candidates("")) == []


def test_not_too_many_words_are_offered() -> None:
    many = Completions(extraActions=[CompleteList(map(str, range(10000)))])
    assert bashAnswer("x", "", [], [], many, ()).count("\n") == maxCandidates + 1


def test_a_word_with_a_line_break_is_not_offered() -> None:
    odd = Completions(extraActions=[CompleteList(["a\nb", "ab"])])
    assert bashAnswer("x", "a", [], [], odd, ()) == "#complete x\nab\n"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a\\ b", "a b"),
        ("'a b", "a b"),
        ("\"a'b", "a'b"),
        ("a'b'c", "abc"),
        ("$(x)", "$(x)"),
        ("a\\", "a\\"),
    ],
)
def test_quotes_are_taken_off(typed: str, meant: str) -> None:
    assert unquoted(typed) == meant


@given(st.text(max_size=10).filter(lambda text: "\n" not in text and not set(text) & set("\"'")))
def test_quoting_is_undone_by_taking_quotes_off(text: str) -> None:
    assert unquoted(quotedLike("", text)) == text


@given(st.lists(st.text(max_size=6), min_size=1, max_size=5))
def test_no_words_break_it(words: list[str]) -> None:
    from contextlib import redirect_stdout
    from io import StringIO

    out = StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit):
        Top().parseOptions([*words, "--_shell-completion", f"bash:{len(words) + 1}"])
    assert out.getvalue().startswith("#complete program\n")
