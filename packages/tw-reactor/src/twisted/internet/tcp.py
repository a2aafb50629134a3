"""TCP's ports, connectors and connections, under the names that existing code knows."""

from errno import errorcode

from twisted.internet._sockets._connection import Connection, Server
from twisted.internet._sockets._connector import Client, Connector
from twisted.internet._sockets._port import Port
from twisted.python.runtime import platformType

BaseClient = Client

__all__ = [
    "BaseClient",
    "Client",
    "Connection",
    "Connector",
    "Port",
    "Server",
    "errorcode",
    "platformType",
]
