"""What the server and the clients of the library both know: the methods of its objects."""

from typing import Protocol

from twisted.spread import pb


class TitleUnknown(pb.Error):
    """The library has no such book."""


class Shelf(Protocol):
    """What a client can ask of the library."""

    def remote_titles(self) -> list[str]:
        """Return the titles of all books."""
        ...

    def remote_borrow(self, title: str) -> pb.RemoteReference:
        """Return a reference to a book."""
        ...


class Borrowed(Protocol):
    """What a client can ask of a book."""

    def remote_read(self, page: int = 1) -> str:
        """Return the text of a page."""
        ...
