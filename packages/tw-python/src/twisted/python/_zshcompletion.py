"""What a command answers when zsh asks it how its command line can go on.

The command prints code that zsh evaluates (see `_shellquestion`). The code begins with
`#compdef NAME`, by which zsh's completion function knows that it got an answer, and calls zsh's
`_arguments` with a specification for each option and argument (zshcompsys(1)).
"""

from collections.abc import Iterable, Iterator, Sequence

from twisted.python._completers import Completer, Completions, _escaped, _quoted
from twisted.python._shellquestion import Completable, optionName, optionWords


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


def _optionSpecifications(
    options: Sequence[Completable], completions: Completions
) -> Iterator[str]:
    """Yield a specification for each name of each option."""
    names = {optionName(option): optionWords(option) for option in options}
    for option in options:
        key = optionName(option)
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
    key = optionName(option)
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


__all__ = ["zshCode"]
