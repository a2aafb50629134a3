"""What is said to mypyc, which compiles the rooms of Deferreds where that is wanted.

The rooms `_asyncioseam`, `_chain`, `_combinators`, `_coroutines`, `_deferred`, `_results` and
`_unhandled` are compiled together, see `hatch_build.py`. They do without what mypyc cannot do or
does otherwise than Python:

- No decorator stands on a class but `mypyc_attr`.
- Attributes are set in `__init__`, for a None in the body of a class is no default.
- A function that passes on its caller's keywords has parameters with an underscore in front,
  because they are not free for keywords even where they are taken by position alone.
- Where it matters that nothing is left for the garbage collector, a small class stands in for a
  function within a function: those refer to each other, and to themselves.
- Compiled functions have no frames, so that stacks are cut by whose code a frame runs and not by
  how many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

_Class = TypeVar("_Class", bound=type)

if TYPE_CHECKING:
    # All that mypyc looks at; it is not there when the program runs.
    from mypy_extensions import mypyc_attr
else:

    def mypyc_attr(*flags: str, **values: object) -> Callable[[_Class], _Class]:
        """Stand for the decorator of the same name, which does nothing when the program runs."""
        return _unchanged


def _unchanged(decorated: _Class) -> _Class:
    return decorated


__all__ = ["mypyc_attr"]
