"""Endpoints: places to listen at and to connect to, as objects and as texts.

A program that takes descriptions from its user (`serverFromString`, `clientFromString`) works over
every kind of connection that there is a plugin for.
"""

from twisted.internet.endpoints._adopted import AdoptedStreamServerEndpoint
from twisted.internet.endpoints._connectprotocol import connectProtocol
from twisted.internet.endpoints._descriptions import parse as _parse
from twisted.internet.endpoints._descriptions import quoteStringArgument
from twisted.internet.endpoints._fromstring import clientFromString, serverFromString
from twisted.internet.endpoints._hostname import HostnameEndpoint
from twisted.internet.endpoints._process import ProcessAsConnection as _WrapIProtocol
from twisted.internet.endpoints._process import ProcessEndpoint, StandardErrorBehavior
from twisted.internet.endpoints._standardio import StandardIOEndpoint
from twisted.internet.endpoints._tcp import (
    TCP4ClientEndpoint,
    TCP4ServerEndpoint,
    TCP6ClientEndpoint,
    TCP6ServerEndpoint,
)
from twisted.internet.endpoints._tls import (
    SSL4ClientEndpoint,
    SSL4ServerEndpoint,
    wrapClientTLS,
    wrapServerTLS,
)
from twisted.internet.endpoints._unix import UNIXClientEndpoint, UNIXServerEndpoint
from twisted.plugin import getPlugins

__all__ = [
    "AdoptedStreamServerEndpoint",
    "HostnameEndpoint",
    "ProcessEndpoint",
    "SSL4ClientEndpoint",
    "SSL4ServerEndpoint",
    "StandardErrorBehavior",
    "StandardIOEndpoint",
    "TCP4ClientEndpoint",
    "TCP4ServerEndpoint",
    "TCP6ClientEndpoint",
    "TCP6ServerEndpoint",
    "UNIXClientEndpoint",
    "UNIXServerEndpoint",
    "_WrapIProtocol",
    "_parse",
    "clientFromString",
    "connectProtocol",
    "getPlugins",
    "quoteStringArgument",
    "serverFromString",
    "wrapClientTLS",
    "wrapServerTLS",
]
