"""What `--help` and `--version` print."""

import sys

import pytest

import twisted
from twisted.python.usage import Options, docMakeChunks


@pytest.fixture(autouse=True)
def _program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/program"])
    monkeypatch.delenv("COLUMNS", raising=False)


def oneTwoThree(value: str) -> int:
    return int(value)


oneTwoThree.coerceDoc = "Must be 1, 2 or 3."  # type: ignore[attr-defined]  # as users set it


class Fast(Options):
    longdesc = "Does it."
    optFlags = [["fast", "f", "Act quickly"], ["slow", None]]
    optParameters = [
        ["user", "u", "bob", "The user name"],
        ["one_choice", "o", 1, None, oneTwoThree],
        ["file", None, None, "A file"],
    ]

    def opt_dry_run(self) -> None:
        """Do
        nothing.
        """

    opt_n = opt_dry_run


class Remote(Options):
    subCommands = [["fast", "f", Fast, "Be fast"], ["slow", None, Options, None]]
    longdesc = "Two ways."


def lines(options: Options) -> list[str]:
    return str(options).splitlines()


def test_the_whole_help() -> None:
    assert str(Fast()) == (
        "Usage: program [options]\n"
        "Options:\n"
        "  -f, --fast         Act quickly\n"
        "      --slow\n"
        "  -u, --user=        The user name [default: bob]\n"
        "  -o, --one_choice=  [default: 1]. Must be 1, 2 or 3.\n"
        "      --file=        A file\n"
        "  -n, --dry-run      Do nothing.\n"
        "      --help         Display this help and exit.\n"
        "      --version      Display the version of Twisted and exit.\n"
        "\n"
        "Does it.\n"
    )


def test_the_subcommands_are_listed() -> None:
    text = str(Remote())
    assert "Commands:\n    fast, f  Be fast\n    slow\n" in text


def test_the_synopsis_of_a_subcommand_begins_with_its_parents() -> None:
    options = Remote()
    options.parseOptions(["fast"])
    assert options.subOptions.getSynopsis() == "Usage: program [options] fast [options]"


def test_a_class_can_have_its_own_synopsis() -> None:
    class Own(Fast):
        synopsis = "Usage: mine [-f] file "

    assert Own().getSynopsis() == "Usage: mine [-f] file"


def test_the_subcommand_can_have_its_own_synopsis() -> None:
    class Own(Fast):
        synopsis = "file"

    class Top(Options):
        subCommands = [["own", None, Own, None]]

    options = Top()
    options.parseOptions(["own"])
    assert options.subOptions.getSynopsis() == "Usage: program [options] own file"


def test_the_width_of_the_terminal_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wordy(Options):
        longdesc = "word " * 50
        optFlags = [["fast", "f", "word " * 50]]

    monkeypatch.setenv("COLUMNS", "50")
    assert 45 <= max(map(len, lines(Wordy()))) <= 50


@pytest.mark.parametrize("columns", ["", "x", "-5", "0", "٥٠"])
def test_a_width_that_is_no_number_is_ignored(
    monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    class Wordy(Options):
        longdesc = "word " * 50

    monkeypatch.setenv("COLUMNS", columns)
    assert 75 <= max(map(len, lines(Wordy()))) <= 80


def test_a_width_can_be_given() -> None:
    class Wordy(Options):
        longdesc = "word " * 50

    assert max(map(len, Wordy().getUsage(width=40).splitlines()[3:])) <= 40


def test_a_long_name_has_a_line_of_its_own() -> None:
    chunks = docMakeChunks(
        [
            {"long": "a" * 30, "doc": "First"},
            {"long": "brief", "short": "b", "doc": "Second"},
        ]
    )
    assert chunks == [
        f"      --{'a' * 30}\n               First\n",
        "  -b, --brief  Second\n",
    ]


def test_a_text_that_is_too_long_goes_on_below_itself() -> None:
    (chunk,) = docMakeChunks([{"long": "fast", "short": "f", "doc": "word " * 10}], 40)
    first, second = chunk.splitlines()
    assert first.startswith("  -f, --fast  word")
    assert second.startswith(" " * 14 + "word")


def test_an_option_can_have_a_short_name_only() -> None:
    assert docMakeChunks([{"short": "x", "doc": "Only short"}]) == ["  -x  Only short\n"]


def test_without_a_description_that_of_the_program_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__doc__", "What the program does.")
    assert str(Options()).endswith("\nWhat the program does.\n")


def test_help_is_printed_and_the_program_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        Fast().parseOptions(["--help"])
    assert exit.value.code == 0
    assert capsys.readouterr().out == str(Fast()) + "\n"


def test_the_version_is_printed_and_the_program_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        Fast().parseOptions(["--version"])
    assert exit.value.code == 0
    assert capsys.readouterr().out == f"Twisted version: {twisted.__version__}\n"
