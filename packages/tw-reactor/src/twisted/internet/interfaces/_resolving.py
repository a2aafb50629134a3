"""From names to addresses.

The reactor looks up names by its name resolver (`IHostnameResolver`), which gives all addresses
of a host, of both families, one by one as they come. The older `IResolverSimple` gives one IPv4
address; one that was installed serves the newer interface too.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from twisted.internet.interfaces._addresses import IAddress
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    RecordLookup = Deferred[tuple[Sequence[object], Sequence[object], Sequence[object]]]
else:
    RecordLookup = object


class IResolverSimple(Interface):
    """What finds an IPv4 address of a host."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":
        """Look up a host.

        Called on the reactor's thread; must not block.

        Args:
            name: The name; an address is returned as it is.
            timeout: How many seconds to wait in each attempt. Empty stands for the resolver's own.

        Returns:
            A Deferred with the address in dotted form, or a failure with `DNSLookupError`.
        """
        ...


class IResolver(IResolverSimple, Interface):
    """What asks the Domain Name System for records.

    Each look-up takes a name and the seconds to wait in each attempt, and returns a Deferred with
    three sequences of records (RFC 1035 section 4.1): answers, authorities and additional ones;
    or a failure with `twisted.names.error.DomainError` or `DNSQueryTimeoutError`. The records are
    those of tw-names (`twisted.names.dns.RRHeader`).
    """

    def query(self, query: object, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Ask any question.

        Args:
            query: A `twisted.names.dns.Query`.
            timeout: How many seconds to wait in each attempt; the resolver's own if None.
        """
        ...

    def lookupAddress(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up IPv4 addresses (A, RFC 1035)."""
        ...

    def lookupAddress6(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up IPv6 addresses (A6, RFC 2874, historic)."""
        ...

    def lookupIPV6Address(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up IPv6 addresses (AAAA, RFC 3596)."""
        ...

    def lookupMailExchange(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up mail exchangers (MX, RFC 1035)."""
        ...

    def lookupNameservers(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up name servers (NS, RFC 1035)."""
        ...

    def lookupCanonicalName(
        self, name: str, timeout: Sequence[int] | None = None
    ) -> "RecordLookup":
        """Look up the canonical name (CNAME, RFC 1035)."""
        ...

    def lookupMailBox(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up mailboxes (MB, RFC 1035, experimental)."""
        ...

    def lookupMailGroup(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up members of a mail group (MG, RFC 1035, experimental)."""
        ...

    def lookupMailRename(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up the new name of a mailbox (MR, RFC 1035, experimental)."""
        ...

    def lookupMailboxInfo(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up who answers for a mailbox (MINFO, RFC 1035, experimental)."""
        ...

    def lookupPointer(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up the name of an address (PTR, RFC 1035)."""
        ...

    def lookupAuthority(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up the start of authority (SOA, RFC 1035)."""
        ...

    def lookupNull(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up null records (NULL, RFC 1035, experimental)."""
        ...

    def lookupWellKnownServices(
        self, name: str, timeout: Sequence[int] | None = None
    ) -> "RecordLookup":
        """Look up well known services (WKS, RFC 1035)."""
        ...

    def lookupHostInfo(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up the kind of a host (HINFO, RFC 1035)."""
        ...

    def lookupText(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up texts (TXT, RFC 1035)."""
        ...

    def lookupResponsibility(
        self, name: str, timeout: Sequence[int] | None = None
    ) -> "RecordLookup":
        """Look up the responsible person (RP, RFC 1183)."""
        ...

    def lookupAFSDatabase(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up AFS database servers (AFSDB, RFC 1183)."""
        ...

    def lookupService(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up the hosts of a service (SRV, RFC 2782)."""
        ...

    def lookupNamingAuthorityPointer(
        self, name: str, timeout: Sequence[int] | None = None
    ) -> "RecordLookup":
        """Look up naming authority pointers (NAPTR, RFC 3403)."""
        ...

    def lookupSenderPolicy(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up sender policies (SPF, RFC 7208 section 3.1, obsolete type)."""
        ...

    def lookupAllRecords(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Look up records of all types (RFC 1035 section 3.2.3)."""
        ...

    def lookupZone(self, name: str, timeout: Sequence[int] | None = None) -> "RecordLookup":
        """Transfer a whole zone (AXFR, RFC 5936)."""
        ...


class IHostResolution(Interface):
    """A look-up that is under way."""

    @property
    def name(self) -> str:
        """The name that is looked up."""
        ...

    def cancel(self) -> None:
        """Give up the look-up.

        The receiver's `resolutionComplete` is called if it was not; no address comes after that.
        """


class IResolutionReceiver(Interface):
    """What takes the addresses of one look-up."""

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Learn that the look-up has begun.

        Called by the resolver once, first.

        Args:
            resolutionInProgress: What `resolveHostName` returns.
        """

    def addressResolved(self, address: IAddress) -> None:
        """Take one address.

        Called once for each, in the order in which they are to be tried (RFC 6724).

        Args:
            address: An `IPv4Address` or `IPv6Address` with the port that was asked for.
        """

    def resolutionComplete(self) -> None:
        """Learn that no more addresses come; a look-up that failed gives none at all.

        Called once, last.
        """


class IHostnameResolver(Interface):
    """What finds all addresses of a host."""

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Begin to look up a host.

        Called on the reactor's thread; must not block.

        Args:
            resolutionReceiver: Takes the addresses.
            hostName: The name, as text (IDNA 2008 where it is not ASCII), or an address.
            portNumber: The port that the addresses get.
            addressTypes: The classes of address that are wanted; all if None.
            transportSemantics: `"TCP"` or `"UDP"`.

        Returns:
            What gives up the look-up.
        """
        ...


class IReactorPluggableResolver(Interface):
    """A reactor that lets its simple resolver be replaced."""

    def installResolver(self, resolver: IResolverSimple) -> IResolverSimple:
        """Look up all names by another resolver from now on.

        Args:
            resolver: The new one.

        Returns:
            The one in use before.
        """
        ...


class IReactorPluggableNameResolver(Interface):
    """A reactor that lets its name resolver be used and replaced."""

    @property
    def nameResolver(self) -> IHostnameResolver:
        """The resolver in use."""
        ...

    def installNameResolver(self, resolver: IHostnameResolver) -> IHostnameResolver:
        """Look up all names by another resolver from now on.

        Args:
            resolver: The new one.

        Returns:
            The one in use before.
        """
        ...
