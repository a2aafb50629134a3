"""What a command prints when zsh asks it how its command line can go on.

zsh's completion function runs the command with the words that were typed so far, and appends
`--_shell-completion zsh:N`, N being the number of the word under the cursor (the command itself is
number 1). The command prints code that zsh evaluates. The code begins with `#compdef NAME`, by
which the function knows that it got an answer, and calls zsh's `_arguments` with a specification
for each option and argument (zshcompsys(1)).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from twisted.python._completers import Completer, Completions, _escaped, _quoted

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


def completedWord(words: Sequence[str]) -> int | None:
    """Return the index of the word that zsh wants completed, if that is what it asks.

    Args:
        words: The command line, without the command.
    """
    if len(words) < 2 or words[-2] != SHELL_COMPLETION:
        return None
    shell, _, number = words[-1].partition(":")
    if shell != "zsh" or not (number.isascii() and number.isdigit() and len(number) < 7):
        return None
    # zsh counts from 1 and counts the command.
    index = int(number) - 2
    return index if 0 <= index <= len(words) - 2 else None


def firstArgument(words: Sequence[str], options: Iterable[Completable]) -> int | None:
    """Return the index of the first word that is neither an option nor the value of one."""
    options = list(options)
    takers = {f"--{option.long}" for option in options if option.takesValue and option.long}
    letters = {option.short for option in options if option.takesValue and option.short}
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            return index + 1 if index + 1 < len(words) else None
        if not word.startswith("-") or word == "-":
            return index
        if word.startswith("--"):
            valueFollows = word in takers
        else:
            # In -abVALUE the value begins after the first letter that takes one.
            taker = next((i for i, letter in enumerate(word) if i and letter in letters), None)
            valueFollows = taker == len(word) - 1
        index += 2 if valueFollows else 1
    return None


def zshCode(
    command: str,
    skipped: int,
    options: Iterable[Completable],
    completions: Completions,
    subCommands: Sequence[tuple[str, str]],
) -> str:
    """Return the code that completes a command line.

    Args:
        command: The command's name.
        skipped: How many words stand before the (sub)command whose options these are.
        options: The options.
        completions: What else is known of them, and of the arguments.
        subCommands: Names of subcommands, and what they do.
    """
    lines = [f"#compdef {command}"]
    if skipped:
        lines.append(f"shift {skipped} words; (( CURRENT -= {skipped} ))")
    specifications = [
        *_optionSpecifications(list(options), completions),
        *_argumentSpecifications(completions.extraActions, subCommands),
    ]
    lines.append(" \\\n    ".join(['_arguments -s -S -A "-*"', *map(_quoted, specifications)]))
    return "\n".join(lines) + "\n"


def _names(option: Completable) -> list[str]:
    """Return an option's names as they are typed."""
    short = [f"-{option.short}"] if option.short else []
    return short + ([f"--{option.long}"] if option.long else [])


def _key(option: Completable) -> str:
    """Return the name under which `Completions` know an option."""
    return option.long or option.short or ""


def _optionSpecifications(
    options: Sequence[Completable], completions: Completions
) -> Iterator[str]:
    """Yield a specification for each name of each option."""
    names = {_key(option): _names(option) for option in options}
    for option in options:
        key = _key(option)
        excluded = [] if key in completions.multiUse else list(names[key])
        for group in completions.mutuallyExclusive:
            if key in group:
                excluded += [
                    name for other in group if other != key for name in names.get(other, [])
                ]
        head = f"({' '.join(excluded)})" if excluded else ""
        if key in completions.multiUse:
            head += "*"
        description = completions.descriptions.get(key, option.doc)
        text = f"[{_literal(' '.join(description.split()))}]"
        for name in names[key]:
            yield head + name + _valueSpecification(option, name, text, completions)


def _valueSpecification(option: Completable, name: str, text: str, completions: Completions) -> str:
    """Return what follows an option's name: its description, and what its value is."""
    if not option.takesValue:
        return text
    key = _key(option)
    completer = completions.optActions.get(key, Completer())
    # A value follows -x directly or as the next word, --long also after an equals sign.
    join = "=" if name.startswith("--") else "+"
    return f"{join}{text}:{_literal(completer.description(key))}:{completer.zshAction()}"


def _argumentSpecifications(
    completers: Iterable[Completer], subCommands: Sequence[tuple[str, str]]
) -> Iterator[str]:
    """Yield a specification for each argument."""
    if subCommands:
        items = " ".join(f"{_escaped(name)}\\:{_escaped(doc)}" for name, doc in subCommands)
        yield f"1:command:(({items}))"
    for completer in completers:
        star = "*" if completer.repeat else ""
        yield f"{star}:{_literal(completer.description('argument'))}:{completer.zshAction()}"


def _literal(text: str) -> str:
    """Return a text with the characters escaped that mean something in a specification."""
    return "".join("\\" + char if char in "\\[]:" else char for char in text)


__all__ = ["SHELL_COMPLETION", "completedWord", "firstArgument", "zshCode"]
