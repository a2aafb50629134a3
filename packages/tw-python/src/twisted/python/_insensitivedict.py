"""A dictionary whose keys are texts of any case."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import TypeVar, cast

_K = TypeVar("_K", bound=str | bytes)
_V = TypeVar("_V")


def _folded(key: object) -> object:
    """Return what all spellings of a key have in common."""
    return key.lower() if isinstance(key, (str, bytes)) else key


class InsensitiveDict(MutableMapping[_K, _V]):
    """A dictionary that does not tell upper from lower case in its keys, `str` or `bytes`."""

    def __init__(
        self,
        dict: Mapping[_K, _V] | Iterable[tuple[_K, _V]] | None = None,
        preserve: int = 1,
    ) -> None:
        """Make a dictionary.

        Args:
            dict: What it shall hold at first.
            preserve: Whether keys are listed as they were written last; otherwise in lower case.
        """
        self.preserve = preserve
        self._items: MutableMapping[object, tuple[_K, _V]] = {}
        if dict is not None:
            self.update(dict)

    def __getitem__(self, key: _K) -> _V:
        return self._items[_folded(key)][1]

    def __setitem__(self, key: _K, value: _V) -> None:
        folded = _folded(key)
        written = key if self.preserve else cast(_K, folded)
        self._items[folded] = (written, value)

    def __delitem__(self, key: _K) -> None:
        del self._items[_folded(key)]

    def __iter__(self) -> Iterator[_K]:
        return iter([written for written, _ in self._items.values()])

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return _folded(key) in self._items

    has_key = __contains__

    def copy(self) -> "InsensitiveDict[_K, _V]":
        """Return another dictionary with the same contents."""
        return InsensitiveDict(self, self.preserve)

    def iterkeys(self) -> Iterator[_K]:
        """Return an iterator over the keys."""
        return iter(self)

    def itervalues(self) -> Iterator[_V]:
        """Return an iterator over the values."""
        return iter(self.values())

    def iteritems(self) -> Iterator[tuple[_K, _V]]:
        """Return an iterator over the pairs."""
        return iter(self.items())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        theirs = {_folded(key): value for key, value in other.items()}
        return theirs == {folded: value for folded, (_, value) in self._items.items()}

    __hash__ = None  # type: ignore[assignment]  # mutable, as a dictionary

    def __repr__(self) -> str:
        pairs = ", ".join(f"{key!r}: {value!r}" for key, value in self.items())
        return f"InsensitiveDict({{{pairs}}})"


__all__ = ["InsensitiveDict"]
