"""What leaves a connection no faster than the peer takes it: pages, and answers.

A pager is asked for the next page when all that was written is sent. Answers are written at once,
but a peer that asks and asks and takes no answers is disconnected before they fill the memory. To
see that, this is registered as the producer of the transport, only as long as it has to know, so
that closing the connection does not wait for it.
"""

from typing import TYPE_CHECKING, cast

from twisted.internet.interfaces import IConsumer, IPullProducer
from twisted.logger import Logger
from twisted.python.components import classImplements
from twisted.spread._exchange import ObjectExchange
from twisted.spread._pberrors import ProtocolError
from twisted.spread._tasters import Taster, globalSecurity

if TYPE_CHECKING:
    from twisted.spread._pages import Pager

MAX_UNSENT_ANSWERS = 64 * 1024 * 1024
"""How many bytes of answers a peer may leave untaken."""

_log = Logger("twisted.spread.pb")

# From here on it is watched whether the peer takes its answers.
_WATCH_UNSENT = 256 * 1024


class PagingExchange(ObjectExchange):
    """The part of a broker that knows how fast the peer takes what is sent.

    Attributes:
        pageProducers: What sends its pages whenever the connection has room.
        maxUnsentAnswers: How many bytes of answers the peer may leave untaken.
    """

    maxUnsentAnswers: int = MAX_UNSENT_ANSWERS

    def __init__(self, isClient: int = 1, security: Taster = globalSecurity) -> None:
        """Begin with nothing to send.

        Args:
            isClient: Whether this end opened the connection.
            security: Says which objects go through.
        """
        super().__init__(isClient, security)
        self.pageProducers: list[Pager] = []
        self._unsent = 0
        self._watching = False
        self._asked = False

    def registerPageProducer(self, pager: "Pager") -> None:
        """Send the pages of a pager whenever the connection has room.

        Args:
            pager: Has the pages.
        """
        if self.disconnected:
            self._stopPager(pager)
            return
        self.pageProducers.append(pager)
        self._watch()

    def _stopPager(self, pager: "Pager") -> None:
        """Let a pager end, whatever its own methods do."""
        with _log.failureHandler("while a pager was stopped"):
            pager.stopPaging()

    def _page(self, pager: "Pager") -> bool:
        """Send a page, and return whether there are more."""
        try:
            pager.sendNextPage()
        except Exception:
            _log.failure("a page could not be sent")
            self._stopPager(pager)
        try:
            return pager.stillPaging()
        except Exception:
            _log.failure("a pager could not be told that it has ended")
            return False

    def _watch(self) -> None:
        if not self._watching and not getattr(self.transport, "disconnecting", False):
            self._watching = True
            self._asked = False
            cast(IConsumer, self.transport).registerProducer(self, False)

    def _unwatch(self) -> None:
        if self._watching:
            self._watching = False
            cast(IConsumer, self.transport).unregisterProducer()

    def pauseProducing(self) -> None:
        """Do nothing: pages are sent when they are asked for."""

    def stopProducing(self) -> None:
        """Learn that nothing can be sent any more."""

    def resumeProducing(self) -> None:
        """Send a page of each pager, since all that was written is sent."""
        if self._asked:
            self._unsent = 0
        # The first time it is asked for, whatever has been sent.
        self._asked = True
        for pager in list(self.pageProducers):
            if not self._page(pager) and pager in self.pageProducers:
                self.pageProducers.remove(pager)
        if not self.pageProducers and not self._unsent:
            self._unwatch()

    def _answered(self, size: int) -> None:
        """Count the bytes that the peer brought about until it has taken them."""
        self._unsent += size
        if self._unsent > _WATCH_UNSENT:
            self._watch()
        if self._unsent > self.maxUnsentAnswers:
            self.refuse(ProtocolError(f"the peer left {self._unsent} bytes of answers untaken"))

    def refuse(self, error: Exception) -> None:
        """Close the connection because of what the peer did.

        Args:
            error: What is wrong with it.
        """
        if self._refusal is not None:
            return
        self._unwatch()
        super().refuse(error)
        if self._unsent > self.maxUnsentAnswers:
            abort = getattr(self.transport, "abortConnection", None)
            if abort is not None:
                abort()


classImplements(PagingExchange, IPullProducer)

__all__ = ["MAX_UNSENT_ANSWERS", "PagingExchange"]
