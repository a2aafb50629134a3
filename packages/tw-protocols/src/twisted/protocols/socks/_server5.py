"""A server of SOCKS 5 (RFC 1928) that makes connections, with names and passwords (RFC 1929) or without.

It serves nobody, unless it has a checker of credentials, a rule, or both.
"""

from collections.abc import Callable
from inspect import isawaitable
from typing import cast

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials, UsernamePassword
from twisted.cred.error import LoginFailed
from twisted.cred.portal import AvatarId
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, connectProtocol
from twisted.internet.endpoints._hostname import IReactorForNames
from twisted.internet.error import (
    ConnectionRefusedError,
    DNSLookupError,
    NoRouteError,
    TCPTimedOutError,
    TimeoutError,
)
from twisted.internet.interfaces import IAddress, IProtocol, IPushProducer
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.protocols.socks._messages5 import (
    CONNECTION_REFUSED,
    FAILED,
    HOST_UNREACHABLE,
    NOT_ALLOWED,
    SUCCEEDED,
    TIMED_OUT,
    Event,
    GaveUp,
    LoginTried,
    Request5,
    Send,
    Server5,
    reply5,
)
from twisted.protocols.socks._requests import Rule, SOCKSRequest
from twisted.protocols.socks._serving import NotAllowed, OtherEnd, ServingProtocol
from twisted.python.components import provides
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.protocols.socks")

_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (NotAllowed, NOT_ALLOWED),
    (ConnectionRefusedError, CONNECTION_REFUSED),
    (NoRouteError, HOST_UNREACHABLE),
    (DNSLookupError, HOST_UNREACHABLE),
    (TimeoutError, TIMED_OUT),
    (TCPTimedOutError, TIMED_OUT),
    (CancelledError, TIMED_OUT),
)


class SOCKSv5(ServingProtocol):
    """The connection of a client that speaks SOCKS 5.

    Attributes:
        rule: Says what is granted; None for all to clients that have logged in, and nothing to
            others.
        checker: Says whose a name and a password are; None to ask for none.
        user: Who has logged in, as the checker says; empty before that.
    """

    def __init__(
        self,
        rule: Rule | None = None,
        checker: ICredentialsChecker | None = None,
        reactor: IReactorForNames | None = None,
    ) -> None:
        """Make a protocol.

        Args:
            rule: Says what is granted; None for all to clients that have logged in.
            checker: Says whose a name and a password are; None to ask for none.
            reactor: What looks up names and makes connections; the default reactor if None.
        """
        super().__init__(reactor)
        self.rule = rule
        self.checker = checker
        self.user: bytes = b""
        self._machine: Server5 | None = Server5(checker is not None)

    def dataReceived(self, data: bytes) -> None:
        """Take bytes of the negotiation, and pass on what follows.

        Args:
            data: What has arrived.
        """
        if self._junction is not None:
            self._junction.received(self.transport, data)
        elif self._isClosing:
            return
        elif self._machine is None:
            # It came in spite of the pause.
            self._early += data
        else:
            self._machine.receive(data)
            self._proceed(self._machine)

    def _proceed(self, machine: Server5) -> None:
        """Do what the client wants, as far as it has said it."""
        while not self._isClosing:
            event = machine.next()
            if event is None:
                return
            self._do(machine, event)

    def _do(self, machine: Server5, event: Event) -> None:
        match event:
            case Send(data):
                self.transport.write(data)
            case LoginTried(user, password):
                self._logIn(machine, user, password)
            case Request5():
                self._machine = None
                self._serve(machine.rest, self.connectSeconds, self._connect(event))
            case GaveUp(data, why):
                self._say(why)
                self._isClosing = True
                self.transport.write(data)
                self.transport.loseConnection()

    # Logging in

    def _logIn(self, machine: Server5, user: bytes, password: bytes) -> None:
        assert self.checker is not None, "without one, no password is asked for"
        self._pause(True)
        check = cast("Callable[[ICredentials], Deferred[AvatarId]]", self.checker.requestAvatarId)
        checked = maybeDeferred(check, UsernamePassword(user, password))
        # Kept before it can fire: what comes next may put something else in its place.
        self._working = cast("Deferred[None]", checked)
        checked.addCallbacks(
            self._loggedIn, self._notLoggedIn, callbackArgs=(machine,), errbackArgs=(machine,)
        )

    def _loggedIn(self, avatarId: AvatarId, machine: Server5) -> None:
        self._working = None
        if self._isClosing:
            return
        self.user = avatarId or b""
        self._do(machine, machine.decide(True))
        self._pause(False)
        self._proceed(machine)

    def _notLoggedIn(self, failure: Failure, machine: Server5) -> None:
        self._working = None
        if self._isClosing:
            return
        if failure.check(LoginFailed) is None:
            _log.failure("the checker failed", failure=failure)
        self._do(machine, machine.decide(False))

    def _pause(self, paused: bool) -> None:
        if provides(IPushProducer, self.transport):
            transport = cast(IPushProducer, self.transport)
            (transport.pauseProducing if paused else transport.resumeProducing)()

    # Connecting

    async def _connect(self, request: Request5) -> None:
        if self.rule is None and self.checker is None:
            raise NotAllowed("nobody may be, before SOCKSv5Factory has a rule or a checker")

        async def allow(address: IPv4Address | IPv6Address) -> bool:
            if self.rule is None:
                return True
            answer = self.rule(
                SOCKSRequest(
                    version=5,
                    command="connect",
                    address=address,
                    host=request.host,
                    user=self.user,
                    client=self.transport.getPeer(),
                )
            )
            return bool(await answer if isawaitable(answer) else answer)

        def connect(address: IPv4Address | IPv6Address) -> Deferred[OtherEnd]:
            kind = TCP6ClientEndpoint if isinstance(address, IPv6Address) else TCP4ClientEndpoint
            endpoint = kind(self._reactor(), address.host, address.port)
            return connectProtocol(endpoint, OtherEnd(self))

        other = await self._connectTo(request.host, request.port, allow, connect)
        self.transport.write(reply5(SUCCEEDED, other.transport.getHost()))
        self._join(other)

    def _refused(self, error: BaseException) -> None:
        code = next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)
        self.transport.write(reply5(code))
        self.transport.loseConnection()


class SOCKSv5Factory(Factory[SOCKSv5]):
    """Serves clients that speak SOCKS 5.

    Attributes:
        protocol: What builds the protocols.
        rule: Says what is granted; None for all to clients that have logged in, and nothing to
            others.
        checker: Says whose a name and a password are; None to ask for none.
        reactor: What looks up names and makes connections; the default reactor if None.
    """

    # Unlike the protocol of an ordinary factory, it takes arguments.
    protocol: Callable[..., SOCKSv5] = SOCKSv5  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        rule: Rule | None = None,
        checker: ICredentialsChecker | None = None,
        reactor: IReactorForNames | None = None,
    ) -> None:
        """Make a factory. Without a rule and without a checker, it serves nobody.

        Args:
            rule: Says what is granted; `allowLocalClients`, or a function of your own. None for
                all to clients that have logged in.
            checker: Says whose a name and a password are: what tw-cred has, or one of your own.
                None to ask for none.
            reactor: What looks up names and makes connections; the default reactor if None.
        """
        self.rule = rule
        self.checker = checker
        self.reactor = reactor

    def buildProtocol(self, addr: IAddress | None) -> SOCKSv5:
        """Build the protocol of a client.

        Args:
            addr: Where it is.
        """
        protocol = self.protocol(self.rule, self.checker, self.reactor)
        protocol.factory = cast("Factory[IProtocol]", self)
        return protocol


__all__ = ["SOCKSv5", "SOCKSv5Factory"]
