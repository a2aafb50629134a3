"""A service that keeps a connection to a server while it runs."""

from typing import TYPE_CHECKING

from twisted.application.internet._backoff import RetryPolicy, backoffPolicy
from twisted.application.internet._persistentconnection import (
    PersistentConnection,
    PrepareConnection,
)
from twisted.application.service import Service
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

if TYPE_CHECKING:
    from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint


class ClientService(Service):
    """Connects when it is started, and again whenever the connection is lost.

    Args:
        endpoint: Where to connect to.
        factory: Builds the protocol of each connection.
        retryPolicy: Takes how many attempts have failed since the last connection, and returns how
            many seconds to wait before the next; `backoffPolicy()` if it is left out.
        clock: Measures that time; the default reactor if it is left out.
        prepareConnection: Is called with the protocol of each connection before anybody gets it,
            to log in, for example. If it returns a Deferred, that is waited for; if it fails, the
            connection is closed and counts as a failed attempt.
    """

    def __init__(
        self,
        endpoint: "IStreamClientEndpoint",
        factory: "IProtocolFactory",
        retryPolicy: RetryPolicy | None = None,
        clock: IReactorTime | None = None,
        prepareConnection: PrepareConnection | None = None,
    ) -> None:
        self._connection = PersistentConnection(
            endpoint,
            factory,
            backoffPolicy() if retryPolicy is None else retryPolicy,
            defaultReactor(IReactorTime) if clock is None else clock,
            prepareConnection,
        )

    def whenConnected(self, failAfterFailures: int | None = None) -> "Deferred[IProtocol]":
        """Return the protocol of the connection: at once, or when it is ready.

        Each call after a connection was lost waits for the next one.

        Args:
            failAfterFailures: After how many failed attempts to give up waiting, which does not
                end the attempts: 1 for the first. None waits until there is a connection.

        Returns:
            A Deferred with the protocol that the factory built. It fails with the reason of the
            last failure, or with `CancelledError` if the service is stopped.
        """
        return self._connection.whenConnected(failAfterFailures)

    def startService(self) -> None:
        """Begin to connect."""
        if not self.running:
            super().startService()
            self._connection.start()

    def stopService(self) -> Deferred[None]:
        """Close the connection, or give up making it.

        Returns:
            A Deferred that fires when the connection is closed.
        """
        super().stopService()
        return self._connection.stop()
