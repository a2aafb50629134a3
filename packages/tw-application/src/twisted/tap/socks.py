"""The command `socks`: a proxy that speaks SOCKS 4 and 4a.

It serves clients of this machine; one that is open to everybody is soon found and misused.
"""

from collections.abc import Sequence
from typing import Any

from twisted.application.internet import TCPServer
from twisted.protocols.socks import SOCKSv4Factory, allowLocalClients
from twisted.python.usage import CompleteFiles, CompleteNetInterfaces, Completions, portCoerce
from twisted.python.usage import Options as UsageOptions


class Options(UsageOptions):
    """The options of `twistd socks`."""

    synopsis = "[-i <interface>] [-p <port>] [-l <file>]"
    longdesc = "A proxy of SOCKS 4 and 4a for clients of this machine."
    optParameters: Sequence[Sequence[Any]] = [
        ["interface", "i", "127.0.0.1", "The address to listen on."],
        ["port", "p", 1080, "The port to listen on.", portCoerce],
        ["log", "l", None, "Write all that is passed on into this file."],
    ]
    compData: Completions | None = Completions(
        optActions={"log": CompleteFiles("*.log"), "interface": CompleteNetInterfaces()}
    )


def makeService(config: UsageOptions) -> TCPServer:
    """Return a service that is such a proxy.

    Args:
        config: The options.
    """
    factory = SOCKSv4Factory(config["log"], allowLocalClients)
    return TCPServer(config["port"], factory, interface=config["interface"])


__all__ = ["Options", "makeService"]
