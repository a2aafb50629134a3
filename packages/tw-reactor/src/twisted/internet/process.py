"""Child processes: their transports, this side's ends of their pipes, and the reaping."""

from twisted.internet._processes._baseprocess import BaseProcess
from twisted.internet._processes._launch import detector
from twisted.internet._processes._pipes import ProcessReader, ProcessWriter
from twisted.internet._processes._process import Process
from twisted.internet._processes._ptyprocess import PTYProcess
from twisted.internet._processes._reaping import (
    reapAllProcesses,
    reapProcessHandlers,
    registerReapProcessHandler,
    unregisterReapProcessHandler,
)
from twisted.internet.error import ProcessExitedAlready

__all__ = [
    "BaseProcess",
    "PTYProcess",
    "Process",
    "ProcessExitedAlready",
    "ProcessReader",
    "ProcessWriter",
    "detector",
    "reapAllProcesses",
    "reapProcessHandlers",
    "registerReapProcessHandler",
    "unregisterReapProcessHandler",
]
