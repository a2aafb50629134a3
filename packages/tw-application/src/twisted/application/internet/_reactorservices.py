"""What is common to the services that are named after a method of the reactor.

Such a service is a call that is kept for later: it takes the arguments of `listenTCP`, say, makes
the call when it is started, and undoes it when it is stopped.

A server that cannot listen raises when it is started, which ends the start of the program. A
client whose attempt cannot even begin is logged, and the program goes on, as it does when nobody
answers the attempt.
"""

from typing import Any, ClassVar, cast

from twisted.application.internet._volatileservice import VolatileService
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConnector, IListeningPort, IReactorCore
from twisted.logger import Logger, LogLevel

_log = Logger("twisted.application.internet")


class ReactorService(VolatileService):
    """Keeps the arguments of a method of the reactor.

    Args:
        args: The arguments.
        kwargs: The keyword arguments; `reactor` is none of them, but the reactor to use.

    Attributes:
        method: What the name of the reactor's method ends with: `TCP`.
        reactor: The reactor to use; None for the default one.
        args: The arguments.
        kwargs: The keyword arguments.
    """

    method: ClassVar[str] = ""
    volatile: list[str] = ["reactor"]
    reactor: object | None = None

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.reactor = kwargs.pop("reactor", None)
        self.args = args
        self.kwargs = kwargs

    def _call(self, verb: str) -> object:
        """Call the reactor's method."""
        reactor = defaultReactor(IReactorCore) if self.reactor is None else self.reactor
        return getattr(reactor, f"{verb}{self.method}")(*self.args, **self.kwargs)


class ListeningService(ReactorService):
    """Listens while it runs: the base of the servers."""

    volatile: list[str] = [*ReactorService.volatile, "_port"]
    _port: IListeningPort | None = None

    def privilegedStartService(self) -> None:
        """Listen.

        Raises:
            CannotListenError: The address is taken, not permitted, or not one of this machine's.
        """
        super().privilegedStartService()
        self._listen()

    def startService(self) -> None:
        """Listen, unless `privilegedStartService` has seen to it.

        Raises:
            CannotListenError: The address is taken, not permitted, or not one of this machine's.
        """
        self._listen()
        super().startService()

    def stopService(self) -> Deferred[Any] | None:
        """Listen no more; connections that are open stay.

        Returns:
            A Deferred that fires when the address is free, or None if it is.
        """
        super().stopService()
        port, self._port = self._port, None
        return None if port is None else port.stopListening()

    def _listen(self) -> None:
        if self._port is None:
            self._port = cast(IListeningPort, self._call("listen"))


class ConnectingService(ReactorService):
    """Connects when it is started: the base of the clients.

    It connects once. `ClientService` connects again when the connection is lost.
    """

    volatile: list[str] = [*ReactorService.volatile, "_connection"]
    _connection: IConnector | None = None

    def startService(self) -> None:
        """Connect; the factory learns how it goes."""
        super().startService()
        try:
            self._connection = cast(IConnector, self._call("connect"))
        except Exception:
            _log.failure(
                "{service} cannot connect to {args}",
                level=LogLevel.error,
                service=self,
                args=self.args[:2],
            )

    def stopService(self) -> None:
        """Disconnect, or give up the attempt."""
        super().stopService()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()
