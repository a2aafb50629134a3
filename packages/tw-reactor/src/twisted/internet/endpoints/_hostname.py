"""An endpoint that is a name: all addresses of the host are tried (RFC 8305)."""

import ipaddress
from collections.abc import Callable

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints._baseendpoints import CONNECT_TIMEOUT
from twisted.internet.endpoints._happyeyeballs import Address, Race, alternate
from twisted.internet.endpoints._tcp import (
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
)
from twisted.internet.error import ConnectingCancelledError, DNSLookupError
from twisted.internet.interfaces import (
    BindAddress,
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IProtocol,
    IProtocolFactory,
    IReactorPluggableNameResolver,
    IReactorTCP,
    IReactorTime,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.python.components import Interface, classImplements
from twisted.python.failure import Failure

ATTEMPT_DELAY = 0.25
"""How many seconds after an attempt the next one begins: as RFC 8305 section 5 recommends."""


class IReactorForNames(IReactorTCP, IReactorTime, IReactorPluggableNameResolver, Interface):
    """What connecting by name needs of a reactor."""


class _Lookup:
    """Collects the addresses of a host."""

    def __init__(self, whenComplete: Callable[[list[Address]], None]) -> None:
        self._whenComplete = whenComplete
        self._addresses: list[Address] = []
        self._resolution: IHostResolution | None = None
        self._over = False

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Keep what gives up the look-up."""
        self._resolution = resolutionInProgress

    def addressResolved(self, address: IAddress) -> None:
        """Keep an address."""
        if isinstance(address, IPv4Address | IPv6Address):
            self._addresses.append(address)

    def resolutionComplete(self) -> None:
        """Hand the addresses on, unless nobody wants them any more."""
        if not self._over:
            self._over = True
            self._whenComplete(self._addresses)

    def cancel(self) -> None:
        """Give up."""
        self._over = True
        if self._resolution is not None:
            self._resolution.cancel()


classImplements(_Lookup, IResolutionReceiver)


def _literal(host: str, port: int) -> Address | None:
    """Return the address that a host is, None if it is a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return IPv4Address("TCP", host, port)
    return IPv6Address("TCP", host.partition("%")[0], port, 0, address.scope_id or 0)


def _hostOf(address: Address) -> str:
    """Return the host of an address, with its scope."""
    if isinstance(address, IPv6Address) and address.scopeID:
        return f"{address.host}%{address.scopeID}"
    return address.host


def _encoded(host: str) -> bytes:
    """Return a name as it is sent over the wire; what cannot be sent stays readable."""
    try:
        return host.encode("ascii" if host.isascii() else "idna")
    except UnicodeError:
        return host.encode("utf-8", "replace")


class HostnameEndpoint:
    """A TCP port of a host to connect to, over whichever of IPv4 and IPv6 works first."""

    def __init__(
        self,
        reactor: IReactorForNames,
        host: str | bytes,
        port: int,
        timeout: float = CONNECT_TIMEOUT,
        bindAddress: BindAddress = None,
        attemptDelay: float | None = None,
    ) -> None:
        """Make an endpoint; nothing is looked up or connected before `connect`.

        Args:
            reactor: Looks the name up and makes the connections.
            host: The name as text or, as it is sent over the wire, as ASCII bytes; or an address.
            port: The number of the port.
            timeout: After how many seconds each attempt fails with `TimeoutError`.
            bindAddress: The local host and port to connect from, or the host alone.
            attemptDelay: How many seconds after an attempt the next one begins; `ATTEMPT_DELAY`
                if None.

        Raises:
            ValueError: `host` is bytes and not ASCII.
        """
        self._reactor = reactor
        self._host = host.decode("ascii") if isinstance(host, bytes) else host
        self._port = port
        self._timeout = timeout
        self._bindAddress = bindAddress
        self._attemptDelay = ATTEMPT_DELAY if attemptDelay is None else attemptDelay

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Look up the host and try its addresses until a connection is made.

        Args:
            protocolFactory: Builds the protocol.

        Returns:
            A Deferred with the protocol, after its `connectionMade`; or a failure:
            `DNSLookupError` if there is no address, the failure of the last attempt if all failed,
            `ConnectingCancelledError` when it was cancelled.
        """
        literal = _literal(self._host, self._port)
        if literal is not None:
            return self._endpoint(literal).connect(protocolFactory)
        return _ConnectingByName(self, protocolFactory).begin()

    def _endpoint(self, address: Address) -> IStreamClientEndpoint:
        """Return the endpoint of one address."""
        kind = TCP6ClientEndpoint if isinstance(address, IPv6Address) else TCP4ClientEndpoint
        return kind(self._reactor, _hostOf(address), address.port, self._timeout, self._bindAddress)

    def __repr__(self) -> str:
        return f"<HostnameEndpoint port {self._port} of {self._host}>"


classImplements(HostnameEndpoint, IStreamClientEndpoint)


class _ConnectingByName:
    """One `connect` of a `HostnameEndpoint`: first a look-up, then a race."""

    def __init__(self, endpoint: HostnameEndpoint, factory: IProtocolFactory) -> None:
        self._endpoint = endpoint
        self._factory = factory
        self._stage: _Lookup | Deferred[IProtocol] | None = None
        self._connected: Deferred[IProtocol] = Deferred(self._cancel)

    def begin(self) -> Deferred[IProtocol]:
        """Begin to look up, and return the Deferred of the connection."""
        endpoint = self._endpoint
        lookup = self._stage = _Lookup(self._resolved)
        resolver: IHostnameResolver = endpoint._reactor.nameResolver
        try:
            resolver.resolveHostName(lookup, endpoint._host, endpoint._port)
        except Exception:
            # A name that is none, most often (too long, an empty label).
            return fail(
                DNSLookupError(f"{endpoint._host!r} cannot be looked up: {Failure().value}")
            )
        return self._connected

    def _resolved(self, addresses: list[Address]) -> None:
        """Begin the race."""
        endpoint = self._endpoint
        if not addresses:
            self._connected.errback(DNSLookupError(f"no address found for {endpoint._host!r}"))
            return
        race = Race(
            endpoint._reactor,
            alternate(addresses),
            lambda address: endpoint._endpoint(address).connect(self._factory),
            endpoint._attemptDelay,
        )
        self._stage = race.result
        race.result.addCallbacks(self._connected.callback, self._failed)
        race.begin()

    def _failed(self, failure: Failure) -> None:
        if not self._connected.called:
            self._connected.errback(failure)

    def _cancel(self, connected: Deferred[IProtocol]) -> None:
        """Give up what is being done."""
        endpoint = self._endpoint
        address = HostnameAddress(_encoded(endpoint._host), endpoint._port)
        connected.errback(ConnectingCancelledError(address))
        if self._stage is not None:
            self._stage.cancel()
