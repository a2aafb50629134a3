"""UNIX sockets: ports, connectors and connections, under the names that existing code knows."""

from twisted.internet._sockets._unixconnection import PeerCredentials
from twisted.internet._sockets._unixconnection import UNIXClient as Client
from twisted.internet._sockets._unixconnection import UNIXServer as Server
from twisted.internet._sockets._unixconnector import UNIXConnector as Connector
from twisted.internet._sockets._unixdatagramport import (
    ConnectedUNIXDatagramPort as ConnectedDatagramPort,
)
from twisted.internet._sockets._unixdatagramport import UNIXDatagramPort as DatagramPort
from twisted.internet._sockets._unixport import UNIXPort as Port

__all__ = [
    "Client",
    "ConnectedDatagramPort",
    "Connector",
    "DatagramPort",
    "PeerCredentials",
    "Port",
    "Server",
]
