"""Connecting one protocol that exists already."""

from typing import TypeVar, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocol, IStreamClientEndpoint
from twisted.internet.protocol import Factory

_ProtocolT = TypeVar("_ProtocolT", bound=IProtocol)


def connectProtocol(endpoint: IStreamClientEndpoint, protocol: _ProtocolT) -> Deferred[_ProtocolT]:
    """Connect a protocol, where no factory is needed since there is only this one.

    Args:
        endpoint: Where to.
        protocol: What to connect.

    Returns:
        A Deferred with the protocol, after its `connectionMade`; or a failure, as
        `IStreamClientEndpoint.connect` has it. Cancelling it gives up the attempt.
    """

    class OneProtocol(Factory):
        noisy = False

        def buildProtocol(self, addr: object) -> IProtocol:
            return protocol

    return cast("Deferred[_ProtocolT]", endpoint.connect(OneProtocol()))
