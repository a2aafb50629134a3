"""How a program ends: the client tells the server to stop."""

from typing import Any

from twisted.internet import reactor
from twisted.spread import pb


class Root(pb.Root):
    """Stops its program when it is told so."""

    def remote_close(self) -> None:
        reactor.stop()


async def close(root: Any) -> None:
    """End the server, which answers this before it ends, or not."""
    await root.callRemote("close").addErrback(lambda failure: failure.trap(pb.PBConnectionLost))
