"""The factory of the server, and what clients hear that are too many."""

from twisted.cred.portal import Portal
from twisted.internet.interfaces import IAddress, IProtocol, TLSOptions
from twisted.protocols.basic import LineReceiver
from twisted.protocols.ftp import _replies
from twisted.protocols.ftp._datacontrol import CONNECT_SECONDS, IDLE_DATA_SECONDS
from twisted.protocols.ftp._server import FTP, LOGIN_DELAY, MAX_LOGIN_ATTEMPTS
from twisted.protocols.policies import LimitTotalConnectionsFactory, ProtocolWrapper

IDLE_SECONDS = 600
"""How long a client may say nothing."""

MAX_CONNECTIONS = 200
"""How many clients are served at once."""


class FTPOverflowProtocol(LineReceiver):
    """Tells a client that there are too many, and closes the connection."""

    def connectionMade(self) -> None:
        """Tell it."""
        key = _replies.TOO_MANY_CONNECTIONS
        self.sendLine(f"{_replies.codeOf(key)} {_replies.textOf(key, ())}".encode())
        self.transport.loseConnection()


class FTPFactory(LimitTotalConnectionsFactory):
    """Serves files to whoever its portal lets in.

    Its attributes are set before it serves; each client's protocol begins with them.

    Attributes:
        portal: Where to log in; its realm has avatars that provide `IFTPShell`.
        userAnonymous: The name by which guests log in.
        allowAnonymous: Whether that name is for guests; the portal needs a checker for
            `IAnonymous` to let them in.
        welcomeMessage: What clients are greeted with.
        timeOut: How many seconds a client may say nothing; None for any number.
        passivePortRange: The ports for data connections that are tried, in order; 0 is any that is
            free.
        passiveAddress: The address of IPv4 that clients know this host by, if it is not its own.
        dtpTimeout: How many seconds to wait for a data connection.
        dataTimeout: How many seconds a data connection may be without a byte; None for any number.
        tlsOptions: Says how to be a server of TLS (`PrivateCertificate.options()`); None if there
            is to be no TLS.
        requireTLS: Whether logging in and transfers need TLS.
        loginDelay: After how many seconds a login is refused.
        maxLoginAttempts: How many logins of a connection may be refused before it is closed.
        allowForeignDataHosts: Whether data connections may be with other hosts than the client's.
        reactor: What connects, listens and has the time; the default reactor if None.
    """

    protocol = FTP  # type: ignore[assignment]  # it is wrapped, so that it can be counted
    overflowProtocol: type[IProtocol] | None = FTPOverflowProtocol
    connectionLimit: int | None = MAX_CONNECTIONS

    allowAnonymous: bool = True
    welcomeMessage: str = "Ready"
    timeOut: float | None = IDLE_SECONDS
    passivePortRange: range = range(1)
    passiveAddress: str | None = None
    dtpTimeout: float = CONNECT_SECONDS
    dataTimeout: float | None = IDLE_DATA_SECONDS
    tlsOptions: TLSOptions | None = None
    requireTLS: bool = False
    loginDelay: float = LOGIN_DELAY
    maxLoginAttempts: int = MAX_LOGIN_ATTEMPTS
    allowForeignDataHosts: bool = False
    reactor: object | None = None
    userAnonymous: str = "anonymous"

    def __init__(self, portal: Portal | None = None, userAnonymous: str = "anonymous") -> None:
        """Make a factory.

        Args:
            portal: Where to log in.
            userAnonymous: The name by which guests log in.
        """
        self.portal = portal
        self.userAnonymous = userAnonymous
        self.instances: set[FTP] = set()

    def buildProtocol(self, addr: IAddress | None) -> ProtocolWrapper | None:
        """Build the protocol of a client, or one that turns it away.

        Args:
            addr: The address of the client.
        """
        wrapper = super().buildProtocol(addr)
        served = None if wrapper is None else wrapper.wrappedProtocol
        if isinstance(served, FTP):
            for name in _HANDED_ON:
                setattr(served, name, getattr(self, name))
            self.instances.add(served)
        return wrapper

    def unregisterProtocol(self, p: ProtocolWrapper) -> None:
        """Forget a client."""
        super().unregisterProtocol(p)
        served = p.wrappedProtocol
        if isinstance(served, FTP):
            self.instances.discard(served)

    def stopFactory(self) -> None:
        """Close the connections of the clients, so that nothing is left open."""
        for served in list(self.instances):
            if served.connected:
                served.transport.loseConnection()


_HANDED_ON = (
    *("portal", "timeOut", "passivePortRange", "passiveAddress", "dtpTimeout", "dataTimeout"),
    *("tlsOptions", "requireTLS", "loginDelay", "maxLoginAttempts", "allowForeignDataHosts"),
    *("reactor", "allowAnonymous", "userAnonymous", "welcomeMessage"),
)

__all__ = ["IDLE_SECONDS", "MAX_CONNECTIONS", "FTPFactory", "FTPOverflowProtocol"]
