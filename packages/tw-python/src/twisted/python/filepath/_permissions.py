"""Who may do what with a file."""

from collections.abc import Sequence
from stat import (
    S_IRGRP,
    S_IROTH,
    S_IRUSR,
    S_IWGRP,
    S_IWOTH,
    S_IWUSR,
    S_IXGRP,
    S_IXOTH,
    S_IXUSR,
)
from typing import ClassVar

from twisted.python._fancymixins import FancyEqMixin


class RWX(FancyEqMixin):
    """What one kind of users may do with a file.

    Attributes:
        read: Whether they may read it, or list the directory.
        write: Whether they may write it, or make and remove entries of the directory.
        execute: Whether they may run it, or reach what is in the directory.
    """

    compareAttributes: ClassVar[Sequence[str]] = ("read", "write", "execute")

    def __init__(self, readable: bool, writable: bool, executable: bool) -> None:
        """Say what is permitted.

        Args:
            readable: Whether reading is.
            writable: Whether writing is.
            executable: Whether running is.
        """
        self.read: bool = readable
        self.write: bool = writable
        self.execute: bool = executable

    def shorthand(self) -> str:
        """Return it as `ls` shows it: `r-x`."""
        granted = ((self.read, "r"), (self.write, "w"), (self.execute, "x"))
        return "".join(letter if has else "-" for has, letter in granted)

    def __repr__(self) -> str:
        return f"RWX(read={self.read}, write={self.write}, execute={self.execute})"


class Permissions(FancyEqMixin):
    """What the users of the system may do with a file.

    Attributes:
        user: What its owner may do.
        group: What the members of its group may do.
        other: What everybody else may do.
    """

    compareAttributes: ClassVar[Sequence[str]] = ("user", "group", "other")

    def __init__(self, statModeInt: int) -> None:
        """Take the permissions from a number.

        Args:
            statModeInt: The mode of a file, as `os.stat` has it: 0o640. Bits that say something
                else, such as the type of the file, do not count.
        """

        def granted(read: int, write: int, execute: int) -> RWX:
            return RWX(*(bool(statModeInt & bit) for bit in (read, write, execute)))

        self.user: RWX = granted(S_IRUSR, S_IWUSR, S_IXUSR)
        self.group: RWX = granted(S_IRGRP, S_IWGRP, S_IXGRP)
        self.other: RWX = granted(S_IROTH, S_IWOTH, S_IXOTH)

    def shorthand(self) -> str:
        """Return them as `ls` shows them: `rw-r-----`."""
        return "".join(each.shorthand() for each in (self.user, self.group, self.other))

    def __repr__(self) -> str:
        return f"[{self.user} | {self.group} | {self.other}]"


for _class in (RWX, Permissions):
    _class.__module__ = "twisted.python.filepath"

__all__ = ["RWX", "Permissions"]
