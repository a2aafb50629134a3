"""Commands after which the connection speaks another protocol."""

from typing import TYPE_CHECKING, Any
from typing import Protocol as TypingProtocol

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IAddress, IProtocol
from twisted.internet.protocol import Protocol
from twisted.protocols.amp._binaryprotocol import BinaryBoxProtocol
from twisted.protocols.amp._boxes import AmpBox
from twisted.protocols.amp._commands import Command
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.protocols.amp._dispatcher import BoxDispatcher
    from twisted.protocols.amp._interfaces import IBoxSender


class InnerFactory(TypingProtocol):
    """What builds the protocol that a client switches to."""

    def buildProtocol(self, addr: IAddress) -> IProtocol | None:
        """Return the protocol."""
        ...


class _SwitchBox(AmpBox):
    """An answer after which the connection speaks another protocol."""

    __slots__ = ("_innerProtocol",)

    def __init__(self, innerProtocol: Protocol) -> None:
        super().__init__()
        self._innerProtocol = innerProtocol

    def _sendTo(self, proto: "IBoxSender") -> None:
        super()._sendTo(proto)
        connectionOf(proto)._switchTo(self._innerProtocol)


class ProtocolSwitchCommand(Command):
    """A command after which the connection speaks another protocol; made to be subclassed.

    The responder returns the protocol that its side speaks from then on. The caller gives a
    factory, whose `buildProtocol` is called when the answer is there, and its `clientConnectionLost`
    and `clientConnectionFailed` when the connection ends or is not switched. No box can be sent
    meanwhile, nor after.
    """

    def __init__(self, _protoToSwitchToFactory: InnerFactory, **kw: Any) -> None:  # noqa: ANN401 - what they take
        """Make a request, which is not sent yet.

        Args:
            _protoToSwitchToFactory: Builds the protocol.
            kw: The arguments.

        Raises:
            InvalidSignature: One is missing.
        """
        self.protoToSwitchToFactory = _protoToSwitchToFactory
        super().__init__(**kw)

    @classmethod
    def makeResponse(  # pyright: ignore[reportIncompatibleMethodOverride]  # it is called so
        cls,
        innerProto: Any,  # noqa: ANN401 - as in Command
        proto: object,
    ) -> AmpBox:
        """Return the box after which the connection is switched.

        Args:
            innerProto: The protocol that the responder returned.
            proto: The protocol that will send it.

        Raises:
            TypeError: It is no protocol.
        """
        if not isinstance(innerProto, Protocol):
            raise TypeError(
                f"a responder of {cls.__name__} has to return a Protocol, not {innerProto!r}"
            )
        return _SwitchBox(innerProto)

    def _doCommand(self, proto: "BoxDispatcher") -> Deferred[Any] | None:
        connection = connectionOf(proto)
        answer = super()._doCommand(proto)
        if answer is None:
            raise TypeError(f"{type(self).__name__} has to have an answer to switch after")
        connection._lockForSwitch()
        factory = self.protoToSwitchToFactory

        def switch(response: object) -> object:
            inner = factory.buildProtocol(connection.transport.getPeer())
            if not isinstance(inner, Protocol):
                connection.transport.loseConnection()
                raise TypeError(f"{factory!r} has to build a Protocol, not {inner!r}")
            connection._switchTo(inner, factory)
            return response

        def stay(failure: Failure) -> Failure:
            connection._unlockFromSwitch()
            failed = getattr(factory, "clientConnectionFailed", None)
            if failed is not None:
                failed(None, Failure(ConnectionLost()))
            return failure

        return answer.addCallbacks(switch, stay)


def connectionOf(proto: object) -> BinaryBoxProtocol:
    """Return the protocol that something was called on.

    Raises:
        TypeError: It is none that has a connection.
    """
    if not isinstance(proto, BinaryBoxProtocol):
        raise TypeError(f"a connection can only be changed through its own protocol, not {proto!r}")
    return proto


__all__ = ["InnerFactory", "ProtocolSwitchCommand", "connectionOf"]
