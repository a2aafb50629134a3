"""TCP's ports, connectors and connections, under the names that existing code knows."""

from twisted.internet._sockets._connection import Connection, Server
from twisted.internet._sockets._connector import Client, Connector
from twisted.internet._sockets._port import Port

__all__ = ["Client", "Connection", "Connector", "Port", "Server"]
