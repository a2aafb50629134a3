"""The two reasons that `connectionLost` gets most often, and the way to install a reactor."""

from twisted.internet._reactorinstall import installReactor
from twisted.internet.error import ConnectionDone, ConnectionLost

CONNECTION_DONE = ConnectionDone()
"""Returned by `doRead` and `doWrite` of a descriptor whose connection ended in good order."""

CONNECTION_LOST = ConnectionLost()
"""Returned by `doRead` and `doWrite` of a descriptor whose connection broke."""

__all__ = ["CONNECTION_DONE", "CONNECTION_LOST", "installReactor"]
