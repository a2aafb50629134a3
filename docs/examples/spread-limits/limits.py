"""Goes to the limits, with a server and a client in one program."""

from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.internet.task import react
from twisted.spread import banana, pb


class Thing(pb.Referenceable):
    """Something that clients can have a reference to."""


class Store(pb.Root):
    """What clients get first."""

    def remote_size(self, data):
        return len(data)

    def remote_number(self, number):
        return number.bit_length()

    def remote_zeros(self, number):
        return bytes(number)

    def remote_things(self, number):
        return [Thing() for _ in range(number)]


def explain(failure):
    # What fails here is an exception of ours, what fails there is a copy of one.
    where = "there" if isinstance(failure, pb.CopiedFailure) else "here"
    return f"refused {where}: {failure.getErrorMessage()}"


async def tryAll(store):
    async def show(what, name, argument):
        print(f"{what}:", await store.callRemote(name, argument).addErrback(explain))

    most = banana.SIZE_LIMIT
    await show("as many bytes as may be", "size", bytes(most))
    await show("one more", "size", bytes(most + 1))
    await show("one more in the answer", "zeros", most + 1)

    await show("bits of the largest integer", "number", 2**448 - 1)
    await show("one more", "number", 2**448)

    deep = []
    for _ in range(banana.DEPTH_LIMIT):
        deep = [deep]
    await show("lists in lists", "size", deep)

    await show("too many references", "things", pb.MAX_BROKER_REFS + 1)
    things = await store.callRemote("things", pb.MAX_BROKER_REFS)
    await show("no room for one more", "things", 1)
    # A reference that is let go makes room for another.
    things.pop()
    print("room again:", len(await store.callRemote("things", 1)))


class LargeBroker(pb.Broker):
    """An end of a connection with other limits."""

    sizeLimit = 2 * 1024 * 1024
    prefixLimit = 128


async def serve(reactor, broker):
    server, factory = pb.PBServerFactory(Store()), pb.PBClientFactory()
    # Both ends have to agree: each refuses what it would not take itself.
    server.protocol = factory.protocol = broker
    port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(server)
    await TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port).connect(factory)
    return await factory.getRootObject()


async def main(reactor):
    await tryAll(await serve(reactor, pb.Broker))
    large = await serve(reactor, LargeBroker)
    print("with other limits:", await large.callRemote("size", bytes(2_000_000)))
    print("with other limits:", await large.callRemote("number", 2**800))


if __name__ == "__main__":
    react(main)
