"""Transfers of a client: a data connection, the commands for it, and the end of both.

A data connection is made to where the control connection goes, whatever address the server names
in its reply to PASV, and a port for one takes it from there only.

While a transfer opens its data connection the queue of commands is held, so that nothing comes
between; nothing is asked of the server if the connection can not be made.
"""

from collections.abc import Callable, Sequence
from typing import cast

from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import (
    BindAddress,
    IConnector,
    IProtocol,
    IProtocolFactory,
    IReactorTCP,
    ITCPListeningPort,
    ITransport,
    TLSOptions,
)
from twisted.internet.protocol import ClientFactory, Protocol, connectionDone
from twisted.protocols.ftp import _errors
from twisted.protocols.ftp._addresses import (
    encodeExtendedAddress,
    encodeHostPort,
    extendedPassivePort,
    passiveAddress,
    plainHost,
)
from twisted.protocols.ftp._clientbasic import FTPClientBasic, FTPCommand
from twisted.protocols.ftp._clientdata import (
    DataFactory,
    FTPDataPortFactory,
    ProtocolWrapper,
    SenderProtocol,
)
from twisted.protocols.ftp._paths import checkPath
from twisted.python.failure import Failure

CONNECT_SECONDS = 30
"""How long to wait for a data connection."""

IDLE_DATA_SECONDS = 120
"""How long a data connection may be without a byte."""


class TransferringClient(FTPClientBasic):
    """A client that can transfer data; `FTPClient` says which.

    Attributes:
        passive: Whether data connections are made by this side (PASV or EPSV), not by the server.
        trustPasvAddr: Whether to connect to the host that the reply to PASV names, even if it is
            not that of the control connection.
        tlsOptions: Says how to be a client of TLS (`optionsForClientTLS`); everything is protected
            then, and nothing is asked of a server without TLS. None for no TLS. Set it before the
            connection is made.
        dataTimeout: How many seconds a data connection may be without a byte; None for any number.
        connectTimeout: How many seconds to wait for a data connection.
    """

    passive: int = 1
    trustPasvAddr: bool = False
    tlsOptions: TLSOptions | None = None
    dataTimeout: float | None = IDLE_DATA_SECONDS
    connectTimeout: float = CONNECT_SECONDS

    def __init__(self) -> None:
        super().__init__()
        self._running: set[_Transfer] = set()

    # The reactor

    def connectFactory(
        self,
        host: str,
        port: int,
        factory: ClientFactory,
        timeout: float = 30.0,
        bindAddress: BindAddress = None,
    ) -> IConnector:
        """Make a data connection; the reactor does it unless this is overridden.

        Args:
            host: Where to.
            port: The number of the port.
            factory: Builds the connection.
            timeout: How many seconds to wait.
            bindAddress: Where from.
        """
        return self._network().connectTCP(host, port, factory, timeout, bindAddress)

    def listenFactory(
        self, port: int, factory: IProtocolFactory, backlog: int = 50, interface: str = ""
    ) -> ITCPListeningPort:
        """Listen for a data connection; the reactor does it unless this is overridden.

        Args:
            port: The number of the port.
            factory: Builds the connection.
            backlog: How many connections may wait.
            interface: The address to listen on.
        """
        return self._network().listenTCP(port, factory, backlog, interface)

    def _network(self) -> IReactorTCP:
        if self.reactor is None:
            return defaultReactor(IReactorTCP)
        return cast(IReactorTCP, self.reactor)

    def _peerHost(self) -> str:
        return plainHost(str(getattr(self.transport.getPeer(), "host", "")))

    # Transfers

    def receiveFromConnection(
        self, commands: Sequence[str], protocol: IProtocol
    ) -> Deferred[list[str]]:
        """Open a data connection, send commands, and receive what comes of the last of them.

        Args:
            commands: The commands.
            protocol: Takes the data.

        Returns:
            A Deferred of the lines of the last reply, which fires when all data was received.
        """
        ended: Deferred[None] = Deferred()
        return self._transfer(commands, ProtocolWrapper(protocol, ended), ended)

    def sendToConnection(
        self, commands: Sequence[str]
    ) -> tuple[Deferred[SenderProtocol], Deferred[list[str]]]:
        """Open a data connection, send commands, and let data be sent.

        Args:
            commands: The commands.

        Returns:
            Two Deferreds: the first of a consumer, to which the data is written and whose `finish`
            is called then; the second of the lines of the last reply. If the first fails, the
            second fails for the same reason.
        """
        sender = SenderProtocol()
        done = self._transfer(commands, sender, sender.deferred)

        def neverConnected(failure: Failure) -> Failure:
            if not sender.connectedDeferred.called:
                sender.connectedDeferred.errback(failure)
            return failure

        done.addErrback(neverConnected)
        return sender.connectedDeferred, done

    def generatePortCommand(self, portCmd: FTPCommand) -> FTPDataPortFactory:
        """Listen for a data connection, and write the command that tells the server where.

        Args:
            portCmd: Gets the text.

        Returns:
            What takes the connection; its `connection` is to be set.

        Raises:
            CannotListenError: No port is free.
        """
        factory = FTPDataPortFactory()
        factory.peerHost = self._peerHost()
        host = plainHost(str(getattr(self.transport.getHost(), "host", "")))
        port = factory.port = self.listenFactory(0, factory, interface=host)
        number = port.getHost().port
        portCmd.text = (
            f"EPRT {encodeExtendedAddress(host, number)}"
            if ":" in host
            else f"PORT {encodeHostPort(host, number)}"
        )
        return factory

    def _transfer(
        self, commands: Sequence[str], protocol: IProtocol, ended: Deferred[None]
    ) -> Deferred[list[str]]:
        try:
            for command in commands:
                checkPath(command)
        except _errors.InvalidPath:
            return fail(Failure())
        return Deferred.fromCoroutine(_Transfer(self, protocol, ended).run(commands))

    def fail(self, error: Failure | Exception) -> None:
        """Let all commands and transfers fail, and close the connection."""
        super().fail(error)
        reason = error if isinstance(error, Failure) else Failure(error)
        for transfer in list(self._running):
            transfer.giveUp(reason)


class _Transfer:
    """One transfer of a client."""

    def __init__(
        self, client: TransferringClient, protocol: IProtocol, ended: Deferred[None]
    ) -> None:
        self._client = client
        self._ended = ended
        # Fires with the data connection, from when this side begins to connect.
        self._connected: Deferred[None] | None = None
        self._failure: Failure | None = None
        self._counts = False
        self._holds = False
        self._port: FTPDataPortFactory | None = None
        self._connector: IConnector | None = None
        self._isConnecting = False
        self._data = DataFactory(
            _Announcing(protocol, self._isConnected),
            self._neverConnected,
            client.dataTimeout,
            client.callLater,
            client.tlsOptions,
        )
        ended.addCallbacks(lambda _: self._uncount(), self._broken)

    async def run(self, commands: Sequence[str]) -> list[str]:
        """Do the transfer, and return the lines of the last reply."""
        client = self._client
        client._running.add(self)
        try:
            await (self._connects() if client.passive else self._listens())
            lines: list[str] = []
            for number, text in enumerate(commands, 1):
                command = FTPCommand(text, 1)
                command.holdsQueue = number < len(commands)
                client.actionQueue.appendleft(command)
                self._releases()
                lines = await command.deferred
                self._holds = command.holdsQueue
            await self._waitsForData()
            if self._failure is not None:
                raise self._failure.value
            return lines
        except _errors.CommandFailed:
            if self._failure is not None and self._failure.check(_errors.UnexpectedData):
                # That is why the server was disturbed.
                raise self._failure.value from None
            raise
        finally:
            client._running.discard(self)
            self._data.giveUp()
            self._uncount()
            if self._port is not None and self._port.port is not None:
                self._port.port.stopListening()
            if self._isConnecting and self._connector is not None:
                self._connector.stopConnecting()
            self._releases()

    async def _connects(self) -> None:
        """Let the server listen, and connect to it."""
        client = self._client
        opening = FTPCommand()
        opening.holdsQueue = True

        def choose() -> None:
            opening.text = "EPSV" if ":" in client._peerHost() else "PASV"

        opening.prepare = choose
        client.queueCommand(opening)
        lines = await opening.deferred
        self._holds = True
        host = client._peerHost()
        try:
            if opening.text == "EPSV":
                port = extendedPassivePort(lines[-1])
            else:
                named, port = passiveAddress(lines[-1])
                host = named if client.trustPasvAddr else host
        except ValueError as error:
            raise _errors.UnexpectedResponse(lines) from error
        self._isConnecting = True
        connected = self._connected = Deferred()
        self._connector = client.connectFactory(host, port, self._data, client.connectTimeout)
        await connected
        self._count()

    async def _listens(self) -> None:
        """Listen, and tell the server where."""
        client = self._client
        opening = FTPCommand()
        opening.holdsQueue = True
        self._data.connects = False

        def listen() -> None:
            self._port = client.generatePortCommand(opening)

        opening.prepare = listen
        client.queueCommand(opening)
        await opening.deferred
        self._holds = True
        assert self._port is not None
        # From now on it is waited for, not longer than for a byte.
        self._port.connection = self._data.buildProtocol(None)
        self._count()

    async def _waitsForData(self) -> None:
        """Wait for the end of the data, which can come after the reply."""
        if self._failure is None:
            over: Deferred[None] = Deferred()
            self._ended.addBoth(lambda _: over.callback(None))
            await over

    # What happens

    def giveUp(self, reason: Failure) -> None:
        """End it, whether the data connection is there or not.

        Args:
            reason: Why.
        """
        self._failed(reason)
        self._data.giveUp()

    def _isConnected(self) -> None:
        self._isConnecting = False
        if self._connected is not None and not self._connected.called:
            self._connected.callback(None)

    def _neverConnected(self, reason: Failure) -> None:
        """Learn that the data connection can not be made."""
        self._isConnecting = False
        self._failed(reason)

    def _failed(self, reason: Failure) -> None:
        """Let everything fail that waits for the data connection."""
        if not self._ended.called:
            self._ended.errback(reason)
        if self._connected is not None and not self._connected.called:
            self._connected.errback(reason)

    def _broken(self, failure: Failure) -> None:
        self._failure = self._failure or failure
        self._uncount()

    def _count(self) -> None:
        """Let the server take its time for replies, since data moves."""
        if self._failure is None and not self._ended.called:
            self._counts = True
            self._client._transfers += 1
            self._client._watch()

    def _uncount(self) -> None:
        if self._counts:
            self._counts = False
            self._client._transfers -= 1
            self._client._watch()

    def _releases(self) -> None:
        if self._holds:
            self._holds = False
            self._client._release()


class _Announcing(Protocol):
    """Hands everything on, and tells when the connection is there."""

    def __init__(self, protocol: IProtocol, made: Callable[[], object]) -> None:
        self._protocol = protocol
        self._made = made

    def makeConnection(self, transport: ITransport) -> None:
        self._protocol.makeConnection(transport)
        self._made()

    def dataReceived(self, data: bytes) -> None:
        self._protocol.dataReceived(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._protocol.connectionLost(reason)


__all__ = ["CONNECT_SECONDS", "IDLE_DATA_SECONDS", "TransferringClient"]
