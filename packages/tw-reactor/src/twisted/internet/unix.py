"""UNIX sockets: ports, connectors and connections, under the names that existing code knows."""

from twisted.internet._sockets._unixconnection import PeerCredentials
from twisted.internet._sockets._unixconnection import UNIXClient as Client
from twisted.internet._sockets._unixconnection import UNIXServer as Server
from twisted.internet._sockets._unixconnector import UNIXConnector as Connector
from twisted.internet._sockets._unixport import UNIXPort as Port

__all__ = ["Client", "Connector", "PeerCredentials", "Port", "Server"]
