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


class StreamServerEndpointService(Service):
    """Listens at an endpoint while it runs.

    Args:
        endpoint: Where to listen.
        factory: Builds a protocol for each connection.
    """

    def __init__(self, endpoint: IStreamServerEndpoint, factory: IProtocolFactory) -> None:
        self.endpoint = endpoint
        self.factory = factory
        self._attempt: Deferred[IListeningPort] | None = None
        self._port: IListeningPort | None = None
        self._failure: Failure | None = None
        self._waiting: list[Deferred[IListeningPort]] = []

    def whenListening(self) -> Deferred[IListeningPort]:
        """Return the port, when there is one: at once, or after the start.

        Returns:
            A Deferred with the port, whose `getHost` tells its address; or with the reason why the
            endpoint does not listen.
        """
        if self._port is not None:
            return succeed(self._port)
        waiter: Deferred[IListeningPort] = Deferred(lambda waiter: self._waiting.remove(waiter))
        self._waiting.append(waiter)
        return waiter

    def privilegedStartService(self) -> None:
        """Listen.

        Raises:
            CannotListenError: The endpoint cannot.
        """
        super().privilegedStartService()
        if self._attempt is not None or self._port is not None:
            return
        self._attempt = attempt = self.endpoint.listen(self.factory)
        attempt.addCallbacks(self._cbListening, self._ebListening)
        failure, self._failure = self._failure, None
        if failure is not None:
            failure.raiseException()

    def startService(self) -> Deferred[IListeningPort] | None:
        """Listen, unless `privilegedStartService` has seen to it.

        Returns:
            None if it listens now; else a Deferred that fires when it does, or fails.

        Raises:
            CannotListenError: The endpoint cannot.
        """
        self.privilegedStartService()
        super().startService()
        return None if self._port is not None else self.whenListening()

    def stopService(self) -> Deferred[Any] | None:
        """Listen no more; connections that are open stay.

        Returns:
            A Deferred that fires when the port is free, or None if it is.
        """
        super().stopService()
        if self._attempt is not None:
            self._attempt.cancel()
        port, self._port = self._port, None
        return None if port is None else port.stopListening()

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept when the service is pickled."""
        ended: dict[str, Any] = {"_attempt": None, "_port": None, "_failure": None, "_waiting": []}
        return {**super().__getstate__(), **ended}

    def _cbListening(self, port: IListeningPort) -> None:
        self._attempt = None
        self._port = port
        for waiter in self._takeWaiting():
            waiter.callback(port)

    def _ebListening(self, failure: Failure) -> None:
        self._attempt = None
        self._failure = failure
        for waiter in self._takeWaiting():
            waiter.errback(failure)

    def _takeWaiting(self) -> list[Deferred[IListeningPort]]:
        waiting, self._waiting = self._waiting, []
        return waiting
