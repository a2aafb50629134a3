"""The commands about data connections: how they are opened, protected, and where they begin.

A port that listens for a client takes one connection, from the host of that client, and is closed
then. A port of the client's is only connected to if it is on the host of that client and no port
of a system service: so the server can not be made to speak to somebody else (RFC 2577).
"""

from collections.abc import Callable
from typing import Protocol, cast

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import (
    IConnector,
    IListeningPort,
    IProtocolFactory,
    IReactorTime,
    TLSOptions,
)
from twisted.protocols.ftp import _errors, _replies
from twisted.protocols.ftp._addresses import (
    decodeExtendedAddress,
    decodeHostPort,
    encodeHostPort,
    plainHost,
)
from twisted.protocols.ftp._commands import parseNumber
from twisted.protocols.ftp._control import CommandResult, ControlConnection
from twisted.protocols.ftp._dtp import DTP, DTPFactory

CONNECT_SECONDS = 10
"""How long to wait for a data connection."""

IDLE_DATA_SECONDS = 120
"""How long a data connection may be without a byte."""

LOWEST_DATA_PORT = 1024
"""The lowest port of a client that is connected to."""


class _StartsTLS(Protocol):
    """A transport of ours, which can be the server of TLS though it has connected."""

    def startTLS(self, contextFactory: TLSOptions, normal: bool = True) -> None:
        """Speak TLS from here on."""


class DataControl(ControlConnection):
    """A control connection that opens data connections.

    Attributes:
        dtpFactory: What makes the next data connection; None if none was asked for.
        dtpInstance: The data connection, if it is there.
        dtpPort: The port that listens for it, or what connects.
        dtpTimeout: How many seconds to wait for it.
        dataTimeout: How many seconds it may be without a byte; None for any number.
        passivePortRange: The ports that are tried, in order; 0 is any that is free.
        passiveAddress: The address of IPv4 to name in the reply to PASV, where clients know this
            host by another; the own address if None.
        allowForeignDataHosts: Whether a data connection may be with another host than the client's.
        lowestDataPort: The lowest port of a client that is connected to.
        binary: Whether files are transferred as they are, and not as lines of text.
        tlsOptions: Says how to be a server of TLS; None if there is no TLS.
        requireTLS: Whether logging in and transfers need TLS.
        isSecure: Whether the control connection speaks TLS.
        protectsData: Whether data connections speak TLS.
    """

    dtpFactory: DTPFactory | None = None
    dtpInstance: DTP | None = None
    dtpPort: IListeningPort | IConnector | None = None
    dtpTimeout: float = CONNECT_SECONDS
    dataTimeout: float | None = IDLE_DATA_SECONDS
    passivePortRange: range = range(1)
    passiveAddress: str | None = None
    allowForeignDataHosts: bool = False
    lowestDataPort: int = LOWEST_DATA_PORT
    binary: bool = True
    tlsOptions: TLSOptions | None = None
    requireTLS: bool = False
    isSecure: bool = False
    protectsData: bool = False

    _offset: int = 0
    _onlyExtended: bool = False
    _hasBufferSize: bool = False
    # Where to connect for the next transfer.
    _target: tuple[str, int] | None = None

    def listenFactory(
        self, port: int, factory: IProtocolFactory, backlog: int = 50, interface: str = ""
    ) -> IListeningPort:
        """Listen for a data connection; the reactor does it unless this is overridden.

        Args:
            port: The number of the port; 0 for any that is free.
            factory: Builds the connection.
            backlog: How many connections may wait.
            interface: The address to listen on.
        """
        return self._network().listenTCP(port, factory, backlog, interface)

    # Opening

    def ftp_PASV(self) -> CommandResult:
        """Listen for a data connection, over IPv4."""
        self._wantsNoExtended()
        host = self._ownHost()
        if ":" in host:
            raise _errors.PASVIPv6NotImplementedError
        port = self._listens(host)
        return _replies.ENTERING_PASV_MODE, encodeHostPort(self.passiveAddress or host, port)

    def ftp_EPSV(self, protocol: str = "") -> CommandResult:
        """Listen for a data connection (RFC 2428).

        Args:
            protocol: The number of a network protocol, or ALL to take no other command of this
                kind any more; that of the control connection if empty.
        """
        if protocol.upper() == "ALL":
            self._onlyExtended = True
            return _replies.EPSV_ALL_OK
        host = self._ownHost()
        if protocol:
            self._wantsProtocol("EPSV", protocol, host)
        return _replies.ENTERING_EPSV_MODE, self._listens(host)

    def ftp_PORT(self, address: str) -> CommandResult:
        """Connect to the client for the next transfer.

        Args:
            address: Its host and port, in six numbers.
        """
        self._wantsNoExtended()
        try:
            host, port = decodeHostPort(address)
        except ValueError:
            raise _errors.CmdArgSyntaxError("PORT") from None
        return self._targets(host, port)

    def ftp_EPRT(self, extendedAddress: str) -> CommandResult:
        """Connect to the client for the next transfer (RFC 2428).

        Args:
            extendedAddress: Its protocol, host and port.
        """
        self._wantsNoExtended()
        try:
            protocol, host, port = decodeExtendedAddress(extendedAddress)
        except ValueError:
            raise _errors.CmdArgSyntaxError("EPRT") from None
        self._wantsProtocol("EPRT", protocol, self._peerHost())
        return self._targets(host, port)

    def _targets(self, host: str, port: int) -> CommandResult:
        if host in ("0.0.0.0", "::"):
            # So say clients that do not know their address, as lftp does with several connections.
            host = self._peerHost()
        isForeign = not self.allowForeignDataHosts and plainHost(host) != self._peerHost()
        if isForeign or port < max(1, self.lowestDataPort):
            raise _errors.CmdNotImplementedForArgError("This address")
        self.cleanupDTP()
        self._target = host, port
        self.dtpFactory = DTPFactory(self, host, self._dtpReactor())
        return _replies.ENTERING_PORT_MODE

    def _listens(self, host: str) -> int:
        self.cleanupDTP()
        peer = None if self.allowForeignDataHosts else self._peerHost()
        factory = DTPFactory(self, peer, self._dtpReactor())
        port = self.getDTPPort(factory, host)
        self.dtpFactory, self.dtpPort = factory, port
        factory.setTimeout(self.dtpTimeout)
        # A port must not stay open for whoever comes later.
        factory.deferred.addBoth(self._closesPort, port)
        return int(getattr(port.getHost(), "port", 0))

    def getDTPPort(self, factory: IProtocolFactory, interface: str = "") -> IListeningPort:
        """Listen on the first port of the range that is free.

        Args:
            factory: Builds the connection.
            interface: The address to listen on.

        Raises:
            FTPCmdError: None of them is free.
        """
        for number in self.passivePortRange:
            try:
                return self.listenFactory(number, factory, interface=interface)
            except CannotListenError:
                continue
        raise _errors._OtherError(_replies.CANT_OPEN_DATA_CNX)

    def _closesPort(self, result: object, port: IListeningPort) -> object:
        maybeDeferred(port.stopListening)
        return result

    def openedData(self) -> Deferred[DTP]:
        """Return a Deferred of the data connection, and tell the client that it is opened.

        Raises:
            FTPCmdError: None was asked for, or it is not protected and has to be.
        """
        if self.requireTLS and not self.protectsData:
            raise _errors._OtherError(_replies.DATA_MUST_BE_PROTECTED)
        factory = self.dtpFactory
        if factory is None:
            raise _errors._OtherError(_replies.CANT_OPEN_DATA_CNX)
        if self.dtpInstance is not None:
            self.reply(_replies.DATA_CNX_ALREADY_OPEN_START_XFR)
        else:
            self.reply(_replies.FILE_STATUS_OK_OPEN_DATA_CNX)
        target, self._target = self._target, None
        if target is not None:
            factory.setTimeout(self.dtpTimeout)
            # Where the connection comes from matters to the firewalls of clients: the same host.
            self.dtpPort = self._network().connectTCP(
                *target, factory, self.dtpTimeout, (self._ownHost(), 0)
            )
        return factory.deferred

    def cleanupDTP(self) -> None:
        """Close the data connection and the port for it, if they are there."""
        factory, self.dtpFactory = self.dtpFactory, None
        instance, self.dtpInstance = self.dtpInstance, None
        port, self.dtpPort = self.dtpPort, None
        self._target = None
        if factory is not None:
            factory.cancelTimeout()
            factory.deferred.addErrback(lambda failure: None)
            factory.deferred.cancel()
        if instance is not None:
            instance.abort()
        stop: Callable[[], object] | None = getattr(port, "stopListening", None)
        if stop is not None:
            maybeDeferred(stop)
        elif port is not None and instance is None:
            cast(IConnector, port).stopConnecting()

    # Addresses

    def _dtpReactor(self) -> IReactorTime | None:
        return cast("IReactorTime | None", self.reactor)

    def _ownHost(self) -> str:
        return plainHost(str(getattr(self.transport.getHost(), "host", "")))

    def _peerHost(self) -> str:
        return plainHost(str(getattr(self.transport.getPeer(), "host", "")))

    def _wantsNoExtended(self) -> None:
        if self._onlyExtended:
            raise _errors.BadCmdSequenceError("Only EPSV is taken after EPSV ALL")

    def _wantsProtocol(self, command: str, protocol: str, host: str) -> None:
        """Refuse another network protocol than that of the control connection."""
        own = "2" if ":" in host else "1"
        if protocol in ("1", "2"):
            if protocol != own:
                raise _errors.UnsupportedNetworkProtocolError(own)
        elif protocol.isascii() and protocol.isdecimal():
            raise _errors.UnsupportedNetworkProtocolError(own)
        else:
            raise _errors.CmdArgSyntaxError(command)

    # What is sent over it

    def ftp_TYPE(self, type: str) -> CommandResult:
        """Choose whether files are transferred as they are, or as lines of text.

        Args:
            type: I, L 8, A or A N.
        """
        kind, _, form = type.upper().partition(" ")
        method = getattr(self, f"type_{kind}", None)
        if method is None or not kind.isalpha():
            return self.type_UNKNOWN(type)
        return cast(CommandResult, method(form))

    def type_A(self, code: str) -> CommandResult:
        """Transfer lines of text.

        Args:
            code: N or nothing: the text is not for a printer.
        """
        if code not in ("", "N"):
            return self.type_UNKNOWN(f"A {code}")
        self.binary = False
        return _replies.TYPE_SET_OK, "A"

    def type_I(self, code: str) -> CommandResult:
        """Transfer files as they are.

        Args:
            code: Nothing.
        """
        if code:
            return self.type_UNKNOWN(f"I {code}")
        self.binary = True
        return _replies.TYPE_SET_OK, "I"

    def type_L(self, code: str) -> CommandResult:
        """Transfer files as they are, as bytes of eight bits.

        Args:
            code: How many bits a byte has.
        """
        return self.type_I("") if code == "8" else self.type_UNKNOWN(f"L {code}")

    def type_UNKNOWN(self, code: str) -> CommandResult:
        """Refuse a type.

        Args:
            code: Its name.
        """
        raise _errors.CmdNotImplementedForArgError(f"TYPE {code}")

    def ftp_STRU(self, structure: str) -> CommandResult:
        """Choose the structure of files; there is one.

        Args:
            structure: F.
        """
        if structure.upper() != "F":
            raise _errors.CmdNotImplementedForArgError(f"STRU {structure}")
        return _replies.CMD_OK

    def ftp_MODE(self, mode: str) -> CommandResult:
        """Choose how data is sent; there is one way.

        Args:
            mode: S.
        """
        if mode.upper() != "S":
            raise _errors.CmdNotImplementedForArgError(f"MODE {mode}")
        return _replies.CMD_OK

    def ftp_REST(self, marker: str) -> CommandResult:
        """Begin the next transfer somewhere in the file (RFC 3659 section 5).

        Args:
            marker: How many bytes to leave out.
        """
        try:
            offset = parseNumber(marker)
        except ValueError:
            raise _errors.CmdArgSyntaxError("REST") from None
        if offset and not self.binary:
            raise _errors.CmdNotImplementedForArgError("REST in TYPE A")
        self._offset = offset
        return _replies.RESTARTING_AT, offset

    def _takeOffset(self) -> int:
        offset, self._offset = self._offset, 0
        return offset

    # TLS (RFC 4217)

    def ftp_AUTH(self, mechanism: str) -> CommandResult:
        """Begin TLS on the control connection.

        Args:
            mechanism: TLS.
        """
        if mechanism.upper() not in ("TLS", "TLS-C", "SSL") or self.tlsOptions is None:
            raise _errors.CmdNotImplementedForArgError(f"AUTH {mechanism}")
        if self.isSecure:
            raise _errors.BadCmdSequenceError("TLS has begun already")
        if self._dropsCommands():
            # They came in the clear: nobody knows from whom.
            raise _errors.BadCmdSequenceError("Wait for the answer to AUTH")
        self.reply(_replies.TLS_BEGINS)
        cast(_StartsTLS, self.transport).startTLS(self.tlsOptions)
        self.isSecure = True
        self._forgetsUser()
        return None

    def _forgetsUser(self) -> None:
        """Begin anew with the login; `FTP` knows how."""

    def ftp_PBSZ(self, size: str) -> CommandResult:
        """Choose the size of protected blocks; with TLS there is none.

        Args:
            size: 0.
        """
        if not self.isSecure:
            raise _errors.BadCmdSequenceError("AUTH TLS has to come first")
        try:
            parseNumber(size)
        except ValueError:
            raise _errors.CmdArgSyntaxError("PBSZ") from None
        self._hasBufferSize = True
        return _replies.PROTECTION_SET_OK, "PBSZ=0"

    def ftp_PROT(self, level: str) -> CommandResult:
        """Choose whether data connections speak TLS.

        Args:
            level: P if they do, C if not.
        """
        if not self._hasBufferSize:
            raise _errors.BadCmdSequenceError("PBSZ has to come first")
        if level.upper() not in ("P", "C"):
            raise _errors.CmdNotImplementedForArgError(f"PROT {level}")
        self.protectsData = level.upper() == "P"
        # A connection that is there may have begun in the other way.
        self.cleanupDTP()
        return _replies.PROTECTION_SET_OK, "Data connections speak TLS" if self.protectsData else (
            "Data connections are in the clear"
        )

    def startTLSOn(self, dtp: DTP) -> None:
        """Be the server of TLS on a data connection, whoever has connected.

        Args:
            dtp: The connection.
        """
        assert self.tlsOptions is not None
        hasConnected = not hasattr(self.dtpPort, "stopListening")
        cast(_StartsTLS, dtp.transport).startTLS(self.tlsOptions, normal=not hasConnected)


__all__ = ["CONNECT_SECONDS", "IDLE_DATA_SECONDS", "LOWEST_DATA_PORT", "DataControl"]
