"""SOCKS: servers that connect for others, and endpoints that connect through such servers.

A server is open to nobody until it is told whom it serves. `SOCKSv4Factory(None, rule)` speaks the
versions 4 and 4a, `SOCKSv5Factory(rule, checker)` version 5; a rule is a function that gets a
`SOCKSRequest`, and `allowLocalClients` is one. `SOCKS5ClientEndpoint`, `SOCKS4aClientEndpoint` and
`SOCKS4ClientEndpoint` connect through a proxy, and so do the descriptions `socks5:`, `socks4a:` and
`socks4:`.
"""

from twisted.protocols.socks._client import (
    SOCKS4aClientEndpoint,
    SOCKS4ClientEndpoint,
    SOCKS5ClientEndpoint,
)
from twisted.protocols.socks._refusals import (
    SOCKSConnectionRefusedError,
    SOCKSError,
    SOCKSLoginError,
    SOCKSNoRouteError,
    SOCKSTimedOutError,
)
from twisted.protocols.socks._requests import Rule, SOCKSRequest, allowLocalClients
from twisted.protocols.socks._server4 import (
    SOCKSv4,
    SOCKSv4Factory,
    SOCKSv4Incoming,
    SOCKSv4IncomingFactory,
    SOCKSv4Outgoing,
)
from twisted.protocols.socks._server5 import SOCKSv5, SOCKSv5Factory

__all__ = [
    "Rule",
    "SOCKS4ClientEndpoint",
    "SOCKS4aClientEndpoint",
    "SOCKS5ClientEndpoint",
    "SOCKSConnectionRefusedError",
    "SOCKSError",
    "SOCKSLoginError",
    "SOCKSNoRouteError",
    "SOCKSRequest",
    "SOCKSTimedOutError",
    "SOCKSv4",
    "SOCKSv4Factory",
    "SOCKSv4Incoming",
    "SOCKSv4IncomingFactory",
    "SOCKSv4Outgoing",
    "SOCKSv5",
    "SOCKSv5Factory",
    "allowLocalClients",
]
