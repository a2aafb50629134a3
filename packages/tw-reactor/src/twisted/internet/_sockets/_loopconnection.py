"""A TCP connection whose socket an event loop of asyncio has: the loop receives and sends.

The connection is the loop's protocol. What the loop tells (`data_received`, `resume_writing`, ...)
takes the place of `doRead` and `doWrite`, and what the loop is asked for (`write`,
`pause_reading`, `abort`) that of the poller and the system calls. Everything above (gathering,
producers, closing in two directions, telling the protocol) is that of every connection.

The loop's buffer is to stay empty: with a limit of 0 the loop says at once, from inside `write`,
when the kernel took only a part, and says later when it has taken the rest. In between the
connection is blocked, as it is on a poller while that is asked for writability. It is also blocked
from `begin` until the loop has its transport (see `Arrival`), and while files are sent: the kernel
copies these past the loop, so for that time the reactor's poller watches for writability.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, cast

from twisted.internet._sockets._connection import Connection, Server
from twisted.internet._sockets._connector import Client
from twisted.internet._sockets._filedescriptor import PIECE_SIZE, PIECES_AT_ONCE, toPieces
from twisted.internet._sockets._streamconnection import READ_SIZE
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IProducer, ReadableFile
from twisted.logger import serving


class LoopReactor(Protocol):
    """What a reactor over a loop has for its connections.

    Attributes:
        loop: The event loop.
        iterating: Whether the loop turns only until something happens.
        closing: The connections that were closed, but not by the loop yet.
    """

    loop: asyncio.AbstractEventLoop
    iterating: bool
    closing: set[object]

    def turned(self) -> None:
        """Learn that something happened while `iterating`."""

    def endWith(self, error: BaseException) -> None:
        """End the loop with what was raised and is no `Exception`: SystemExit and the like."""


class LoopConnection(Connection, asyncio.Protocol):
    """One end of a TCP connection that a loop of asyncio serves."""

    _loopReactor: LoopReactor
    _send: Callable[[bytes | memoryview], object]
    _transport: asyncio.Transport | None = None
    _arrival: "Arrival | None" = None
    _reading = False
    # How many bytes the loop has that the kernel did not take yet.
    _held = 0
    # Whether the protocol is inside of `dataReceived` and nothing stands in the way of sending what
    # it writes right afterwards; `_buffered` is not kept up to date meanwhile. No default of the
    # class: CPython 3.11 reads an attribute fast only if the class has none of that name.
    _swift: bool
    # Whether the loop is inside of `resume_writing`.
    _resuming = False
    # Whether the poller watches for writability.
    _watched = False

    def begin(self) -> None:
        """Hand the socket to the loop and this transport to its protocol; called by who made it."""
        self._loopReactor = cast(LoopReactor, self.reactor)
        # The variables of this thread: setting one in a dictionary is faster than an attribute.
        self._turn = serving.__dict__
        self._swift = False
        self._blocked = True
        super().begin()

    def fileno(self) -> int:
        """Return the number of the descriptor; -1 when the connection is closed."""
        return -1 if self.disconnected else self.socket.fileno()

    @property
    def reading(self) -> bool:
        """Whether the loop reads."""
        return self._reading

    @property
    def blocked(self) -> bool:
        """Whether the loop has something to write that the kernel did not take yet."""
        return self._blocked and not self._watched

    # Being told by the loop

    def data_received(self, data: bytes) -> None:
        """Hand what was read to the protocol."""
        turn = self._turn
        turn["source"] = self
        self._swift = not (self._waited or self._blocked)
        try:
            self.protocol.dataReceived(data)  # type: ignore[union-attr]  # there while it is read
        except Exception as error:
            self._protocolFailed("dataReceived", error)
        except BaseException as error:
            self._loopReactor.endWith(error)
        if self._swift:
            self._swift = False
            gathered = self._gathered
            if len(gathered) == 1 and not self._waited:
                # The path of nearly every message: one chunk, which the kernel takes whole.
                self._send(gathered.pop())
            elif gathered or self._waited:
                self._buffered = sum(map(len, gathered))
                self.settle()
        turn["source"] = None
        if self._loopReactor.iterating:
            self._loopReactor.turned()

    def eof_received(self) -> bool:
        """Learn that the peer has closed its sending direction; the other one stays open."""
        self._serve(self._endOfStream)
        return True

    def pause_writing(self) -> None:
        """Learn that the kernel took only a part of what was sent."""
        self._blocked = True
        self._held = cast(asyncio.Transport, self._transport).get_write_buffer_size()
        self._buffered += self._held

    def resume_writing(self) -> None:
        """Learn that the kernel has taken everything, and go on sending."""
        self._buffered -= self._held
        self._held = 0
        self._resuming = True
        try:
            self._serve(self._sendUnsent)
        finally:
            self._resuming = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Learn that the loop has closed the socket, or does so next."""
        if not self.disconnected:
            error = ConnectionLost("the event loop closed the connection") if exc is None else exc
            self._serve(lambda: self._end(error))
        self._transport = self._arrival = None
        self._loopReactor.closing.discard(self)

    def _serve(self, method: Callable[[], object]) -> None:
        """Call a method for the loop, and let settle what it made unsettled."""
        serving.source = self
        try:
            method()
        except Exception as error:
            self._protocolFailed(method.__name__, error)
        except BaseException as error:
            self._loopReactor.endWith(error)
        finally:
            serving.source = None
        if self._loopReactor.iterating:
            self._loopReactor.turned()

    # Sending

    @property
    def _tempDataLen(self) -> int:
        """How many bytes wait in the loop."""
        return self._held

    def write(self, data: bytes) -> None:
        """Send bytes after all those that were written before."""
        if self._swift and type(data) is bytes and data and self._writesInstead is None:
            self._gathered.append(data)
        else:
            super().write(data)

    def registerProducer(self, producer: IProducer, streaming: bool) -> None:
        """Let a producer be steered by this transport."""
        self._endSwiftness()
        super().registerProducer(producer, streaming)

    def sendFile(
        self, file: ReadableFile, offset: int = 0, count: int | None = None
    ) -> Deferred[int]:
        """Send a file between what was written before and after; see `IFileSendingTransport`."""
        self._endSwiftness()
        return super().sendFile(file, offset, count)

    def _endSwiftness(self) -> None:
        """Note that more than sending is to be done after this call of `dataReceived`."""
        if self._swift:
            self._swift = False
            self._buffered = sum(map(len, self._gathered))
            self._askToSettle()

    def settle(self) -> None:
        """Send what was gathered and do what was asked for; called by the reactor."""
        self._unsettled = False
        if self._gathered or self._waited:
            self._settleRest()

    def _sendUnsent(self) -> None:
        """Give the loop pieces until there are none left, the kernel takes no more, or it is enough."""
        if self._aborting or not self.connected:
            return
        if self._files:
            self.startWriting()
            return
        self.stopWriting()
        self._blocked = False
        unsent = self._unsent
        for _ in range(PIECES_AT_ONCE):
            if not unsent:
                unsent += toPieces(self._gathered)
                self._gathered.clear()
                if not unsent:
                    break
            piece = unsent.pop()
            if len(piece) > PIECE_SIZE:
                # The loop copies what the kernel does not take, so it is not given all at once.
                view = memoryview(piece)
                unsent.append(view[PIECE_SIZE:])
                piece = view[:PIECE_SIZE]
            self._buffered -= len(piece)
            self._send(piece)
            if self._blocked:
                break
        if not (self._blocked or unsent or self._gathered):
            if self._waited:
                self._allSent(True)
            return
        if self.disconnecting:
            self._closingWaits()
        if not self._blocked:
            self._blocked = True
            self._loopReactor.loop.call_soon(self._serve, self._sendUnsent)

    def _allSent(self, wrote: bool) -> None:
        transport = self._transport
        # If the loop failed to send, it says so next; this is no orderly end then.
        if transport is not None and not transport.is_closing():
            super()._allSent(wrote)

    def _leftForPeer(self) -> tuple[object, int] | None:
        transport = self._transport
        if self._held and transport is not None:
            return transport, transport.get_write_buffer_size()
        return super()._leftForPeer()

    def _discardUnsent(self) -> None:
        super()._discardUnsent()
        self._held = 0
        self._swift = False

    # Reading

    def startReading(self) -> None:
        """Let the loop read; the first time, hand the socket to it."""
        if self._reading or self.disconnected:
            return
        self._reading = True
        arrival, transport = self._arrival, self._transport
        if arrival is not None:
            arrival.readingStarted()
        elif transport is not None:
            transport.resume_reading()
        else:
            arrival = Arrival(self, self._loopReactor.loop)
            arrival.goOn()
            self._arrival = arrival

    def stopReading(self) -> None:
        """Let the loop not read for now."""
        if not self._reading:
            return
        self._reading = False
        if self._transport is not None and self._arrival is None:
            self._transport.pause_reading()

    def startWriting(self) -> None:
        """Let the poller tell when a file can be sent; for all else the loop tells by itself."""
        if self._files and not (self._watched or self._held or self._transport is None):
            self._watched = True
            super().startWriting()

    def stopWriting(self) -> None:
        """Let the poller not tell any more."""
        if self._watched:
            self._watched = False
            super().stopWriting()

    # Beginning and ending

    def _transportMade(self, transport: asyncio.Transport) -> None:
        """Take the loop's transport and send what was gathered meanwhile; for `Arrival`."""
        self._transport = transport
        if self.disconnected:
            transport.abort()
            return
        if hasattr(transport, "max_size"):
            # asyncio's own: see READ_SIZE for what is wrong with its 256 KiB. No type knows it.
            setattr(transport, "max_size", READ_SIZE)  # noqa: B010 - see above
        transport.set_write_buffer_limits(high=0)
        self._send = transport.write
        self._serve(self._sendUnsent)

    def _closeSocket(self) -> None:
        """Let the loop close the socket, which it does in its next turn."""
        transport = self._transport
        if transport is None and self._arrival is None:
            # The loop never had it.
            super()._closeSocket()
            return
        self._loopReactor.closing.add(self)
        if transport is None:
            # `_transportMade` aborts.
            return
        if self._resuming:
            # asyncio's transport does not stand being closed from inside of this call.
            self._loopReactor.loop.call_soon(transport.abort)
        else:
            transport.abort()


class Arrival(asyncio.Protocol):
    """The loop's protocol until the loop has its transport, and while that reads too early.

    A loop begins to read after `connection_made`, whatever it was asked for before. What it reads
    although the connection was paused (by its protocol in `connectionMade`, say) is kept here.
    """

    def __init__(self, connection: LoopConnection, loop: asyncio.AbstractEventLoop) -> None:
        """Prepare; `goOn` begins.

        Args:
            connection: Gets the loop's transport.
            loop: Makes it.
        """
        self._connection = connection
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._early: list[bytes] = []
        self._ended = False
        # Driven by hand: a Task would begin only in the next turn, and set TCP_NODELAY after the
        # protocol has changed it.
        self._making = loop.connect_accepted_socket(lambda: self, connection.socket)
        self._made = False

    def goOn(self, future: "asyncio.Future[Any] | None" = None) -> None:
        """Go on with making the loop's transport.

        Raises:
            OSError: The loop does not take the socket.
        """
        try:
            waitFor = self._making.send(None)
        except StopIteration:
            self._made = True
            self._ready()
        except Exception as error:
            if future is None:
                raise
            self.connection_lost(error)
        else:
            waitFor.add_done_callback(self.goOn)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the loop's transport on."""
        # A cast: uvloop's transport looks like asyncio's but is none by inheritance.
        self._transport = made = cast(asyncio.Transport, transport)
        connection = self._connection
        connection._transportMade(made)
        if connection._reading:
            connection._arrival = None
            made.set_protocol(connection)

    def _ready(self) -> None:
        """See to it that the loop reads or not, as it should, now that it can be told."""
        connection, transport = self._connection, self._transport
        if transport is None or connection.disconnected:
            return
        if connection._arrival is not None:
            transport.set_protocol(connection)
        if connection._reading:
            self.deliver()
        else:
            # asyncio of Python 3.11 takes itself to be paused already, but reads.
            transport.resume_reading()
            transport.pause_reading()
            if not (self._early or self._ended):
                connection._arrival = None

    def readingStarted(self) -> None:
        """Learn that reading is wanted again."""
        if self._made:
            self._loop.call_soon(self.deliver)

    def deliver(self) -> None:
        """Hand on what was read too early, as far as it is wanted, and be done."""
        connection, transport = self._connection, self._transport
        wanted = connection._reading
        if connection._arrival is None or transport is None or not wanted:
            return
        if self._early:
            early, self._early = self._early, []
            connection.data_received(b"".join(early))
        if self._ended:
            if connection._reading:
                self._ended = False
                connection._arrival = None
                connection.eof_received()
            return
        connection._arrival = None
        if connection._reading:
            transport.resume_reading()
        else:
            transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Keep what is not wanted yet."""
        self._early.append(data)

    def eof_received(self) -> bool:
        """Keep in mind that the peer has closed its sending direction."""
        self._ended = True
        return True

    def pause_writing(self) -> None:
        """Hand on that the kernel took only a part."""
        self._connection.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that the kernel has taken everything."""
        self._connection.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on that the connection is lost."""
        self._connection.connection_lost(exc)


class LoopServer(LoopConnection, Server):
    """The server's end of a TCP connection that a loop serves."""


class LoopClient(LoopConnection, Client):
    """The client's end of a TCP connection that a loop serves."""
