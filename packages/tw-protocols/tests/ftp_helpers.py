"""An FTP server in memory, with a client that the test plays."""

from pathlib import Path
from typing import cast

from twisted.cred.checkers import (
    AllowAnonymousAccess,
    InMemoryUsernamePasswordDatabaseDontUse,
)
from twisted.cred.portal import Portal
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ConnectionAborted
from twisted.internet.interfaces import IAddress, IProtocol, IPullProducer
from twisted.internet.testing import MemoryReactorClock, StringTransportWithDisconnection
from twisted.protocols import ftp
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure

CLIENT = IPv4Address("TCP", "192.0.2.7", 40000)
SERVER = IPv4Address("TCP", "192.0.2.1", 21)
CLIENT6 = IPv6Address("TCP", "2001:db8::7", 40000)
SERVER6 = IPv6Address("TCP", "2001:db8::1", 21)


class Wire(StringTransportWithDisconnection):
    """A connection that can be aborted, and whose producer the test asks."""

    def __init__(self, host: IAddress = SERVER, peer: IAddress = CLIENT) -> None:
        super().__init__(host, peer, lenient=True)

    def attach(self, protocol: IProtocol) -> None:
        self.protocol = protocol
        protocol.makeConnection(self)

    def abortConnection(self) -> None:
        super().abortConnection()
        self.lose(ConnectionAborted())

    def lose(self, error: Exception) -> None:
        if self.connected:
            self.connected = False
            self.disconnecting = True
            producer, self.producer = self.producer, None
            if producer is not None:
                producer.stopProducing()
            self.protocol.connectionLost(Failure(error))

    def pump(self) -> None:
        """Ask the producer for all that it has."""
        while self.producer is not None:
            cast(IPullProducer, self.producer).resumeProducing()

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        data = self.value()
        self.clear()
        return data


class Served:
    """A server with one client, who plays by hand.

    Attributes:
        root: The directory of the guests and of the user `ada`, whose password is `sesame`.
    """

    def __init__(self, root: Path, host: IAddress = SERVER, peer: IAddress = CLIENT) -> None:
        self.root = root
        (root / "ada").mkdir()
        self.reactor = MemoryReactorClock()
        users = InMemoryUsernamePasswordDatabaseDontUse(ada="sesame")
        realm = ftp.FTPRealm(str(root), str(root))
        self.factory = ftp.FTPFactory(Portal(realm, [users, AllowAnonymousAccess()]))
        self.factory.reactor = self.reactor
        self.factory.noisy = False
        self._addresses = host, peer
        self.wire = self.connect()

    def connect(self) -> Wire:
        """Let a client connect."""
        wire = Wire(*self._addresses)
        built = self.factory.buildProtocol(self._addresses[1])
        assert built is not None
        wire.attach(built)
        return wire

    @property
    def server(self) -> ftp.FTP:
        """The protocol."""
        return cast(ftp.FTP, cast(ProtocolWrapper, self.wire.protocol).wrappedProtocol)

    def say(self, *lines: str) -> list[str]:
        """Send commands, and return the lines of the replies that are there then."""
        self.wire.protocol.dataReceived("".join(f"{line}\r\n" for line in lines).encode())
        return self.heard()

    def heard(self) -> list[str]:
        """Return the lines of the replies since the last time."""
        return self.wire.taken().decode().splitlines()

    def code(self, *lines: str) -> str:
        """Send commands, and return the code of the last reply."""
        return self.say(*lines)[-1][:3]

    def login(self, user: str = "ada") -> None:
        """Log in."""
        assert self.code(f"USER {user}", "PASS sesame") == "230"

    def opened(self, peer: IAddress | None = None) -> Wire:
        """Ask for a passive port, and connect to it."""
        assert self.code("PASV") == "227"
        data = Wire(*self._addresses)
        built = self.reactor.tcpServers[-1][1].buildProtocol(peer or self._addresses[1])
        assert built is not None
        data.attach(built)
        return data
