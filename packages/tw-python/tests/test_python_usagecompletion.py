"""What a command prints when zsh asks how its command line can go on."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python._shellquestion import asked, firstArgument
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
def _program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/program"])


class Base(Options):
    optFlags = [["quiet", "q", "Say less"], ["loud", None, "Say [much]: more"]]
    compData = Completions(mutuallyExclusive=[["quiet", "loud"]], multiUse=["define"])

    def opt_define(self, symbol: str) -> None:
        """Define a symbol."""

    opt_D = opt_define


class Program(Base):
    optParameters = [["user", "u", None, "The user"], ["port", "p", 80, "The port"]]
    compData = Completions(
        descriptions={"port": "Where to listen"},
        optActions={"user": CompleteUsernames()},
        extraActions=[CompleteFiles("*.py", descr="program"), CompleteDirs(repeat=True)],
    )


class Sub(Options):
    optFlags = [["fast", "f", "Act quickly"]]


class Top(Options):
    optParameters = [["root", "r", None, "The root"]]
    subCommands = [["import", "im", Sub, "Do an Import"], ["export", None, Sub, None]]


def answer(options: Options, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Return the lines of code for the completion of the last word."""
    with pytest.raises(SystemExit) as exit:
        options.parseOptions([*words, "--_shell-completion", f"zsh:{len(words) + 1}"])
    assert exit.value.code == 0
    return [line.strip().removesuffix(" \\") for line in capsys.readouterr().out.splitlines()]


def test_the_answer_begins_with_the_name_of_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert answer(Program(), capsys, "-")[0] == "#compdef program"


def test_an_option_is_offered_by_both_names_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = answer(Sub(), capsys, "-")
    assert "'(-f --fast)-f[Act quickly]'" in lines
    assert "'(-f --fast)--fast[Act quickly]'" in lines
    assert "'(--help)--help[Display this help and exit.]'" in lines


def test_options_that_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    lines = answer(Program(), capsys, "-")
    assert "'(-q --quiet --loud)-q[Say less]'" in lines
    assert r"'(--loud -q --quiet)--loud[Say \[much\]\: more]'" in lines


def test_an_option_that_may_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    lines = answer(Program(), capsys, "-")
    assert "'*-D+[Define a symbol.]:define:'" in lines
    assert "'*--define=[Define a symbol.]:define:'" in lines


def test_the_value_of_an_option_is_completed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'(-u --user)--user=[The user]:user:_users'" in answer(Program(), capsys, "-")


def test_a_description_of_the_class_is_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'(-p --port)--port=[Where to listen]:port:'" in answer(Program(), capsys, "-")


def test_arguments_are_completed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = answer(Program(), capsys, "")
    assert lines[-2:] == [
        r"':program (*.py):_files -g '\''*.py'\'''",
        "'*:argument:_directories'",
    ]


def test_subcommands_are_offered(capsys: pytest.CaptureFixture[str]) -> None:
    lines = answer(Top(), capsys, "-r", "import", "")
    assert lines[-1] == (r"'1:command:((import\:Do\ an\ Import im\:Do\ an\ Import export\:))'")


@pytest.mark.parametrize("name", ["import", "im"])
def test_the_options_of_a_subcommand_are_offered(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    lines = answer(Top(), capsys, "-r", "x", name, "-")
    assert lines[1] == "shift 3 words; (( CURRENT -= 3 ))"
    assert "'(-f --fast)--fast[Act quickly]'" in lines
    assert not any("--root" in line for line in lines)


def test_an_unknown_subcommand_is_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert any("--root" in line for line in answer(Top(), capsys, "nonsense", "-"))


def test_words_after_the_cursor_do_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        Top().parseOptions(["--", "import", "--_shell-completion", "zsh:2"])
    assert "--root" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("completer", "action"),
    [
        (Completer(), ""),
        (CompleteFiles(), "_files -g '*'"),
        (CompleteDirs(), "_directories"),
        (CompleteList(["a", "b c"]), r"(a b\ c)"),
        (CompleteMultiList(["a", "b"], descr="letters"), "_values -s , 'letters' 'a' 'b'"),
        (CompleteUsernames(), "_users"),
        (CompleteGroups(), "_groups"),
        (CompleteHostnames(), "_hosts"),
        (CompleteUserAtHost(), "_user_at_host"),
        (CompleteNetInterfaces(), "_net_interfaces"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_zsh_does_for_a_completer(completer: Completer, action: str) -> None:
    assert completer.zshAction() == action


@pytest.mark.parametrize(
    "last", ["zsh", "zsh:", "zsh:x", "zsh:-1", "zsh:0", "zsh:1", "zsh:9", "fish:2", "zsh:9999999"]
)
def test_another_question_is_none(last: str) -> None:
    assert asked(["a", "--_shell-completion", last]) is None


@pytest.mark.parametrize(
    ("words", "index"),
    [
        (["-r", "x", "import"], 2),
        (["-rx", "import"], 1),
        (["--root=x", "import"], 1),
        (["--root", "x", "import"], 2),
        (["--help", "import"], 1),
        (["--", "import"], 1),
        (["-"], 0),
        (["--"], None),
        (["-r"], None),
        ([], None),
    ],
    ids=str,
)
def test_the_first_argument_is_found(words: list[str], index: int | None) -> None:
    assert firstArgument(words, Top()._options) == index


@given(st.lists(st.text(max_size=5), max_size=5), st.text(max_size=5))
def test_no_words_break_it(words: list[str], last: str) -> None:
    firstArgument(words, Top()._options)
    question = asked([*words, "--_shell-completion", last])
    assert question is None or 0 <= question.position <= len(words)
