"""The command line of `twist shout`, and the service that it makes."""

from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import IService
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.python import usage

from shout import Shout


class Options(usage.Options):
    """The options that `twist shout --help` shows."""

    # Long name, short name, default, help text.
    optParameters = [["endpoint", "e", "tcp:8007:interface=127.0.0.1", "Where to listen."]]


def makeService(options: usage.Options) -> IService:
    """Return the service that the command line asks for."""
    endpoint = serverFromString(reactor, options["endpoint"])
    return StreamServerEndpointService(endpoint, Factory.forProtocol(Shout))
