"""The Session Initiation Protocol over UDP (RFC 3261): messages, a stateless proxy, a registrar.

`MessagesParser` makes messages (`Request`, `Response`) of bytes; `URL`, `Via` and the functions
beside them read and write what stands in their headers. `Base` sends and receives messages, `Proxy`
passes them on to where an `ILocator` says, and `RegisterProxy` registers users besides:

    registry = InMemoryRegistry("example.com")
    proxy = RegisterProxy(host="192.0.2.1")
    proxy.registry = proxy.locator = registry
    reactor.listenUDP(PORT, proxy)

What is no message is dropped; who has sent a request that goes wrong gets a response that says so.
"""

from twisted.protocols.sip._authorizers import DigestAuthorizer, IAuthorizer, IContact
from twisted.protocols.sip._base import Base
from twisted.protocols.sip._errors import RegistrationError, SIPError
from twisted.protocols.sip._messages import Message, Request, Response
from twisted.protocols.sip._messagesparser import MessagesParser
from twisted.protocols.sip._names import (
    PORT,
    dashCapitalize,
    longHeaders,
    shortHeaders,
    specialCases,
    statusCodes,
)
from twisted.protocols.sip._proxy import Proxy
from twisted.protocols.sip._registerproxy import RegisterProxy
from twisted.protocols.sip._registry import ILocator, InMemoryRegistry, IRegistry, Registration
from twisted.protocols.sip._urls import URL, cleanRequestURL, parseAddress, parseURL, unq
from twisted.protocols.sip._via import Via, parseViaHeader

__all__ = [
    "PORT",
    "URL",
    "Base",
    "DigestAuthorizer",
    "IAuthorizer",
    "IContact",
    "ILocator",
    "IRegistry",
    "InMemoryRegistry",
    "Message",
    "MessagesParser",
    "Proxy",
    "RegisterProxy",
    "Registration",
    "RegistrationError",
    "Request",
    "Response",
    "SIPError",
    "Via",
    "cleanRequestURL",
    "dashCapitalize",
    "longHeaders",
    "parseAddress",
    "parseURL",
    "parseViaHeader",
    "shortHeaders",
    "specialCases",
    "statusCodes",
    "unq",
]
