"""Names for what comes in more kinds than a type can say.

Tests, suites and reporters come from this part, from the standard library, from pytest and from
users, and share some methods by convention only. Naming the kinds says what is meant; what
follows from a value of them is checked where it is used.
"""

from typing import Any, TypeAlias

AnyTest: TypeAlias = Any
"""A test or a suite: of ours, of the standard library, or something else that runs like one."""

AnyReporter: TypeAlias = Any
"""A reporter of ours, or a result of the standard library."""

AnyReactor: TypeAlias = Any
"""A reactor, with those of its methods that no interface declares."""

AnyStream: TypeAlias = Any
"""A file that text is written to, as far as it is one."""

AnyObject: TypeAlias = Any
"""Whatever a user's module, class or test has under a name."""


__all__ = ["AnyObject", "AnyReactor", "AnyReporter", "AnyStream", "AnyTest"]
