"""Shows what goes on inside a service that runs, over a UNIX socket.

`InspectionService` listens there while a service runs; `run` is the command `twisted-inspect` that
asks it. `Inspection` is what it knows: services, connections, what waits, timers and levels of the
log, the last of which can be changed.
"""

from twisted.application.inspection._command import main, run
from twisted.application.inspection._inspection import Inspection, InspectionError
from twisted.application.inspection._service import InspectionService

__all__ = ["Inspection", "InspectionError", "InspectionService", "main", "run"]
