"""Count visits: `python visits.py alice Monday`."""

import sys

from twisted.persisted.dirdbm import Shelf

# The values of this one are lists of texts; a type checker knows it from here.
visits: Shelf[list[str]] = Shelf("visits")


def main(name: str, day: str) -> None:
    """Note a visit, and print all of this visitor."""
    key = name.encode()
    days = visits.get(key, [])
    days.append(day)
    # The list was a new one: it counts when it is stored.
    visits[key] = days
    print(f"{name}: {', '.join(visits[key])}")


if __name__ == "__main__":
    main(*sys.argv[1:])
