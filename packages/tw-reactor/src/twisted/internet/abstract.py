"""`FileDescriptor`, the base class for transports over descriptors, and two questions on text."""

from twisted.internet._sockets._addressing import isIPAddress, isIPv6Address
from twisted.internet._sockets._filedescriptor import FileDescriptor

__all__ = ["FileDescriptor", "isIPAddress", "isIPv6Address"]
