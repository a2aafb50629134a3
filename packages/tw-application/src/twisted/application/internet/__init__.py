"""Services that are ready to be used.

`StreamServerEndpointService` listens at an endpoint and `ClientService` keeps a connection to one;
`TimerService` calls a function again and again, `CooperatorService` works on many tasks in turns.

The others, from `TCPServer` to `UNIXDatagramClient`, are named after methods of the reactor and
take their arguments.
"""

from twisted.application.internet._backoff import backoffPolicy
from twisted.application.internet._clients import (
    SSLClient,
    TCPClient,
    UNIXClient,
    UNIXDatagramClient,
)
from twisted.application.internet._clientservice import ClientService
from twisted.application.internet._cooperatorservice import CooperatorService
from twisted.application.internet._endpointservice import StreamServerEndpointService
from twisted.application.internet._servers import (
    MulticastServer,
    SSLServer,
    TCPServer,
    UDPServer,
    UNIXDatagramServer,
    UNIXServer,
)
from twisted.application.internet._timerservice import TimerService

__all__ = [
    "ClientService",
    "CooperatorService",
    "MulticastServer",
    "SSLClient",
    "SSLServer",
    "StreamServerEndpointService",
    "TCPClient",
    "TCPServer",
    "TimerService",
    "UDPServer",
    "UNIXClient",
    "UNIXDatagramClient",
    "UNIXDatagramServer",
    "UNIXServer",
    "backoffPolicy",
]
