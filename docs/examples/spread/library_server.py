"""A library, whose books are objects."""

from library import TitleUnknown

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import react
from twisted.spread import pb


class Book(pb.Referenceable):
    """One book; clients get references to it."""

    def __init__(self, *pages):
        self.pages = pages

    def remote_read(self, page=1):
        return self.pages[page - 1]


class Library(pb.Root):
    """What each client gets first."""

    def __init__(self, books):
        self.books = books

    def remote_titles(self):
        return sorted(self.books)

    async def remote_borrow(self, title):
        # A method that has to wait for something is a coroutine, or returns a Deferred.
        if title not in self.books:
            raise TitleUnknown(f"there is no {title!r}")
        return self.books[title]

    def remote_isFrogs(self, book):
        # A reference that comes back is the object that was given away.
        return book is self.books["Frogs"]

    async def remote_suggest(self, reader):
        # An object of the client is called as ours are: a connection has two equal ends.
        return [title for title in sorted(self.books) if await reader.callRemote("likes", title)]


async def main(reactor, description="tcp:8787:interface=127.0.0.1"):
    library = Library({"Frogs": Book("Frogs jump.", "They swim, too."), "Toads": Book("Toads.")})
    port = await serverFromString(reactor, description).listen(pb.PBServerFactory(library))
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
