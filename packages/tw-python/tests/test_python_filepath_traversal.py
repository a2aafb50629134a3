"""No name that a peer can send leads a path out of its directory."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.python.filepath import FilePath, InsecurePath

pytestmark = pytest.mark.property
EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

# Names are made of the pieces that could lead somewhere, and of any others.
PIECES = st.sampled_from(
    [
        "..",
        ".",
        "/",
        "//",
        "\\",
        "\0",
        "a",
        "ab",
        "~",
        "%2e",
        "%2f",
        ":",
        "C:",
        " ",
        "\n",
        "ä",
        "．",
    ]
)
NAMES = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=20)
ENCODABLE = NAMES.filter(lambda name: not any("\ud800" <= each <= "\udfff" for each in name))
BYTES = ENCODABLE.map(str.encode) | st.binary(max_size=20)
BASE = Path(__file__).resolve().parent
DIRECTORIES = st.sampled_from(["/", "/a", "/a/ab", "/tmp", "/a b/ä"])


def isInside(path: str, directory: str) -> bool:
    """Return whether a path is a directory or something in it, name by name."""
    names = [name for name in directory.split("/") if name]
    found = [name for name in path.split("/") if name]
    assert "." not in found
    assert ".." not in found
    return found[: len(names)] == names


@given(DIRECTORIES, ENCODABLE)
@EXAMPLES
def test_a_child_is_an_entry_or_refused(directory: str, name: str) -> None:
    parent = FilePath(directory)
    try:
        found = parent.child(name)
    except InsecurePath:
        return
    assert "\0" not in found.path
    assert found == parent or found.parent() == parent
    assert isInside(found.path, directory)


@given(DIRECTORIES, BYTES)
@EXAMPLES
def test_a_child_in_bytes_is_an_entry_or_refused(directory: str, name: bytes) -> None:
    parent = FilePath(directory.encode())
    try:
        found = parent.child(name)
    except InsecurePath:
        return
    assert b"\0" not in found.path
    assert found == parent or found.parent() == parent


@given(DIRECTORIES, ENCODABLE)
@EXAMPLES
def test_bytes_are_refused_as_their_text_is(directory: str, name: str) -> None:
    parent = FilePath(directory)
    try:
        found = parent.child(name)
    except InsecurePath:
        with pytest.raises(InsecurePath):
            parent.child(name.encode())
    else:
        assert parent.child(name.encode()) == found.asBytesMode()


@given(DIRECTORIES, st.lists(ENCODABLE, max_size=4))
@EXAMPLES
def test_a_descendant_is_inside_or_refused(directory: str, names: list[str]) -> None:
    try:
        found = FilePath(directory).descendant(names)
    except InsecurePath:
        return
    assert isInside(found.path, directory)


@given(DIRECTORIES, ENCODABLE)
@EXAMPLES
def test_a_permitted_path_is_inside_or_refused(directory: str, path: str) -> None:
    try:
        found = FilePath(directory).preauthChild(path)
    except InsecurePath:
        return
    assert isInside(found.path, directory)


@given(st.sampled_from(["/a", "/a/ab", "/a b/ä"]), ENCODABLE)
@EXAMPLES
def test_what_is_added_to_a_name_stays_in_its_directory(path: str, added: str) -> None:
    base = FilePath(path)
    try:
        found = [base.siblingExtension(added), base.temporarySibling(added), base.sibling(added)]
    except InsecurePath:
        return
    for each in found:
        assert each == base.parent() or each.parent() == base.parent()


@given(DIRECTORIES, st.lists(st.sampled_from(["a", "b", "ä", "..c", " "]), max_size=5))
@EXAMPLES
def test_segments_and_descendants_undo_each_other(directory: str, names: list[str]) -> None:
    top = FilePath(directory)
    found = top.descendant(names)
    assert found.segmentsFrom(top) == names
    assert list(found.parents())[: len(names)] == [
        top.descendant(names[:count]) for count in reversed(range(len(names)))
    ]


@given(name=ENCODABLE)
@EXAMPLES
def test_the_system_agrees_about_where_a_child_is(name: str) -> None:
    parent = FilePath(str(BASE))
    try:
        found = parent.child(name)
    except InsecurePath:
        return
    assert Path(found.path).resolve().is_relative_to(BASE)
