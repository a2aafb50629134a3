"""What a program tells a shell about its options, so that the shell can complete them.

A `Completions` is the value of `compData` in an `Options` class. The completers say what kind of
thing the value of an option or an argument is. How a shell is told is the matter of other rooms
(`_zshcompletion`, `_bashcompletion`); what is said here holds for any shell. zsh has actions for
the kinds; bash is told the values that there are.
"""

import fnmatch
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypedDict, Unpack

hostsFile = "/etc/hosts"
"""The file that lists hosts."""

maxHostsSize = 65536
"""How many characters of that file are read."""


class CompleterKeywords(TypedDict, total=False):
    """The keywords that every completer takes."""

    descr: str | None
    repeat: bool


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

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return values that come into question, for bash.

        Args:
            prefix: What was typed of the value; what does not begin with it is left out later.
        """
        return ()


class CompleteFiles(Completer):
    """The name of a file."""

    def __init__(self, globPattern: str = "*", **kw: Unpack[CompleterKeywords]) -> None:
        """Describe a file.

        Args:
            globPattern: Which files come into question, as the shell writes it.
            kw: As for `Completer`.
        """
        super().__init__(**kw)
        self._globPattern = globPattern

    def description(self, optName: str) -> str:
        """Return what the shell shows, with the pattern."""
        shown = super().description(optName)
        return shown if self._globPattern == "*" else f"{shown} ({self._globPattern})"

    def zshAction(self) -> str:
        """Return zsh's action for files."""
        return f"_files -g {_quoted(self._globPattern)}"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return the files that fit the pattern, and directories."""
        # What only a shell understands, (a|b) for instance, excludes nothing here.
        pattern = "*" if set(self._globPattern) & set("(|{~^#<") else self._globPattern
        return _paths(prefix, pattern)


class CompleteDirs(Completer):
    """The name of a directory."""

    _zshAction = "_directories"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return the directories."""
        return _paths(prefix, None)


class _CompleteItems(Completer):
    """One or more of a list."""

    def __init__(self, items: Iterable[str], **kw: Unpack[CompleterKeywords]) -> None:
        """Describe a value by all that it can be.

        Args:
            items: The values.
            kw: As for `Completer`.
        """
        super().__init__(**kw)
        self._items = list(items)

    def _quotedItems(self) -> str:
        """Return the items in the shell's syntax."""
        return " ".join(_quoted(item) for item in self._items)


class CompleteList(_CompleteItems):
    """One of a list of texts."""

    def zshAction(self) -> str:
        """Return zsh's action for a fixed list."""
        return f"({' '.join(_escaped(item) for item in self._items)})"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return the texts."""
        return self._items


class CompleteMultiList(_CompleteItems):
    """Any number of a list of texts, with commas between them."""

    def zshAction(self) -> str:
        """Return zsh's action for several values, and commas."""
        return f"_values -s , {_quoted(self.description('values'))} {self._quotedItems()}"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return the texts that were not given yet, after those that were."""
        head, comma, _ = prefix.rpartition(",")
        given = head.split(",")
        return [head + comma + item for item in self._items if item not in given]


class CompleteUsernames(Completer):
    """The name of a user of this machine."""

    _zshAction = "_users"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return the names of the users."""
        return _users()


class CompleteGroups(Completer):
    """The name of a group of this machine."""

    _zshAction = "_groups"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return the names of the groups."""
        import grp

        return [group.gr_name for group in grp.getgrall()]


class CompleteHostnames(Completer):
    """The name of a host."""

    _zshAction = "_hosts"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return the names of the hosts that this machine lists."""
        return _hosts()


class CompleteUserAtHost(Completer):
    """A user and a host: `user@host`."""

    _zshAction = "_user_at_host"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return users, and hosts after the sign."""
        user, sign, _ = prefix.partition("@")
        return [f"{user}@{host}" for host in _hosts()] if sign else [f"{u}@" for u in _users()]


class CompleteNetInterfaces(Completer):
    """A network interface of this machine."""

    _zshAction = "_net_interfaces"

    def candidates(self, prefix: str) -> Iterable[str]:
        """Return the names of the interfaces."""
        import socket

        return [name for _, name in socket.if_nameindex()]


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


def _paths(prefix: str, pattern: str | None) -> Iterator[str]:
    """Yield paths that begin as typed: directories with a slash, and the files that fit.

    Args:
        prefix: What was typed. `~` is the home directory.
        pattern: What the names of files fit; None leaves out files.
    """
    begin = os.path.basename(prefix)
    lead = prefix[: len(prefix) - len(begin)]
    try:
        entries = sorted(os.scandir(os.path.expanduser(lead) or "."), key=lambda e: e.name)
    except OSError:
        return
    for entry in entries:
        if not entry.name.startswith(begin) or entry.name.startswith(".") > begin.startswith("."):
            continue
        if entry.is_dir():
            yield f"{lead}{entry.name}/"
        elif pattern is not None and fnmatch.fnmatchcase(entry.name, pattern):
            yield lead + entry.name


def _users() -> list[str]:
    """Return the names of the users of this machine."""
    import pwd

    return [user.pw_name for user in pwd.getpwall()]


def _hosts() -> list[str]:
    """Return the names of the hosts that this machine lists."""
    try:
        with open(hostsFile, encoding="utf-8", errors="replace") as hosts:
            lines = hosts.read(maxHostsSize).splitlines()
    except OSError:
        return []
    names = [name for line in lines for name in line.partition("#")[0].split()[1:]]
    return list(dict.fromkeys(names))


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
