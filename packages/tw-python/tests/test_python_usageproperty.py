"""Any command line against any declared options: a result, or a UsageError that says why not."""

import os
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from twisted.python import usage

pytestmark = pytest.mark.property
EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

LETTERS = "abcdefgh"
longNames = st.text("abcde-", min_size=2, max_size=6).filter(
    lambda name: not name.startswith("-") and name not in ("help", "version")
)
shortNames = st.one_of(st.none(), st.sampled_from(LETTERS))


@dataclass(frozen=True)
class Declared:
    """What a class of options declares."""

    flags: list[list[Any]]
    parameters: list[list[Any]]
    commands: list[str]

    def make(self) -> usage.Options:
        """Return options of such a class."""

        class Sub(usage.Options):
            optFlags = self.flags

        class Made(usage.Options):
            optFlags = self.flags
            optParameters = self.parameters
            subCommands = [[name, None, Sub, None] for name in self.commands]

            def parseArgs(self, *arguments: str) -> None:
                self["arguments"] = arguments

        return Made()


@st.composite
def declarations(draw: st.DrawFn, commands: bool = True) -> Declared:
    """Draw what a class declares: no name is declared twice."""
    names = draw(st.lists(longNames, unique=True, max_size=6))
    letters = draw(st.lists(shortNames, min_size=len(names), max_size=len(names)))
    seen: set[str] = set()
    flags: list[list[Any]] = []
    parameters: list[list[Any]] = []
    for name, letter in zip(names, letters, strict=True):
        short = None if letter in seen else letter
        seen.add(letter or "")
        if draw(st.booleans()):
            row = [name, short, draw(st.sampled_from([None, "Text"]))]
            flags.append(row[: draw(st.integers(2, 3))])
        else:
            coerce = draw(st.sampled_from([None, int, float, usage.portCoerce]))
            parameters.append([name, short, draw(st.sampled_from([None, "x", 5])), None, coerce])
    words = draw(st.lists(longNames, unique=True, max_size=2)) if commands else []
    return Declared(flags, parameters, words)


@st.composite
def commandLines(draw: st.DrawFn) -> tuple[Declared, list[str]]:
    """Draw options, and words of which many are their names."""
    declared = draw(declarations())
    rows = declared.flags + declared.parameters
    known = [f"--{row[0]}" for row in rows] + [f"-{row[1]}" for row in rows if row[1]]
    known += [f"--{row[0]}=7" for row in rows] + declared.commands + ["--", "-", "7", "--x="]
    words = st.one_of(st.sampled_from(known), st.text(max_size=6), st.text("-=" + LETTERS))
    line = draw(st.lists(words, max_size=8))
    # These two end the program, which is what they are for.
    return declared, [w for w in line if not w.startswith(("--h", "--v"))]


@EXAMPLES
@given(commandLines())
def test_any_command_line_gives_a_result_or_a_usage_error(
    case: tuple[Declared, list[str]],
) -> None:
    declared, line = case
    options = declared.make()
    problem = ""
    try:
        options.parseOptions(line)
    except usage.UsageError as error:
        problem = str(error)
        event("refused")
    else:
        assert options.subCommand in (None, *declared.commands)
        problem = "none"
    assert problem
    assert {options[row[0]] for row in declared.flags} <= {0, 1}
    assert {row[0] for row in declared.parameters} <= set(options)


@st.composite
def assignments(draw: st.DrawFn) -> tuple[Declared, list[str], dict[str, object]]:
    """Draw options, words that set some of them, and what they are set to."""
    declared = draw(declarations(commands=False))
    expected: dict[str, object] = {row[0]: 0 for row in declared.flags}
    expected.update({row[0]: row[2] for row in declared.parameters})
    words: list[str] = []
    rows = declared.flags + declared.parameters
    for row in draw(st.lists(st.sampled_from(rows), max_size=6)) if rows else []:
        if row in declared.flags:
            spellings = [f"--{row[0]}"] + ([f"-{row[1]}"] if row[1] else [])
            words.append(draw(st.sampled_from(spellings)))
            expected[row[0]] = 1
            continue
        value: object
        if row[4] is None:
            value = text = draw(st.text(max_size=5))
        else:
            value = draw(st.integers(0, 65535))
            text = str(value)
        forms = [[f"--{row[0]}={text}"], [f"--{row[0]}", text]]
        if row[1]:
            forms.append([f"-{row[1]}", text])
            # Without a value of its own, -x would take the next word.
            forms += [[f"-{row[1]}{text}"]] if text else []
        words += draw(st.sampled_from(forms))
        expected[row[0]] = value
    arguments = draw(st.lists(st.text(max_size=4), max_size=3))
    expected["arguments"] = tuple(arguments)
    return declared, [*words, "--", *arguments], expected


@EXAMPLES
@given(assignments())
def test_what_a_command_line_sets_is_found(
    case: tuple[Declared, list[str], dict[str, object]],
) -> None:
    declared, words, expected = case
    options = declared.make()
    options.parseOptions(words)
    assert dict(options) == expected


@EXAMPLES
@given(declarations(), st.integers(1, 120))
def test_the_help_of_any_options_names_them(declared: Declared, width: int) -> None:
    text = declared.make().getUsage(width)
    for row in declared.flags + declared.parameters:
        assert f"--{row[0]}" in text
    for name in declared.commands:
        assert name in text
