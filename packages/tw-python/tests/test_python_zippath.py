"""Paths inside zip archives read like those in the file system."""

import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.python.components import provides, verifyObject
from twisted.python.filepath import FilePath, IFilePath, InsecurePath, UnlistableError
from twisted.python.zippath import MAX_DEPTH, ZipArchive, ZipPath

FILES = {"a.txt": b"A", "sub/b": b"B", "sub/deep/c": b"C", "empty/": b""}


def packed(path: Path, files: dict[str, bytes]) -> str:
    """Make an archive of files; names that end with `/` are directories."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), content)
    return str(path)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[ZipArchive[str]]:
    found = ZipArchive(packed(tmp_path / "it.zip", FILES))
    yield found
    found.close()


def test_an_archive_is_a_directory(archive: ZipArchive[str]) -> None:
    assert archive.exists()
    assert archive.isdir()
    assert not archive.isfile()
    assert sorted(archive.listdir()) == ["a.txt", "empty", "sub"]
    assert archive.archive is archive


def test_an_archive_can_vanish(archive: ZipArchive[str]) -> None:
    os.unlink(archive.path)
    assert not archive.exists()


def test_files_and_directories_are_told_apart(archive: ZipArchive[str]) -> None:
    file, directory, empty, missing = (archive.child(n) for n in ("a.txt", "sub", "empty", "no"))
    found = (file, directory, empty, missing)
    assert [each.exists() for each in found] == [True, True, True, False]
    assert [each.isfile() for each in found] == [True, False, False, False]
    assert [each.isdir() for each in found] == [False, True, True, False]
    assert not any(each.islink() for each in found)


def test_content_is_read(archive: ZipArchive[str]) -> None:
    path = archive.child("sub").child("b")
    assert path.getContent() == b"B"
    assert path.getsize() == 1
    with path.open() as file:
        assert file.read() == b"B"


def test_nothing_is_written(archive: ZipArchive[str]) -> None:
    with pytest.raises(OSError, match="can only be read"):
        archive.child("a.txt").open("w")


def test_errors_are_those_of_files(archive: ZipArchive[str]) -> None:
    with pytest.raises(IsADirectoryError):
        archive.child("sub").open()
    with pytest.raises(FileNotFoundError):
        archive.child("no").open()
    with pytest.raises(FileNotFoundError):
        archive.child("no").getsize()
    with pytest.raises(FileNotFoundError):
        archive.child("a.txt").child("x").getAccessTime()
    with pytest.raises(UnlistableError):
        archive.child("no").children()
    with pytest.raises(UnlistableError):
        archive.child("a.txt").children()


def test_all_paths_are_walked(archive: ZipArchive[str]) -> None:
    found = {"/".join(path.segmentsFrom(archive)) for path in archive.walk()}
    assert found == {"", "a.txt", "sub", "sub/b", "sub/deep", "sub/deep/c", "empty"}


def test_its_names(archive: ZipArchive[str]) -> None:
    path = archive.descendant(["sub", "deep", "c.d"])
    assert path.path == os.path.join(archive.path, "sub", "deep", "c.d")
    assert (path.basename(), path.dirname()) == ("c.d", path.parent().path)
    assert path.pathInArchive == "sub/deep/c.d"
    assert path.splitext()[1] == ".d"
    assert path.sibling("x") == archive.descendant(["sub", "deep", "x"])
    assert path.parent() == archive.child("sub").child("deep")
    assert path.sep == os.sep
    assert path.archive is archive


def test_the_archive_is_the_topmost_parent(archive: ZipArchive[str]) -> None:
    assert archive.child("a.txt").parent() is archive
    assert archive.parent() is archive
    assert list(archive.child("sub").child("b").parents()) == [archive.child("sub"), archive]


def test_paths_are_equal_by_their_text(archive: ZipArchive[str]) -> None:
    same = ZipArchive(archive.path)
    assert same == archive
    assert same.child("a") == archive.child("a")
    assert same.child("a") != archive.child("b")
    assert archive.child("a") < archive.child("b")
    assert hash(same.child("a")) == hash(archive.child("a"))
    assert archive.child("a") != FilePath(archive.path).child("a")
    assert archive.child("a") != archive.child(b"a")
    same.close()


def test_its_repr(archive: ZipArchive[str]) -> None:
    assert repr(archive) == f"ZipArchive({archive.path!r})"
    assert repr(archive.child("a")) == f"ZipPath({archive.path + os.sep + 'a'!r})"


def test_bytes_give_bytes(archive: ZipArchive[str]) -> None:
    path = archive.child(b"sub")
    assert path.path == os.fsencode(archive.child("sub").path)
    assert sorted(path.listdir()) == [b"b", b"deep"]
    assert path.child(b"b").getContent() == b"B"
    assert path.parent().pathInArchive == b""
    assert sorted(path.parent().listdir()) == [b"a.txt", b"empty", b"sub"]
    assert path.child("b").pathInArchive == "sub/b"


def test_an_archive_is_named_by_bytes(archive: ZipArchive[str]) -> None:
    found = ZipArchive(os.fsencode(archive.path))
    assert found.listdir()[0] == b"a.txt"
    assert found.child(b"sub").parent() is found
    found.close()


def test_a_path_is_made_by_hand(archive: ZipArchive[str]) -> None:
    assert ZipPath(archive, "sub/b").getContent() == b"B"
    with pytest.raises(InsecurePath):
        ZipPath(archive, "sub/../a.txt")


def test_a_file_has_the_time_when_it_was_packed(archive: ZipArchive[str]) -> None:
    path = archive.child("a.txt")
    assert time.localtime(path.getModificationTime())[:6] == (2020, 1, 2, 3, 4, 6)
    assert path.getmtime() == path.getctime() == int(path.getModificationTime())


def test_directories_have_the_time_of_the_archive(archive: ZipArchive[str]) -> None:
    os.utime(archive.path, (5, 7))
    assert archive.getModificationTime() == archive.child("sub").getModificationTime() == 7
    assert archive.getAccessTime() == archive.child("a.txt").getAccessTime() == 5
    assert archive.getStatusChangeTime() == 7
    assert archive.getsize() == archive.child("sub").getsize() == 0


def test_nothing_is_remembered_that_could_change(archive: ZipArchive[str]) -> None:
    path = archive.child("a.txt")
    path.changed()
    path.restat()
    assert path.getContent() == b"A"


def test_it_provides_the_interface(archive: ZipArchive[str]) -> None:
    for path in (archive, archive.child("a.txt")):
        assert provides(IFilePath, path)
        assert verifyObject(IFilePath, path)


@pytest.mark.parametrize("name", ["..", "/", "a/b", "../a.txt", "a\0"])
def test_no_name_leads_elsewhere(archive: ZipArchive[str], name: str) -> None:
    with pytest.raises(InsecurePath):
        archive.child("sub").child(name)


def test_large_content_is_opened_only(tmp_path: Path) -> None:
    archive = ZipArchive(packed(tmp_path / "x.zip", {"a": bytes(1000)}))
    archive.maxContentSize = 999
    with pytest.raises(OSError, match="has 1000 bytes, and maxContentSize is 999"):
        archive.child("a").getContent()
    with archive.child("a").open() as file:
        assert file.read(10) == bytes(10)
    archive.maxContentSize = 1000
    assert archive.child("a").getContent() == bytes(1000)
    archive.close()


def test_names_that_no_path_leads_to_are_not_there(tmp_path: Path) -> None:
    hostile = {"../x": b"1", "/x": b"2", "a/../y": b"3", "a//b": b"4", ".": b"", "ok": b"5"}
    archive = ZipArchive(packed(tmp_path / "x.zip", hostile))
    assert archive.listdir() == ["ok"]
    archive.close()


@pytest.mark.parametrize("names", [["a", "a/b"], ["a/b", "a"], ["a/", "a"]])
def test_a_directory_wins_over_a_file_of_its_name(tmp_path: Path, names: list[str]) -> None:
    archive = ZipArchive(packed(tmp_path / "x.zip", dict.fromkeys(names, b"")))
    assert archive.child("a").isdir()
    assert not archive.child("a").isfile()
    archive.close()


def test_what_is_too_deep_is_not_there(tmp_path: Path) -> None:
    deep = {"d/" * (MAX_DEPTH - 1) + "x": b"deep", "e/" * MAX_DEPTH + "x": b"too deep"}
    archive = ZipArchive(packed(tmp_path / "x.zip", {**deep, "f/" * 30_000 + "x": b""}))
    assert archive.listdir() == ["d"]
    assert len(list(archive.walk())) == 1 + MAX_DEPTH
    archive.close()


def test_an_impossible_time_is_none(tmp_path: Path) -> None:
    archive = ZipArchive(packed(tmp_path / "x.zip", {"a": b""}))
    archive.zipfile.getinfo("a").date_time = (2**70, 0, 0, 0, 0, 0)
    assert archive.child("a").getModificationTime() == 0
    archive.close()


def test_what_is_no_archive_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no archive")
    with pytest.raises(zipfile.BadZipFile):
        ZipArchive(str(tmp_path / "x.zip"))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet="ab./\\ ", min_size=1, max_size=8), unique=True, max_size=6))
def test_whatever_is_listed_can_be_reached(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.zip"
    archive = ZipArchive(packed(path, dict.fromkeys(names, b"x")))
    for found in archive.walk():
        assert found.exists()
        assert found == archive.descendant(found.segmentsFrom(archive))
        if found.isfile():
            assert found.getContent() == b"x"
    archive.close()
