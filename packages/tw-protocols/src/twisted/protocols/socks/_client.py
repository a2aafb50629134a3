"""Client endpoints that connect through a proxy.

The proxy is reached by any other endpoint. As soon as it has made the connection, the user's protocol
is connected to the transport itself, and nothing stands between them; so whatever wraps endpoints,
TLS above all, can wrap these.
"""

from typing import Protocol as TypingProtocol
from typing import cast

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints._baseendpoints import CONNECT_TIMEOUT
from twisted.internet.error import ConnectingCancelledError, NoProtocol, TimeoutError
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHalfCloseableProtocol,
    IProtocol,
    IProtocolFactory,
    IReactorPluggableNameResolver,
    IReactorTime,
    IStreamClientEndpoint,
    ITransport,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.protocols._clocks import clockOf
from twisted.protocols.socks._lookup import lookUp
from twisted.protocols.socks._messages4 import Client4
from twisted.protocols.socks._messages5 import Client5
from twisted.protocols.socks._names import targetOf
from twisted.protocols.socks._refusals import SOCKSError, SOCKSMalformed
from twisted.python.components import alsoProvides, classImplements, provides
from twisted.python.failure import Failure

Target = IPv4Address | IPv6Address | HostnameAddress


class Machine(TypingProtocol):
    """What both versions of the client's side have."""

    isDone: bool
    rest: bytes

    def begin(self) -> bytes:
        """Return what is sent first."""
        ...

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the proxy, and return what is to be sent."""
        ...


class _Negotiating(Protocol):
    """Talks to the proxy, then puts the user's protocol into its own place.

    A transport that has no such place (TLS has none) goes on calling this one, which hands on.
    """

    def __init__(self, attempt: "_Attempt") -> None:
        self._attempt = attempt
        self._protocol: IProtocol | None = None

    def connectionMade(self) -> None:
        self._attempt.reached(self.transport)

    def dataReceived(self, data: bytes) -> None:
        if self._protocol is not None:
            self._protocol.dataReceived(data)
        else:
            self._attempt.heard(self, data)

    def become(self, protocol: IProtocol) -> None:
        """Hand everything over to the user's protocol."""
        self._protocol = protocol
        if getattr(self.transport, "protocol", None) is self:
            self.transport.protocol = protocol  # pyright: ignore[reportAttributeAccessIssue]
        elif provides(IHalfCloseableProtocol, protocol):
            alsoProvides(self, IHalfCloseableProtocol)
        protocol.makeConnection(self.transport)

    def readConnectionLost(self) -> None:
        cast(IHalfCloseableProtocol, self._protocol).readConnectionLost()

    def writeConnectionLost(self) -> None:
        cast(IHalfCloseableProtocol, self._protocol).writeConnectionLost()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._protocol is not None:
            self._protocol.connectionLost(reason)
        else:
            self._attempt.lost(reason)


class _Attempt(Factory[_Negotiating]):
    """One attempt to connect: the factory of the connection to the proxy."""

    noisy = False

    def __init__(
        self,
        factory: IProtocolFactory,
        target: Target,
        machine: Machine,
        seconds: float | None,
        clock: IReactorTime | None,
    ) -> None:
        self._wrappedFactory = factory
        self._target = target
        self._machine = machine
        self._seconds = seconds
        self._clock = clock
        self._timer: IDelayedCall | None = None
        self._transport: ITransport | None = None
        self._toProxy: Deferred[IProtocol] | None = None
        self._isOver = False
        self.connected: Deferred[IProtocol] = Deferred(self._cancel)

    def begin(self, proxy: IStreamClientEndpoint) -> Deferred[IProtocol]:
        """Connect to the proxy, and return the Deferred of the whole."""
        self._toProxy = proxy.connect(self)
        self._toProxy.addCallbacks(lambda protocol: None, self._fail)
        return self.connected

    # The factory

    def logPrefix(self) -> str:
        return type(self._wrappedFactory).__name__

    def doStart(self) -> None:
        self._wrappedFactory.doStart()

    def doStop(self) -> None:
        self._wrappedFactory.doStop()

    def buildProtocol(self, addr: IAddress | None) -> _Negotiating:
        return _Negotiating(self)

    # What happens to the connection

    def reached(self, transport: ITransport) -> None:
        """Begin to talk: the proxy was reached."""
        self._transport = transport
        if self._isOver:
            self._drop()
            return
        if self._seconds is not None:
            self._timer = clockOf(transport, self._clock).callLater(self._seconds, self._tooSlow)
        transport.write(self._machine.begin())

    def heard(self, negotiating: _Negotiating, data: bytes) -> None:
        """Take bytes from the proxy."""
        if self._isOver:
            return
        try:
            answer = self._machine.receive(data)
        except SOCKSMalformed as error:
            self._fail(Failure(SOCKSError(string=f"it speaks no SOCKS of this kind ({error})")))
            self._drop()
            return
        except SOCKSError:
            self._fail(Failure())
            self._drop()
            return
        if answer:
            negotiating.transport.write(answer)
        if self._machine.isDone:
            self._succeed(negotiating)

    def lost(self, reason: Failure) -> None:
        """Fail: the proxy has closed the connection."""
        why = f"it closed the connection ({reason.getErrorMessage()})"
        self._fail(Failure(SOCKSError(string=why)))

    def _succeed(self, negotiating: _Negotiating) -> None:
        self._end()
        try:
            # A factory is told where the connection leads to, as without a proxy.
            protocol = self._wrappedFactory.buildProtocol(self._target)
            if protocol is None:
                raise NoProtocol(f"{self._wrappedFactory!r} built no protocol")
            negotiating.become(protocol)
        except Exception:
            self._drop()
            self.connected.errback()
            return
        self.connected.callback(protocol)
        if self._machine.rest and not getattr(negotiating.transport, "disconnecting", False):
            protocol.dataReceived(self._machine.rest)

    def _tooSlow(self) -> None:
        self._timer = None
        why = f"the proxy did not answer within {self._seconds:g} seconds"
        self._fail(Failure(TimeoutError(string=why)))
        self._drop()

    def _fail(self, failure: Failure) -> None:
        if not self._isOver:
            self._end()
            self.connected.errback(failure)

    def _cancel(self, connected: Deferred[IProtocol]) -> None:
        self._end()
        connected.errback(ConnectingCancelledError(self._target))
        if self._transport is not None:
            self._drop()
        elif self._toProxy is not None:
            self._toProxy.cancel()

    def _end(self) -> None:
        self._isOver = True
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _drop(self) -> None:
        """Give up the connection to the proxy."""
        transport = self._transport
        if transport is not None:
            getattr(transport, "abortConnection", transport.loseConnection)()


class _BaseEndpoint:
    """A host and port behind a proxy."""

    def __init__(
        self,
        proxyEndpoint: IStreamClientEndpoint,
        host: str | bytes,
        port: int,
        timeout: float | None,
        clock: IReactorTime | None,
    ) -> None:
        self._proxy = proxyEndpoint
        self._target: Target = targetOf(host, port)
        self._timeout = timeout
        self._clock = clock

    def _negotiate(
        self, protocolFactory: IProtocolFactory, target: Target, machine: Machine
    ) -> Deferred[IProtocol]:
        attempt = _Attempt(protocolFactory, target, machine, self._timeout, self._clock)
        return attempt.begin(self._proxy)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._target} by {self._proxy!r}>"


class SOCKS5ClientEndpoint(_BaseEndpoint):
    """A host and port to connect to through a proxy that speaks SOCKS 5.

    A name is looked up by the proxy, so nobody on the way to it learns of it from here.
    """

    def __init__(
        self,
        proxyEndpoint: IStreamClientEndpoint,
        host: str | bytes,
        port: int,
        username: str | bytes | None = None,
        password: str | bytes | None = None,
        timeout: float | None = CONNECT_TIMEOUT,
        clock: IReactorTime | None = None,
    ) -> None:
        """Make an endpoint; nothing is connected before `connect`.

        Args:
            proxyEndpoint: Where the proxy is.
            host: A name or an address.
            port: The number of the port there.
            username: The name that the proxy is shown; None for none. It is readable on the way.
            password: The password that goes with it.
            timeout: After how many seconds the proxy has to have made the connection, counted from
                when it was reached; None for no limit.
            clock: What times are taken from; the reactor of the transport if None.

        Raises:
            ValueError: The host, the port, the name or the password is none.
        """
        super().__init__(proxyEndpoint, host, port, timeout, clock)
        if (username is None) is not (password is None):
            raise ValueError("a name for a proxy takes a password, and a password a name")
        self._credentials: tuple[bytes, bytes] | None = None
        if username is not None and password is not None:
            self._credentials = (_encoded(username), _encoded(password))
        # To find out now whether it can be said.
        Client5(self._target, self._credentials)

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect to the proxy, and let it connect to the host.

        Args:
            protocolFactory: Builds the protocol; it gets the address behind the proxy.

        Returns:
            A Deferred with the protocol, after its `connectionMade`; or a failure: a `SOCKSError`
            if the proxy makes no connection, whatever the endpoint of the proxy fails with,
            `TimeoutError`, or `ConnectingCancelledError` when it was cancelled.
        """
        machine = Client5(self._target, self._credentials)
        return self._negotiate(protocolFactory, self._target, machine)


class SOCKS4aClientEndpoint(_BaseEndpoint):
    """A host and port to connect to through a proxy that speaks SOCKS 4a, over IPv4.

    A name is looked up by the proxy.
    """

    def __init__(
        self,
        proxyEndpoint: IStreamClientEndpoint,
        host: str | bytes,
        port: int,
        user: str | bytes = b"",
        timeout: float | None = CONNECT_TIMEOUT,
        clock: IReactorTime | None = None,
    ) -> None:
        """Make an endpoint; nothing is connected before `connect`.

        Args:
            proxyEndpoint: Where the proxy is.
            host: A name, or an address of IPv4.
            port: The number of the port there.
            user: The name of the user that the proxy is told.
            timeout: After how many seconds the proxy has to have made the connection, counted from
                when it was reached; None for no limit.
            clock: What times are taken from; the reactor of the transport if None.

        Raises:
            ValueError: The host, the port or the name of the user is none, or the address is of IPv6.
        """
        super().__init__(proxyEndpoint, host, port, timeout, clock)
        self._user = _encoded(user)
        # To find out now whether it can be said.
        self._machine(self._target)

    def _machine(self, target: Target) -> Client4:
        if isinstance(target, IPv6Address):
            raise ValueError(f"SOCKS 4 knows no IPv6, so no {target.host}; use SOCKS 5")
        return Client4(target, self._user)

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect to the proxy, and let it connect to the host.

        Args:
            protocolFactory: Builds the protocol; it gets the address behind the proxy.

        Returns:
            A Deferred with the protocol, after its `connectionMade`; or a failure, as from a
            `SOCKS5ClientEndpoint`.
        """
        return self._negotiate(protocolFactory, self._target, self._machine(self._target))


class SOCKS4ClientEndpoint(SOCKS4aClientEndpoint):
    """A host and port to connect to through a proxy that speaks no more than SOCKS 4, over IPv4.

    A name is looked up here.
    """

    def __init__(
        self,
        reactor: IReactorPluggableNameResolver,
        proxyEndpoint: IStreamClientEndpoint,
        host: str | bytes,
        port: int,
        user: str | bytes = b"",
        timeout: float | None = CONNECT_TIMEOUT,
        clock: IReactorTime | None = None,
    ) -> None:
        """Make an endpoint; nothing is looked up or connected before `connect`.

        Args:
            reactor: What looks the host up.
            proxyEndpoint: Where the proxy is.
            host: A name, or an address of IPv4.
            port: The number of the port there.
            user: The name of the user that the proxy is told.
            timeout: After how many seconds the proxy has to have made the connection, counted from
                when it was reached; None for no limit.
            clock: What times are taken from; the reactor of the transport if None.

        Raises:
            ValueError: The host, the port or the name of the user is none, or the address is of IPv6.
        """
        super().__init__(proxyEndpoint, host, port, user, timeout, clock)
        self._resolver = reactor

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Look up the host, connect to the proxy, and let it connect to the first address.

        Args:
            protocolFactory: Builds the protocol; it gets the address behind the proxy.

        Returns:
            A Deferred with the protocol, after its `connectionMade`; or a failure, as from a
            `SOCKS5ClientEndpoint`, or `DNSLookupError`.
        """
        return Deferred.fromCoroutine(self._lookUpAndConnect(protocolFactory))

    async def _lookUpAndConnect(self, protocolFactory: IProtocolFactory) -> IProtocol:
        target = self._target
        if isinstance(target, HostnameAddress):
            host = target.hostname.decode("ascii")
            target = (await lookUp(self._resolver, host, target.port, (IPv4Address,)))[0]
        return await self._negotiate(protocolFactory, target, self._machine(target))


def _encoded(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


for _endpoint in (SOCKS5ClientEndpoint, SOCKS4aClientEndpoint):
    classImplements(_endpoint, IStreamClientEndpoint)

__all__ = ["SOCKS4ClientEndpoint", "SOCKS4aClientEndpoint", "SOCKS5ClientEndpoint"]
