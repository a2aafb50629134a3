"""The incumbent as a peer of ours, a black box in a process of its own: TCP, UNIX sockets, UDP."""

import os
from typing import cast

from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IFileDescriptorReceiver, IUNIXTransport
from twisted.python.components import implementer

from .peers import HalfClosing, House, Mailbox, Noting, Only, Serving, digest, house, incumbent

__all__ = ["house"]

DATA = os.urandom(1024) * 8192

SERVER = """
import os, sys
from twisted.internet import interfaces, protocol, reactor
from zope.interface import implementer

@implementer(interfaces.IHalfCloseableProtocol)
class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(data)
    def readConnectionLost(self):
        self.transport.loseConnection()
    def writeConnectionLost(self):
        pass

class Abort(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.abortConnection()

@implementer(interfaces.IFileDescriptorReceiver)
class Descriptors(protocol.Protocol):
    def fileDescriptorReceived(self, descriptor):
        os.write(descriptor, b"written by the incumbent")
        os.close(descriptor)
        reading, writing = os.pipe()
        os.write(writing, b"read from the incumbent")
        os.close(writing)
        # It does not copy descriptors, so this one stays open.
        self.transport.sendFileDescriptor(reading)
        self.transport.write(b"x")
    def dataReceived(self, data):
        pass

class Datagrams(protocol.DatagramProtocol):
    def datagramReceived(self, data, addr):
        self.transport.write(data, addr)

def listening(kind):
    return reactor.listenTCP(0, protocol.Factory.forProtocol(kind), interface="127.0.0.1")

ports = [listening(Echo), listening(Abort), reactor.listenUDP(0, Datagrams(), "127.0.0.1")]
reactor.listenUNIX(sys.argv[1], protocol.Factory.forProtocol(Descriptors))
print(*[port.getHost().port for port in ports], flush=True)
reactor.run()
"""

CLIENT = """
import hashlib, os, sys
from twisted.internet import defer, interfaces, protocol, reactor
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.task import react
from zope.interface import implementer

data = open(sys.argv[1], "rb").read()
echo, aborting, udp, path = sys.argv[2:]

@implementer(interfaces.IHalfCloseableProtocol, interfaces.IFileDescriptorReceiver)
class Client(protocol.Protocol):
    def __init__(self):
        self.hash, self.descriptors, self.lost = hashlib.sha256(), [], defer.Deferred()
    def dataReceived(self, data):
        self.hash.update(data)
        if self.descriptors:
            self.transport.loseConnection()
    def fileDescriptorReceived(self, descriptor):
        self.descriptors.append(descriptor)
    def readConnectionLost(self):
        self.transport.loseConnection()
    def writeConnectionLost(self):
        pass
    def connectionLost(self, reason):
        self.lost.callback(reason.type.__name__)

class Datagrams(protocol.DatagramProtocol):
    def __init__(self):
        self.received = defer.Deferred()
    def startProtocol(self):
        self.transport.connect("127.0.0.1", int(udp))
        self.transport.write(b"a datagram")
    def datagramReceived(self, data, addr):
        self.received.callback(data.decode())

def reach(description):
    return connectProtocol(clientFromString(reactor, description), Client())

async def main(reactor):
    client = await reach("tcp:127.0.0.1:" + echo)
    client.transport.write(data)
    client.transport.loseWriteConnection()
    print(await client.lost, client.hash.hexdigest())
    client = await reach("tcp:127.0.0.1:" + aborting)
    client.transport.write(b"x")
    print(await client.lost)
    client = await reach("unix:" + path)
    reading, writing = os.pipe()
    client.transport.sendFileDescriptor(writing)
    client.transport.write(b"x")
    reason = await client.lost
    print(reason, os.read(reading, 100).decode(), os.read(client.descriptors[0], 100).decode())
    datagrams = Datagrams()
    reactor.listenUDP(0, datagrams)
    print(await datagrams.received)

react(lambda reactor: defer.ensureDeferred(main(reactor)))
"""


@implementer(IFileDescriptorReceiver)
class Descriptors(Noting):
    """Keeps descriptors."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptors: list[int] = []

    def fileDescriptorReceived(self, descriptor: int) -> None:
        self.descriptors.append(descriptor)

    def hand(self, descriptor: int) -> None:
        """Send a descriptor, and the byte that it goes with."""
        transport = cast(IUNIXTransport, self.transport)
        transport.sendFileDescriptor(descriptor)
        transport.write(b"x")
        os.close(descriptor)


class Server:
    """The incumbent as a server."""

    def __init__(self, house: House) -> None:
        self.path = house.directory / "sock"
        self.process = house.start(incumbent(), "-c", SERVER, self.path)
        house.until(lambda: house.printed(self.process).endswith(b"\n"))
        self.echo, self.aborting, self.udp = map(int, house.printed(self.process).split())


def test_the_incumbent_serves(house: House) -> None:
    server = Server(house)

    client = house.reach(f"tcp:127.0.0.1:{server.echo}", HalfClosing())
    client.transport.write(DATA)
    client.transport.loseWriteConnection()
    house.until(lambda: client.reasons)
    assert digest(client.received) == digest(DATA)
    assert client.reasons[0].check(ConnectionDone)

    aborted = house.reach(f"tcp:127.0.0.1:{server.aborting}", Noting())
    aborted.transport.write(b"x")
    house.until(lambda: aborted.reasons)
    assert aborted.reasons[0].check(ConnectionLost)

    holder = house.reach(f"unix:{server.path}", Descriptors())
    reading, writing = os.pipe()
    holder.hand(writing)
    house.until(lambda: holder.descriptors)
    assert os.read(reading, 100) == b"written by the incumbent"
    assert os.read(holder.descriptors[0], 100) == b"read from the incumbent"
    for descriptor in (reading, *holder.descriptors):
        os.close(descriptor)

    mailbox = Mailbox()
    house.reactor.listenUDP(0, mailbox, "127.0.0.1")
    mailbox.transport.write(b"a datagram", ("127.0.0.1", server.udp))
    house.until(lambda: mailbox.datagrams == [b"a datagram"])


def test_the_incumbent_is_served(house: House) -> None:
    (house.directory / "data").write_bytes(DATA)
    path = house.directory / "sock"
    aborting, holder = Noting(), Descriptors()
    aborting.onData = lambda data: aborting.transport.abortConnection()

    def answer(data: bytes) -> None:
        os.write(holder.descriptors[0], b"written by us")
        os.close(holder.descriptors[0])
        reading, writing = os.pipe()
        os.write(writing, b"read from us")
        os.close(writing)
        # The incumbent closes: what comes together with the end does not always reach it.
        holder.hand(reading)

    holder.onData = answer
    mailbox = Mailbox(echoing=True)
    echo = house.serve("tcp:0:interface=127.0.0.1", Serving(HalfClosing))
    abort = house.serve("tcp:0:interface=127.0.0.1", Only(aborting))
    house.serve(f"unix:{path}", Only(holder))
    ports = [echo, abort, house.reactor.listenUDP(0, mailbox, "127.0.0.1")]
    numbers = [port.getHost().port for port in ports]  # type: ignore[attr-defined]
    process = house.start(incumbent(), "-c", CLIENT, house.directory / "data", *numbers, path)
    house.until(lambda: process.poll() is not None)
    assert house.printed(process).decode().splitlines() == [
        f"ConnectionDone {digest(DATA)[1]}",
        "ConnectionLost",
        "ConnectionDone written by us read from us",
        "a datagram",
    ]
    assert aborting.reasons
