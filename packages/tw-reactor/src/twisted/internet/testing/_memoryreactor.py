"""Reactors without a network: they note what they are asked for.

A test looks into `tcpServers`, `tcpClients` and the others, takes the factory that it finds there,
builds a protocol with it and connects that to a memory transport.
"""

from collections.abc import Callable, Sequence
from socket import AF_INET6, AF_UNIX, AddressFamily
from typing import ParamSpec, cast

from twisted.internet.address import IPv4Address, IPv6Address, TransportType, UNIXAddress
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError, ReactorAlreadyRunning, ReactorNotRunning
from twisted.internet.interfaces import (
    BindAddress,
    IAddress,
    IConnector,
    IHostnameResolver,
    IListeningPort,
    IProtocolFactory,
    IReactorCore,
    IReactorFDSet,
    IReactorPluggableNameResolver,
    IReactorSocket,
    IReactorSSL,
    IReactorTCP,
    IReactorTime,
    IReactorUNIX,
    IReadDescriptor,
    ITCPListeningPort,
    ITransport,
    IWriteDescriptor,
    TLSOptions,
)
from twisted.internet.protocol import AbstractDatagramProtocol, ClientFactory
from twisted.internet.task import Clock
from twisted.internet.testing._memoryports import (
    MemoryNameResolver,
    _FakeConnector,
    _FakePort,
    _FakeTCPPort,
    addressOf,
    literalsOf,
)
from twisted.internet.testing._stringtransport import StringTransport
from twisted.python.components import classImplements

_P = ParamSpec("_P")

Hook = tuple[Callable[..., object], tuple[object, ...], dict[str, object]]
"""Something to be called, with its arguments."""

PHASES = ("before", "during", "after")


def _addressOfFamily(addressFamily: AddressFamily, transport: TransportType) -> IAddress:
    """Return an address that a socket of a family may have."""
    if addressFamily == AF_UNIX:
        return UNIXAddress(b"")
    if addressFamily == AF_INET6:
        return IPv6Address(transport, "::", 1234)
    return IPv4Address(transport, "0.0.0.0", 1234)


class MemoryReactor:
    """A reactor that opens nothing and notes everything.

    Attributes:
        tcpServers: Each `listenTCP`: port, factory, backlog, interface.
        tcpClients: Each `connectTCP`: host, port, factory, timeout, bindAddress.
        sslServers: Each `listenSSL`: port, factory, contextFactory, backlog, interface.
        sslClients: Each `connectSSL`: host, port, factory, contextFactory, timeout, bindAddress.
        unixServers: Each `listenUNIX`: address, factory, backlog, mode, wantPID.
        unixClients: Each `connectUNIX`: address, factory, timeout, checkPID.
        adoptedPorts: Each `adoptStreamPort` (descriptor, family, factory) and
            `adoptDatagramPort` (descriptor, family, protocol, maxPacketSize).
        adoptedStreamConnections: Each `adoptStreamConnection`: descriptor, family, factory.
        connectors: What the connecting methods returned, in order.
        readers: What is watched for readability.
        writers: What is watched for writability.
        triggers: The system event triggers: by phase, then by event.
        whenRunningHooks: What `callWhenRunning` was called with before the reactor ran.
        hosts: The addresses of names, for `resolve` and the name resolver; literals need none.
        nameResolver: The name resolver in use.
        running: Whether it runs.
        hasInstalled: Whether `install` was called.
        hasRun: Whether `run` was called.
        hasStopped: Whether `stop` was called, or `run` came to its end.
        hasCrashed: Whether `crash` was called.
    """

    def __init__(self) -> None:
        self.hasInstalled: bool = False
        self.running: bool = False
        self.hasRun: bool = False
        self.hasStopped: bool = False
        self.hasCrashed: bool = False
        self.whenRunningHooks: list[Hook] = []
        self.triggers: dict[str, dict[str, list[Hook]]] = {phase: {} for phase in PHASES}
        self.tcpServers: list[tuple[int, IProtocolFactory, int, str]] = []
        self.tcpClients: list[tuple[str, int, ClientFactory, float, BindAddress]] = []
        self.sslServers: list[tuple[int, IProtocolFactory, TLSOptions, int, str]] = []
        self.sslClients: list[tuple[str, int, ClientFactory, TLSOptions, float, BindAddress]] = []
        self.unixServers: list[tuple[str | bytes, IProtocolFactory, int, int, bool]] = []
        self.unixClients: list[tuple[str | bytes, ClientFactory, float, bool]] = []
        self.adoptedPorts: list[
            tuple[int, AddressFamily, IProtocolFactory]
            | tuple[int, AddressFamily, AbstractDatagramProtocol, int]
        ] = []
        self.adoptedStreamConnections: list[tuple[int, AddressFamily, IProtocolFactory]] = []
        self.connectors: list[_FakeConnector] = []
        self.readers: set[IReadDescriptor] = set()
        self.writers: set[IWriteDescriptor] = set()
        self.hosts: dict[str, Sequence[str]] = {}
        self.nameResolver: IHostnameResolver = MemoryNameResolver(self.hosts)

    # IReactorCore

    def install(self) -> None:
        """Note it: for tests of what chooses and installs reactors."""
        self.hasInstalled = True

    def resolve(self, name: str, timeout: object = 10) -> Deferred[str]:
        """Look up the first IPv4 address of a name in `hosts`.

        Args:
            name: The name; an address is returned as it is.
            timeout: Not looked at.
        """
        for literal in literalsOf(self.hosts, name):
            if isinstance(addressOf(literal, 0), IPv4Address):
                return succeed(literal)
        return fail(DNSLookupError(name))

    def run(self) -> None:
        """Call what waits for the reactor to run, then stop, if nobody did before.

        No system event is fired; a test does that by `fireSystemEvent`.

        Raises:
            ReactorAlreadyRunning: It is running.
        """
        if self.running:
            raise ReactorAlreadyRunning
        self.running = True
        self.hasRun = True
        hooks, self.whenRunningHooks = self.whenRunningHooks, []
        for function, args, kwargs in hooks:
            function(*args, **kwargs)
        if self.running:
            self.stop()

    def stop(self) -> None:
        """Note it, and run no longer.

        Raises:
            ReactorNotRunning: It is not running.
        """
        if not self.running:
            raise ReactorNotRunning
        self.running = False
        self.hasStopped = True

    def crash(self) -> None:
        """Note it, and run no longer."""
        self.running = False
        self.hasCrashed = True

    def iterate(self, delay: float = 0) -> None:
        """Do nothing: nothing ever happens by itself.

        Args:
            delay: Not looked at.
        """

    def fireSystemEvent(self, eventType: str) -> None:
        """Call the triggers of an event, phase by phase; Deferreds are not waited for.

        Args:
            eventType: The event.
        """
        for phase in PHASES:
            for function, args, kwargs in self.triggers[phase].pop(eventType, []):
                function(*args, **kwargs)

    def addSystemEventTrigger(
        self,
        phase: str,
        eventType: str,
        callable: Callable[_P, object],
        /,
        *args: _P.args,
        **kw: _P.kwargs,
    ) -> object:
        """Note it in `triggers`.

        Args:
            phase: `"before"`, `"during"` or `"after"`.
            eventType: The event.
            callable: What to call.
            args: Its arguments.
            kw: Its keyword arguments.

        Returns:
            What `removeSystemEventTrigger` takes.

        Raises:
            KeyError: There is no such phase.
        """
        hook: Hook = (callable, args, kw)
        self.triggers[phase].setdefault(eventType, []).append(hook)
        return phase, eventType, hook

    def removeSystemEventTrigger(self, triggerID: object) -> None:
        """Take a trigger back.

        Args:
            triggerID: What `addSystemEventTrigger` returned.

        Raises:
            ValueError: It is not there any more.
        """
        phase, eventType, hook = cast("tuple[str, str, Hook]", triggerID)
        self.triggers[phase].get(eventType, []).remove(hook)

    def callWhenRunning(
        self, callable: Callable[_P, object], /, *args: _P.args, **kw: _P.kwargs
    ) -> None:
        """Call something at once if the reactor runs; else note it in `whenRunningHooks`.

        Args:
            callable: What to call.
            args: Its arguments.
            kw: Its keyword arguments.
        """
        if self.running:
            callable(*args, **kw)
        else:
            self.whenRunningHooks.append((callable, args, kw))

    # IReactorTCP

    def listenTCP(
        self, port: int, factory: IProtocolFactory, backlog: int = 50, interface: str = ""
    ) -> ITCPListeningPort:
        """Note it in `tcpServers`; see `IReactorTCP` for the arguments."""
        self.tcpServers.append((port, factory, backlog, interface))
        return _FakeTCPPort(addressOf(interface or "0.0.0.0", port))

    def connectTCP(
        self,
        host: str,
        port: int,
        factory: ClientFactory,
        timeout: float = 30,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Note it in `tcpClients`; see `IReactorTCP` for the arguments."""
        self.tcpClients.append((host, port, factory, timeout, bindAddress))
        return self._connecting(addressOf(host, port), factory)

    def _connecting(self, address: IAddress, factory: ClientFactory) -> IConnector:
        """Return the connector of an attempt, and tell the factory that it began."""
        connector = _FakeConnector(address)
        self.connectors.append(connector)
        factory.startedConnecting(connector)
        return connector

    # IReactorSSL

    def listenSSL(
        self,
        port: int,
        factory: IProtocolFactory,
        contextFactory: TLSOptions,
        backlog: int = 50,
        interface: str = "",
    ) -> ITCPListeningPort:
        """Note it in `sslServers`; see `IReactorSSL` for the arguments."""
        self.sslServers.append((port, factory, contextFactory, backlog, interface))
        return _FakeTCPPort(addressOf(interface or "0.0.0.0", port))

    def connectSSL(
        self,
        host: str,
        port: int,
        factory: ClientFactory,
        contextFactory: TLSOptions,
        timeout: float = 30,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Note it in `sslClients`; see `IReactorSSL` for the arguments."""
        self.sslClients.append((host, port, factory, contextFactory, timeout, bindAddress))
        return self._connecting(addressOf(host, port), factory)

    # IReactorUNIX

    def listenUNIX(
        self,
        address: str | bytes,
        factory: IProtocolFactory,
        backlog: int = 50,
        mode: int = 0o666,
        wantPID: bool = False,
    ) -> IListeningPort:
        """Note it in `unixServers`; see `IReactorUNIX` for the arguments."""
        self.unixServers.append((address, factory, backlog, mode, wantPID))
        return _FakePort(UNIXAddress(address))

    def connectUNIX(
        self,
        address: str | bytes,
        factory: ClientFactory,
        timeout: float = 30,
        checkPID: bool = False,
    ) -> IConnector:
        """Note it in `unixClients`; see `IReactorUNIX` for the arguments."""
        self.unixClients.append((address, factory, timeout, checkPID))
        return self._connecting(UNIXAddress(address), factory)

    # IReactorSocket

    def adoptStreamPort(
        self, fileDescriptor: int, addressFamily: AddressFamily, factory: IProtocolFactory
    ) -> IListeningPort:
        """Note it in `adoptedPorts`; see `IReactorSocket` for the arguments."""
        self.adoptedPorts.append((fileDescriptor, addressFamily, factory))
        return _FakePort(_addressOfFamily(addressFamily, "TCP"))

    def adoptStreamConnection(
        self, fileDescriptor: int, addressFamily: AddressFamily, factory: IProtocolFactory
    ) -> ITransport:
        """Note it in `adoptedStreamConnections`; see `IReactorSocket` for the arguments."""
        self.adoptedStreamConnections.append((fileDescriptor, addressFamily, factory))
        return StringTransport()

    def adoptDatagramPort(
        self,
        fileDescriptor: int,
        addressFamily: AddressFamily,
        protocol: AbstractDatagramProtocol,
        maxPacketSize: int = 8192,
    ) -> IListeningPort:
        """Note it in `adoptedPorts`; see `IReactorSocket` for the arguments."""
        self.adoptedPorts.append((fileDescriptor, addressFamily, protocol, maxPacketSize))
        return _FakePort(_addressOfFamily(addressFamily, "UDP"))

    # IReactorFDSet

    def addReader(self, reader: IReadDescriptor) -> None:
        """Note it in `readers`."""
        self.readers.add(reader)

    def removeReader(self, reader: IReadDescriptor) -> None:
        """Take it out of `readers`."""
        self.readers.discard(reader)

    def addWriter(self, writer: IWriteDescriptor) -> None:
        """Note it in `writers`."""
        self.writers.add(writer)

    def removeWriter(self, writer: IWriteDescriptor) -> None:
        """Take it out of `writers`."""
        self.writers.discard(writer)

    def removeAll(self) -> list[IReadDescriptor | IWriteDescriptor]:
        """Take everything out of `readers` and `writers`, and return it."""
        removed: set[IReadDescriptor | IWriteDescriptor] = {*self.readers, *self.writers}
        self.readers.clear()
        self.writers.clear()
        return list(removed)

    def getReaders(self) -> list[IReadDescriptor]:
        """Return what is in `readers`."""
        return list(self.readers)

    def getWriters(self) -> list[IWriteDescriptor]:
        """Return what is in `writers`."""
        return list(self.writers)

    # IReactorPluggableNameResolver

    def installNameResolver(self, resolver: IHostnameResolver) -> IHostnameResolver:
        """Use another name resolver, and return the one in use before."""
        previous, self.nameResolver = self.nameResolver, resolver
        return previous


classImplements(
    MemoryReactor,
    IReactorCore,
    IReactorTCP,
    IReactorSSL,
    IReactorUNIX,
    IReactorSocket,
    IReactorFDSet,
    IReactorPluggableNameResolver,
)


class MemoryReactorClock(MemoryReactor, Clock):
    """A memory reactor with a clock that the test turns."""

    def __init__(self) -> None:
        MemoryReactor.__init__(self)
        Clock.__init__(self)


classImplements(MemoryReactorClock, IReactorTime)
