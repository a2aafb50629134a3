"""Services that are ready to be used.

`StreamServerEndpointService` listens at an endpoint, `TimerService` calls a function again and
again, `CooperatorService` works on many tasks in turns.
"""

from twisted.application.internet._cooperatorservice import CooperatorService
from twisted.application.internet._endpointservice import StreamServerEndpointService
from twisted.application.internet._timerservice import TimerService

__all__ = ["CooperatorService", "StreamServerEndpointService", "TimerService"]
