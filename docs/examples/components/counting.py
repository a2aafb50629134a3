"""Count what is put on a shelf: an object that hands on what an interface names."""

from twisted.python.components import Interface, implementer, provides, proxyForInterface


class IShelf(Interface):
    """Holds things."""

    def put(self, thing: str) -> None:
        """Put a thing on it."""

    def contents(self) -> list[str]:
        """Return what is on it."""
        ...


@implementer(IShelf)
class Shelf:
    """A shelf."""

    def __init__(self) -> None:
        self._things: list[str] = []

    def put(self, thing: str) -> None:
        self._things.append(thing)

    def contents(self) -> list[str]:
        return list(self._things)


class CountingShelf(proxyForInterface(IShelf)):  # type: ignore[misc]  # a class made at run time
    """A shelf that counts; the rest is done by the shelf that it stands for."""

    count = 0

    def put(self, thing: str) -> None:
        self.count += 1
        super().put(thing)


def main() -> None:
    shelf = CountingShelf(Shelf())
    shelf.put("a vase")
    shelf.put("a clock")
    print(shelf.count, shelf.contents())
    print(provides(IShelf, shelf))


if __name__ == "__main__":
    main()
