"""The examples of the how-to about command-line options do what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "options"


def run(name: str, *words: str, status: int = 0) -> str:
    """Run an example; return what it printed, on either stream."""
    finished = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert finished.returncode == status, finished.stdout
    return finished.stdout.replace(str(EXAMPLES / name), name)


def test_flags_are_seen() -> None:
    assert run("quick.py", "-g", "--fast") == "fast good\n"


def test_a_combination_is_refused() -> None:
    assert run("quick.py", "-fgc", status=1) == (
        "quick.py: of fast, good and cheap you can have two\n"
        "quick.py: Try --help for usage details.\n"
    )


def test_an_unknown_option_is_refused() -> None:
    assert "option --slow not recognized" in run("quick.py", "--slow", status=1)


def test_help_lists_the_flags() -> None:
    assert run("quick.py", "--help") == (
        "Usage: quick.py [options]\n"
        "Options:\n"
        "  -f, --fast     Be done early\n"
        "  -g, --good     Take care of details\n"
        "  -c, --cheap    Spend little\n"
        "      --help     Display this help and exit.\n"
        "      --version  Display the version of Twisted and exit.\n"
        "\n"
        "Say how to act: flags.\n"
        "\n"
    )


def test_parameters_have_defaults() -> None:
    assert run("greet.py") == "Hello, whoever you are, at port 8000\n"


@pytest.mark.parametrize(
    "words",
    [["--user=Ann", "-t2", "-p", "80"], ["-u", "Ann", "--times", "2", "--port=80"]],
    ids=str,
)
def test_parameters_are_given_in_several_ways(words: list[str]) -> None:
    assert run("greet.py", *words) == "Hello, Ann, at port 80\n" * 2


def test_a_wrong_value_is_refused() -> None:
    assert run("greet.py", "-t", "4", status=1) == (
        "greet.py: --times does not take '4': it is not in the range (Must be 1, 2 or 3.)\n"
    )


def test_help_says_what_values_are_taken() -> None:
    assert "-t, --times=   How many times to greet [default: 1]. Must be 1, 2 or 3." in run(
        "greet.py", "--help"
    )


def test_methods_are_called_each_time() -> None:
    assert run("talk.py", "-v", "-vv", "-q", "-DFOO", "--define", "BAR") == (
        "verbosity 2 symbols FOO BAR\n"
    )


def test_arguments_are_taken(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\ntwo\nthree\n")
    (tmp_path / "b").write_text("one\n2\n3\n")
    files = [str(tmp_path / "a"), str(tmp_path / "b")]
    assert run("compare.py", *files, status=1) == "line 2: 'two' became '2'\n"
    assert "line 3" in run("compare.py", "-d", "2", *files, status=1)
    assert run("compare.py", "-q", *files, status=1) == ""
    assert run("compare.py", files[0], files[0]) == ""


def test_a_wrong_number_of_arguments_is_refused() -> None:
    assert run("compare.py", "a", status=1) == "compare.py: Wrong number of arguments.\n"


def test_subcommands_have_options_of_their_own() -> None:
    assert run("versions.py", "-r", "there", "checkout", "-r", "v1") == (
        "checkout in there {'module': None, 'tag': 'v1'}\n"
    )
    assert run("versions.py", "import", "-m", "docs", "src") == (
        "import in here {'module': 'docs', 'release': None, 'directory': 'src'}\n"
    )


def test_a_subcommand_is_asked_for() -> None:
    assert run("versions.py", status=1) == "versions.py: say what to do: import or checkout\n"
    assert run("versions.py", "export", status=1) == "versions.py: Unknown command: export\n"


def test_a_subcommand_has_its_own_help() -> None:
    text = run("versions.py", "co", "--help")
    assert text.startswith("Usage: versions.py [options] checkout [options]\n")
    assert "-r, --tag=     The version\n" in text


def test_the_shell_is_told() -> None:
    text = run("versions.py", "co", "--tag", "", "--_shell-completion", "zsh:4")
    assert text.startswith("#compdef versions.py\nshift 1 words")
    assert ":tag:(stable latest)'" in text
