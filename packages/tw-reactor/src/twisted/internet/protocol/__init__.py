"""Base classes of protocols and factories: what most programs subclass.

None of them has to be used: the reactor asks for `IProtocol` and `IProtocolFactory`
(`twisted.internet.interfaces`), and these are the convenient way to provide them.
"""

from twisted.internet.protocol._creator import ClientCreator
from twisted.internet.protocol._datagrams import (
    AbstractDatagramProtocol,
    ConnectedDatagramProtocol,
    DatagramProtocol,
)
from twisted.internet.protocol._factories import ClientFactory, Factory, ServerFactory
from twisted.internet.protocol._files import FileWrapper
from twisted.internet.protocol._processes import ProcessProtocol
from twisted.internet.protocol._reconnecting import ReconnectingClientFactory
from twisted.internet.protocol._streams import BaseProtocol, Protocol, connectionDone

__all__ = [
    "AbstractDatagramProtocol",
    "BaseProtocol",
    "ClientCreator",
    "ClientFactory",
    "ConnectedDatagramProtocol",
    "DatagramProtocol",
    "Factory",
    "FileWrapper",
    "ProcessProtocol",
    "Protocol",
    "ReconnectingClientFactory",
    "ServerFactory",
    "connectionDone",
]
