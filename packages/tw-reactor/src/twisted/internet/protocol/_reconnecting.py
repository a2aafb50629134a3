"""A client factory that connects again and again."""

import math
import random

from typing_extensions import TypeVar

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.error import NotConnectingError
from twisted.internet.interfaces import (
    IConnector,
    IDelayedCall,
    IProtocol,
    IReactorTime,
)
from twisted.internet.protocol._factories import ClientFactory
from twisted.logger import Logger
from twisted.python.failure import Failure

_ProtocolT = TypeVar("_ProtocolT", bound=IProtocol, covariant=True, default=IProtocol)
_log = Logger("twisted.internet.protocol.ReconnectingClientFactory")


class ReconnectingClientFactory(ClientFactory[_ProtocolT]):
    """A client factory that connects again when a connection fails or is lost.

    The waiting time grows with each attempt. Call `resetDelay` where a connection turned out to be
    good (in `buildProtocol`, or after a login); without it the time goes on growing. An override
    of `clientConnectionFailed` or `clientConnectionLost` calls the one it overrides.

    Attributes:
        initialDelay: The base of the first waiting time, in seconds; it is multiplied before its
            first use.
        maxDelay: The longest waiting time (before the jitter), in seconds.
        factor: What the time is multiplied with before each attempt.
        jitter: The standard deviation of the time, as a part of it: keeps many clients that lost
            the same server from coming back all at once. 0 or None for none.
        maxRetries: After how many attempts without `resetDelay` to give up; None for never.
        delay: The waiting time before the last attempt, in seconds.
        retries: The number of attempts since the start or `resetDelay`.
        connector: What is to connect again.
        continueTrying: False after `stopTrying`.
        clock: What to wait with; the default reactor if None.
    """

    initialDelay: float = 1.0
    maxDelay: float = 3600
    factor: float = math.e
    # Any value much smaller than 1 does: enough to spread the clients, too little to matter.
    jitter: float | None = 0.119626565582
    maxRetries: int | None = None

    delay: float = initialDelay
    retries: int = 0
    connector: IConnector | None = None
    continueTrying: int = 1
    clock: IReactorTime | None = None
    _callID: IDelayedCall | None = None

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Try again, later.

        Args:
            connector: The attempt.
            reason: Why it failed.
        """
        if self.continueTrying:
            self.connector = connector
            self.retry()

    def clientConnectionLost(self, connector: IConnector, reason: Failure) -> None:
        """Connect again, later.

        Args:
            connector: What made the connection.
            reason: Why it was lost.
        """
        if self.continueTrying:
            self.connector = connector
            self.retry()

    def retry(self, connector: IConnector | None = None) -> None:
        """Connect once more after the next waiting time.

        Args:
            connector: What is to connect; the last one that failed or was lost, if left out.

        Raises:
            ValueError: There is none to connect.
        """
        if not self.continueTrying:
            self._tell("Abandoning {connector}: stopTrying was called")
            return
        if connector is None:
            if self.connector is None:
                raise ValueError("there is no connector to retry: give one to retry()")
            connector = self.connector
        else:
            self.connector = connector
        self.retries += 1
        if self.maxRetries is not None and self.retries > self.maxRetries:
            self._tell("Abandoning {connector} after {retries} attempts")
            return
        self._waitThenConnect(connector)

    def _waitThenConnect(self, connector: IConnector) -> None:
        """Choose the next waiting time, and connect after it."""
        self.delay = min(self.delay * self.factor, self.maxDelay)
        if self.jitter:
            self.delay = max(0.0, random.normalvariate(self.delay, self.delay * self.jitter))
        self._tell("{connector} will connect again in {delay:.3f} seconds")

        def connect() -> None:
            self._callID = None
            connector.connect()

        clock = self.clock if self.clock is not None else defaultReactor(IReactorTime)
        self._callID = clock.callLater(self.delay, connect)

    def stopTrying(self) -> None:
        """Give up for good: no attempt follows, and one that is under way ends.

        A connection that is there stays.
        """
        if self._callID is not None:
            self._callID.cancel()
            self._callID = None
        self.continueTrying = 0
        if self.connector is None:
            return
        try:
            self.connector.stopConnecting()
        except NotConnectingError:
            pass

    def resetDelay(self) -> None:
        """Begin again with the first waiting time and all attempts: the connection is good."""
        self.delay = self.initialDelay
        self.retries = 0
        self.continueTrying = 1

    def _tell(self, message: str) -> None:
        """Log what happens next, if the factory is noisy."""
        if self.noisy:
            _log.info(
                message,
                connector=self.connector,
                delay=self.delay,
                retries=self.retries,
            )
