"""What may stay in the reactor when a test is over, since it does not belong to the test.

Fixtures that outlive a test, as pytest has them, keep ports and timers in the reactor on purpose.
Under trial itself nothing may stay.
"""

from collections.abc import Iterable


class Kept:
    """Knows what may stay."""

    def __init__(self) -> None:
        """Let nothing stay."""
        # The things themselves are held: the number of one that is gone may be another's.
        self._things: dict[int, object] = {}

    def __bool__(self) -> bool:
        """Return whether something may stay."""
        return bool(self._things)

    def __contains__(self, thing: object) -> bool:
        """Return whether this may stay."""
        return id(thing) in self._things

    def add(self, things: Iterable[object]) -> None:
        """Let things stay.

        Args:
            things: Calls, descriptors, transports, processes.
        """
        self._things.update((id(each), each) for each in things)

    def only(self, things: Iterable[object]) -> None:
        """Let things stay, and what stayed before no more.

        Args:
            things: Calls, descriptors, transports, processes.
        """
        self._things.clear()
        self.add(things)


kept = Kept()
"""What may stay in the default reactor."""


__all__ = ["Kept", "kept"]
