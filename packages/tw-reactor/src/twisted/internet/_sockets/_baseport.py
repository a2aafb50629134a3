"""A port of any kind of socket: how it is opened, stopped and closed.

What a port does with its socket in between (accept connections, receive datagrams) is in the rooms
of the kinds, and so is whom it serves: a factory or a protocol.
"""

import socket
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from twisted.internet._sockets._handedover import handedOver
from twisted.internet._sockets._streamconnection import protocolName
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError, ConnectionDone
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IReactorFDSet,
    IReactorTime,
    IReadDescriptor,
    ISystemHandle,
)
from twisted.logger import Logger
from twisted.python.components import Interface, classImplements
from twisted.python.failure import Failure


class IReactorOfPorts(IReactorFDSet, IReactorTime, Interface):
    """What a port needs of a reactor."""


class Served(Protocol):
    """Whom a port serves, as far as closing goes."""

    def doStop(self) -> None:
        """Learn that the port is closed."""


class BasePort:
    """What all kinds of ports have in common.

    A kind implements `_served` and `doRead`, a subclass of it `_bind`, `_placeOf` and `getHost`.

    Attributes:
        port: What was asked for: a number, or a path.
        interface: The address to bind to, where there are such.
        connected: Whether it is open.
        disconnected: Whether it was open and was stopped.
        disconnecting: Whether it is being stopped.
        reactor: Watches the socket.
        socket: The socket, while there is one.
    """

    interface: str = ""
    connected: bool = False
    disconnected: bool = False
    disconnecting: bool = False

    _kind = ""
    # What whoever is served is called in the events of the log.
    _role = ""
    _adopted: socket.socket | None = None
    _stopped: Deferred[None] | None = None
    _place: int | str | None = None
    # What can be done about an error of the system, by its number.
    _advice: Mapping[int, str] = MappingProxyType({})

    def __init__(
        self, port: int | str | bytes, reactor: IReactorOfPorts | None, log: Logger
    ) -> None:
        """Make a port that is not open yet.

        Args:
            port: What was asked for.
            reactor: Watches the socket; the default reactor if None.
            log: Where the kind of port logs.
        """
        if reactor is None:
            # Imported on use: a program that always passes its reactor does not need it.
            from twisted.internet._defaultreactor import defaultReactor

            reactor = defaultReactor(IReactorOfPorts)
        self.port = port
        self.reactor = reactor
        self.socket: socket.socket | None = None
        self._log = log

    def _served(self) -> Served:
        """Return the factory or the protocol; for the kinds."""
        raise TypeError(f"{type(self).__name__} has to define _served")

    def _bind(self) -> socket.socket:
        """Return a socket that is bound, and listens if it is of streams; for subclasses.

        Raises:
            CannotListenError: It can't be had.
        """
        raise TypeError(f"{type(self).__name__} has to define _bind")

    def _placeOf(self, skt: socket.socket) -> int | str:
        """Return what the log says about where a socket is; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _placeOf")

    def _prepare(self, skt: socket.socket) -> None:
        """Make a socket ready to be watched; for the kinds."""

    def _closed(self) -> None:
        """Put away what else belongs to the socket, which is closed after this."""

    def __repr__(self) -> str:
        where = self._place if self._place is not None else "(not listening)"
        return f"<{type(self).__name__} of {type(self._served()).__name__} on {where}>"

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when it is not open."""
        return -1 if self.socket is None else self.socket.fileno()

    def request(self) -> str:
        """Return what was asked for, as text by which another process can tell it again."""
        return f"{self._kind} {self.interface} {self.port!r}"

    def leaveTo(self, process: int) -> None:
        """Leave what belongs to the name of the socket, such as its file, to another process.

        That one has opened a port of the same socket, and the name stays when this port closes.

        Args:
            process: The number of the process.
        """

    def _tookOver(self) -> None:
        """Take over what belongs to the name of a socket that another process has left."""

    def getHandle(self) -> socket.socket | None:
        """Return the socket, or None when it is not open."""
        return self.socket

    def logPrefix(self) -> str:
        """Return the name of whom it serves in the log."""
        return protocolName(self._served())

    def getHost(self) -> IAddress:
        """Return the address that it is open at; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define getHost")

    def _open(self) -> None:
        """Have a socket, an adopted one or a new one, watch it, and log where it is.

        Raises:
            CannotListenError: It can't be had.
        """
        skt, self._adopted = self._adopted, None
        left = handedOver.take(self.request()) if skt is None else None
        if skt is None:
            skt = left or self._bind()
        self.socket = skt
        try:
            if left is not None:
                self._tookOver()
            self._prepare(skt)
            self._place = self._placeOf(skt)
            self.reactor.addReader(self)
        except OSError as error:
            # The system has no memory for one more to be watched, say.
            self._closed()
            skt.close()
            self.socket = self._place = None
            raise self._cannotListen(error) from error
        served = self._served()
        self._log.info(
            "{prefix} starting on {port}",
            prefix=protocolName(served),
            port=self._place,
            **{self._role: served},
        )

    def startListening(self) -> None:
        """Bind and begin; for the kinds.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        raise TypeError(f"{type(self).__name__} has to define startListening")

    def stopListening(self, connDone: Failure | None = None) -> Deferred[None] | None:
        """Take nothing more, and free the address; connections that were accepted stay.

        Args:
            connDone: What `connectionLost` is told; `ConnectionDone` if None.

        Returns:
            A Deferred that fires when it is done; None if it is not open.
        """
        if not self.connected:
            return self._stopped
        if self._stopped is None:
            self.disconnecting = True
            self._stopped = Deferred()
            self.reactor.removeReader(self)
            open_ = self._openTransports()
            if open_ is not None:
                # It is watched no more, and the reactor may shut down before it is closed.
                open_[self] = None
            reason = Failure(ConnectionDone()) if connDone is None else connDone
            self.reactor.callLater(0, self.connectionLost, reason)
        return self._stopped

    def loseConnection(self, connDone: Failure | None = None) -> Deferred[None] | None:
        """Do what `stopListening` does."""
        return self.stopListening(connDone)

    # Ports were transports once, and existing code may ask them for what those have.

    def doWrite(self) -> Exception | None:
        """Refuse, since nothing is written to a port.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError(f"{self!r} is a port, to which nothing is written")

    def registerProducer(self, producer: object, streaming: bool) -> None:
        """Refuse, since nothing is written to a port.

        Args:
            producer: Is left alone.
            streaming: Makes no difference.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError(f"{self!r} is a port: register producers with its connections")

    def unregisterProducer(self) -> None:
        """Do nothing: a port never has a producer."""

    def doRead(self) -> Exception | None:
        """Take what has arrived; for the kinds."""
        raise TypeError(f"{type(self).__name__} has to define doRead")

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Close the socket and stop whom it serves; called by the reactor."""
        if not self.connected:
            return
        served = self._served()
        # Any: a keyword that is known when the program runs could be any of `failure`.
        role: dict[str, Any] = {self._role: served}
        self._log.info("({kind} Port {port} Closed)", kind=self._kind, port=self._place, **role)
        self.connected = self.disconnecting = False
        self.disconnected = True
        self.reactor.removeReader(self)
        open_ = self._openTransports()
        if open_ is not None:
            open_.pop(self, None)
        if self.socket is not None:
            self._closed()
            self.socket.close()
            self.socket = None
        self._place = None
        stopped, self._stopped = self._stopped, None
        try:
            served.doStop()
        except Exception:
            failure = Failure()
            if stopped is None:
                self._log.failure(f"doStop of {{{self._role}}} failed", failure, **role)
            else:
                stopped.errback(failure)
            return
        if stopped is not None:
            stopped.callback(None)

    def _openTransports(self) -> dict[object, None] | None:
        """Return what the reactor disconnects when it shuts down, if it is one of ours."""
        found: dict[object, None] | None = getattr(self.reactor, "openTransports", None)
        return found

    def _cannotListen(self, error: OSError) -> CannotListenError:
        """Return the error for the caller, with advice where there is some."""
        number = error.errno
        advice = self._advice.get(number if number is not None else 0)
        if advice is not None:
            error = type(error)(number, f"{error.strerror} ({advice})")
        return CannotListenError(self.interface, self.port, error)


classImplements(BasePort, IListeningPort, IReadDescriptor, ISystemHandle)
