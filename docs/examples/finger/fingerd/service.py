"""The finger service: listens while it runs, and stops without cutting an answer short."""

from collections.abc import Callable

from twisted.application.internet import StreamServerEndpointService
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.interfaces import (
    IListeningPort,
    IReactorTime,
    IStreamServerEndpoint,
)

from fingerd.invitation import invitation
from fingerd.protocol import FingerFactory, Users

STOP_PATIENCE = 10.0


class FingerService(StreamServerEndpointService):
    """Answers finger queries at an endpoint.

    Args:
        endpoint: Where to listen.
        users: Says which users there are.
        clock: Measures the timeouts.
        announce: Called with a text that says how to try the service, once it listens.
        patience: How many seconds an answer that is under way has when the service stops.
    """

    def __init__(
        self,
        endpoint: IStreamServerEndpoint,
        users: Users,
        clock: IReactorTime,
        announce: Callable[[str], object],
        patience: float = STOP_PATIENCE,
    ) -> None:
        self.connections = FingerFactory(users, clock)
        super().__init__(endpoint, self.connections)
        self.users = users
        self.announce = announce
        self.patience = patience

    def startService(self) -> Deferred[IListeningPort] | None:
        """Listen, and say how to try it."""
        ready = super().startService()
        # A failure to listen is told by what is returned.
        self.whenListening().addCallbacks(self._announce, lambda failure: None)
        return ready

    def stopService(self) -> Deferred[None]:
        """Listen no more, let the answers that are under way arrive, and close."""
        return ensureDeferred(self._finish())

    def _announce(self, port: IListeningPort) -> None:
        user = next(iter(self.users.users()))
        self.announce(invitation(port.getHost(), user))

    async def _finish(self) -> None:
        closed = super().stopService()
        if closed is not None:
            await closed
        await self.connections.finish(self.patience)
