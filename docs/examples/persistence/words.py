"""Keep words and their meanings: `python words.py librarian ook`."""

import sys

from twisted.persisted.dirdbm import DirDBM


def main(*arguments: str) -> None:
    """Store a meaning, or print one, or print all."""
    words = DirDBM("words")
    # Keys and values are bytes.
    match [each.encode() for each in arguments]:
        case [word, meaning]:
            words[word] = meaning
        case [word]:
            print(words.get(word, b"unknown").decode())
        case _:
            for word, meaning in sorted(words.items()):
                print(f"{word.decode()}: {meaning.decode()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
