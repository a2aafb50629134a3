"""What a program tells a shell about its options, so that the shell can complete them.

A `Completions` is the value of `compData` in an `Options` class. The completers say what kind of
thing the value of an option or an argument is. How a shell is told is the matter of another room
(`_zshcompletion`); what is said here holds for any shell.
"""

from collections.abc import Iterable, Mapping, Sequence


class Completer:
    """A value of which nothing is known: the shell completes nothing.

    Attributes:
        repeat: Whether, as an argument, it may be given any number of times.
    """

    _zshAction = ""

    def __init__(self, descr: str | None = None, repeat: bool = False) -> None:
        """Describe a value.

        Args:
            descr: What the value is, as the shell shows it; the option's own text, if left out.
            repeat: Whether, as an argument, it may be given any number of times.
        """
        self._descr = descr
        self.repeat = repeat

    def description(self, optName: str) -> str:
        """Return what the shell shows.

        Args:
            optName: The name to show where there is no description.
        """
        return optName if self._descr is None else self._descr

    def zshAction(self) -> str:
        """Return the action of zsh's `_arguments` that completes such a value."""
        return self._zshAction


class CompleteFiles(Completer):
    """The name of a file."""

    def __init__(
        self, globPattern: str = "*", descr: str | None = None, repeat: bool = False
    ) -> None:
        """Describe a file.

        Args:
            globPattern: Which files come into question, as the shell writes it.
            descr: As for `Completer`.
            repeat: As for `Completer`.
        """
        super().__init__(descr, repeat)
        self._globPattern = globPattern

    def description(self, optName: str) -> str:
        """Return what the shell shows, with the pattern."""
        shown = super().description(optName)
        return shown if self._globPattern == "*" else f"{shown} ({self._globPattern})"

    def zshAction(self) -> str:
        """Return zsh's action for files."""
        return f"_files -g {_quoted(self._globPattern)}"


class CompleteDirs(Completer):
    """The name of a directory."""

    _zshAction = "_directories"


class _CompleteItems(Completer):
    """One or more of a list."""

    def __init__(
        self, items: Iterable[str], descr: str | None = None, repeat: bool = False
    ) -> None:
        """Describe a value by all that it can be.

        Args:
            items: The values.
            descr: As for `Completer`.
            repeat: As for `Completer`.
        """
        super().__init__(descr, repeat)
        self._items = list(items)

    def _quotedItems(self) -> str:
        """Return the items in the shell's syntax."""
        return " ".join(_quoted(item) for item in self._items)


class CompleteList(_CompleteItems):
    """One of a list of texts."""

    def zshAction(self) -> str:
        """Return zsh's action for a fixed list."""
        return f"({' '.join(_escaped(item) for item in self._items)})"


class CompleteMultiList(_CompleteItems):
    """Any number of a list of texts, with commas between them."""

    def zshAction(self) -> str:
        """Return zsh's action for several values, and commas."""
        return f"_values -s , {_quoted(self.description('values'))} {self._quotedItems()}"


class CompleteUsernames(Completer):
    """The name of a user of this machine."""

    _zshAction = "_users"


class CompleteGroups(Completer):
    """The name of a group of this machine."""

    _zshAction = "_groups"


class CompleteHostnames(Completer):
    """The name of a host."""

    _zshAction = "_hosts"


class CompleteUserAtHost(Completer):
    """A user and a host: `user@host`."""

    _zshAction = "_user_at_host"


class CompleteNetInterfaces(Completer):
    """A network interface of this machine."""

    _zshAction = "_net_interfaces"


class Completions:
    """What a shell is to know of an `Options` class beyond its options.

    Attributes:
        descriptions: Long names of options, and the texts to show in place of their own.
        multiUse: Long names of the options that may be given more than once.
        mutuallyExclusive: Groups of long names; of each group only one option may be given.
        optActions: Long names of options, and the completers of their values.
        extraActions: The completers of the arguments, in order.
    """

    def __init__(
        self,
        descriptions: Mapping[str, str] | None = None,
        multiUse: Iterable[str] = (),
        mutuallyExclusive: Iterable[Sequence[str]] = (),
        optActions: Mapping[str, Completer] | None = None,
        extraActions: Iterable[Completer] = (),
    ) -> None:
        """Describe options and arguments; see the attributes."""
        self.descriptions: Mapping[str, str] = dict(descriptions or {})
        self.multiUse: Sequence[str] = list(multiUse)
        self.mutuallyExclusive: Sequence[Sequence[str]] = list(mutuallyExclusive)
        self.optActions: Mapping[str, Completer] = dict(optActions or {})
        self.extraActions: Sequence[Completer] = list(extraActions)


def mergeCompletions(all: Iterable[Completions]) -> Completions:
    """Return what several `Completions` say together.

    Args:
        all: Those of the bases first; what comes later wins, and of the arguments the last
            description that names any.
    """
    merged = Completions()
    for one in all:
        merged = Completions(
            {**merged.descriptions, **one.descriptions},
            [*merged.multiUse, *one.multiUse],
            [*merged.mutuallyExclusive, *one.mutuallyExclusive],
            {**merged.optActions, **one.optActions},
            one.extraActions or merged.extraActions,
        )
    return merged


def _quoted(text: str) -> str:
    """Return a text as one word of the shell, in single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


def _escaped(text: str) -> str:
    """Return a text as one word of the shell, without quotes."""
    return "".join(char if char.isalnum() or char in "_-./" else "\\" + char for char in text)


__all__ = [
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
    "mergeCompletions",
]
