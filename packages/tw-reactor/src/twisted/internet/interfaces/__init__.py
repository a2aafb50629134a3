"""All interfaces of the reactor's floor: the manual of `twisted.internet`.

Each is a zope interface when the program runs and a `typing.Protocol` to a type checker
(`twisted.python.components`). Where nothing else is said, everything is called on the thread that
runs the reactor, and nothing blocks. The rooms go by topic:

- `_protocols`, `_transports`, `_producers`, `_filesending`, `_addresses`: one connection and its
  two sides;
- `_tcp`, `_udp`, `_unix`, `_tls`, `_processes`, `_sockets`: what a reactor can open;
- `_endpoints`: places to connect to and to listen at, the level to begin with;
- `_reactorcore`, `_threads`, `_descriptors`, `_resolving`: the reactor itself;
- time (`IReactorTime`, `IDelayedCall`) is declared by tw-defer, which needs no more of a reactor.
"""

from twisted.internet._timeinterfaces import IDelayedCall, IReactorTime
from twisted.internet.interfaces._addresses import BindAddress, Binding, IAddress
from twisted.internet.interfaces._descriptors import (
    IFileDescriptor,
    IHalfCloseableDescriptor,
    ILoggingContext,
    IReactorFDSet,
    IReadDescriptor,
    IReadWriteDescriptor,
    IWriteDescriptor,
)
from twisted.internet.interfaces._endpoints import (
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.internet.interfaces._filesending import IFileSendingTransport, ReadableFile
from twisted.internet.interfaces._processes import (
    IProcessProtocol,
    IProcessTransport,
    IReactorProcess,
)
from twisted.internet.interfaces._producers import (
    IConsumer,
    IProducer,
    IPullProducer,
    IPushProducer,
)
from twisted.internet.interfaces._protocols import (
    IFileDescriptorReceiver,
    IHalfCloseableProtocol,
    IProtocol,
    IProtocolFactory,
)
from twisted.internet.interfaces._reactorcore import IReactorCore, IReactorDaemonize
from twisted.internet.interfaces._resolving import (
    IHostnameResolver,
    IHostResolution,
    IReactorPluggableNameResolver,
    IReactorPluggableResolver,
    IResolutionReceiver,
    IResolver,
    IResolverSimple,
)
from twisted.internet.interfaces._services import IServiceCollection
from twisted.internet.interfaces._sockets import IReactorSocket
from twisted.internet.interfaces._tcp import (
    IConnector,
    IListeningPort,
    IReactorTCP,
    IReactorTCP2,
    ITCPListeningPort,
)
from twisted.internet.interfaces._threads import (
    IReactorFromThreads,
    IReactorInThreads,
    IReactorThreads,
)
from twisted.internet.interfaces._tls import (
    IAcceptableCiphers,
    ICipher,
    IHandshakeListener,
    INegotiated,
    IOpenSSLClientConnectionCreator,
    IOpenSSLContextFactory,
    IOpenSSLServerConnectionCreator,
    IProtocolNegotiationFactory,
    IReactorSSL,
    ISSLTransport,
    ITLSTransport,
    OpenSSLConnection,
    OpenSSLContext,
    TLSOptions,
)
from twisted.internet.interfaces._transports import ISystemHandle, ITCPTransport, ITransport
from twisted.internet.interfaces._udp import (
    IMulticastTransport,
    IReactorMulticast,
    IReactorUDP,
    IUDPTransport,
)
from twisted.internet.interfaces._unix import (
    IReactorUNIX,
    IReactorUNIXDatagram,
    IUNIXDatagramConnectedTransport,
    IUNIXDatagramTransport,
    IUNIXTransport,
)
from twisted.internet.interfaces._win32 import IReactorWin32Events

__all__ = [
    "BindAddress",
    "Binding",
    "IAcceptableCiphers",
    "IAddress",
    "ICipher",
    "IConnector",
    "IConsumer",
    "IDelayedCall",
    "IFileDescriptor",
    "IFileDescriptorReceiver",
    "IFileSendingTransport",
    "IHalfCloseableDescriptor",
    "IHalfCloseableProtocol",
    "IHandshakeListener",
    "IHostResolution",
    "IHostnameResolver",
    "IListeningPort",
    "ILoggingContext",
    "IMulticastTransport",
    "INegotiated",
    "IOpenSSLClientConnectionCreator",
    "IOpenSSLContextFactory",
    "IOpenSSLServerConnectionCreator",
    "IProcessProtocol",
    "IProcessTransport",
    "IProducer",
    "IProtocol",
    "IProtocolFactory",
    "IProtocolNegotiationFactory",
    "IPullProducer",
    "IPushProducer",
    "IReactorCore",
    "IReactorDaemonize",
    "IReactorFDSet",
    "IReactorFromThreads",
    "IReactorInThreads",
    "IReactorMulticast",
    "IReactorPluggableNameResolver",
    "IReactorPluggableResolver",
    "IReactorProcess",
    "IReactorSSL",
    "IReactorSocket",
    "IReactorTCP",
    "IReactorTCP2",
    "IReactorThreads",
    "IReactorTime",
    "IReactorUDP",
    "IReactorUNIX",
    "IReactorUNIXDatagram",
    "IReactorWin32Events",
    "IReadDescriptor",
    "IReadWriteDescriptor",
    "IResolutionReceiver",
    "IResolver",
    "IResolverSimple",
    "ISSLTransport",
    "IServiceCollection",
    "IStreamClientEndpoint",
    "IStreamClientEndpointStringParserWithReactor",
    "IStreamServerEndpoint",
    "IStreamServerEndpointStringParser",
    "ISystemHandle",
    "ITCPListeningPort",
    "ITCPTransport",
    "ITLSTransport",
    "ITransport",
    "IUDPTransport",
    "IUNIXDatagramConnectedTransport",
    "IUNIXDatagramTransport",
    "IUNIXTransport",
    "IWriteDescriptor",
    "OpenSSLConnection",
    "OpenSSLContext",
    "ReadableFile",
    "TLSOptions",
]
