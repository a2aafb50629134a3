"""Parsers of lines, strings and fixed sizes: `twisted.protocols.basic`, `stateful`, `wire`, mice."""

import struct
from random import Random

from fuzz.feeding import connected
from fuzz.target import Target, Violation, expect, joined
from twisted.protocols._lines import LineBuffer, LineTooLong
from twisted.protocols.basic import (
    Int8StringReceiver,
    Int16StringReceiver,
    Int32StringReceiver,
    LineOnlyReceiver,
    LineReceiver,
    NetstringReceiver,
)
from twisted.protocols.mice.mouseman import MouseMan
from twisted.protocols.pcp import ProducerConsumerProxy
from twisted.protocols.stateful import State, StatefulProtocol
from twisted.protocols.wire import Discard, Echo

_LIMIT = 60
_LINES = [
    *(b"one\r\n", b"two words\r\n", b"\r\n", b"raw 3\r\nabc", b"raw 0\r\n", b"raw 12\r\nx\r\n"),
    *(b"x" * _LIMIT + b"\r\n", b"x" * (_LIMIT + 1) + b"\r\n", b"x" * _LIMIT + b"\r", b"\r\r\n"),
    *(b"pause\r\n", b"clear\r\n", b"close\r\n", b"delimiter \r\n", b"delimiter ab\r\n", b"ab"),
    *(b"limit 5\r\n", b"limit 200\r\n", b"more\r\n", b"abba\r\n", b"\n", b"\0\r\n"),
]


def _smallNumber(word: bytes) -> int:
    """Return a number from 0 to 999; 7 for what is none."""
    return int(word) if word.isdigit() and len(word) < 4 else 7


class _Lines(LineReceiver):
    """Notes what it receives; some lines are orders."""

    MAX_LENGTH: int = _LIMIT

    def __init__(self) -> None:
        self.events: list[object] = []
        self.left = 0

    def lineReceived(self, line: bytes) -> None:
        self.events.append(line)
        match line.split():
            case [b"raw", count]:
                self.left = _smallNumber(count)
                if self.left:
                    self.setRawMode()
            case [b"close"]:
                self.transport.loseConnection()
            case [b"pause"]:
                self.pauseProducing()
            case [b"delimiter", new]:
                self.delimiter = new
            case [b"limit", most]:
                self.MAX_LENGTH = _smallNumber(most)
            case _:
                pass

    def rawDataReceived(self, data: bytes) -> None:
        mine, rest = data[: self.left], data[self.left :]
        self.left -= len(mine)
        self.events += [("raw", byte) for byte in mine]
        if not self.left:
            self.setLineMode(rest)

    def lineLengthExceeded(self, line: bytes) -> None:
        self.events.append("too long")
        super().lineLengthExceeded(line)


class _OnlyLines(LineOnlyReceiver):
    """Notes what it receives."""

    MAX_LENGTH: int = _LIMIT
    delimiter: bytes = b"\n"

    def __init__(self) -> None:
        self.events: list[object] = []

    def lineReceived(self, line: bytes) -> None:
        self.events.append(line)
        if line == b"close\r":
            self.transport.loseConnection()

    def lineLengthExceeded(self, line: bytes) -> None:
        self.events.append("too long")
        super().lineLengthExceeded(line)


def _receiveLines(protocol: _Lines | _OnlyLines, pieces: list[bytes]) -> list[object]:
    transport = connected(protocol)
    for piece in pieces:
        protocol.dataReceived(piece)
        while protocol.paused:
            assert isinstance(protocol, _Lines)
            protocol.resumeProducing()
        # One line that may still end, with as much of its end.
        most = max(protocol.MAX_LENGTH, 0) + len(protocol.delimiter)
        expect(len(protocol._lineBuffer), most, "bytes of a line")
    return [*protocol.events, transport.disconnecting]


def lineReceiver(pieces: list[bytes]) -> object:
    """Feed a LineReceiver that gets orders by its lines."""
    return _receiveLines(_Lines(), pieces)


def lineOnlyReceiver(pieces: list[bytes]) -> object:
    """Feed a LineOnlyReceiver."""
    return _receiveLines(_OnlyLines(), pieces)


def lineBuffer(pieces: list[bytes]) -> object:
    """Feed the buffer of lines by both of its ways in turn."""
    buffer = LineBuffer()
    events: list[object] = []
    for number, piece in enumerate(pieces):
        if buffer.isPartial and number % 2:
            events += buffer.takeLines(piece, b"\r\n", _LIMIT)
        else:
            buffer.receive(piece)
        while not buffer.isPartial:
            try:
                line = buffer.takeLine(b"\r\n", _LIMIT)
            except LineTooLong:
                return [*events, "too long"]
            if line is not None:
                events.append(line)
        expect(len(buffer), _LIMIT + 2, "bytes of a line")
    return events


class _Netstrings(NetstringReceiver):
    """Notes strings."""

    MAX_LENGTH: int = 300
    events: list[object]

    def stringReceived(self, string: bytes) -> None:
        _noteString(self, string)


class _Int8(Int8StringReceiver):
    """Notes strings."""

    MAX_LENGTH: int = 200
    events: list[object]

    def stringReceived(self, string: bytes) -> None:
        _noteString(self, string)


class _Int16(Int16StringReceiver):
    """Notes strings."""

    MAX_LENGTH: int = 300
    events: list[object]

    def stringReceived(self, string: bytes) -> None:
        _noteString(self, string)


class _Int32(Int32StringReceiver):
    """Notes strings."""

    MAX_LENGTH: int = 300
    events: list[object]

    def stringReceived(self, string: bytes) -> None:
        _noteString(self, string)

    def lengthLimitExceeded(self, length: int) -> None:
        self.events.append(("too long", length))
        super().lengthLimitExceeded(length)


_Strings = _Netstrings | _Int8 | _Int16 | _Int32


def _noteString(protocol: _Strings, string: bytes) -> None:
    protocol.events.append(string)
    match string.split():
        case [b"pause"]:
            protocol.pauseProducing()
        case [b"close"]:
            protocol.transport.loseConnection()
        case [b"limit", most]:
            protocol.MAX_LENGTH = _smallNumber(most)
        case _:
            pass


def _receiveStrings(protocol: _Strings, pieces: list[bytes], prefix: int) -> object:
    protocol.events = []
    transport = connected(protocol)
    for piece in pieces:
        protocol.dataReceived(piece)
        while protocol.paused:
            protocol.resumeProducing()
        held = len(protocol._heldStrings) if hasattr(protocol, "_heldStrings") else 0
        expect(held, 999 + prefix, "bytes of a string")
    return [*protocol.events, transport.disconnecting]


def netstrings(pieces: list[bytes]) -> object:
    """Feed a NetstringReceiver."""
    return _receiveStrings(_Netstrings(), pieces, 5)


def int8(pieces: list[bytes]) -> object:
    """Feed an Int8StringReceiver."""
    return _receiveStrings(_Int8(), pieces, 1)


def int16(pieces: list[bytes]) -> object:
    """Feed an Int16StringReceiver."""
    return _receiveStrings(_Int16(), pieces, 2)


def int32(pieces: list[bytes]) -> object:
    """Feed an Int32StringReceiver."""
    return _receiveStrings(_Int32(), pieces, 4)


_STRINGS = [
    *(b"", b"a", b"hello", b"pause", b"close", b"limit 3", b"limit 999", b"x" * 199),
    *(b"x" * 200, b"\0\0\0\5", b"5:", b","),
]
_LONG_STRINGS = [*_STRINGS, b"x" * 201, b"x" * 255, b"x" * 300, b"x" * 301]


def _packed(format: str, strings: list[bytes]) -> list[bytes]:
    return [struct.pack(format, len(string)) + string for string in strings]


class _Sizes(StatefulProtocol):
    """A number of two bytes, and so many bytes, again and again."""

    MAX_LENGTH: int = 1000

    def __init__(self) -> None:
        self.events: list[object] = []

    def getInitialState(self) -> State:
        return self.sizeReceived, 2

    def sizeReceived(self, data: bytes) -> State | None:
        size = int.from_bytes(data)
        if size > self.MAX_LENGTH:
            self.transport.loseConnection()
            return None
        self.events.append(size)
        return self.contentReceived, size

    def contentReceived(self, data: bytes) -> State | None:
        self.events.append(data)
        return self.sizeReceived, 2


def stateful(pieces: list[bytes]) -> object:
    """Feed a StatefulProtocol."""
    protocol = _Sizes()
    transport = connected(protocol)
    for piece in pieces:
        protocol.dataReceived(piece)
        expect(len(protocol._held), protocol.MAX_LENGTH, "bytes of a state")
    return [*protocol.events, transport.disconnecting]


def wire(pieces: list[bytes]) -> object:
    """Feed Echo and Discard."""
    echo, discard = Echo(), Discard()
    echoed, discarded = connected(echo), connected(discard)
    for piece in pieces:
        echo.dataReceived(piece)
        discard.dataReceived(piece)
    if echoed.value() != b"".join(pieces):
        raise Violation(f"{pieces!r} came back as {echoed.value()!r}")
    return echoed.value(), discarded.value()


class _Mouse(MouseMan):
    """Notes what is done with it."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def moved(self, x: int, y: int) -> None:
        self.events.append((x, y))

    def pressed(self, button: object) -> None:
        self.events.append(("pressed", button))

    def released(self, button: object) -> None:
        self.events.append(("released", button))


def mouse(pieces: list[bytes]) -> object:
    """Feed a MouseMan."""
    protocol = _Mouse()
    connected(protocol)
    for piece in pieces:
        protocol.dataReceived(piece)
        assert protocol._reader is not None
        expect(len(protocol._reader._packet), 2, "bytes of a packet")
    return protocol.events


def _mousePackets(random: Random) -> bytes:
    packets = []
    for _ in range(random.randint(1, 6)):
        first = 0x40 | random.getrandbits(6)
        packets.append(bytes([first, random.getrandbits(6), random.getrandbits(6)]))
        if random.random() < 0.4:
            packets.append(random.choice([b"\x00", b"\x20"]))
    return b"".join(packets)


class _Sink:
    """A consumer that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def registerProducer(self, producer: object, streaming: bool) -> None:
        """Take the proxy for a producer."""

    def unregisterProducer(self) -> None:
        """Let it go."""

    def write(self, data: bytes) -> None:
        """Take bytes."""
        self.written.append(data)


class _Source:
    """A producer that is told to wait."""

    paused = False

    def pauseProducing(self) -> None:
        self.paused = True

    def resumeProducing(self) -> None:
        self.paused = False

    def stopProducing(self) -> None:
        self.paused = True


def proxy(pieces: list[bytes]) -> object:
    """Write through a ProducerConsumerProxy that is paused and resumed as the bytes say."""
    sink, source = _Sink(), _Source()
    through = ProducerConsumerProxy(sink)
    through.bufferSize = 50
    through.registerProducer(source, True)
    for piece in pieces:
        if source.paused:
            through.resumeProducing()
        if through._size and not through.paused:
            raise Violation(f"{through._size} bytes wait though they are wanted")
        through.write(piece)
        if piece[0] & 1:
            through.pauseProducing()
        elif piece[0] & 2:
            through.resumeProducing()
    through.resumeProducing()
    through.unregisterProducer()
    return b"".join(sink.written)


LINES = [
    Target("line-receiver", joined(_LINES, 12), lineReceiver, _LINES),
    Target("line-only-receiver", joined(_LINES, 12), lineOnlyReceiver, _LINES),
    Target("line-buffer", joined(_LINES, 12), lineBuffer, _LINES),
    Target("netstrings", joined([b"%d:%b," % (len(s), s) for s in _LONG_STRINGS]), netstrings),
    Target("int8-strings", joined(_packed("!B", _STRINGS)), int8),
    Target("int16-strings", joined(_packed("!H", _LONG_STRINGS)), int16),
    Target("int32-strings", joined(_packed("!I", _LONG_STRINGS)), int32),
    Target("stateful", joined(_packed("!H", _LONG_STRINGS)), stateful),
    Target("wire", joined(_LINES), wire),
    Target("mouseman", _mousePackets, mouse),
    Target("producer-proxy", joined(_LINES), proxy),
]
