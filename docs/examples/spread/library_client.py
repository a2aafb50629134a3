"""Reads in the library."""

from library import Borrowed, Shelf, TitleUnknown

from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb


class Reader(pb.Referenceable):
    """What the library can call."""

    def remote_likes(self, title):
        return title.startswith("T")


async def main(reactor, description="tcp:127.0.0.1:8787"):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    shelf = await factory.getRootObject()
    print("the titles are", ", ".join(await shelf.callRemote("titles")))

    # Both ends can pass references to their objects, and send back those that they got.
    print("I should read", await shelf.callRemote("suggest", Reader()))
    frogs = await shelf.callRemote("borrow", "Frogs")
    print("this is Frogs:", await shelf.callRemote("isFrogs", frogs))

    # The same call, as type checkers understand it.
    typed = pb.TypedReference(shelf, Shelf)
    book = pb.TypedReference(await typed.callRemote(Shelf.remote_borrow, "Frogs"), Borrowed)
    print(await book.callRemote(Borrowed.remote_read, page=2))

    # An errback knows the exceptions of the server by class; a coroutine sees a RemoteError.
    call = shelf.callRemote("borrow", "Newts")
    call.addErrback(lambda failure: failure.trap(TitleUnknown) and failure.getErrorMessage())
    print("the library says:", await call)
    try:
        await shelf.callRemote("burn")
    except pb.RemoteError as error:
        print("the library says:", error)


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
