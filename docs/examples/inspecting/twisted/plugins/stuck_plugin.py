"""Makes the service a command: `twist stuck`."""

from twisted.application.service import ServiceMaker

stuck = ServiceMaker("Stuck", "stuck", "Wait for ever.", "stuck")
