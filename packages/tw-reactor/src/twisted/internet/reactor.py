"""The default reactor of this process.

Importing this installs nothing: it is a stand-in until it is used for the first time, or until a
reactor was installed (`twisted.internet.main.installReactor`, `install()` of the module of a
reactor). To a type checker it is a module that has the methods of a reactor as its functions, so
it can be passed where a reactor is asked for. `twisted.internet.interfaces` is their manual.
"""

import sys
from typing import TYPE_CHECKING

from twisted.internet._reactorinstall import standIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from socket import AddressFamily
    from typing import Literal, ParamSpec

    from twisted.internet._timers import DelayedCall
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import (
        BindAddress,
        IConnector,
        IDelayedCall,
        IHostnameResolver,
        IListeningPort,
        IProcessProtocol,
        IProcessTransport,
        IProtocolFactory,
        IReadDescriptor,
        IResolverSimple,
        ITCPListeningPort,
        ITransport,
        IWriteDescriptor,
        TLSOptions,
    )
    from twisted.internet.protocol import (
        AbstractDatagramProtocol,
        ClientFactory,
        ConnectedDatagramProtocol,
        DatagramProtocol,
    )
    from twisted.python.threadpool import ThreadPool

    _P = ParamSpec("_P")

    running: bool
    nameResolver: IHostnameResolver

    # IReactorCore

    def run(installSignalHandlers: bool = True) -> None:
        """Run the loop until `stop` or `crash` is called."""

    def startRunning(installSignalHandlers: bool = True) -> None:
        """Start without entering the loop."""

    def stop() -> None:
        """Fire the shutdown event and let `run` return."""

    def crash() -> None:
        """Let `run` return as soon as it can, without the shutdown event."""

    def iterate(delay: float = 0.0) -> None:
        """Turn the loop once."""

    def fireSystemEvent(eventType: str) -> None:
        """Run the triggers of an event."""

    def addSystemEventTrigger(
        phase: str,
        eventType: str,
        callable: Callable[_P, object],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> object:
        """Have something called when an event is fired."""
        ...

    def removeSystemEventTrigger(triggerID: object) -> None:
        """Take back a trigger that was not called yet."""

    def callWhenRunning(
        callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> object | None:
        """Have something called when the reactor runs."""
        ...

    def resolve(name: str, timeout: Sequence[int] = (1, 3, 11, 45)) -> Deferred[str]:
        """Look up the IPv4 address of a host."""
        ...

    # IReactorTime

    def seconds() -> float:
        """Return the time of a clock that only goes forward, in seconds."""
        ...

    def callLater(
        delay: float, callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> DelayedCall:
        """Have something called later."""
        ...

    def getDelayedCalls() -> Sequence[IDelayedCall]:
        """Return the calls that are still to come."""
        ...

    # IReactorThreads

    def callFromThread(
        callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """Have something called on the reactor's thread, soon; for any thread."""

    def callInThread(
        callable: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None:
        """Have something called on a thread of the reactor's pool."""

    def getThreadPool() -> ThreadPool:
        """Return the reactor's pool."""
        ...

    def suggestThreadPoolSize(size: int) -> None:
        """Change how many threads the pool may have."""

    # IReactorProcess

    def spawnProcess(
        processProtocol: IProcessProtocol,
        executable: bytes | str,
        args: Iterable[bytes | str] = (),
        env: Mapping[str, str] | Mapping[bytes, bytes] | None = ...,
        path: bytes | str | None = None,
        uid: int | None = None,
        gid: int | None = None,
        usePTY: bool | tuple[int, int, str] = False,
        childFDs: Mapping[int, int | Literal["r", "w"]] | None = None,
    ) -> IProcessTransport:
        """Start a program."""
        ...

    # IReactorTCP, IReactorSSL

    def listenTCP(
        port: int, factory: IProtocolFactory, backlog: int = 50, interface: str = ""
    ) -> ITCPListeningPort:
        """Take TCP connections, from now on."""
        ...

    def connectTCP(
        host: str,
        port: int,
        factory: ClientFactory,
        timeout: float = 30.0,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Connect to a TCP port."""
        ...

    def listenSSL(
        port: int,
        factory: IProtocolFactory,
        contextFactory: TLSOptions,
        backlog: int = 50,
        interface: str = "",
    ) -> ITCPListeningPort:
        """Take TLS connections on a TCP port, from now on."""
        ...

    def connectSSL(
        host: str,
        port: int,
        factory: ClientFactory,
        contextFactory: TLSOptions,
        timeout: float = 30.0,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Connect to a TCP port and speak TLS at once."""
        ...

    # IReactorUDP, IReactorMulticast

    def listenUDP(
        port: int,
        protocol: AbstractDatagramProtocol,
        interface: str = "",
        maxPacketSize: int = 8192,
    ) -> IListeningPort:
        """Open a UDP port and hand what arrives to a protocol."""
        ...

    def listenMulticast(
        port: int,
        protocol: AbstractDatagramProtocol,
        interface: str = "",
        maxPacketSize: int = 8192,
        listenMultiple: bool = False,
    ) -> IListeningPort:
        """Open a UDP port that can join multicast groups."""
        ...

    # IReactorSocket

    def adoptStreamPort(
        fileDescriptor: int, addressFamily: AddressFamily, factory: IProtocolFactory
    ) -> IListeningPort:
        """Take connections from a socket that listens already."""
        ...

    def adoptStreamConnection(
        fileDescriptor: int, addressFamily: AddressFamily, factory: IProtocolFactory
    ) -> ITransport:
        """Go on with a connection that was accepted or made elsewhere."""
        ...

    def adoptDatagramPort(
        fileDescriptor: int,
        addressFamily: AddressFamily,
        protocol: AbstractDatagramProtocol,
        maxPacketSize: int = 8192,
    ) -> IListeningPort:
        """Receive datagrams from a socket that is bound already."""
        ...

    # IReactorUNIX

    def listenUNIX(
        address: str | bytes,
        factory: IProtocolFactory,
        backlog: int = 50,
        mode: int = 0o666,
        wantPID: bool = False,
    ) -> IListeningPort:
        """Take connections on a UNIX socket, from now on."""
        ...

    def connectUNIX(
        address: str | bytes,
        factory: ClientFactory,
        timeout: float = 30,
        checkPID: bool = False,
    ) -> IConnector:
        """Connect to a UNIX socket."""
        ...

    # IReactorUNIXDatagram

    def listenUNIXDatagram(
        address: str | bytes,
        protocol: DatagramProtocol,
        maxPacketSize: int = 8192,
        mode: int = 0o666,
        wantPID: bool = False,
    ) -> IListeningPort:
        """Open a UNIX datagram socket and hand what arrives to a protocol."""
        ...

    def connectUNIXDatagram(
        address: str | bytes,
        protocol: ConnectedDatagramProtocol,
        maxPacketSize: int = 8192,
        mode: int = 0o666,
        bindAddress: str | bytes | None = None,
    ) -> IConnector:
        """Open a UNIX datagram socket with one peer."""
        ...

    # IReactorFDSet

    def addReader(reader: IReadDescriptor) -> None:
        """Call the reader's `doRead` whenever its descriptor is readable."""

    def addWriter(writer: IWriteDescriptor) -> None:
        """Call the writer's `doWrite` whenever its descriptor is writable."""

    def removeReader(reader: IReadDescriptor) -> None:
        """Stop watching for readability."""

    def removeWriter(writer: IWriteDescriptor) -> None:
        """Stop watching for writability."""

    def removeAll() -> list[IReadDescriptor | IWriteDescriptor]:
        """Stop watching everything."""
        ...

    def getReaders() -> list[IReadDescriptor]:
        """Return what is watched for readability."""
        ...

    def getWriters() -> list[IWriteDescriptor]:
        """Return what is watched for writability."""
        ...

    # IReactorPluggableResolver, IReactorPluggableNameResolver

    def installResolver(resolver: IResolverSimple) -> IResolverSimple:
        """Look up all names by another resolver from now on; returns the one before."""
        ...

    def installNameResolver(resolver: IHostnameResolver) -> IHostnameResolver:
        """Look up all names by another resolver from now on; returns the one before."""
        ...


standIn(sys.modules[__name__])
