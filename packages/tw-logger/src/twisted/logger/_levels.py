"""The levels of log events."""

from twisted.logger._constants import NamedConstant, Names


class InvalidLogLevelError(Exception):
    """Something that is not a log level was used as one.

    Attributes:
        level: What was given.
    """

    def __init__(self, level: object) -> None:
        super().__init__(level)
        self.level = level

    def __str__(self) -> str:
        names = ", ".join(level.name for level in LogLevel.iterconstants())
        return f"{self.level!r} is not a log level; the levels are: {names}"


class LogLevel(Names):
    """The levels, in increasing severity: they can be compared by `<` and `>`.

    - `debug`: of use to a developer who looks for a fault.
    - `info`: routine: connections, the start of a subsystem.
    - `warn`: needs more attention than routine does, and names what an administrator can do.
    - `error`: a part of the service fails, but was expected to be able to.
    - `critical`: the service fails, or something happened that nobody foresaw.
    """

    debug: NamedConstant = NamedConstant()
    info: NamedConstant = NamedConstant()
    warn: NamedConstant = NamedConstant()
    error: NamedConstant = NamedConstant()
    critical: NamedConstant = NamedConstant()

    @classmethod
    def levelWithName(cls, name: str) -> NamedConstant:
        """Return the level of that name.

        Raises:
            InvalidLogLevelError: There is none.
        """
        try:
            return cls.lookupByName(name)
        except ValueError:
            raise InvalidLogLevelError(name) from None


# What `isLevel` looks in.
_levels = frozenset(LogLevel.iterconstants())


def isLevel(candidate: object) -> bool:
    """Return whether something is one of the constants of `LogLevel`."""
    return isinstance(candidate, NamedConstant) and candidate in _levels


__all__ = ["InvalidLogLevelError", "LogLevel", "isLevel"]
