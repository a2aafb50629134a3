"""Teach every program the descriptions loopback:PORT, for both ends, which this machine alone sees."""

from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import (
    IReactorTCP,
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from twisted.python.components import implementer

HOST = "127.0.0.1"


def number(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise ValueError(f"a port is a number up to 65535, not {text!r}")


@implementer(IPlugin, IStreamServerEndpointStringParser)
class LoopbackServer:
    prefix = "loopback"

    def parseStreamServer(self, reactor: IReactorTCP, port: str) -> IStreamServerEndpoint:
        return TCP4ServerEndpoint(reactor, number(port), interface=HOST)


@implementer(IPlugin, IStreamClientEndpointStringParserWithReactor)
class LoopbackClient:
    prefix = "loopback"

    def parseStreamClient(self, reactor: IReactorTCP, port: str) -> IStreamClientEndpoint:
        return TCP4ClientEndpoint(reactor, HOST, number(port))


server = LoopbackServer()
client = LoopbackClient()
