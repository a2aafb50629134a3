"""All addresses of a host in one Deferred, which can be cancelled."""

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import (
    IAddress,
    IHostResolution,
    IReactorPluggableNameResolver,
    IResolutionReceiver,
)
from twisted.protocols.socks._names import addressOf
from twisted.python.components import classImplements

MAXIMUM_ADDRESSES = 8
"""How many addresses of a host are kept and tried; more are of no use, and cost time."""

Addresses = list[IPv4Address | IPv6Address]


class _Collecting:
    """Collects the addresses of one look-up."""

    def __init__(self, host: str, maxAddresses: int) -> None:
        self._host = host
        self._maxAddresses = maxAddresses
        self._addresses: Addresses = []
        self._resolution: IHostResolution | None = None
        self.found: Deferred[Addresses] = Deferred(self._cancel)

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Keep what gives up the look-up."""
        self._resolution = resolutionInProgress

    def addressResolved(self, address: IAddress) -> None:
        """Keep an address."""
        if len(self._addresses) == self._maxAddresses:
            return
        if isinstance(address, IPv4Address | IPv6Address):
            plain = addressOf(address.host, address.port)
            if plain is not None:
                self._addresses.append(plain)

    def resolutionComplete(self) -> None:
        """Fire."""
        self._resolution = None
        if self.found.called:
            return
        if self._addresses:
            self.found.callback(self._addresses)
        else:
            self.found.errback(DNSLookupError(f"no address found for {self._host!r}"))

    def _cancel(self, found: Deferred[Addresses]) -> None:
        # The Deferred fails with CancelledError after this.
        resolution, self._resolution = self._resolution, None
        if resolution is not None:
            self.found = Deferred()
            self.found.addErrback(lambda failure: None)
            resolution.cancel()


classImplements(_Collecting, IResolutionReceiver)


async def lookUp(
    reactor: IReactorPluggableNameResolver,
    host: str,
    port: int,
    kinds: tuple[type[IAddress], ...] = (IPv4Address, IPv6Address),
    maxAddresses: int = MAXIMUM_ADDRESSES,
) -> Addresses:
    """Look up a host.

    Args:
        reactor: What looks it up.
        host: A name, or an address.
        port: The port that the addresses get.
        kinds: The classes of address that are wanted.
        maxAddresses: How many are wanted.

    Returns:
        At least one address.

    Raises:
        DNSLookupError: There is none.
    """
    literal = addressOf(host, port)
    if literal is not None:
        return [literal]
    collecting = _Collecting(host, maxAddresses)
    found = collecting.found
    try:
        reactor.nameResolver.resolveHostName(collecting, host, port, kinds)
    except Exception as error:
        # A name that is none, most often (too long, an empty label).
        raise DNSLookupError(f"{host!r} cannot be looked up: {error}") from error
    return await found


__all__ = ["MAXIMUM_ADDRESSES", "lookUp"]
