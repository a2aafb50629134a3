"""Command-line options, declared in a class.

An `Options` subclass lists flags and parameters in class attributes and handles the unusual ones
in methods. An instance parses a command line and is then a dictionary of what was found.

How the command line is read is `getopt`'s way: options end at the first word that is none, or at
`--`. So a subcommand and the arguments can have options of their own.
"""

import getopt
import inspect
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

import twisted
from twisted.python._accumulate import accumulateClassList
from twisted.python._bashcompletion import bashAnswer, unquoted
from twisted.python._completers import (
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
    mergeCompletions,
)
from twisted.python._shellquestion import Question, asked, firstArgument
from twisted.python._usagetext import docMakeChunks, terminalWidth, twoColumns
from twisted.python._zshcompletion import zshCode


class UsageError(Exception):
    """The command line is wrong; the message is for the user who typed it."""


error = UsageError


class CoerceParameter:
    """Sets a parameter to the value that a function makes of the text on the command line.

    Attributes:
        coerce: The function.
        doc: The function's `coerceDoc`, which the help text ends with, or an empty text.
    """

    def __init__(self, options: "Options", coerce: Callable[[str], object]) -> None:
        """Set parameters.

        Args:
            options: What the values are put into.
            coerce: Returns the value for a text, and raises ValueError for a wrong one.
        """
        self.options = options
        self.coerce = coerce
        self.doc: str = getattr(coerce, "coerceDoc", "")

    def dispatch(self, parameterName: str, value: str | None) -> None:
        """Set a parameter.

        Args:
            parameterName: The parameter's long name.
            value: The text on the command line.

        Raises:
            UsageError: There is no text, or the function takes it for wrong.
        """
        if value is None:
            raise UsageError(f"--{parameterName} needs a value")
        try:
            self.options[parameterName] = self.coerce(value)
        except ValueError as problem:
            hint = f" ({self.doc})" if self.doc else ""
            raise UsageError(
                f"--{parameterName} does not take {value!r}: {problem}{hint}"
            ) from problem


@dataclass(frozen=True, eq=False)
class _Option:
    """One option of a class, however it was declared."""

    long: str | None
    short: str | None
    doc: str
    takesValue: bool
    handle: Callable[[str | None], object]
    default: object = None
    coerce: object = None


class Options(dict[str, Any]):
    """What a command line says.

    Subclass it, and declare:

    - `optFlags`: a list of `[long, short, text]`. The key `long` is 1 if the flag was given and
      0 if it was not.
    - `optParameters`: a list of `[long, short, default, text, coerce]`. The key `long` is what
      `coerce` makes of the value that was given, or the default as it stands.
    - methods `opt_name(self)` and `opt_name(self, value)`, which are called each time that
      `--name` is given. `opt_n = opt_name` adds `-n`. The text is the docstring. An underscore is
      a dash on the command line.
    - `subCommands`: a list of `[name, shortcut, class, text]`, the class being an `Options` class
      (or a function that returns an instance).
    - `parseArgs(self, first, second)`: takes the arguments that are left.
    - `postOptions(self)`: is called at the end, to check and to mend.
    - `synopsis`, `longdesc`: texts for the help.
    - `compData`: a `Completions`, for the shell.

    In lists, the short name may be None, and what ends a row may be left out. What a class lists
    is added to what its bases list.

    Attributes:
        parent: The options of the command whose subcommand this is, or None.
        subCommand: The name of the subcommand that was given, or None.
        subOptions: The options of that subcommand; set only if there is one.
        defaultSubCommand: The name of the subcommand to take where none is given.
    """

    optFlags: Sequence[Sequence[Any]] = ()
    optParameters: Sequence[Sequence[Any]] = ()
    subCommands: Sequence[Sequence[Any]] = ()
    compData: Completions | None = None
    completionData: Completions | None = None
    defaultSubCommand: str | None = None
    parent: "Options | None" = None
    subCommand: str | None = None
    subOptions: "Options"

    def __init__(self) -> None:
        """Set every flag to 0 and every parameter to its default."""
        super().__init__()
        declared = [*self._flags(), *self._parameters(), *self._methods()]
        # A later declaration takes over the names of an earlier one.
        self._byLong = {option.long: option for option in declared if option.long}
        self._byShort = {option.short: option for option in declared if option.short}
        self._options = [
            option for option in declared if self._byLong.get(option.long or "", option) is option
        ]

    def __hash__(self) -> int:  # type: ignore[override]  # no two command lines are one key
        return id(self)

    @property
    def opts(self) -> "Options":
        """These options themselves."""
        return self

    def _declared(self, attribute: str, least: int, most: int) -> list[list[Any]]:
        """Return the rows that the class and its bases list, filled up with None."""
        rows: list[Sequence[Any]] = []
        accumulateClassList(type(self), attribute, rows)
        for row in rows:
            if not least <= len(row) <= most:
                raise ValueError(
                    f"{attribute} of {type(self).__qualname__} has {list(row)!r}: "
                    f"a row has {least} to {most} elements"
                )
        return [[*row, *[None] * (most - len(row))] for row in rows]

    def _flags(self) -> Iterator[_Option]:
        """Yield what `optFlags` declares."""
        for long, short, doc in self._declared("optFlags", 1, 3):
            self[long] = 0
            yield _Option(long, short, doc or "", False, partial(self._setFlag, long))

    def _setFlag(self, long: str, _: str | None) -> None:
        """Note that a flag was given."""
        self[long] = 1

    def _parameters(self) -> Iterator[_Option]:
        """Yield what `optParameters` declares."""
        for long, short, default, doc, coerce in self._declared("optParameters", 1, 5):
            self[long] = default
            handle = partial(CoerceParameter(self, coerce or str).dispatch, long)
            yield _Option(long, short, doc or "", True, handle, default, coerce)

    def _methods(self) -> Iterator[_Option]:
        """Yield what the methods `opt_name` declare; the names of one function are one option."""
        names: dict[object, list[str]] = {}
        classes = [cls for cls in reversed(type(self).__mro__) if cls is not Options]
        # What every class inherits, help and version, is listed last.
        for cls in [*classes, Options]:
            for attribute in vars(cls):
                method = getattr(self, attribute) if attribute.startswith("opt_") else None
                if callable(method) and attribute != "opt_":
                    known = names.setdefault(getattr(method, "__func__", method), [])
                    if attribute not in known:
                        known.append(attribute)
        for attributes in names.values():
            longs = [name for name in attributes if len(name) > len("opt_v")]
            shorts = [name for name in attributes if len(name) == len("opt_v")]
            # The first of each kind are shown together: -v, --verbose.
            for long, short in zip_longest(longs, shorts):
                yield self._methodOption(long, short)

    def _methodOption(self, long: str | None, short: str | None) -> _Option:
        """Return the option for one method, which has a long or a short name, or both."""
        method: Callable[..., object] = getattr(self, long or short or "")
        name = (long or short or "").removeprefix("opt_")
        isFlag = flagFunction(method, name)
        return _Option(
            name.replace("_", "-") if long else None,
            short.removeprefix("opt_") if short else None,
            inspect.getdoc(method) or "",
            not isFlag,
            (lambda _: method()) if isFlag else method,
        )

    def opt_help(self) -> None:
        """Display this help and exit."""
        sys.stdout.write(f"{self}\n")
        sys.exit(0)

    def opt_version(self) -> None:
        """Display the version of Twisted and exit."""
        sys.stdout.write(f"Twisted version: {twisted.__version__}\n")
        sys.exit(0)

    def parseOptions(self, options: Iterable[str] | None = None) -> None:
        """Parse a command line.

        Args:
            options: Its words, without the command; those of this process, if left out.

        Raises:
            UsageError: The command line is wrong.
            SystemExit: Help, the version, or a completion for the shell was asked for, and
                printed.
        """
        words = list(sys.argv[1:] if options is None else options)
        question = asked(words)
        if question is not None:
            sys.stdout.write(self._answer(question))
            sys.exit(0)
        found, arguments = self._split(words)
        for name, value in found:
            if name.startswith("--"):
                self._byLong[name[2:]].handle(value)
            else:
                self._byShort[name[1:]].handle(value)
        if (arguments or self.defaultSubCommand is not None) and self.subCommands:
            self._parseSubCommand(arguments or [self.defaultSubCommand or ""])
        else:
            self._callParseArgs(arguments)
        self.postOptions()

    def _answer(self, question: Question) -> str:
        """Return what a shell is told that asks how the command line can go on."""
        shell, typed, index = question
        words = typed if shell == "zsh" else [unquoted(word) for word in typed]
        inner, skipped = self._innermost(words[:index])
        # The classes' own, those of the bases first.
        completions = mergeCompletions(
            getattr(cls, name)
            for cls in reversed(type(inner).__mro__)
            for name in ("compData", "completionData")
            if vars(cls).get(name) is not None
        )
        subCommands = [
            (command, doc or "")
            for name, shortcut, _, doc in inner.subCommands
            for command in (name, shortcut)
            if command
        ]
        program = os.path.basename(sys.argv[0])
        if shell == "zsh":
            return zshCode(program, skipped, inner._options, completions, subCommands)
        current = typed[index] if index < len(typed) else ""
        before = words[skipped:index]
        names = [name for name, _ in subCommands]
        return bashAnswer(program, current, before, inner._options, completions, names)

    def _innermost(self, words: list[str]) -> "tuple[Options, int]":
        """Return the options that the next word belongs to, and how many words come before theirs.

        Args:
            words: The words before it.
        """
        first = firstArgument(words, self._options)
        if first is not None:
            for name, shortcut, parser, _ in self.subCommands:
                if words[first] in (name, shortcut):
                    sub: Options = parser()
                    sub.parent = self
                    inner, skipped = sub._innermost(words[first + 1 :])
                    return inner, first + 1 + skipped
        return self, 0

    def _split(self, words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
        """Divide a command line into options with their values, and the arguments after them."""
        short = "".join(n + ":" * o.takesValue for n, o in self._byShort.items())
        long = [n + "=" * o.takesValue for n, o in self._byLong.items()]
        try:
            return getopt.getopt(words, short, long)
        except getopt.GetoptError as problem:
            raise UsageError(str(problem)) from None

    def _parseSubCommand(self, words: list[str]) -> None:
        """Give the words after a subcommand to its options."""
        for name, shortcut, parser, _ in self.subCommands:
            if words[0] in (name, shortcut):
                self.subCommand = name
                self.subOptions = parser()
                self.subOptions.parent = self
                self.subOptions.parseOptions(words[1:])
                return
        raise UsageError(f"Unknown command: {words[0]}")

    def _callParseArgs(self, arguments: list[str]) -> None:
        """Call `parseArgs` with the arguments, if it takes so many."""
        parseArgs: Callable[..., None] = self.parseArgs
        try:
            inspect.signature(parseArgs).bind(*arguments)
        except TypeError:
            raise UsageError("Wrong number of arguments.") from None
        parseArgs(*arguments)

    def parseArgs(self, *arguments: Any, **_: Any) -> None:  # noqa: ANN401 - see below
        """Take the arguments: override it with as many parameters as there may be arguments.

        Raises:
            UsageError: There is one; this method, if it is not overridden, takes none.
        """
        # To type checkers, (*args: Any, **kwargs: Any) may be overridden with any parameters.
        if arguments:
            raise UsageError("Wrong number of arguments.")

    def postOptions(self) -> None:
        """Check what was found, and mend it: override it.

        Raises:
            UsageError: Raise it for a combination that makes no sense.
        """

    def getSynopsis(self) -> str:
        """Return the first line of the help: the command and the kind of words that follow.

        A class can have a text of its own in `synopsis`. For a subcommand, what its parents say
        comes first.
        """
        brief = "[options]" if self._options else ""
        if self.parent is None:
            default = f"Usage: {os.path.basename(sys.argv[0])} {brief}"
            return str(getattr(self, "synopsis", default)).rstrip()
        own = str(getattr(self, "synopsis", brief)).rstrip()
        return f"{self.parent.getSynopsis()} {self.parent.subCommand} {own}".rstrip()

    def getUsage(self, width: int | None = None) -> str:
        """Return the help without its first line: subcommands, options and the description.

        Args:
            width: How many columns there are; those of the terminal, if left out.
        """
        width = terminalWidth() if width is None else width
        chunks = docMakeChunks(
            [
                {
                    "long": option.long,
                    "short": option.short
                    if self._byShort.get(option.short or "") is option
                    else None,
                    "doc": option.doc,
                    "optType": "parameter" if option.takesValue else "flag",
                    "default": option.default,
                    "dispatch": option.coerce,
                }
                for option in self._options
            ],
            width,
        )
        text = "Options:\n" + "".join(chunks)
        if self.subCommands:
            rows = [
                (f"    {name}" + (f", {shortcut}" if shortcut else ""), doc or "")
                for name, shortcut, _, doc in self.subCommands
            ]
            text += "Commands:\n" + "".join(twoColumns(rows, width))
        description = getattr(self, "longdesc", None)
        if description is None:
            description = getattr(sys.modules.get("__main__"), "__doc__", None)
        if description:
            paragraphs = textwrap.dedent(str(description)).strip().split("\n\n")
            text += "\n" + "\n".join(textwrap.fill(p, width) + "\n" for p in paragraphs)
        return text

    def __str__(self) -> str:
        return f"{self.getSynopsis()}\n{self.getUsage()}"


def flagFunction(method: Callable[..., object], name: str | None = None) -> bool:
    """Return whether a method handles a flag: whether it takes no value.

    Args:
        method: The bound method.
        name: The option's name, for the error.

    Raises:
        UsageError: The method takes more than one value.
    """
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(method).parameters.values()
    count = sum(parameter.kind in kinds for parameter in parameters)
    if count > 1:
        raise UsageError(
            f"the method for the option {name or getattr(method, '__name__', method)!r} must take "
            f"at most one value, not {count}"
        )
    return count == 0


def portCoerce(value: str | int) -> int:
    """Return the number of a TCP or UDP port, 0 to 65535.

    Raises:
        ValueError: It is not a decimal number in that range.
    """
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise ValueError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


portCoerce.coerceDoc = "Must be a number from 0 to 65535."  # type: ignore[attr-defined]  # for the help


__all__ = [
    "CoerceParameter",
    "CompleteDirs",
    "CompleteFiles",
    "CompleteGroups",
    "CompleteHostnames",
    "CompleteList",
    "CompleteMultiList",
    "CompleteNetInterfaces",
    "CompleteUserAtHost",
    "CompleteUsernames",
    "Completer",
    "Completions",
    "Options",
    "UsageError",
    "docMakeChunks",
    "error",
    "flagFunction",
    "portCoerce",
]
