"""Pausing, for protocols of others that hold back what they have received.

The receivers of `basic` have their own, which knows what they hold. This one is for packages that
took theirs from `twisted.protocols.basic` by its name with an underscore, as txredisapi does.
"""

from typing import cast

from twisted.internet.interfaces import IPushProducer, ITransport


class PauseableMixin:
    """Lets a protocol be paused; its `dataReceived` delivers only while it is not `paused`.

    Attributes:
        paused: Whether `pauseProducing` was called and `resumeProducing` was not.
        transport: The transport of the protocol that this is mixed into.
    """

    paused: bool = False
    transport: ITransport

    def dataReceived(self, data: bytes) -> None:
        """Take bytes; the protocol that this is mixed into defines it.

        Args:
            data: The bytes.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define dataReceived(data)")

    def pauseProducing(self) -> None:
        """Deliver nothing more, and ask the transport to receive nothing more."""
        self.paused = True
        cast(IPushProducer, self.transport).pauseProducing()

    def resumeProducing(self) -> None:
        """Let the protocol deliver what it has held back, and then let the transport receive."""
        self.paused = False
        self.dataReceived(b"")
        # What was delivered may have paused again.
        if not self.paused:
            cast(IPushProducer, self.transport).resumeProducing()

    def stopProducing(self) -> None:
        """Deliver nothing more, and close the connection."""
        self.paused = True
        cast(IPushProducer, self.transport).stopProducing()
