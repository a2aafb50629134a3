"""From names to addresses: the system's resolver in threads, and what users install instead.

There are two kinds of resolver. A *name resolver* (`IHostnameResolver`) gives all addresses of a
host, of both families, as they come in; a *simple resolver* (`IResolverSimple`) gives one IPv4
address. Whichever of the two a user installs serves both ways of asking, through an adapter in
this room. Addresses that are given as such (literals) are answered at once by the reactor and
never reach a resolver or a thread.
"""

import socket
from collections.abc import Callable, Sequence

from twisted.internet._sockets._addressing import addressFromName, literalAddress
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IReactorThreads,
    IReactorTime,
    IResolutionReceiver,
    IResolverSimple,
)
from twisted.logger import Logger
from twisted.python.components import Interface, implementer
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

_log = Logger(namespace="twisted.internet.base")

SIMPLE_TIMEOUT = (1, 3, 11, 45)
"""How many seconds a simple look-up may take, in attempts; the sum counts."""

AddressInfo = tuple[int, int, int, str, tuple[object, ...]]
GetAddressInfo = Callable[[str, int, int, int], Sequence[AddressInfo]]


class IReactorWithThreadsAndTime(IReactorThreads, IReactorTime, Interface):
    """What looking up names needs of a reactor."""


@implementer(IHostResolution)
class HostResolution:
    """A look-up that is under way."""

    def __init__(self, name: str, receiver: IResolutionReceiver) -> None:
        """Begin; the receiver is told.

        Args:
            name: The name that is looked up.
            receiver: Gets the addresses.
        """
        self._name = name
        self._receiver = receiver
        self.completed = False
        receiver.resolutionBegan(self)

    @property
    def name(self) -> str:
        """The name that is looked up."""
        return self._name

    def cancel(self) -> None:
        """Give the look-up up: the receiver gets no addresses any more, and is told the end."""
        self.complete(())

    def complete(self, addresses: Sequence[IAddress]) -> None:
        """Hand over the addresses, unless the look-up was given up."""
        if self.completed:
            return
        self.completed = True
        for address in addresses:
            self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


def _getAddressInfo(name: str, port: int, family: int, kind: int) -> Sequence[AddressInfo]:
    return socket.getaddrinfo(name, port, family, kind)


def _wantedFamily(addressTypes: Sequence[type[IAddress]] | None) -> int:
    if addressTypes is None or (IPv4Address in addressTypes and IPv6Address in addressTypes):
        return socket.AF_UNSPEC
    return socket.AF_INET if IPv4Address in addressTypes else socket.AF_INET6


@implementer(IHostnameResolver)
class LiteralFirst:
    """A name resolver that answers literals itself and asks another one about names."""

    def __init__(self, resolver: IHostnameResolver) -> None:
        """Wrap a resolver.

        Args:
            resolver: Is asked about names.
        """
        self.resolver = resolver

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Begin to look a host up; an address is its own answer."""
        literal = literalAddress(hostName, portNumber, transportSemantics)
        if literal is None:
            return self.resolver.resolveHostName(
                resolutionReceiver, hostName, portNumber, addressTypes, transportSemantics
            )
        resolution = HostResolution(hostName, resolutionReceiver)
        resolution.complete(
            [literal] if addressTypes is None or type(literal) in addressTypes else []
        )
        return resolution


@implementer(IHostnameResolver)
class GAIResolver:
    """The system's resolver, getaddrinfo(3), called in the threads of a pool."""

    def __init__(
        self,
        reactor: IReactorThreads,
        getThreadPool: Callable[[], ThreadPool] | None = None,
        getAddressInfo: GetAddressInfo = _getAddressInfo,
    ) -> None:
        """Make a resolver.

        Args:
            reactor: Gets the results from the threads.
            getThreadPool: Returns the pool; the reactor's own by default.
            getAddressInfo: Does the look-up: gets the name, port, family and socket type; may
                block.
        """
        self._reactor = reactor
        self._getThreadPool = getThreadPool or reactor.getThreadPool
        self._getAddressInfo = getAddressInfo

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Begin to look a host up."""
        resolution = HostResolution(hostName, resolutionReceiver)
        kind = socket.SOCK_DGRAM if transportSemantics == "UDP" else socket.SOCK_STREAM
        family = _wantedFamily(addressTypes)

        def finished(success: bool, result: object) -> None:
            found = result if success and isinstance(result, list) else []
            self._reactor.callFromThread(resolution.complete, found)

        self._getThreadPool().callInThreadWithCallback(
            finished, self._lookUp, hostName, portNumber, family, kind, transportSemantics
        )
        return resolution

    def _lookUp(
        self, name: str, port: int, family: int, kind: int, semantics: str
    ) -> list[IPv4Address | IPv6Address]:
        """Ask the system; in a thread. A name that can't be looked up has no addresses."""
        try:
            found = self._getAddressInfo(name, port, family, kind)
        except OSError:
            return []
        except UnicodeError:
            # The name can't be a host's name: one of its labels is empty or too long.
            return []
        addresses = [addressFromName(family, name, semantics) for family, _, _, _, name in found]
        return [address for address in addresses if address is not None]


class FirstIPv4Address:
    """Takes the addresses of a look-up and fires a Deferred with the first of IPv4."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: str | None = None
        self._resolution: IHostResolution | None = None
        self.result: Deferred[str] = Deferred(lambda deferred: self._cancel())

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Keep what the look-up can be given up by."""
        self._resolution = resolutionInProgress

    def addressResolved(self, address: IAddress) -> None:
        """Take the first one."""
        if self._found is None and isinstance(address, IPv4Address):
            self._found = address.host

    def resolutionComplete(self) -> None:
        """Fire."""
        if self.result.called:
            return
        if self._found is None:
            self.result.errback(DNSLookupError(f"no IPv4 address found for {self._name!r}"))
        else:
            self.result.callback(self._found)

    def _cancel(self) -> None:
        if self._resolution is not None:
            self._resolution.cancel()


@implementer(IResolverSimple)
class SimpleFromNameResolver:
    """A simple resolver that asks a name resolver."""

    def __init__(self, reactor: IReactorTime, resolver: Callable[[], IHostnameResolver]) -> None:
        """Adapt.

        Args:
            reactor: Ends look-ups that take too long.
            resolver: Returns the name resolver to ask.
        """
        self._reactor = reactor
        self._resolver = resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = SIMPLE_TIMEOUT) -> Deferred[str]:
        """Look up the IPv4 address of a host."""
        receiver = FirstIPv4Address(name)
        seconds = sum(timeout) if timeout else sum(SIMPLE_TIMEOUT)

        def tooLate() -> None:
            if not receiver.result.called:
                receiver.result.errback(
                    DNSLookupError(f"no answer about {name!r} within {seconds} seconds")
                )
                receiver._cancel()

        limit = self._reactor.callLater(seconds, tooLate)

        def finished(result: str | Failure) -> str | Failure:
            if limit.active():
                limit.cancel()
            return result

        self._resolver().resolveHostName(receiver, name, 0, [IPv4Address])
        return receiver.result.addBoth(finished)


@implementer(IHostnameResolver)
class NameFromSimpleResolver:
    """A name resolver that asks a simple one, and so has one IPv4 address at most."""

    def __init__(self, resolver: IResolverSimple) -> None:
        """Adapt.

        Args:
            resolver: The simple resolver to ask.
        """
        self.simple = resolver

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Begin to look a host up."""
        resolution = HostResolution(hostName, resolutionReceiver)
        if addressTypes is not None and IPv4Address not in addressTypes:
            resolution.complete([])
            return resolution

        def found(host: str) -> None:
            # Some simple resolvers give IPv6 addresses too, as text.
            address = literalAddress(host, portNumber, transportSemantics)
            wanted = address is not None and (addressTypes is None or type(address) in addressTypes)
            resolution.complete([address] if wanted and address is not None else [])

        def failed(failure: Failure) -> None:
            if failure.check(DNSLookupError, OSError) is None:
                _log.failure("The resolver failed for {name}", failure, name=hostName)
            resolution.complete([])

        self.simple.getHostByName(hostName).addCallbacks(found, failed)
        return resolution


# Synapse's tests import it by this name.
SimpleResolverComplexifier = NameFromSimpleResolver


class Resolving:
    """Which resolver a reactor uses: the system's until another one is installed."""

    def __init__(self, reactor: IReactorWithThreadsAndTime) -> None:
        """Use the system's resolver.

        Args:
            reactor: Whose threads and time are used.
        """
        self._reactor = reactor
        self._name: IHostnameResolver = GAIResolver(reactor)
        self._simple: IResolverSimple = ThreadedResolver(reactor)

    @property
    def nameResolver(self) -> IHostnameResolver:
        """The name resolver; it never asks anybody about literals."""
        return LiteralFirst(self._name)

    def installNameResolver(self, resolver: IHostnameResolver) -> IHostnameResolver:
        """Use another name resolver, for simple questions too; returns the one used before."""
        previous = self._name
        self._name = resolver
        self._simple = SimpleFromNameResolver(self._reactor, lambda: resolver)
        return previous

    def installResolver(self, resolver: IResolverSimple) -> IResolverSimple:
        """Use another simple resolver, for all questions; returns the one used before."""
        previous = self._simple
        self._simple = resolver
        if isinstance(resolver, ThreadedResolver):
            self._name = resolver.nameResolver
        elif isinstance(resolver, SimpleFromNameResolver):
            self._name = resolver._resolver()
        else:
            self._name = NameFromSimpleResolver(resolver)
        return previous

    def resolve(self, name: str, timeout: Sequence[int] = SIMPLE_TIMEOUT) -> Deferred[str]:
        """Look up the IPv4 address of a host; a literal is its own answer."""
        if not name:
            return succeed("0.0.0.0")
        if isinstance(literalAddress(name, 0, "TCP"), IPv4Address):
            return succeed(name)
        return self._simple.getHostByName(name, timeout)


@implementer(IResolverSimple)
class ThreadedResolver(SimpleFromNameResolver):
    """The system's resolver, asked for one IPv4 address."""

    def __init__(self, reactor: IReactorWithThreadsAndTime) -> None:
        """Make a resolver.

        Args:
            reactor: Whose threads and time are used.
        """
        self.nameResolver: IHostnameResolver = GAIResolver(reactor)
        super().__init__(reactor, lambda: self.nameResolver)


@implementer(IResolverSimple)
class BlockingResolver:
    """The system's resolver, asked in this thread: it blocks until there is an answer."""

    def getHostByName(self, name: str, timeout: Sequence[int] = SIMPLE_TIMEOUT) -> Deferred[str]:
        """Look up the IPv4 address of a host.

        Args:
            name: The name; an address is returned as it is.
            timeout: Not used: the system has its own.
        """
        try:
            return succeed(socket.gethostbyname(name))
        except OSError as error:
            return fail(DNSLookupError(f"no IPv4 address found for {name!r}: {error.strerror}"))


__all__ = [
    "BlockingResolver",
    "GAIResolver",
    "HostResolution",
    "LiteralFirst",
    "NameFromSimpleResolver",
    "Resolving",
    "SimpleFromNameResolver",
    "SimpleResolverComplexifier",
    "ThreadedResolver",
]
