"""The list of steps of a Deferred that has none.

Most Deferreds never have more than a step or two, and many have none: those share this list.
"""

from typing import Any, Final, NoReturn, SupportsIndex


class _NoSteps(list[Any]):
    """An empty list that stays empty."""

    __slots__ = ()

    def _refuse(self, *ignored: object) -> NoReturn:
        raise TypeError("Steps are added to a Deferred by addCallback and its kin")

    def append(self, object: Any, /) -> NoReturn:  # noqa: ANN401 - as in list
        """Refuse."""
        self._refuse()

    def extend(self, iterable: object, /) -> NoReturn:
        """Refuse."""
        self._refuse()

    def insert(self, index: SupportsIndex, object: Any, /) -> NoReturn:  # noqa: ANN401 - as in list
        """Refuse."""
        self._refuse()

    def __setitem__(self, key: object, value: object, /) -> NoReturn:
        self._refuse()


NO_STEPS: Final[list[Any]] = _NoSteps()

__all__ = ["NO_STEPS"]
