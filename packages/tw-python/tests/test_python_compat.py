"""Names that code kept when it ran on Python 2 as well."""

from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python import compat, randbytes
from twisted.python.compat import (
    cmp,
    comparable,
    execfile,
    intToBytes,
    iterbytes,
    iteritems,
    iterkeys,
    itervalues,
    lazyByteSlice,
    nativeString,
    networkString,
    urlquote,
    urlunquote,
)


def test_ascii_is_a_native_string() -> None:
    assert nativeString("abc") == nativeString(b"abc") == "abc"


@pytest.mark.parametrize("s", ["é", b"\xc3\xa9"])
def test_other_characters_are_no_native_string(s: str | bytes) -> None:
    with pytest.raises(UnicodeError):
        nativeString(s)


def test_other_objects_are_no_native_string() -> None:
    with pytest.raises(TypeError, match="5 is neither"):
        nativeString(cast(Any, 5))


def test_ascii_is_a_network_string() -> None:
    assert networkString("abc") == b"abc"


def test_other_characters_are_no_network_string() -> None:
    with pytest.raises(UnicodeError):
        networkString("é")


def test_bytes_are_no_network_string() -> None:
    with pytest.raises(TypeError, match="b'abc'"):
        networkString(cast(Any, b"abc"))


@given(st.binary(max_size=50))
def test_bytes_are_yielded_one_by_one(data: bytes) -> None:
    pieces = list(iterbytes(data))
    assert b"".join(pieces) == data
    assert all(len(piece) == 1 for piece in pieces)


@given(st.binary(max_size=50), st.integers(0, 60), st.none() | st.integers(0, 60))
def test_a_slice_is_what_slicing_gives(data: bytes, offset: int, size: int | None) -> None:
    end = None if size is None else offset + size
    assert bytes(lazyByteSlice(data, offset, size)) == data[offset:end]


def test_a_slice_is_no_copy() -> None:
    data = bytearray(b"abc")
    view = lazyByteSlice(data, 1)
    data[1] = ord("x")
    assert bytes(view) == b"xc"


def test_digits_of_a_number() -> None:
    assert intToBytes(-12) == b"-12"


def test_views_of_a_dictionary() -> None:
    d = {"a": 1}
    assert (list(iteritems(d)), list(iterkeys(d)), list(itervalues(d))) == ([("a", 1)], ["a"], [1])


def test_cmp_orders() -> None:
    assert (cmp(1, 2), cmp(2, 2), cmp(3, 2)) == (-1, 0, 1)


@comparable
class Number:
    def __init__(self, value: int) -> None:
        self.value = value

    def __cmp__(self, other: object) -> int:
        if not isinstance(other, Number):
            return cast(int, NotImplemented)
        return cmp(self.value, other.value)


def test_a_class_with_cmp_gets_the_comparisons() -> None:
    one: Any = Number(1)
    two: Any = Number(2)
    assert one < two <= two
    assert two > one
    assert two >= two
    assert one == Number(1)
    assert one != two


def test_a_class_with_cmp_may_decline() -> None:
    one: Any = Number(1)
    assert one != "one"
    with pytest.raises(TypeError):
        assert one < "one"


def test_a_file_is_run(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("y = x + 1\n")
    namespace: dict[str, Any] = {"x": 1}
    execfile(str(tmp_path / "file.py"), namespace)
    assert namespace["y"] == 2


def test_a_file_is_run_in_two_namespaces(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("y = x + 1\n")
    inner: dict[str, Any] = {}
    execfile(str(tmp_path / "file.py"), {"x": 1}, inner)
    assert inner == {"y": 2}


def test_urls_are_quoted() -> None:
    assert urlquote("a b") == "a%20b"
    assert urlunquote("a%20b") == "a b"


def test_the_names_of_python_2() -> None:
    assert compat._PY3
    assert compat.unicode is compat.StringType is str
    assert compat.xrange is range
    assert compat.unichr(65) == "A"


@pytest.mark.parametrize("source", [randbytes.secureRandom, randbytes.insecureRandom])
def test_random_bytes_are_as_many_as_asked_for(source: Any) -> None:
    assert len(source(16)) == 16
    assert source(16) != source(16)


def test_without_secure_bytes_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(nbytes: int) -> bytes:
        raise NotImplementedError

    monkeypatch.setattr("os.urandom", missing)
    with pytest.raises(randbytes.SecureRandomNotAvailable):
        randbytes.secureRandom(4)
    assert len(randbytes.secureRandom(4, fallback=True)) == 4
