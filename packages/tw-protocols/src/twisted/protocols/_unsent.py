"""Replies that a peer does not take: whoever asks and asks, and reads nothing, is not read from.

The transport keeps what is written until the peer takes it. So servers whose peers decide how much
is written count it. Beyond a limit they hold back the peer until all of it is sent; to learn that,
they are registered as a producer that is asked for more when nothing is left, and only for so long,
so that closing the connection does not wait for it.
"""

from collections.abc import Callable
from typing import cast

from twisted.internet.interfaces import IConsumer, IPullProducer, ITransport
from twisted.python.components import classImplements

MAX_UNSENT = 64 * 1024
"""After how many bytes of replies a peer has to have taken them before it is read from again."""


class UnsentReplies:
    """Counts the replies on one connection.

    Attributes:
        isHolding: Whether the peer is held back.
    """

    def __init__(self, hold: Callable[[], object], release: Callable[[], object]) -> None:
        """Begin with nothing that is not sent.

        Args:
            hold: Called when the peer is not to be read from.
            release: Called when it is again.
        """
        self._hold = hold
        self._release = release
        self._size = 0
        self._asked = False
        self._transport: ITransport | None = None
        self.isHolding: bool = False

    def wrote(self, transport: ITransport, size: int, limit: int) -> None:
        """Count what was written.

        Args:
            transport: What it was written to.
            size: How many bytes.
            limit: How many of them may wait.
        """
        self._size += size
        if self._size <= limit or self.isHolding or getattr(transport, "disconnecting", False):
            return
        self._size = 0
        if getattr(transport, "registerProducer", None) is None:
            return
        self.isHolding = True
        self._asked = False
        self._transport = transport
        self._hold()
        cast(IConsumer, transport).registerProducer(self, False)

    def resumeProducing(self) -> None:
        """Learn that nothing is left to be sent; the first time, that this is registered."""
        if not self._asked:
            self._asked = True
            return
        self._size = 0
        self.isHolding = False
        transport, self._transport = self._transport, None
        if transport is not None:
            cast(IConsumer, transport).unregisterProducer()
        self._release()

    def stopProducing(self) -> None:
        """Learn that nothing can be sent any more."""


classImplements(UnsentReplies, IPullProducer)

__all__ = ["MAX_UNSENT", "UnsentReplies"]
