"""What type checkers must understand of tw-persisted; checked by mypy and pyright, not run."""

import io
from typing import Any, assert_type

from twisted.persisted import dirdbm
from twisted.persisted.aot import jellyToSource, unjellyFromSource
from twisted.persisted.dirdbm import DirDBM, Shelf
from twisted.persisted.sob import IPersistable, Persistent, guessType
from twisted.persisted.styles import Versioned, requireUpgrade

words = DirDBM("words")
assert_type(words, DirDBM)
assert_type(words[b"k"], bytes)
assert_type(words.get(b"k"), bytes | None)
assert_type(words.get(b"k", 3), bytes | int)
assert_type(words.pop(b"k"), bytes)
assert_type(words.items(), list[tuple[bytes, bytes]])
assert_type(words.copyTo("other"), DirDBM)
assert_type(dirdbm.open("words", "c")[b"k"], bytes)
words["k"] = b"v"  # type: ignore[index]  # pyright: ignore[reportArgumentType]
words[b"k"] = "v"  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]

anything = Shelf("visits")
assert_type(anything[b"k"], Any)
anything[b"k"] = [1, 2]
visits: Shelf[list[str]] = Shelf("visits")
assert_type(visits[b"k"], list[str])
assert_type(visits.copyTo("other"), Shelf[list[str]])
visits[b"k"] = 3  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]

persistable: IPersistable = Persistent(visits, "visits")
assert_type(guessType("a.tac"), str)
assert_type(jellyToSource(3), str | None)
assert_type(jellyToSource(3, io.BytesIO()), str | None)
assert_type(unjellyFromSource("app=3"), object)
versioned: Versioned = Versioned()
assert_type(requireUpgrade(versioned), Versioned)
