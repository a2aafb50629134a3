"""An endpoint that is a name: all addresses of the host are tried (RFC 8305)."""

import ipaddress

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints._baseendpoints import CONNECT_TIMEOUT
from twisted.internet.endpoints._happyeyeballs import Address, Race
from twisted.internet.endpoints._tcp import (
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
)
from twisted.internet.error import ConnectingCancelledError, DNSLookupError
from twisted.internet.interfaces import (
    BindAddress,
    IAddress,
    IDelayedCall,
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

RESOLUTION_DELAY = 0.05
"""How many seconds addresses of IPv4 wait for those of IPv6: as RFC 8305 section 3 recommends."""


class IReactorForNames(IReactorTCP, IReactorTime, IReactorPluggableNameResolver, Interface):
    """What connecting by name needs of a reactor."""


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
    """One `connect` of a `HostnameEndpoint`: a look-up, whose answers are tried as they come.

    The order in which answers come in one go is kept: the resolver has sorted them (RFC 6724). Where
    those of the two families come apart, the race begins with IPv6: at once when that is first, else
    after a short wait for it (RFC 8305 section 3).
    """

    def __init__(self, endpoint: HostnameEndpoint, factory: IProtocolFactory) -> None:
        self._endpoint = endpoint
        self._addresses: list[Address] = []
        self._resolution: IHostResolution | None = None
        # Whether the first answers came in an earlier turn of the reactor.
        self._waits = False
        self._began = self._over = False
        self._timer: IDelayedCall | None = None
        self._race: Race[Address, IProtocol] = Race(
            endpoint._reactor,
            lambda address: endpoint._endpoint(address).connect(factory),
            endpoint._attemptDelay,
        )
        self._connected: Deferred[IProtocol] = Deferred(self._cancel)
        self._race.result.addCallbacks(self._won, self._lost)

    def begin(self) -> Deferred[IProtocol]:
        """Begin to look up, and return the Deferred of the connection."""
        endpoint = self._endpoint
        resolver: IHostnameResolver = endpoint._reactor.nameResolver
        try:
            resolver.resolveHostName(self, endpoint._host, endpoint._port)
        except Exception:
            # A name that is none, most often (too long, an empty label).
            message = f"{endpoint._host!r} cannot be looked up: {Failure().value}"
            self._lost(Failure(DNSLookupError(message)))
        return self._connected

    # Receiving the answers

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Keep what gives up the look-up."""
        self._resolution = resolutionInProgress

    def addressResolved(self, address: IAddress) -> None:
        """Try an address, or keep it for a moment."""
        if self._over or not isinstance(address, IPv4Address | IPv6Address):
            return
        if self._began:
            self._race.add(address)
        elif isinstance(address, IPv6Address):
            self._addresses.insert(0 if self._waits else len(self._addresses), address)
            self._beginRace()
        else:
            self._addresses.append(address)
            if self._timer is None:
                self._timer = self._endpoint._reactor.callLater(0, self._wait)

    def resolutionComplete(self) -> None:
        """Learn that there are no more addresses."""
        self._resolution = None
        if self._over:
            return
        if not self._began and not self._addresses:
            host = self._endpoint._host
            self._end(Failure(DNSLookupError(f"no address found for {host!r}")))
            return
        self._beginRace()
        self._race.complete()

    def _wait(self) -> None:
        """Wait for IPv6: what comes from now on was not sorted together with what came before."""
        self._waits = True
        self._timer = self._endpoint._reactor.callLater(RESOLUTION_DELAY, self._timeIsUp)

    def _timeIsUp(self) -> None:
        self._timer = None
        self._beginRace()

    def _beginRace(self) -> None:
        if self._began:
            return
        self._began = True
        self._stopTimer()
        self._race.add(*self._addresses)

    # The end

    def _won(self, protocol: IProtocol) -> None:
        if not self._over:
            self._over = True
            self._stopLookup()
            self._connected.callback(protocol)

    def _lost(self, failure: Failure) -> None:
        if not self._over:
            self._end(failure)

    def _end(self, failure: Failure) -> None:
        """Fail, and stop what is being done."""
        self._over = True
        self._stopTimer()
        self._stopLookup()
        self._race.result.cancel()
        self._connected.errback(failure)

    def _stopLookup(self) -> None:
        resolution, self._resolution = self._resolution, None
        if resolution is not None:
            resolution.cancel()

    def _stopTimer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _cancel(self, connected: Deferred[IProtocol]) -> None:
        """Give up what is being done."""
        endpoint = self._endpoint
        address = HostnameAddress(_encoded(endpoint._host), endpoint._port)
        self._end(Failure(ConnectingCancelledError(address)))


classImplements(_ConnectingByName, IResolutionReceiver)
