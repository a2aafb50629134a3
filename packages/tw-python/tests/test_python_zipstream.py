"""Zip archives are unpacked bit by bit, into their directory, and within limits."""

import errno
import io
import os
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

from twisted.python.filepath import FilePath, InsecurePath
from twisted.python.zipstream import (
    DIR_BIT,
    ChunkingZipFile,
    DeflatedZipFileEntry,
    ZipFileEntry,
    countFileChunks,
    countZipFileChunks,
    unzipIterChunky,
)

CONTENT = b"one\ntwo\n" * 1000


def packed(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Make an archive of files; names that end with `/` are directories."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    files = {"a": CONTENT, "sub/": b"", "sub/b": b"B", "new/c": b"", "sub/d": bytes(5000)}
    return packed(tmp_path / "it.zip", files)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


class TestReading:
    @pytest.mark.parametrize(
        ("method", "kind"),
        [(zipfile.ZIP_STORED, ZipFileEntry), (zipfile.ZIP_DEFLATED, DeflatedZipFileEntry)],
    )
    def test_a_file_is_read_bit_by_bit(self, tmp_path: Path, method: int, kind: type) -> None:
        with ChunkingZipFile(packed(tmp_path / "x.zip", {"a": CONTENT}, method)) as archive:
            with archive.readfile("a") as entry:
                assert type(entry) is kind
                assert entry.read(5) == CONTENT[:5]
                assert entry.tell() == 5
                before = entry.finished
                assert entry.read() == CONTENT[5:]
                assert (before, entry.finished) == (False, True)
                assert entry.read(5) == b""
                assert not entry.isatty()
            assert entry.closed

    def test_lines_are_read(self, archive: Path) -> None:
        with ChunkingZipFile(archive) as opened:
            with opened.readfile("a") as entry:
                assert entry.readline() == b"one\n"
                assert next(entry) == b"two\n"
                assert len(list(entry)) == 1998
            with opened.readfile("a") as entry:
                assert entry.readlines() == CONTENT.splitlines(keepends=True)

    def test_several_files_are_read_at_once(self, archive: Path) -> None:
        with (
            ChunkingZipFile(archive) as opened,
            opened.readfile("a") as first,
            opened.readfile("sub/b") as second,
        ):
            assert first.read(3) == b"one"
            assert second.read() == b"B"
            assert first.read(1) == b"\n"

    def test_what_is_missing_is_a_key_error(self, archive: Path) -> None:
        with ChunkingZipFile(archive) as opened, pytest.raises(KeyError):
            opened.readfile("no")

    def test_damage_is_found(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "x.zip", {"a": CONTENT}, zipfile.ZIP_STORED)
        path.write_bytes(path.read_bytes().replace(b"two", b"TWO", 1))
        with (
            ChunkingZipFile(path) as opened,
            opened.readfile("a") as entry,
            pytest.raises(zipfile.BadZipFile),
        ):
            entry.read()


class TestCounting:
    @pytest.mark.parametrize(
        ("size", "chunks"), [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (21, 3)]
    )
    def test_a_file_has_chunks(self, size: int, chunks: int) -> None:
        entry = zipfile.ZipInfo("x")
        entry.file_size = size
        assert countFileChunks(entry, 10) == chunks

    def test_an_archive_has_those_of_its_files(self, archive: Path) -> None:
        assert countZipFileChunks(archive, 4096) == 2 + 1 + 1 + 1 + 2


class TestUnpacking:
    def test_all_files_are_unpacked(self, archive: Path, target: Path) -> None:
        list(unzipIterChunky(archive, target))
        assert (target / "a").read_bytes() == CONTENT
        assert (target / "sub" / "b").read_bytes() == b"B"
        assert (target / "sub" / "d").read_bytes() == bytes(5000)
        assert (target / "new" / "c").read_bytes() == b""

    @pytest.mark.parametrize("chunksize", [1000, 4096, 100_000])
    def test_it_tells_what_is_left(self, archive: Path, target: Path, chunksize: int) -> None:
        total = countZipFileChunks(archive, chunksize)
        left = list(unzipIterChunky(str(archive), str(target), chunksize=chunksize))
        assert left == list(range(total))[::-1]

    def test_a_file_has_its_name_when_it_is_complete(self, tmp_path: Path, target: Path) -> None:
        path = packed(tmp_path / "x.zip", {"a": bytes(30)})
        left = unzipIterChunky(path, target, chunksize=10)
        assert [next(left), next(left)] == [2, 1]
        assert not (target / "a").exists()
        assert next(left) == 0
        assert (target / "a").read_bytes() == bytes(30)

    def test_what_is_not_complete_is_removed(self, tmp_path: Path, target: Path) -> None:
        left = unzipIterChunky(packed(tmp_path / "x.zip", {"a": bytes(30)}), target, chunksize=10)
        next(left)
        left.close()
        assert os.listdir(target) == []

    def test_files_that_are_there_stay(self, archive: Path, target: Path) -> None:
        target.mkdir()
        (target / "a").write_bytes(b"mine")
        left = list(unzipIterChunky(archive, target))
        assert (target / "a").read_bytes() == b"mine"
        assert (target / "sub" / "b").read_bytes() == b"B"
        assert left[-1] == 0

    def test_files_that_are_there_are_replaced_if_wanted(self, archive: Path, target: Path) -> None:
        target.mkdir()
        (target / "a").write_bytes(b"old")
        list(unzipIterChunky(archive, target, overwrite=1))
        assert (target / "a").read_bytes() == CONTENT

    def test_a_link_is_replaced_and_not_followed(self, archive: Path, target: Path) -> None:
        target.mkdir()
        outside = target.parent / "outside"
        outside.write_bytes(b"mine")
        (target / "a").symlink_to(outside)
        list(unzipIterChunky(archive, target, overwrite=True))
        assert outside.read_bytes() == b"mine"
        assert (target / "a").read_bytes() == CONTENT

    def test_an_attribute_marks_a_directory(self, tmp_path: Path, target: Path) -> None:
        entry = zipfile.ZipInfo("d")
        entry.external_attr = DIR_BIT
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
            made.writestr(entry, b"")
        assert list(unzipIterChunky(tmp_path / "x.zip", target)) == [0]
        assert (target / "d").is_dir()

    def test_an_error_leaves_no_part_of_a_file(
        self, archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*arguments: Any) -> NoReturn:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            list(unzipIterChunky(archive, target))
        assert os.listdir(target) == []

    def test_what_is_no_archive_is_an_error(self, tmp_path: Path, target: Path) -> None:
        (tmp_path / "x.zip").write_bytes(b"no archive")
        with pytest.raises(zipfile.BadZipFile):
            list(unzipIterChunky(tmp_path / "x.zip", target))

    def test_a_chunk_has_a_size(self, archive: Path) -> None:
        with pytest.raises(ValueError, match="at least one byte"):
            next(unzipIterChunky(archive, chunksize=0))


class TestHostileArchives:
    @pytest.mark.parametrize(
        "name", ["../x", "/x", "a/../../x", "..", "a//x", "//x", "a/./../../x", "../target2/x"]
    )
    def test_names_that_lead_out_are_refused_at_once(
        self, tmp_path: Path, target: Path, name: str
    ) -> None:
        path = packed(tmp_path / "x.zip", {"first": b"1", name: b"2"})
        with pytest.raises(InsecurePath):
            list(unzipIterChunky(path, target))
        assert sorted(os.listdir(tmp_path)) == ["x.zip"]

    def test_an_archive_that_unpacks_to_too_much_is_refused_at_once(
        self, tmp_path: Path, target: Path
    ) -> None:
        path = packed(tmp_path / "x.zip", {"a": bytes(600), "b": bytes(600)})
        with pytest.raises(ValueError, match="unpacks to 1200 bytes; maxSize is 1000"):
            list(unzipIterChunky(path, target, maxSize=1000))
        assert not target.exists()

    def test_an_archive_of_too_many_files_is_refused_at_once(
        self, archive: Path, target: Path
    ) -> None:
        with pytest.raises(ValueError, match="has 5 entries; maxEntries is 4"):
            list(unzipIterChunky(archive, target, maxEntries=4))
        assert not target.exists()

    def test_no_more_is_unpacked_than_the_archive_says(self, tmp_path: Path, target: Path) -> None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a", bytes(100_000))
        # The size is told once before the file and once in the directory at the end.
        lie = made.getvalue().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
        (tmp_path / "x.zip").write_bytes(lie)
        with pytest.raises(zipfile.BadZipFile):
            list(unzipIterChunky(tmp_path / "x.zip", target))
        assert os.listdir(target) == []


def test_a_path_object_names_the_directory(archive: Path, target: Path) -> None:
    list(unzipIterChunky(FilePath(str(archive)), FilePath(str(target))))
    assert (target / "sub" / "b").exists()
