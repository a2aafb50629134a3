"""Programs that are kept running: started again when they end, and stopped with the service.

`ProcessMonitor` is the service; the others are how it sees and logs what its programs do.
"""

from twisted.runner.procmon._logging import DummyTransport, LineLogger, LoggingProtocol, transport
from twisted.runner.procmon._monitor import ProcessMonitor

__all__ = ["DummyTransport", "LineLogger", "LoggingProtocol", "ProcessMonitor", "transport"]
