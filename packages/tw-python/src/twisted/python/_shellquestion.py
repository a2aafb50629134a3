"""What a shell asks a command when it wants to know how a command line can go on.

The shell's completion function runs the command with the words that were typed so far, and appends
`--_shell-completion` and a word such as `zsh:3`: the shell, and the number of the word under the
cursor (the command itself is number 1). What the command answers is a matter of the shell; see
`_zshcompletion` and `_bashcompletion`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

SHELL_COMPLETION = "--_shell-completion"


class Completable(Protocol):
    """An option, as far as the shell wants to know it."""

    @property
    def long(self) -> str | None:
        """The long name, without dashes; None if there is none."""
        ...

    @property
    def short(self) -> str | None:
        """The short name, without a dash; None if there is none."""
        ...

    @property
    def doc(self) -> str:
        """What it is."""
        ...

    @property
    def takesValue(self) -> bool:
        """Whether a value follows it."""
        ...


class Question(NamedTuple):
    """What a shell wants to know."""

    shell: str
    """`zsh` or `bash`."""

    words: list[str]
    """The command line, without the command; in bash's case as it was typed, with quotes."""

    position: int
    """Which of the words is to be completed; the number of words, if one is to be begun."""


def asked(words: Sequence[str]) -> Question | None:
    """Return what a shell wants to know, if a shell asks.

    Args:
        words: The command line, without the command.
    """
    if len(words) < 2 or words[-2] != SHELL_COMPLETION:
        return None
    shell, _, number = words[-1].partition(":")
    if shell not in ("zsh", "bash"):
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        return None
    # The shells count from 1 and count the command.
    index = int(number) - 2
    typed = list(words[:-2])
    return Question(shell, typed, index) if 0 <= index <= len(typed) else None


def optionName(option: Completable) -> str:
    """Return the name under which `Completions` know an option."""
    return option.long or option.short or ""


def optionWords(option: Completable) -> list[str]:
    """Return an option's names as they are typed."""
    short = [f"-{option.short}"] if option.short else []
    return short + ([f"--{option.long}"] if option.long else [])


def valueTakers(options: Iterable[Completable]) -> dict[str, Completable]:
    """Return the options that take a value, by their names as they are typed."""
    return {word: option for option in options if option.takesValue for word in optionWords(option)}


def takerIn(word: str, takers: Iterable[str]) -> tuple[str, str | None] | None:
    """Return the option of a word that takes a value, and the value if the word has it too.

    Args:
        word: A word that begins with a dash.
        takers: The options that take a value, as they are typed.
    """
    takers = set(takers)
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return (name, value if equals else None) if name in takers else None
    # In -abVALUE the value begins after the first letter that takes one.
    for index, letter in enumerate(word[1:], 1):
        if f"-{letter}" in takers:
            return f"-{letter}", word[index + 1 :] or None
    return None


def firstArgument(words: Sequence[str], options: Iterable[Completable]) -> int | None:
    """Return the index of the first word that is neither an option nor the value of one."""
    takers = valueTakers(options)
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            return index + 1 if index + 1 < len(words) else None
        if not word.startswith("-") or word == "-":
            return index
        taker = takerIn(word, takers)
        index += 2 if taker is not None and taker[1] is None else 1
    return None


__all__ = [
    "SHELL_COMPLETION",
    "Completable",
    "Question",
    "asked",
    "firstArgument",
    "optionName",
    "optionWords",
    "takerIn",
    "valueTakers",
]
