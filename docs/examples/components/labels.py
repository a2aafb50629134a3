"""Labels for all that a shop sells: adapters for classes, for interfaces, and for subclasses."""

from dataclasses import dataclass

from twisted.python.components import (
    Attribute,
    Interface,
    adapt,
    getAdapterFactory,
    implementer,
    registerAdapter,
)


class IGoods(Interface):
    """What the shop sells."""

    name: str = Attribute("What it is.")


class ILabel(Interface):
    """What stands on the shelf below the goods."""

    def text(self) -> str:
        """Return the text."""
        ...


class IPrice(Interface):
    """What goods cost."""

    def euros(self) -> int:
        """Return the price in whole euros."""
        ...


@implementer(IGoods)
@dataclass
class Book:
    """A book; it knows neither labels nor prices."""

    name: str
    pages: int


class Atlas(Book):
    """A book of maps."""


@implementer(IGoods)
@dataclass
class Lamp:
    """A lamp."""

    name: str


@implementer(ILabel)
class GoodsLabel:
    """The label for anything that is sold."""

    def __init__(self, goods: IGoods) -> None:
        self.goods = goods

    def text(self) -> str:
        return self.goods.name


@implementer(ILabel, IPrice)
class BookTag:
    """Label and price of a book in one adapter."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def text(self) -> str:
        return f"{self.book.name}, {self.book.pages} pages, {self.euros()} euros"

    def euros(self) -> int:
        return 5 + self.book.pages // 50


class AtlasTag(BookTag):
    """Maps cost more."""

    def euros(self) -> int:
        return super().euros() * 3


# For whatever provides an interface, for a class, and for a subclass of it.
registerAdapter(GoodsLabel, IGoods, ILabel)
registerAdapter(BookTag, Book, ILabel, IPrice)
registerAdapter(AtlasTag, Atlas, ILabel, IPrice)


def main() -> None:
    for goods in (Lamp("desk lamp"), Book("Emma", 450), Atlas("The World", 200)):
        print(adapt(ILabel, goods).text())
    print(adapt(IPrice, Lamp("desk lamp"), None))
    print(getAdapterFactory(Atlas, ILabel, None) is AtlasTag)
    try:
        registerAdapter(GoodsLabel, Book, ILabel)
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    main()
