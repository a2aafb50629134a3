"""A service that listens at an endpoint while it runs.

Most endpoints listen at once, so a port that is taken is an exception of `startService`, which
ends the start of the program. An endpoint that needs time makes `startService` return a Deferred;
if nobody waits for that, a failure ends up in the log as any unhandled one.
"""

from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.python.failure import Failure


class _Listening:
    """How far the service is with listening.

    It is an object of its own so that the service has one private name: people subclass it, and
    give their methods and attributes names that would come to mind here too.
    """

    def __init__(self) -> None:
        self.attempt: Deferred[IListeningPort] | None = None
        self.port: IListeningPort | None = None
        self.failure: Failure | None = None
        self.waiting: list[Deferred[IListeningPort]] = []

    def begin(self, endpoint: IStreamServerEndpoint, factory: IProtocolFactory) -> None:
        """Listen, unless it has begun; raise the failure that is there at once."""
        if self.attempt is not None or self.port is not None:
            return
        self.attempt = attempt = endpoint.listen(factory)
        attempt.addCallbacks(self.cbListening, self.ebListening)
        failure, self.failure = self.failure, None
        if failure is not None:
            failure.raiseException()

    def whenListening(self) -> Deferred[IListeningPort]:
        """Return a new Deferred of the port."""
        if self.port is not None:
            return succeed(self.port)
        waiter: Deferred[IListeningPort] = Deferred(lambda waiter: self.waiting.remove(waiter))
        self.waiting.append(waiter)
        return waiter

    def end(self) -> Deferred[None] | None:
        """Listen no more, or give up the attempt."""
        if self.attempt is not None:
            self.attempt.cancel()
        port, self.port = self.port, None
        return None if port is None else port.stopListening()

    def cbListening(self, port: IListeningPort) -> None:
        """Tell the port to those who wait."""
        self.attempt = None
        self.port = port
        for waiter in self.takeWaiting():
            waiter.callback(port)

    def ebListening(self, failure: Failure) -> None:
        """Tell the failure to those who wait."""
        self.attempt = None
        self.failure = failure
        for waiter in self.takeWaiting():
            waiter.errback(failure)

    def takeWaiting(self) -> list[Deferred[IListeningPort]]:
        """Return those who wait, and forget them."""
        waiting, self.waiting = self.waiting, []
        return waiting


class StreamServerEndpointService(Service):
    """Listens at an endpoint while it runs.

    Args:
        endpoint: Where to listen.
        factory: Builds a protocol for each connection.
    """

    def __init__(self, endpoint: IStreamServerEndpoint, factory: IProtocolFactory) -> None:
        self.endpoint = endpoint
        self.factory = factory
        self._listening = _Listening()

    def whenListening(self) -> Deferred[IListeningPort]:
        """Return the port, when there is one: at once, or after the start.

        Returns:
            A Deferred with the port, whose `getHost` tells its address; or with the reason why the
            endpoint does not listen.
        """
        return self._listening.whenListening()

    @property
    def _waitingForPort(self) -> Deferred[IListeningPort]:
        """What `whenListening` returns, by the name that Tahoe-LAFS looks for."""
        return self.whenListening()

    def privilegedStartService(self) -> None:
        """Listen.

        Raises:
            CannotListenError: The endpoint cannot.
        """
        super().privilegedStartService()
        self._listening.begin(self.endpoint, self.factory)

    def startService(self) -> Deferred[IListeningPort] | None:
        """Listen, unless `privilegedStartService` has seen to it.

        Returns:
            None if it listens now; else a Deferred that fires when it does, or fails.

        Raises:
            CannotListenError: The endpoint cannot.
        """
        self._listening.begin(self.endpoint, self.factory)
        super().startService()
        return None if self._listening.port is not None else self.whenListening()

    def stopService(self) -> Deferred[Any] | None:
        """Listen no more; connections that are open stay.

        Returns:
            A Deferred that fires when the port is free, or None if it is.
        """
        super().stopService()
        return self._listening.end()

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept when the service is pickled."""
        return {**super().__getstate__(), "_listening": _Listening()}
