"""A port of any kind of datagram socket: receives, sends at once, and survives refusals.

Datagrams are sent in `write`, not gathered: each is a system call of its own whatever one does, and
the sender learns of a refusal (too long, not permitted) where it can still do something about it.
Where the kernel has no room, the datagram is lost, as it may be on its way.

Both calls ask the kernel not to wait (MSG_DONTWAIT), so an adopted socket works as it is: whether
it is non-blocking is a matter that its owner shares.
"""

import errno
import socket
from typing import cast

from twisted.internet._sockets._baseport import BasePort, IReactorOfPorts
from twisted.internet._sockets._streamconnection import protocolName
from twisted.internet.error import MessageLengthError
from twisted.internet.protocol import (
    AbstractDatagramProtocol,
    ConnectedDatagramProtocol,
    DatagramProtocol,
)
from twisted.logger import Logger

_log = Logger(namespace="twisted.internet.udp")

DATAGRAMS_AT_ONCE = 100
"""How many datagrams are received before the others get their turn."""

DO_NOT_WAIT = getattr(socket, "MSG_DONTWAIT", 0)

_NO_ROOM = frozenset((errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS, errno.EINTR))


class DatagramPort(BasePort):
    """A datagram socket with its protocol; the kinds know how to bind and what an address is.

    A subclass implements `_bind`, `_placeOf`, `_received` and `getHost`.

    Attributes:
        protocol: Receives the datagrams.
        maxPacketSize: The longest datagram to receive, in bytes; a longer one is cut off.
        datagramsAtOnce: How many datagrams are received before the others get their turn.
    """

    datagramsAtOnce: int = DATAGRAMS_AT_ONCE

    _kind = "Datagram"
    _role = "protocol"

    def __init__(
        self,
        port: int | str | bytes,
        proto: AbstractDatagramProtocol,
        maxPacketSize: int = 8192,
        reactor: IReactorOfPorts | None = None,
    ) -> None:
        """Make a port that is not open yet.

        Args:
            port: Where to receive.
            proto: Receives the datagrams.
            maxPacketSize: The longest datagram to receive, in bytes.
            reactor: Watches the socket; the default reactor if None.
        """
        super().__init__(port, reactor, _log)
        if maxPacketSize < 1:
            raise ValueError(f"maxPacketSize is a number of bytes, at least 1, not {maxPacketSize}")
        self.protocol = proto
        self.maxPacketSize = maxPacketSize

    def _served(self) -> AbstractDatagramProtocol:
        return self.protocol

    def _received(self, datagram: bytes, name: object) -> None:
        """Hand a datagram to the protocol; for subclasses."""
        raise TypeError(f"{type(self).__name__} has to define _received")

    def logPrefix(self) -> str:
        """Return the name of the protocol and the kind of the port in the log."""
        return f"{protocolName(self.protocol)} ({self._kind})"

    def startListening(self) -> None:
        """Bind, start the protocol, and receive.

        Raises:
            CannotListenError: The address is taken, not permitted, or not of this machine.
        """
        if self.connected:
            return
        self._open()
        self.connected = True
        self.disconnected = self.disconnecting = False
        try:
            self.protocol.makeConnection(self)  # type: ignore[arg-type]  # the kinds complete it
        except BaseException:
            self.connectionLost()
            raise

    def doRead(self) -> Exception | None:
        """Receive the datagrams that wait."""
        for _ in range(self.datagramsAtOnce):
            skt = self.socket
            if skt is None or self.disconnecting:
                break
            try:
                datagram, name = skt.recvfrom(self.maxPacketSize, DO_NOT_WAIT)
            except BlockingIOError:
                break
            except ConnectionRefusedError:
                self._refused()
            except OSError as error:
                # What ICMP has told about a datagram that was sent before; the next is another.
                _log.debug("{port} could not receive: {error}", port=self, error=error)
            else:
                try:
                    self._received(datagram, name)
                except Exception:
                    _log.failure(
                        "datagramReceived of {protocol} failed",
                        log_system=self.logPrefix(),
                        protocol=self.protocol,
                    )
        return None

    def _isPeered(self) -> bool:
        """Return whether all datagrams go to one peer."""
        return False

    def _refused(self) -> None:
        """Tell the protocol that its peer refused a datagram; without a peer nobody is told."""
        protocol = self.protocol
        if not self.connected or not self._isPeered() or not isinstance(protocol, DatagramProtocol):
            return
        try:
            protocol.connectionRefused()
        except Exception:
            _log.failure("connectionRefused of {protocol} failed", protocol=protocol)

    def _send(self, datagram: bytes, name: object) -> None:
        """Send a datagram; lose it where the kernel has no room.

        Args:
            datagram: The whole of it.
            name: The receiver as the socket functions have it; None for the peer of a connected
                socket.

        Raises:
            MessageLengthError: It is too long.
            OSError: The system does not send it.
        """
        skt = self.socket
        if skt is None:
            return
        # A refusal of an earlier datagram shows when the next is sent, which is not sent then.
        for attempt in range(2):
            try:
                if name is None:
                    skt.send(datagram, DO_NOT_WAIT)
                else:
                    skt.sendto(datagram, DO_NOT_WAIT, name)  # type: ignore[call-overload]
                return
            except ConnectionRefusedError:
                if attempt == 0:
                    # Not from inside of write, whose caller is not prepared for it.
                    self.reactor.callLater(0, self._refused)
            except OSError as error:
                self._failedToSend(datagram, name, error)
                return

    def _failedToSend(self, datagram: bytes, name: object, error: OSError) -> None:
        """Raise what the sender of a datagram has to know; where the kernel has no room, lose it.

        Raises:
            MessageLengthError: It is too long.
            OSError: The system does not send it.
        """
        if error.errno == errno.EMSGSIZE:
            raise MessageLengthError(
                f"{len(datagram)} bytes are too many for one datagram"
            ) from error
        if error.errno not in _NO_ROOM:
            raise error
        self._lost(datagram, name, error)

    def _lost(self, datagram: bytes, name: object, error: OSError) -> None:
        """Learn that a datagram was lost on this machine, which is no news in a network."""


def checkDatagram(datagram: object) -> None:
    """Refuse what is no bytes.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(datagram, bytes):
        raise TypeError(
            f"a datagram must be bytes, not {type(datagram).__name__}: encode text first"
        )


def handOver(protocol: AbstractDatagramProtocol, datagram: bytes, sender: object) -> None:
    """Give a datagram to a protocol, with its sender unless that can be only one.

    Args:
        protocol: The protocol.
        datagram: The datagram.
        sender: As the socket functions have it: what the protocol is for has to fit the port.
    """
    if isinstance(protocol, ConnectedDatagramProtocol):
        protocol.datagramReceived(datagram)
    else:
        protocol.datagramReceived(datagram, cast(tuple[str, int], sender))
