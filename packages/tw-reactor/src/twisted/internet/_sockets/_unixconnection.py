"""A connection over a UNIX stream socket, and the descriptors that travel with its bytes.

A descriptor that is to be sent is duplicated at once, so the sender may close its own, and noted
together with how many bytes go before it. While such notes exist, sending takes another path, which
cuts what it sends at those places: each `sendmsg` begins with the bytes that the descriptors belong
to. The receiver gets them with these bytes or, where the kernel joined bytes that were sent before
to them (unix(7)), a little earlier, never later.

Descriptors are accepted only for a protocol that provides `IFileDescriptorReceiver`. For any other
the socket is read by `recv`, and the kernel closes what came along.
"""

import array
import os
import socket
import struct
from typing import NamedTuple

from twisted.internet._sockets._baseconnector import BaseConnector, ClientConnection
from twisted.internet._sockets._streamconnection import (
    READ_SIZE,
    StreamConnection,
    protocolName,
)
from twisted.internet.address import UNIXAddress
from twisted.internet.interfaces import (
    IFileDescriptorReceiver,
    IProtocol,
    IReactorFDSet,
    ITCPTransport,
    IUNIXTransport,
)
from twisted.python.components import implementer, provides
from twisted.python.failure import Failure

DESCRIPTORS_AT_ONCE = 253
"""How many descriptors may go with one byte: Linux takes no more in one message (SCM_MAX_FD)."""

_ITEM = array.array("i").itemsize
_SPACE = socket.CMSG_SPACE(DESCRIPTORS_AT_ONCE * _ITEM)
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
_CREDENTIALS = struct.Struct("3i")


class PeerCredentials(NamedTuple):
    """Who is at the other end of a UNIX socket, as the kernel vouches for it.

    They are those of the moment at which the peer connected or began to listen.

    Attributes:
        pid: The number of the process.
        uid: The number of its user.
        gid: The number of its group.
    """

    pid: int
    uid: int
    gid: int


# It promises what a TCP connection does, and programs that ask for that interface before they call
# abortConnection or loseWriteConnection shall find it; only the addresses are of another class.
@implementer(IUNIXTransport, ITCPTransport)
class UNIXConnection(StreamConnection):
    """One end of a connection over a UNIX stream socket."""

    _host: UNIXAddress | None = None
    _peer: UNIXAddress | None = None
    _refusal: Exception | None = None
    _takesDescriptors = False

    def __init__(
        self,
        skt: socket.socket,
        protocol: IProtocol | None,
        reactor: IReactorFDSet | None = None,
    ) -> None:
        """Take over a socket that is connected.

        Args:
            skt: The socket; it is made non-blocking.
            protocol: Gets what happens; without one, the connection can only be closed.
            reactor: Watches the socket; the default reactor if None.
        """
        super().__init__(skt, protocol, reactor)
        # How many bytes go between the descriptor before and this one, and the descriptor.
        self._travelers: list[tuple[int, int]] = []

    def begin(self) -> None:
        """Start reading and hand this transport to its protocol; called by whoever made it."""
        if self.protocol is not None and provides(IFileDescriptorReceiver, self.protocol):
            self._takesDescriptors = True
        super().begin()

    def doRead(self) -> Exception | None:
        """Read what is there and hand it to the protocol, with the descriptors if it takes them."""
        if not self._takesDescriptors:
            return super().doRead()
        try:
            data = self._receiveWithDescriptors(READ_SIZE)
        except OSError as error:
            self._readingFailed(error)
            return None
        if not data:
            self._endOfStream()
            return None
        try:
            self.protocol.dataReceived(data)  # type: ignore[union-attr]  # there while it is watched
        except Exception as error:
            self._protocolFailed("dataReceived", error)
        return None

    def getHost(self) -> UNIXAddress:
        """Return the address of this end; it has no name if it was not bound, as most clients."""
        if self._host is None:
            self._host = addressOf(self.socket.getsockname())
        return self._host

    def getPeer(self) -> UNIXAddress:
        """Return the address of the other end; it has no name if that was not bound."""
        if self._peer is None:
            self._peer = addressOf(self.socket.getpeername())
        return self._peer

    def getPeerCredentials(self) -> PeerCredentials:
        """Return the process, user and group of the peer.

        Raises:
            OSError: The connection is closed, or the system does not tell.
        """
        option = getattr(socket, "SO_PEERCRED", None)
        if option is None:
            raise OSError("this system does not tell who is at the other end of a UNIX socket")
        found = self.socket.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
        return PeerCredentials(*_CREDENTIALS.unpack(found))

    def getTcpNoDelay(self) -> bool:
        """Return True: nothing that is written to a UNIX socket waits for more."""
        return True

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Do nothing: there is no delay that could be turned on or off."""

    def sendFileDescriptor(self, descriptor: int) -> None:
        """Give the peer a copy of an open descriptor, beside the byte that is written next.

        Args:
            descriptor: Its number. It may be closed right after this call.

        Raises:
            OSError: It is not open, or there are too many open ones to copy it.
            ValueError: `DESCRIPTORS_AT_ONCE` wait for the same byte already.
        """
        if not self.connected or self._writeDisconnected:
            return
        between = self._buffered - sum(before for before, _ in self._travelers)
        if between == 0:
            together = 0
            for before, _ in reversed(self._travelers):
                together += 1
                if before:
                    break
            if together >= DESCRIPTORS_AT_ONCE:
                raise ValueError(
                    f"no more than {together} descriptors can go with one byte: write one between"
                )
        self._travelers.append((between, os.dup(descriptor)))
        self._transmit = self._transmitWithDescriptors  # type: ignore[method-assign]

    def connectionLost(self, reason: Failure) -> None:
        """Close the socket and the descriptors that were not sent, and tell the protocol."""
        travelers, self._travelers = self._travelers, []
        closeAll([descriptor for _, descriptor in travelers])
        super().connectionLost(reason)

    def _transmitWithDescriptors(self, data: bytes | memoryview) -> int:
        """Send bytes, each descriptor with the byte that it belongs to."""
        view = memoryview(data)
        sent = 0
        while sent < len(view):
            leaving = self._leaving()
            # Up to the place of the next one that does not leave now.
            end = len(view)
            if len(self._travelers) > len(leaving):
                end = min(end, sent + self._travelers[len(leaving)][0])
            try:
                count = self._sendWith(leaving, view[sent:end])
            except BlockingIOError:
                if sent:
                    break
                raise
            if self._travelers:
                before, descriptor = self._travelers[0]
                self._travelers[0] = (before - count, descriptor)
            else:
                del self._transmit
            wanted = end - sent
            sent += count
            if count < wanted:
                break
        return sent

    def _transmitFile(self, fd: int, offset: int, count: int) -> int:
        """Let the kernel send from a file; descriptors that wait for a byte go with its first."""
        leaving = self._leaving()
        if leaving:
            return self._sendWith(leaving, os.pread(fd, 1, offset))
        return super()._transmitFile(fd, offset, count)

    def _transmitBlock(self, block: bytes) -> int:
        """Send bytes that were read from a file, with the descriptors that wait for one."""
        return self._sendWith(self._leaving(), block)

    def _sendWith(self, leaving: list[int], data: bytes | memoryview) -> int:
        """Send bytes, and with the first one descriptors that are at the head of the queue."""
        if not leaving or not data:
            return self.socket.send(data)
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", leaving))
        count = self.socket.sendmsg([data], [rights])
        del self._travelers[: len(leaving)]
        closeAll(leaving)
        return count

    def _leaving(self) -> list[int]:
        """Return the descriptors that go with the next byte."""
        leaving: list[int] = []
        for before, descriptor in self._travelers:
            if before:
                break
            leaving.append(descriptor)
        return leaving

    def _receiveWithDescriptors(self, size: int) -> bytes:
        """Receive bytes, and hand the descriptors that came along to the protocol."""
        data, ancillary, flags, _ = self.socket.recvmsg(size, _SPACE, _CLOSE_ON_EXEC)
        descriptors = array.array("i")
        for level, kind, found in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(found[: len(found) - len(found) % _ITEM])
        if flags & socket.MSG_CTRUNC:
            # Some are missing, and nobody knows which: the protocol would take one for another.
            closeAll(list(descriptors))
            raise OSError("descriptors from the peer were lost: too many are open in this process")
        if descriptors:
            self._handOver(list(descriptors))
        return data

    def _handOver(self, descriptors: list[int]) -> None:
        """Give descriptors to the protocol, which owns them then.

        Raises:
            BlockingIOError: The connection has ended meanwhile, so nothing is to be read from it.
        """
        while descriptors:
            descriptor = descriptors.pop(0)
            try:
                receiver: IFileDescriptorReceiver = self.protocol  # type: ignore[assignment]  # by begin
                receiver.fileDescriptorReceived(descriptor)
            except Exception as error:
                self._protocolFailed("fileDescriptorReceived", error)
            if not self.connected or self._aborting:
                closeAll(descriptors)
                raise BlockingIOError


class UNIXServer(UNIXConnection):
    """The server's end of a connection over a UNIX socket.

    Attributes:
        server: The port that accepted it.
        sessionno: The number of this connection at its port, from 0.
    """

    def __init__(
        self,
        sock: socket.socket,
        protocol: IProtocol | None,
        client: object,
        server: object,
        sessionno: int,
        reactor: IReactorFDSet | None = None,
    ) -> None:
        """Take over a socket that was accepted.

        Args:
            sock: The socket.
            protocol: Gets what happens.
            client: What accepting told about the peer; not used, the socket knows it.
            server: The port that accepted it.
            sessionno: The number of this connection at its port.
            reactor: Watches the socket; the default reactor if None.
        """
        super().__init__(sock, protocol, reactor)
        self.server = server
        self.sessionno = sessionno

    def logPrefix(self) -> str:
        """Return the name of the protocol, the number of the connection and the path."""
        name = self.getHost().name
        return f"{protocolName(self.protocol)},{self.sessionno},{os.fsdecode(name or b'')!r}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.logPrefix()}>"


class UNIXClient(ClientConnection, UNIXConnection):
    """The client's end of a connection over a UNIX socket."""

    def __init__(self, skt: socket.socket, connector: BaseConnector, peer: UNIXAddress) -> None:
        """Take over a socket that is connected.

        Args:
            skt: The socket.
            connector: What made it; it gives the protocol and learns of the end.
            peer: The address of the other end.
        """
        super().__init__(skt, connector)
        self._peer = peer


def addressOf(name: str | bytes) -> UNIXAddress:
    """Return the address that the socket functions have as a path; empty stands for none."""
    return UNIXAddress(name or None)


def closeAll(descriptors: list[int]) -> None:
    """Close descriptors."""
    for descriptor in descriptors:
        os.close(descriptor)
