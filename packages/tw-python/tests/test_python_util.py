"""Small helpers."""

import errno
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python.util import (
    FancyEqMixin,
    FancyStrMixin,
    InsensitiveDict,
    mergeFunctionMetadata,
    nameToLabel,
    padTo,
    println,
    raises,
    runWithWarningsSuppressed,
    searchupwards,
    sibpath,
    uniquify,
    untilConcludes,
)


def test_println_prints_with_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    println("a", 1, None)
    println()
    assert capsys.readouterr().out == "a 1 None\n\n"


def test_a_file_beside_another() -> None:
    assert sibpath("/a/b.py", "c.txt") == "/a/c.txt"
    assert sibpath(b"/a/b.py", b"c.txt") == b"/a/c.txt"
    assert sibpath(Path("/a/b.py"), "c.txt") == "/a/c.txt"


def test_a_relative_path_is_made_absolute() -> None:
    assert sibpath("b.py", "c.txt") == os.path.join(os.getcwd(), "c.txt")


@given(st.lists(st.integers(0, 5)))
def test_elements_are_kept_once_in_order(elements: list[int]) -> None:
    unique = uniquify(elements)
    assert set(unique) == set(elements)
    assert [elements.index(element) for element in unique] == sorted(
        elements.index(element) for element in unique
    )
    assert len(unique) == len(set(unique))


def test_a_list_is_padded() -> None:
    assert padTo(3, [1]) == [1, None, None]
    assert padTo(2, [1], 0) == [1, 0]


def test_a_list_that_is_too_long_is_not_padded() -> None:
    with pytest.raises(ValueError, match="3 elements"):
        padTo(2, [1, 2, 3])


@pytest.mark.parametrize(
    ("name", "label"), [("userName", "User Name"), ("f", "F"), ("", ""), ("userID", "User ID")]
)
def test_a_name_is_made_a_label(name: str, label: str) -> None:
    assert nameToLabel(name) == label


def test_whether_a_call_raises() -> None:
    assert raises(ValueError, int, "x")
    assert not raises(ValueError, int, "1")
    with pytest.raises(TypeError):
        raises(ValueError, int, None)  # type: ignore[arg-type]  # this is what is tested


def test_an_interrupted_call_is_repeated() -> None:
    outcomes: list[Any] = [OSError(errno.EINTR, "interrupted"), "result"]

    def call() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, OSError):
            raise outcome
        return str(outcome)

    assert untilConcludes(call) == "result"


def test_another_error_ends_the_repetition() -> None:
    def call() -> None:
        raise OSError(errno.EPIPE, "broken")

    with pytest.raises(BrokenPipeError):
        untilConcludes(call)


def test_warnings_are_suppressed_during_the_call_only() -> None:
    def warn() -> str:
        warnings.warn("known", RuntimeWarning, stacklevel=2)
        return "result"

    suppressed = [(("ignore",), {"message": "known"})]
    assert runWithWarningsSuppressed(suppressed, warn) == "result"
    with pytest.warns(RuntimeWarning, match="known"):
        warn()


def test_a_directory_is_searched_upwards(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "marker").touch()
    start = str(tmp_path / "a" / "b")
    assert searchupwards(start, files=["marker"]) == str(tmp_path / "a") + os.sep
    assert searchupwards(start, files=["marker"], dirs=["b"]) == str(tmp_path / "a") + os.sep
    assert searchupwards(start, files=["no such file anywhere"]) is None


def test_a_function_is_made_to_look_like_another() -> None:
    def original() -> None:
        """The documentation."""

    def stand_in() -> int:
        return 1

    setattr(original, "mark", 1)  # noqa: B010 - types do not know it
    setattr(stand_in, "own", 2)  # noqa: B010 - as above
    merged = mergeFunctionMetadata(original, stand_in)
    assert merged is stand_in
    assert merged() == 1
    assert (merged.__name__, merged.__doc__) == ("original", "The documentation.")
    assert {"mark": 1, "own": 2}.items() <= vars(merged).items()


class TestInsensitiveDict:
    def test_keys_are_found_in_any_case(self) -> None:
        d: InsensitiveDict[str | bytes, int] = InsensitiveDict([("Content-Type", 1), (b"Host", 2)])
        assert d["content-type"] == d["CONTENT-TYPE"] == 1
        assert d[b"HOST"] == 2
        assert "CONTENT-type" in d
        assert d.get("other") is None

    def test_text_and_bytes_are_different_keys(self) -> None:
        d: InsensitiveDict[str | bytes, int] = InsensitiveDict([("host", 1)])
        assert b"host" not in d

    def test_keys_are_listed_as_they_were_written_last(self) -> None:
        d = InsensitiveDict({"Host": 1})
        d["HOST"] = 2
        assert list(d.items()) == [("HOST", 2)]

    def test_keys_can_be_listed_in_lower_case(self) -> None:
        assert list(InsensitiveDict({"Host": 1}, preserve=0)) == ["host"]

    def test_keys_are_deleted_in_any_case(self) -> None:
        d = InsensitiveDict({"Host": 1})
        del d["hOST"]
        assert len(d) == 0
        with pytest.raises(KeyError):
            del d["host"]

    def test_dictionaries_are_equal_in_any_case(self) -> None:
        assert InsensitiveDict({"A": 1}) == {"a": 1}
        assert InsensitiveDict({"A": 1}) == InsensitiveDict({"a": 1})
        assert InsensitiveDict({"A": 1}) != {"a": 2}
        assert InsensitiveDict({"A": 1}) != 5

    def test_a_copy_is_another_dictionary(self) -> None:
        d = InsensitiveDict({"A": 1})
        duplicate = d.copy()
        duplicate["A"] = 2
        assert d["A"] == 1
        assert list(duplicate) == ["A"]

    def test_the_methods_of_a_dictionary(self) -> None:
        d = InsensitiveDict({"A": 1})
        assert d.setdefault("a", 5) == 1
        assert d.pop("a") == 1
        d.update({"B": 2})
        assert (list(d.iterkeys()), list(d.itervalues()), list(d.iteritems())) == (
            ["B"],
            [2],
            [("B", 2)],
        )
        assert d.has_key("b")

    def test_its_repr(self) -> None:
        assert repr(InsensitiveDict({"A": 1})) == "InsensitiveDict({'A': 1})"


class Point(FancyEqMixin, FancyStrMixin):
    compareAttributes = ("x", "y")
    showAttributes = ("x", ("y", lambda value: f"<{value}>"), ("z", "depth", "%.1f"))

    def __init__(self, x: int, y: int, z: float = 0) -> None:
        self.x, self.y, self.z = x, y, z


class TestMixins:
    def test_objects_are_equal_by_their_attributes(self) -> None:
        assert Point(1, 2, 3) == Point(1, 2, 4)
        assert Point(1, 2) != Point(1, 3)
        assert hash(Point(1, 2, 3)) == hash(Point(1, 2, 4))

    def test_objects_of_other_classes_are_not_equal(self) -> None:
        class Other(FancyEqMixin):
            compareAttributes = ("x", "y")
            x, y = 1, 2

        assert Point(1, 2) != Other()

    def test_without_attributes_objects_equal_themselves(self) -> None:
        class Bare(FancyEqMixin):
            pass

        bare = Bare()
        assert bare == bare
        assert bare != Bare()
        assert len({bare, Bare()}) == 2

    def test_attributes_are_shown(self) -> None:
        assert repr(Point(1, 2, 3)) == str(Point(1, 2, 3)) == "<Point x=1 y=<2> depth=3.0>"

    def test_the_name_can_be_chosen(self) -> None:
        class Named(FancyStrMixin):
            fancybasename = "Renamed"

        assert str(Named()) == "<Renamed>"
