"""The limit of the time for which a peer may hold up the closing of a connection.

After `loseConnection` what was written is still sent. A peer that is there but takes nothing (its
program hangs, or means harm) would keep the connection, and what is left for it, for ever: the
kernel asks it again and again, and it answers. So the connection looks now and then whether the
peer has taken anything since the last look, and is aborted if it has not.
"""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class CloseWatch:
    """Looks whether a peer takes what is left for it."""

    def __init__(
        self,
        clock: IReactorTime,
        seconds: float,
        left: Callable[[], tuple[object, int] | None],
        giveUp: Callable[[], object],
    ) -> None:
        """Begin to look.

        Args:
            clock: Says when to look.
            seconds: For how long the peer may take nothing.
            left: Returns what is to be sent next and how much of it was taken, which is the same as
                long as the peer takes nothing; None if there is nothing now.
            giveUp: Called when the peer took nothing for so long.
        """
        self._clock = clock
        self._seconds = seconds
        self._left = left
        self._giveUp = giveUp
        self._seen = left()
        self._next: IDelayedCall = clock.callLater(seconds, self._look)

    def stop(self) -> None:
        """Look no more."""
        if self._next.active():
            self._next.cancel()

    def _look(self) -> None:
        left = self._left()
        seen = self._seen
        if left and seen and left[0] is seen[0] and left[1] == seen[1]:
            self._giveUp()
            return
        self._seen = left
        self._next = self._clock.callLater(self._seconds, self._look)


__all__ = ["CloseWatch"]
