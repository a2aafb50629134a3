"""The receivers of lines and strings over real TCP connections, on a reactor that is made for the test."""

import socket
import struct
import threading
from collections.abc import Callable

from twisted.internet.address import IPv4Address
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.selectreactor import SelectReactor
from twisted.protocols.basic import (
    Int32StringReceiver,
    LineOnlyReceiver,
    LineReceiver,
    NetstringReceiver,
)


class Upper(LineReceiver):
    """Answers lines in capitals; `raw N` is followed by N bytes that are sent back as they are."""

    def lineReceived(self, line: bytes) -> None:
        if line.startswith(b"raw "):
            self.left = int(line[4:])
            self.setRawMode()
        elif line == b"bye":
            self.transport.loseConnection()
        else:
            self.sendLine(line.upper())

    def rawDataReceived(self, data: bytes) -> None:
        mine, rest = data[: self.left], data[self.left :]
        self.left -= len(mine)
        self.transport.write(mine)
        if not self.left:
            self.setLineMode(rest)


class OnlyUpper(LineOnlyReceiver):
    """Answers lines in capitals."""

    MAX_LENGTH = 100

    def lineReceived(self, line: bytes) -> None:
        if line == b"bye":
            self.transport.loseConnection()
        else:
            self.sendLine(line.upper())


class Strings(Int32StringReceiver):
    """Answers strings in capitals."""

    def stringReceived(self, string: bytes) -> None:
        self.sendString(string.upper())
        if string == b"bye":
            self.transport.loseConnection()


class Netstrings(NetstringReceiver):
    """Answers strings in capitals."""

    def stringReceived(self, string: bytes) -> None:
        self.sendString(string.upper())


def exchange(protocol: Callable[[], Protocol], chunks: list[bytes]) -> bytes:
    """Send chunks to a server with the protocol; return all that comes until it closes."""
    reactor = SelectReactor()
    factory = Factory.forProtocol(protocol)
    factory.noisy = False
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    address = port.getHost()
    assert isinstance(address, IPv4Address)
    answer: list[bytes] = []

    def client() -> None:
        try:
            with socket.create_connection(("127.0.0.1", address.port), timeout=60) as connection:
                for chunk in chunks:
                    connection.sendall(chunk)
                while data := connection.recv(65536):
                    answer.append(data)
        finally:
            reactor.callFromThread(reactor.stop)

    thread = threading.Thread(target=client)
    reactor.callWhenRunning(thread.start)
    reactor.run()
    thread.join(60)
    reactor.close()
    return b"".join(answer)


def test_lines_are_received_over_tcp() -> None:
    assert exchange(Upper, [b"one\r\ntw", b"o\r\nbye\r\nthree\r\n"]) == b"ONE\r\nTWO\r\n"


def test_lines_only_are_received_over_tcp() -> None:
    assert exchange(OnlyUpper, [b"one\r", b"\ntwo\r\nbye\r\n"]) == b"ONE\r\nTWO\r\n"


def test_raw_bytes_and_lines_by_turns_over_tcp() -> None:
    body = bytes(range(256)) * 1000
    stream = b"raw %d\r\n%sone\r\nraw 2\r\n\r\ntwo\r\nbye\r\n" % (len(body), body)
    assert exchange(Upper, [stream]) == body + b"ONE\r\n\r\nTWO\r\n"


def test_overlong_line_closes_the_connection_over_tcp() -> None:
    assert exchange(OnlyUpper, [b"one\r\n", b"x" * 101]) == b"ONE\r\n"


def test_many_lines_in_one_go_over_tcp() -> None:
    stream = b"a line of text\r\n" * 20_000
    assert exchange(Upper, [stream + b"bye\r\n"]) == stream.upper()


def test_strings_are_received_over_tcp() -> None:
    strings = [b"one", b"", b"x" * 90_000, b"bye"]
    stream = b"".join(struct.pack("!I", len(string)) + string for string in strings)
    answer = stream.upper()
    late = struct.pack("!I", 4) + b"late"
    assert exchange(Strings, [stream[:2], stream[2:9], stream[9:] + late]) == answer


def test_string_too_long_closes_the_connection_over_tcp() -> None:
    assert exchange(Strings, [struct.pack("!I", 100_000)]) == b""


def test_netstrings_are_received_over_tcp_until_one_is_malformed() -> None:
    assert exchange(Netstrings, [b"3:one,3:tw", b"o,oops"]) == b"3:ONE,3:TWO,"
