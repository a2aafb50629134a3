"""A connection that is made again whenever it is lost.

The state is what is under way, and at most one of these is: an *attempt* to connect, the
*preparation* of a connection that was made, a connection that is *ready*, one that is *closing*,
or the *pause* before the next attempt. Whatever comes to its end looks, in `_goOn`, at whether the
connection is still wanted, and begins the next thing or tells those who wait for the end.
"""

from collections.abc import Callable

from twisted.application.internet._backoff import RetryPolicy, backoffPolicy
from twisted.application.internet._watchedprotocol import WatchedProtocol, WatchingFactory
from twisted.internet.defer import CancelledError, Deferred, fail, maybeDeferred, succeed
from twisted.internet.interfaces import (
    IDelayedCall,
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.logger import Logger
from twisted.python.failure import Failure

_log = Logger("twisted.application.internet.ClientService")

PrepareConnection = Callable[[IProtocol], object]
"""Takes a protocol whose connection was made; may return a Deferred that says when it is ready."""


class _Waiter:
    """Somebody who waits for the connection, for so many failures at most."""

    def __init__(self, waiters: "list[_Waiter]", failures: int | None) -> None:
        self.failures = failures
        self.connected: Deferred[IProtocol] = Deferred(lambda _: waiters.remove(self))


class PersistentConnection:
    """Keeps a connection.

    Attributes:
        wanted: Whether the connection is to be kept.
    """

    def __init__(
        self,
        endpoint: IStreamClientEndpoint,
        factory: IProtocolFactory,
        retryPolicy: RetryPolicy,
        clock: IReactorTime,
        prepare: PrepareConnection | None,
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            endpoint: Where to connect to.
            factory: Builds the protocol of each connection.
            retryPolicy: Says how long to wait before the next attempt.
            clock: Measures that time.
            prepare: Makes a connection ready before anybody gets it.
        """
        self.wanted = False
        self._ended = False
        self._again = False
        self._endpoint = endpoint
        self._factory = WatchingFactory(factory)
        self._retryPolicy = retryPolicy
        self._clock = clock
        self._prepare = prepare
        self._failures = 0
        self._attempt: Deferred[IProtocol] | None = None
        self._watched: WatchedProtocol | None = None
        self._preparation: Deferred[object] | None = None
        self._ready = False
        self._pause: IDelayedCall | None = None
        self._waiters: list[_Waiter] = []
        self._endWaiters: list[Deferred[None]] = []

    def start(self) -> None:
        """Connect, and keep the connection from now on."""
        self.wanted = True
        self._ended = False
        if self._isIdle():
            self._connect()
        else:
            # What was stopped comes to its end first.
            self._again = True

    def stop(self) -> Deferred[None]:
        """Close the connection, or give up making it.

        Returns:
            A Deferred that fires when nothing is under way any more.
        """
        self.wanted = False
        self._ended = True
        self._again = False
        ended: Deferred[None] = Deferred()
        self._endWaiters.append(ended)
        waiters, self._waiters[:] = self._waiters[:], []
        for waiter in waiters:
            waiter.connected.errback(CancelledError("the service was stopped"))
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        if self._attempt is not None:
            self._attempt.cancel()
        if self._watched is not None:
            self._close(self._watched)
        self._goOn()
        return ended

    def whenConnected(self, failAfterFailures: int | None) -> Deferred[IProtocol]:
        """Return the protocol of the connection, when there is one that is ready.

        Args:
            failAfterFailures: After how many failed attempts to fail; None for never.
        """
        if self._ended:
            return fail(CancelledError("the service was stopped"))
        if self._ready and self._watched is not None:
            return succeed(self._watched.protocol)
        waiter = _Waiter(self._waiters, failAfterFailures)
        self._waiters.append(waiter)
        return waiter.connected

    def _connect(self) -> None:
        self._attempt = attempt = maybeDeferred(self._endpoint.connect, self._factory)
        attempt.addCallbacks(self._cbConnected, self._ebFailed)

    def _cbConnected(self, protocol: IProtocol) -> None:
        self._attempt = None
        if not isinstance(protocol, WatchedProtocol):
            self._failed(
                Failure(TypeError(f"the endpoint built {protocol!r}, not what the factory builds"))
            )
            return
        if protocol.transport is None:
            # It was lost as soon as it was made.
            self._failed(Failure(ConnectionError("the connection was lost at once")))
            return
        self._watched = protocol
        protocol.lost = self._lost
        if not self.wanted:
            self._close(protocol)
        elif self._prepare is None:
            self._becomeReady(protocol)
        else:
            self._preparation = preparation = maybeDeferred(self._prepare, protocol.protocol)
            preparation.addCallbacks(
                self._cbPrepared,
                self._ebPrepared,
                callbackArgs=(protocol,),
                errbackArgs=(protocol,),
            )

    def _ebFailed(self, failure: Failure) -> None:
        self._attempt = None
        self._failed(failure)

    def _cbPrepared(self, result: object, watched: WatchedProtocol) -> None:
        self._preparation = None
        if watched is self._watched and self.wanted:
            self._becomeReady(watched)

    def _ebPrepared(self, failure: Failure, watched: WatchedProtocol) -> None:
        self._preparation = None
        if watched is not self._watched or not self.wanted:
            # The connection was lost or given up, which is what ended the preparation.
            return
        _log.failure("The connection could not be prepared, and is closed", failure=failure)
        self._countFailure(failure)
        self._close(watched)

    def _becomeReady(self, watched: WatchedProtocol) -> None:
        self._ready = True
        self._failures = 0
        waiters, self._waiters[:] = self._waiters[:], []
        for waiter in waiters:
            waiter.connected.callback(watched.protocol)

    def _close(self, watched: WatchedProtocol) -> None:
        self._ready = False
        preparation, self._preparation = self._preparation, None
        if preparation is not None:
            preparation.cancel()
        if watched.transport is not None:
            watched.transport.loseConnection()

    def _lost(self, reason: Failure) -> None:
        self._watched = None
        wasPreparing, self._ready = self._preparation is not None, False
        preparation, self._preparation = self._preparation, None
        if preparation is not None:
            preparation.cancel()
        if wasPreparing:
            self._failed(reason)
        else:
            self._goOn()

    def _failed(self, failure: Failure) -> None:
        if self.wanted:
            self._countFailure(failure)
        self._goOn()

    def _countFailure(self, failure: Failure) -> None:
        self._failures += 1
        for waiter in self._waiters[:]:
            if waiter.failures is not None:
                waiter.failures -= 1
                if waiter.failures <= 0:
                    self._waiters.remove(waiter)
                    waiter.connected.errback(failure)

    def _isIdle(self) -> bool:
        return self._attempt is None and self._watched is None and self._pause is None

    def _goOn(self) -> None:
        """Begin the next thing, if nothing is under way."""
        if not self._isIdle():
            return
        ended, self._endWaiters = self._endWaiters, []
        for waiter in ended:
            waiter.callback(None)
        # Those who were told may have started it again.
        if not self.wanted or not self._isIdle():
            return
        again, self._again = self._again, False
        if again:
            self._connect()
        else:
            self._pause = self._clock.callLater(self._delay(), self._retry)

    def _delay(self) -> float:
        try:
            return self._retryPolicy(self._failures)
        except Exception:
            _log.failure("The retry policy {policy} failed", policy=self._retryPolicy)
            return backoffPolicy()(self._failures)

    def _retry(self) -> None:
        self._pause = None
        self._connect()
