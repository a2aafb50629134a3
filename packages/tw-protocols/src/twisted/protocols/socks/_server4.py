"""A server of SOCKS 4 and 4a.

Nobody is served before somebody says who may be: a rule of the factory, or an override of
`SOCKSv4.authorize`.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import ClassVar, TypeVar, cast

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints._hostname import IReactorForNames
from twisted.internet.interfaces import IAddress, IListeningPort, IProtocol, IProtocolFactory
from twisted.internet.protocol import ClientCreator, Factory, Protocol, connectionDone
from twisted.protocols.socks._lookup import lookUp
from twisted.protocols.socks._messages4 import (
    BIND,
    CONNECT,
    GRANTED,
    LONGEST_USER,
    REFUSED,
    Request4,
    Request4Parser,
    reply4,
)
from twisted.protocols.socks._refusals import SOCKSMalformed
from twisted.protocols.socks._requests import Rule, SOCKSRequest
from twisted.protocols.socks._serving import BIND_SECONDS, NotAllowed, OtherEnd, ServingProtocol
from twisted.protocols.socks._trafficlog import LogFile, TrafficLog
from twisted.python.failure import Failure

_P = TypeVar("_P", bound=Protocol)


class SOCKSv4(ServingProtocol):
    """The connection of a client that speaks SOCKS 4 or 4a.

    Attributes:
        logging: A file into which is written what is passed on, or its path; None for no file.
        otherConn: The protocol of the connection that was made for the client; None without one.
        rule: Says what is granted; None for nothing. The factory sets it.
        bindSeconds: How many seconds a port that was opened for a client waits; None for no limit.
        bindInterface: The address on which such ports are opened; empty for all.
        longestUser: How many bytes the name of a user may have.
        logLimit: How many bytes of a piece are written into the file; None for all.
    """

    rule: Rule | None = None
    bindSeconds: float | None = BIND_SECONDS
    bindInterface: str = ""
    longestUser: int = LONGEST_USER
    logLimit: int | None = 1024

    _notAllowedHint: ClassVar[str] = (
        "nobody may be, before SOCKSv4Factory has a rule or SOCKSv4.authorize is overridden"
    )

    def __init__(
        self, logging: LogFile | None = None, reactor: IReactorForNames | None = None
    ) -> None:
        """Make a protocol.

        Args:
            logging: A file into which is written what is passed on, or its path.
            reactor: What looks up names and makes connections; the default reactor if None.
        """
        super().__init__(reactor)
        self.logging = logging
        self.otherConn: OtherEnd4 | None = None
        self._trafficLog = None if logging is None else TrafficLog(logging)
        self._port: IListeningPort | None = None
        # Waits for the connection to the port.
        self._bound: Deferred[None] | None = None
        # What the client asked for, as it said it.
        self._host = ""

    def connectionMade(self) -> None:
        """Wait for the request."""
        self._parser: Request4Parser | None = Request4Parser(self.longestUser)
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:
        """Take bytes of the request, and pass on what follows.

        Args:
            data: What has arrived.
        """
        if self.otherConn is not None:
            self.otherConn.write(data)
        elif self._isClosing:
            return
        elif self._parser is None:
            # It came in spite of the pause.
            self._early += data
        else:
            self._receiveRequest(self._parser, data)

    def _receiveRequest(self, parser: Request4Parser, data: bytes) -> None:
        try:
            request = parser.receive(data)
        except SOCKSMalformed as error:
            self._say(str(error))
            self._giveUp(error)
            return
        if request is None:
            return
        self._parser = None
        if request.command == CONNECT:
            self._serve(parser.rest, self.connectSeconds, self._connect(request))
        else:
            self._serve(parser.rest, self.bindSeconds, self._bind(request))

    async def _connect(self, request: Request4) -> None:
        """Make the connection; it is joined by its protocol, which was made by then."""
        if not self._mayAllow():
            raise NotAllowed(self._notAllowedHint)

        async def allow(address: IPv4Address | IPv6Address) -> bool:
            return await self._isAuthorized(CONNECT, address, request)

        def connect(address: IPv4Address | IPv6Address) -> Deferred[SOCKSv4Outgoing]:
            return self.connectClass(address.host, address.port, SOCKSv4Outgoing, self)

        await self._connectTo(request.host, request.port, allow, connect)

    async def _bind(self, request: Request4) -> None:
        """Open a port for the host that the client names; what connects to it goes on."""
        if not self._mayAllow():
            raise NotAllowed(self._notAllowedHint)
        found = await lookUp(
            self._reactor(), request.host, request.port, (IPv4Address,), self.maxAddresses
        )
        for address in found:
            if await self._isAuthorized(BIND, address, request):
                break
        else:
            raise NotAllowed(self._notAllowedHint)
        host, port = await maybeDeferred(
            self.listenClass, 0, SOCKSv4IncomingFactory, self, address.host
        )
        self.makeReply(GRANTED, 0, port, host)
        bound = self._bound = Deferred(self._stopListening)
        await bound

    def _mayAllow(self) -> bool:
        """Return whether there is anybody to ask; if not, not even a name is looked up."""
        return self.rule is not None or type(self).authorize is not SOCKSv4.authorize

    async def _isAuthorized(
        self, code: int, address: IPv4Address | IPv6Address, request: Request4
    ) -> bool:
        self._host = request.host
        answer = self.authorize(code, address.host, address.port, request.user)
        return bool(await answer if isawaitable(answer) else answer)

    def _refused(self, error: BaseException) -> None:
        self.makeReply(REFUSED)

    # To be overridden

    def authorize(
        self, code: int, server: str, port: int, user: bytes
    ) -> bool | int | Awaitable[bool | int]:
        """Say whether a client may be connected; unless overridden, the rule says so.

        Args:
            code: 1 for a connection to a server, 2 for a port that waits for one from it.
            server: The address of the server. A name was looked up before this is called.
            port: The number of the port there.
            user: What the client says the name of its user is; nobody has checked it.

        Returns:
            Whether, or a Deferred or coroutine of that.
        """
        if self.rule is None:
            return False
        kind = IPv6Address if ":" in server else IPv4Address
        return self.rule(
            SOCKSRequest(
                version=4,
                command="connect" if code == CONNECT else "bind",
                address=kind("TCP", server, port),
                host=self._host,
                user=user,
                client=self.transport.getPeer(),
            )
        )

    def connectClass(
        self, host: str, port: int, klass: Callable[..., _P], *args: object
    ) -> Deferred[_P]:
        """Make the connection to a server.

        Args:
            host: The address of the server.
            port: The number of the port there.
            klass: What builds the protocol of the connection.
            args: Its arguments.

        Returns:
            A Deferred with the protocol.
        """
        return ClientCreator(self._reactor(), klass, *args).connectTCP(host, port)

    def listenClass(
        self, port: int, klass: Callable[..., IProtocolFactory], *args: object
    ) -> tuple[str, int] | Deferred[tuple[str, int]]:
        """Open a port for a server to connect to.

        Args:
            port: Its number; 0 for any.
            klass: What builds the factory that takes the connection.
            args: Its arguments.

        Returns:
            The address and the number of the port, which the client is told; or a Deferred of
            them. 0.0.0.0 means the address at which the client has reached this server.
        """
        factory = klass(*args)
        listening = self._port = self._reactor().listenTCP(port, factory, 1, self.bindInterface)
        address = listening.getHost()
        return address.host, address.port

    # For the other connection

    def _stopListening(self, waiting: object = None) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.stopListening()

    def _otherMade(self, other: "OtherEnd4", port: int, host: str) -> None:
        """Tell the client that it is connected, and let bytes go both ways."""
        self._stopListening()
        if self._isClosing:
            other.transport.loseConnection()
            return
        self.makeReply(GRANTED, 0, port, host)
        self.otherConn = other
        self._join(other)
        bound, self._bound = self._bound, None
        if bound is not None:
            bound.callback(None)

    def _otherRefused(self, why: str) -> None:
        """Tell the client that somebody else has connected than it waits for."""
        self._say(why)
        working, self._working = self._working, None
        self._giveUp(NotAllowed(why))
        if working is not None:
            working.cancel()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Close the other connection, or make it no longer.

        Args:
            reason: Why this one is gone.
        """
        self._stopListening()
        super().connectionLost(reason)
        self.otherConn = None
        if self._trafficLog is not None:
            self._trafficLog.close()

    def makeReply(self, reply: int, version: int = 0, port: int = 0, ip: str = "0.0.0.0") -> None:
        """Answer the request; anything but "granted" closes the connection.

        Args:
            reply: 90 for granted, 91 to 93 for refused.
            version: The version of the reply, which is 0.
            port: The number of the port.
            ip: The address.
        """
        self.transport.write(reply4(reply, version, port, ip))
        if reply != GRANTED:
            self.transport.loseConnection()

    def write(self, data: bytes) -> None:
        """Send bytes that came from the other connection to the client.

        Args:
            data: The bytes.
        """
        self.log(self, data)
        junction, other = self._junction, self.otherConn
        if junction is not None and other is not None:
            junction.received(other.transport, data)
        else:
            self.transport.write(data)

    def log(self, proto: Protocol, data: bytes) -> None:
        """Write into the file what is passed on, if there is one.

        Args:
            proto: Who sends it on: this one to the client, `otherConn` to the server.
            data: The bytes.
        """
        if self._trafficLog is None:
            return
        shown = data if self.logLimit is None else data[: self.logLimit]
        more = "" if len(shown) == len(data) else f" and {len(data) - len(shown)} bytes more"
        direction = "<" if proto is self else ">"
        client, server = self.transport.getPeer(), None
        if self.otherConn is not None:
            server = self.otherConn.transport.getPeer()
        self._trafficLog.write(f"{client} {direction} {server}: {shown!r}{more}")


class OtherEnd4(OtherEnd):
    """The connection that was made for a client of SOCKS 4."""

    socks: SOCKSv4

    def __init__(self, socks: SOCKSv4) -> None:
        """Make a protocol.

        Args:
            socks: The protocol of the client.
        """
        super().__init__(socks)

    def dataReceived(self, data: bytes) -> None:
        """Hand bytes on to the client.

        Args:
            data: What has arrived.
        """
        self.socks.write(data)

    def write(self, data: bytes) -> None:
        """Send bytes that came from the client.

        Args:
            data: The bytes.
        """
        self.socks.log(self, data)
        if self._junction is not None:
            self._junction.received(self.socks.transport, data)
        else:
            self.transport.write(data)


class SOCKSv4Outgoing(OtherEnd4):
    """The connection to the server that a client asked for."""

    def connectionMade(self) -> None:
        """Tell the client, and let bytes go both ways from now on."""
        address = self.transport.getHost()
        port, host = 0, "0.0.0.0"
        if isinstance(address, IPv4Address):
            port, host = address.port, address.host
        self.socks._otherMade(self, port, host)


class SOCKSv4Incoming(OtherEnd4):
    """The connection from the server for which a client had a port opened."""

    def connectionMade(self) -> None:
        """Tell the client, and let bytes go both ways from now on."""
        address = self.transport.getPeer()
        port, host = 0, "0.0.0.0"
        if isinstance(address, IPv4Address):
            port, host = address.port, address.host
        self.socks._otherMade(self, port, host)


class SOCKSv4IncomingFactory(Factory[SOCKSv4Incoming]):
    """Takes the one connection that a client waits for.

    Attributes:
        socks: The protocol of the client.
        ip: Where the connection has to come from.
    """

    noisy = False

    def __init__(self, socks: SOCKSv4, ip: str) -> None:
        """Make a factory.

        Args:
            socks: The protocol of the client.
            ip: Where the connection has to come from.
        """
        self.socks = socks
        self.ip = ip
        self._isTaken = False

    def buildProtocol(self, addr: IAddress | None) -> SOCKSv4Incoming | None:
        """Take the connection, if it is the first and comes from where it has to.

        Args:
            addr: Where it comes from.
        """
        if self._isTaken or self.socks._isClosing:
            return None
        self._isTaken = True
        if isinstance(addr, IPv4Address) and addr.host == self.ip:
            return SOCKSv4Incoming(self.socks)
        self.socks._otherRefused(f"{addr} has connected instead of {self.ip}")
        return None


class SOCKSv4Factory(Factory[SOCKSv4]):
    """Serves clients that speak SOCKS 4 or 4a.

    Attributes:
        protocol: What builds the protocols.
        logging: A file into which is written what is passed on, or its path; None for no file.
        rule: Says what is granted; None for nothing, unless `authorize` is overridden.
        reactor: What looks up names and makes connections; the default reactor if None.
    """

    # Unlike the protocol of an ordinary factory, it takes arguments.
    protocol: Callable[..., SOCKSv4] = SOCKSv4  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        log: LogFile | None,
        rule: Rule | None = None,
        reactor: IReactorForNames | None = None,
    ) -> None:
        """Make a factory.

        Args:
            log: A file into which is written what is passed on, or its path; None for no file.
            rule: Says what is granted; `allowLocalClients`, or a function of your own.
            reactor: What looks up names and makes connections; the default reactor if None.
        """
        self.logging = log
        self.rule = rule
        self.reactor = reactor

    def buildProtocol(self, addr: IAddress | None) -> SOCKSv4:
        """Build the protocol of a client.

        Args:
            addr: Where it is.
        """
        protocol = self.protocol(self.logging, self.reactor)
        protocol.factory = cast("Factory[IProtocol]", self)
        if self.rule is not None:
            protocol.rule = self.rule
        return protocol


__all__ = [
    "SOCKSv4",
    "SOCKSv4Factory",
    "SOCKSv4Incoming",
    "SOCKSv4IncomingFactory",
    "SOCKSv4Outgoing",
]
