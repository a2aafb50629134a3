"""UDP's ports, under the names that existing code knows."""

from twisted.internet._sockets._multicastport import MulticastPort
from twisted.internet._sockets._udpport import UDPPort as Port
from twisted.python.runtime import platformType

MulticastMixin = MulticastPort

__all__ = ["MulticastMixin", "MulticastPort", "Port", "platformType"]
