"""Standard input and output as a transport."""

from twisted.internet._processes._pipes import PipeAddress
from twisted.internet._processes._stdio import StandardIO

__all__ = ["PipeAddress", "StandardIO"]
