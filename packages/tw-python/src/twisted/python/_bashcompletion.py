"""What a command answers when bash asks it how its command line can go on.

The function in `twisted-completion.bash` runs the command with the words as they were typed, quotes
included, and `--_shell-completion bash:N` (see `_shellquestion`). The command answers with a line
`#complete NAME`, by which the function knows that it got an answer, and a line for each word that
can stand there, quoted as the typed word is. bash takes them as they are; it evaluates nothing.
"""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from twisted.python._completers import Completer, Completions
from twisted.python._shellquestion import (
    Completable,
    firstArgument,
    optionName,
    optionWords,
    takerIn,
    valueTakers,
)

maxCandidates = 1000
"""How many words are offered, at most."""

_PLAIN = "%+,-./:=@_"


def unquoted(word: str) -> str:
    """Return what a word means to the shell; a quote that is open ends with the word."""
    for end in ("", "\\", "'", '"'):
        try:
            return "".join(shlex.split(word + end))
        except ValueError:
            continue
    return word


def quotedLike(typed: str, candidate: str) -> str:
    """Return a word as it replaces one that was typed.

    Args:
        typed: What was typed. If it begins with a quote, bash keeps that and closes it.
        candidate: What the word shall mean.
    """
    if typed[:1] in ("'", '"'):
        return candidate
    return "".join(c if c.isalnum() or c in _PLAIN else "\\" + c for c in candidate)


def bashAnswer(
    command: str,
    typed: str,
    before: Sequence[str],
    options: Iterable[Completable],
    completions: Completions,
    subCommands: Sequence[str],
) -> str:
    """Return the words that can stand at the cursor.

    Args:
        command: The command's name.
        typed: The word under the cursor, as it was typed so far.
        before: What the words mean that stand between the (sub)command and the cursor.
        options: The options of the (sub)command.
        completions: What else is known of them, and of the arguments.
        subCommands: The names of its subcommands.
    """
    current = unquoted(typed)
    lines = [f"#complete {command}"]
    for candidate in _candidates(current, before, list(options), completions, subCommands):
        # A line is one word, and only what goes on as typed is a candidate.
        if candidate.startswith(current) and "\n" not in candidate:
            lines.append(quotedLike(typed, candidate))
        if len(lines) > maxCandidates:
            break
    return "\n".join(lines) + "\n"


def _candidates(
    current: str,
    before: Sequence[str],
    options: Sequence[Completable],
    completions: Completions,
    subCommands: Sequence[str],
) -> Iterator[str]:
    """Yield the words that can stand at the cursor, and some that do not go on as typed."""
    takers = valueTakers(options)
    given, arguments, pending = _read(before, options)
    if pending is not None:
        yield from _values(takers[pending], completions, current)
        return
    if current.startswith("-") and arguments is None:
        taker = takerIn(current, takers)
        if taker is not None and taker[1] is not None:
            head = current[: len(current) - len(taker[1])]
            values = _values(takers[taker[0]], completions, taker[1])
            yield from (head + value for value in values)
        else:
            yield from _optionNames(given, options, completions)
        return
    if subCommands:
        yield from subCommands if not arguments else ()
        return
    number = len(arguments or ())
    yield from _argumentCompleter(number, completions.extraActions).candidates(current)


def _read(
    before: Sequence[str], options: Sequence[Completable]
) -> tuple[set[str], list[str] | None, str | None]:
    """Read what stands before the cursor.

    Returns:
        The options that were given, as they are typed; the arguments (None, if there is none yet
        and options may follow); and the option whose value is under the cursor.
    """
    takers = valueTakers(options)
    first = firstArgument(before, options)
    ended = "--" in before[: first if first is not None else len(before)]
    given: set[str] = set()
    pending = None
    for word in before[:first]:
        if pending is not None:
            pending = None
        elif word.startswith("--"):
            given.add(word.partition("=")[0])
            pending = word if word in takers else None
        else:
            taker = takerIn(word, takers)
            letters = word[1:] if taker is None else word[1 : word.index(taker[0][1], 1) + 1]
            given.update(f"-{letter}" for letter in letters)
            pending = taker[0] if taker is not None and taker[1] is None else None
    if first is not None:
        return given, list(before[first:]), None
    return given, [] if ended else None, pending


def _optionNames(
    given: set[str], options: Sequence[Completable], completions: Completions
) -> Iterator[str]:
    """Yield the names of the options that can be given yet."""
    present = {optionName(o) for o in options if given.intersection(optionWords(o))}
    excluded = present.difference(completions.multiUse)
    for group in completions.mutuallyExclusive:
        if present.intersection(group):
            excluded.update(name for name in group if name not in present)
    for option in options:
        if optionName(option) not in excluded:
            for word in optionWords(option):
                joins = option.takesValue and word.startswith("--")
                yield word + "=" if joins else word


def _values(option: Completable, completions: Completions, prefix: str) -> Iterator[str]:
    """Yield the values of an option."""
    completer = completions.optActions.get(optionName(option), Completer())
    yield from completer.candidates(prefix)


def _argumentCompleter(number: int, completers: Sequence[Completer]) -> Completer:
    """Return what completes an argument: that of its number, or the one that may be repeated."""
    for index, completer in enumerate(completers):
        if index == number or completer.repeat:
            return completer
    return Completer()


__all__ = ["bashAnswer", "maxCandidates", "quotedLike", "unquoted"]
