"""The factories of both ends."""

from collections.abc import Callable
from typing import cast

from twisted.cred.credentials import ICredentials, UsernamePassword
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IAddress, IConnector
from twisted.internet.protocol import ClientFactory, ServerFactory
from twisted.python.components import adapt
from twisted.python.failure import Failure
from twisted.spread._broker import Broker
from twisted.spread._logins import logIn
from twisted.spread._referenceable import IPBRoot, Referenceable
from twisted.spread._references import RemoteReference
from twisted.spread._tasters import Taster, globalSecurity


class PBClientFactory(ClientFactory[Broker]):
    """Connects to a server, whose root object or avatars can then be had.

    `getRootObject` and `login` may be called before the connection is there, and any number of
    times.

    Attributes:
        protocol: What is built for the connection.
        unsafeTracebacks: Whether the server gets the tracebacks of errors in objects that it calls.
        security: Says which objects go through.
    """

    __module__ = "twisted.spread.pb"

    protocol: Callable[[], Broker] | None = Broker
    unsafeTracebacks: bool = False

    def __init__(self, unsafeTracebacks: bool = False, security: Taster = globalSecurity) -> None:
        """Make a factory.

        Args:
            unsafeTracebacks: Whether the server gets the tracebacks of errors in objects that it
                calls.
            security: Says which objects go through.
        """
        self.unsafeTracebacks = unsafeTracebacks
        self.security: Taster = security
        self.rootObjectRequests: list[Deferred[RemoteReference]] = []
        self._broker: Broker | None = None
        self._connectors = 0

    def buildProtocol(self, addr: IAddress | None) -> Broker:
        """Return a broker for the connection.

        Args:
            addr: The address of the server.
        """
        build = cast(Callable[..., Broker], self.protocol)
        broker = build(isClient=True, security=self.security)
        broker.factory = self
        return broker

    def startedConnecting(self, connector: IConnector) -> None:
        """Learn that a connector tells how it goes; endpoints do not."""
        self._connectors += 1

    def clientConnectionFailed(self, connector: IConnector, reason: Failure) -> None:
        """Fail what waits for the connection."""
        self._failAll(reason)

    def clientConnectionLost(
        self, connector: IConnector, reason: Failure, reconnecting: bool | int = 0
    ) -> None:
        """Fail what waits for the connection.

        Args:
            connector: What made the connection.
            reason: Why it is gone.
            reconnecting: Whether it is made anew: then what came too late for this one waits for
                the next.
        """
        self._broker = None
        if not reconnecting:
            self._failAll(reason)

    def brokerLost(self, broker: Broker, reason: Failure) -> None:
        """Learn from a broker that its connection is gone.

        Args:
            broker: The broker.
            reason: Why it is gone.
        """
        if self._broker is broker:
            self._broker = None
        if not self._connectors:
            self._failAll(reason)

    def stopFactory(self) -> None:
        """Fail what waits for a connection that will not come."""
        if self._broker is None and not self._connectors:
            self._failAll(Failure(ConnectionLost("no connection is being made any more")))

    def clientConnectionMade(self, broker: Broker) -> None:
        """Give the root object to whoever waits for it.

        Args:
            broker: The connection, which is ready.
        """
        self._broker = broker
        requests, self.rootObjectRequests = self.rootObjectRequests, []
        for deferred in requests:
            if not deferred.called:
                deferred.callback(broker.remoteForName(b"root"))

    def _failAll(self, reason: Failure) -> None:
        requests, self.rootObjectRequests = self.rootObjectRequests, []
        for deferred in requests:
            if not deferred.called:
                deferred.errback(reason)

    def getRootObject(self) -> Deferred[RemoteReference]:
        """Return a Deferred of a reference to the server's root object.

        It fails with the reason if there is no connection, or none any more.
        """
        if self._broker is not None and not self._broker.disconnected:
            return succeed(self._broker.remoteForName(b"root"))
        deferred: Deferred[RemoteReference] = Deferred(self._forget)
        self.rootObjectRequests.append(deferred)
        return deferred

    def _forget(self, deferred: Deferred[RemoteReference]) -> None:
        self.rootObjectRequests.remove(deferred)

    def login(
        self, credentials: ICredentials, client: Referenceable | None = None
    ) -> Deferred[RemoteReference]:
        """Log in at a server with a portal; any number of users can share one connection.

        A password is not sent: the server asks something that only who knows it can answer.

        Args:
            credentials: `Anonymous()`, or a name and a password (`UsernamePassword`).
            client: What the server can call from the login on; the realm gets it as the mind.

        Returns:
            A Deferred of a reference to the avatar. Keep it: the session ends when it is let go.
            The Deferred fails as that of `getRootObject` does, with a `CopiedFailure` of
            `UnauthorizedLogin` if the server refuses, and with `UnhandledCredentials` if it takes
            other credentials to log in.
        """
        deferred: Deferred[RemoteReference] = self.getRootObject().addCallback(
            logIn, credentials, client
        )
        return deferred

    # A factory of Buildbot logs in anew at each connection, by these two.

    @property
    def _root(self) -> RemoteReference | None:
        """The root object of the server, while there is a connection."""
        return None if self._broker is None else self._broker.remoteForName(b"root")

    def _cbSendUsername(
        self,
        root: RemoteReference,
        username: bytes,
        password: bytes,
        client: Referenceable | None,
    ) -> Deferred[RemoteReference]:
        """Log in with the root object of a connection."""
        return logIn(root, UsernamePassword(username, password), client)

    def disconnect(self) -> None:
        """Close the connection, if there is one."""
        if self._broker is not None:
            self._broker.transport.loseConnection()


class PBServerFactory(ServerFactory[Broker]):
    """Serves a root object, or lets users log in.

    Attributes:
        protocol: What is built for each connection.
        root: Provides the object that clients get first.
        unsafeTracebacks: Whether clients get the tracebacks of errors in objects that they call.
        security: Says which objects go through.
    """

    __module__ = "twisted.spread.pb"

    protocol: Callable[[], Broker] | None = Broker
    unsafeTracebacks: bool = False

    def __init__(
        self,
        root: IPBRoot | Portal,
        unsafeTracebacks: bool = False,
        security: Taster = globalSecurity,
    ) -> None:
        """Make a factory.

        Args:
            root: A `Root`, a `Portal`, or whatever else can be adapted to `IPBRoot`.
            unsafeTracebacks: Whether clients get the tracebacks of errors in objects that they call.
            security: Says which objects go through.

        Raises:
            TypeError: It is no root.
        """
        self.root: IPBRoot = adapt(IPBRoot, root)
        self.unsafeTracebacks = unsafeTracebacks
        self.security: Taster = security

    def buildProtocol(self, addr: IAddress | None) -> Broker:
        """Return a broker for a connection.

        Args:
            addr: The address of the client.
        """
        build = cast(Callable[..., Broker], self.protocol)
        broker = build(isClient=False, security=self.security)
        broker.factory = self
        broker.setNameForLocal(b"root", self.root.rootObject(broker))
        return broker

    def clientConnectionMade(self, protocol: Broker) -> None:
        """Learn that a client can begin to call.

        Args:
            protocol: Its connection.
        """


__all__ = ["PBClientFactory", "PBServerFactory"]
