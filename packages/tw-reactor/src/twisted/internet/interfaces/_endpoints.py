"""Endpoints: places to listen at or to connect to, as objects.

An endpoint knows where; the factory knows what. Making one has no effect; each `listen` or
`connect` does its thing once more.
"""

from typing import TYPE_CHECKING

from twisted.internet.interfaces._protocols import IProtocol, IProtocolFactory
from twisted.internet.interfaces._tcp import IListeningPort
from twisted.python.components import Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred


class IStreamClientEndpoint(Interface):
    """A place to connect to."""

    def connect(self, protocolFactory: IProtocolFactory) -> "Deferred[IProtocol]":
        """Connect, and build a protocol for the connection.

        Args:
            protocolFactory: Builds the protocol. Its `doStart` and `doStop` are called, nothing of
                `ClientFactory` is needed.

        Returns:
            A Deferred with the protocol that was built, after its `connectionMade`; or a failure:
            `ConnectError` and its subclasses, or `ConnectingCancelledError` when the Deferred was
            cancelled, which gives up the attempt.
        """
        ...


class IStreamServerEndpoint(Interface):
    """A place to listen at."""

    def listen(self, protocolFactory: IProtocolFactory) -> "Deferred[IListeningPort]":
        """Take connections, from now on.

        Args:
            protocolFactory: Builds the protocol for each connection.

        Returns:
            A Deferred with the port, whose `stopListening` ends it; or a failure with
            `CannotListenError`.
        """
        ...


class IStreamServerEndpointStringParser(Interface):
    """A plugin that makes server endpoints from descriptions (`serverFromString`).

    An object of this kind in a module of the package `twisted.plugins` teaches every program that
    takes descriptions one more type.
    """

    @property
    def prefix(self) -> str:
        """The type: what stands before the first colon of a description."""
        ...

    def parseStreamServer(
        self, reactor: object, /, *args: str, **kwargs: str
    ) -> IStreamServerEndpoint:
        """Make the endpoint of a description.

        Called by `serverFromString`, on the reactor's thread. Declare the arguments that the type
        has by name; a description that does not fit is then refused.

        Args:
            reactor: The reactor that the endpoint is for.
            args: The arguments of the description that have no name.
            kwargs: Those that have one (`name=value`).

        Raises:
            ValueError: An argument is wrong. The text is shown to the user of the program.
        """
        ...


class IStreamClientEndpointStringParserWithReactor(Interface):
    """A plugin that makes client endpoints from descriptions (`clientFromString`)."""

    @property
    def prefix(self) -> str:
        """The type: what stands before the first colon of a description."""
        ...

    def parseStreamClient(
        self, reactor: object, /, *args: str, **kwargs: str
    ) -> IStreamClientEndpoint:
        """Make the endpoint of a description.

        Called by `clientFromString`, on the reactor's thread. Declare the arguments that the type
        has by name; a description that does not fit is then refused.

        Args:
            reactor: The reactor that the endpoint is for.
            args: The arguments of the description that have no name.
            kwargs: Those that have one (`name=value`).

        Raises:
            ValueError: An argument is wrong. The text is shown to the user of the program.
        """
        ...
