"""What paths do to files: content, copies, moves, directories; and what errors leave behind."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from twisted.python.filepath import FilePath, InsecurePath, LinkError, UnlistableError


@pytest.fixture
def top(tmp_path: Path) -> FilePath[str]:
    return FilePath(str(tmp_path))


@pytest.fixture
def tree(top: FilePath[str]) -> FilePath[str]:
    """A directory with files and a directory in it."""
    found = top.child("tree")
    found.descendant(["sub", "empty"]).makedirs()
    found.child("a").setContent(b"A")
    found.descendant(["sub", "b"]).setContent(b"B")
    return found


def content(directory: FilePath[str]) -> dict[str, bytes | None]:
    """Return what is below a directory: each path, and the content of the files."""
    return {
        "/".join(path.segmentsFrom(directory)): path.getContent() if path.isfile() else None
        for path in directory.walk()
        if path != directory
    }


TREE = {"a": b"A", "sub": None, "sub/b": b"B", "sub/empty": None}


class TestOpening:
    def test_what_is_written_is_read(self, top: FilePath[str]) -> None:
        path = top.child("x")
        with path.open("w") as file:
            file.write(b"a\r\n\xff")
        with path.open() as file:
            assert file.read() == b"a\r\n\xff"
        with path.open("ab") as file:
            file.write(b"!")
        assert path.getContent() == b"a\r\n\xff!"

    def test_a_missing_file_is_not_opened(self, top: FilePath[str]) -> None:
        with pytest.raises(FileNotFoundError):
            top.child("x").open()

    def test_a_new_file_is_made_once(self, top: FilePath[str]) -> None:
        path = top.child("x")
        assert not path.exists()
        with path.create() as file:
            file.write(b"123")
            file.seek(0)
            assert file.read() == b"123"
        with pytest.raises(FileExistsError):
            path.create()

    def test_a_new_file_is_not_made_through_a_link(self, top: FilePath[str]) -> None:
        top.child("elsewhere").linkTo(top.child("x"))
        with pytest.raises(FileExistsError):
            top.child("x").create()
        assert not top.child("elsewhere").exists()

    def test_open_makes_the_file_if_that_is_required(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.requireCreate()
        path.open("w").close()
        with pytest.raises(FileExistsError):
            path.open("w")
        path.requireCreate(False)
        path.open("w").close()

    def test_nothing_is_appended_to_a_new_file(self) -> None:
        with pytest.raises(ValueError, match="nothing is to append"):
            FilePath("/x", alwaysCreate=True).open("a")

    def test_touch_makes_an_empty_file(self, top: FilePath[str]) -> None:
        top.child("x").touch()
        assert top.child("x").getContent() == b""

    def test_touch_changes_the_time_only(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"123")
        os.utime(path, (1, 1))
        path.touch()
        assert path.getModificationTime() > 1
        assert path.getContent() == b"123"

    def test_touch_changes_the_time_of_a_directory(self, top: FilePath[str]) -> None:
        os.utime(top, (1, 1))
        top.touch()
        assert top.getModificationTime() > 1


class TestSetContent:
    def test_the_content_is_replaced(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"old")
        assert path.getsize() == 3
        path.setContent(b"newer")
        assert path.getContent() == b"newer"
        assert path.getsize() == 5

    def test_nothing_else_is_left(self, top: FilePath[str]) -> None:
        top.child("x").setContent(b"1", ".tmp")
        top.child("x").setContent(b"2", b".tmp", durable=True)
        assert top.listdir() == ["x"]

    def test_a_path_in_bytes_has_content(self, top: FilePath[str]) -> None:
        top.child(b"\xff").setContent(b"1")
        assert top.child(b"\xff").getContent() == b"1"

    def test_readers_keep_what_they_opened(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"old")
        with path.open() as file:
            path.setContent(b"new")
            assert file.read() == b"old"

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is full")
    def test_a_full_disk_leaves_the_old_content(
        self, top: FilePath[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = top.child("x")
        path.setContent(b"old")
        full = os.open("/dev/full", os.O_WRONLY)
        real = os.open

        def openFull(name: str, *rest: Any, **keywords: Any) -> int:
            made = real(name, *rest, **keywords)
            os.dup2(full, made)
            return made

        monkeypatch.setattr(os, "open", openFull)
        with pytest.raises(OSError, match="No space left"):
            path.setContent(b"new")
        monkeypatch.undo()
        os.close(full)
        assert path.getContent() == b"old"
        assert top.listdir() == ["x"]

    def test_a_name_that_cannot_be_taken_leaves_nothing(self, top: FilePath[str]) -> None:
        top.child("x").createDirectory()
        with pytest.raises(IsADirectoryError):
            top.child("x").setContent(b"new")
        assert top.listdir() == ["x"]

    def test_a_killed_process_leaves_the_old_content(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"old")
        program = (
            "import os, signal, sys\n"
            "from twisted.python.filepath import FilePath\n"
            "os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)\n"
            "FilePath(sys.argv[1]).setContent(b'new')\n"
        )
        finished = subprocess.run([sys.executable, "-c", program, path.path], check=False)
        assert finished.returncode == -signal.SIGKILL
        assert path.getContent() == b"old"

    def test_permissions_stay(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"secret")
        path.chmod(0o600)
        path.setContent(b"other secret")
        assert path.getPermissions().shorthand() == "rw-------"

    def test_the_content_is_never_readable_by_more_than_the_old(
        self, top: FilePath[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = top.child("x")
        path.setContent(b"secret")
        path.chmod(0o600)
        modes = []
        real = os.open

        def noted(name: str, flags: int, mode: int = 0o777) -> int:
            modes.append(mode)
            return real(name, flags, mode)

        monkeypatch.setattr(os, "open", noted)
        path.setContent(b"other")
        assert modes == [0o600]

    def test_the_right_to_act_as_the_owner_goes(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"")
        path.chmod(0o4755)
        path.setContent(b"new")
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o755

    @pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
    def test_the_owner_stays(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"")
        os.chown(path, 12, 34)
        path.setContent(b"new")
        assert (path.getUserID(), path.getGroupID()) == (12, 34)

    def test_whoever_may_not_give_files_away_keeps_them(
        self, top: FilePath[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*arguments: object) -> NoReturn:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        path = top.child("x")
        path.setContent(b"old")
        monkeypatch.setattr(os, "chown", refuse)
        path.setContent(b"new")
        assert path.getContent() == b"new"

    def test_the_group_stays_even_if_the_owner_cannot(
        self, top: FilePath[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given: list[tuple[int, int]] = []

        def groupOnly(path: str, owner: int, group: int) -> None:
            if owner != -1:
                raise PermissionError(errno.EPERM, "Operation not permitted")
            given.append((owner, group))

        path = top.child("x")
        path.setContent(b"old")
        monkeypatch.setattr(os, "chown", groupOnly)
        path.setContent(b"new")
        assert given == [(-1, path.getGroupID())]

    def test_a_link_is_replaced_by_a_file(self, top: FilePath[str]) -> None:
        top.child("target").setContent(b"old")
        top.child("target").linkTo(top.child("l"))
        top.child("l").setContent(b"new")
        assert not top.child("l").islink()
        assert top.child("target").getContent() == b"old"

    def test_the_extension_stays_in_the_directory(self, top: FilePath[str]) -> None:
        with pytest.raises(InsecurePath):
            top.child("x").setContent(b"", "/../x")


class TestDirectories:
    def test_a_directory_is_made_once(self, top: FilePath[str]) -> None:
        path = top.child("d")
        assert not path.isdir()
        path.createDirectory()
        assert path.isdir()
        with pytest.raises(FileExistsError):
            path.createDirectory()

    def test_missing_directories_are_made(self, top: FilePath[str]) -> None:
        path = top.descendant(["a", "b", "c"])
        path.makedirs()
        assert path.isdir()
        with pytest.raises(FileExistsError):
            path.makedirs()
        path.makedirs(ignoreExistingDirectory=True)

    def test_a_file_is_no_existing_directory(self, top: FilePath[str]) -> None:
        top.child("x").touch()
        with pytest.raises(FileExistsError):
            top.child("x").makedirs(ignoreExistingDirectory=True)

    def test_children_are_the_entries(self, tree: FilePath[str]) -> None:
        assert sorted(tree.children()) == [tree.child("a"), tree.child("sub")]

    def test_what_is_no_directory_has_no_children(self, tree: FilePath[str]) -> None:
        with pytest.raises(UnlistableError):
            tree.child("a").children()

    def test_another_error_is_that_of_the_system(
        self, tree: FilePath[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(path: str) -> NoReturn:
            raise PermissionError(errno.EACCES, "Permission denied", path)

        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(PermissionError):
            tree.children()

    def test_patterns_match_in_the_directory(self, tree: FilePath[str]) -> None:
        assert tree.globChildren("*") == [tree.child("a"), tree.child("sub")]
        assert tree.globChildren("*/b") == [tree.descendant(["sub", "b"])]
        assert tree.globChildren(b"a") == [tree.child(b"a")]
        assert tree.globChildren("x*") == []

    def test_a_pattern_does_not_match_the_directory(self, top: FilePath[str]) -> None:
        odd = top.child("[x]*")
        odd.createDirectory()
        odd.child("y").touch()
        assert odd.globChildren("*") == [odd.child("y")]

    @pytest.mark.parametrize("pattern", ["../*", "/*", "a\0"])
    def test_a_pattern_stays_in_the_directory(self, tree: FilePath[str], pattern: str) -> None:
        with pytest.raises(InsecurePath):
            tree.globChildren(pattern)


class TestWalk:
    def test_all_paths_below_are_visited(self, tree: FilePath[str]) -> None:
        found = list(tree.walk())
        assert found[0] == tree
        assert content(tree) == TREE

    def test_a_directory_comes_before_what_is_in_it(self, tree: FilePath[str]) -> None:
        found = list(tree.walk())
        for path in found[1:]:
            assert found.index(path.parent()) < found.index(path)

    def test_a_file_is_walked_alone(self, tree: FilePath[str]) -> None:
        assert list(tree.child("a").walk()) == [tree.child("a")]

    def test_descend_says_where_not_to_go(self, tree: FilePath[str]) -> None:
        asked: list[FilePath[str]] = []

        def descend(path: FilePath[str]) -> bool:
            asked.append(path)
            return path.basename() != "sub"

        assert sorted(tree.walk(descend)) == [tree, tree.child("a"), tree.child("sub")]
        assert sorted(asked) == [tree.child("a"), tree.child("sub")]

    def test_links_in_a_circle_are_an_error(self, tree: FilePath[str]) -> None:
        tree.linkTo(tree.descendant(["sub", "up"]))
        with pytest.raises(LinkError, match="round in a circle"):
            list(tree.walk())

    def test_a_link_that_leads_elsewhere_is_followed(
        self, top: FilePath[str], tree: FilePath[str]
    ) -> None:
        tree.linkTo(top.child("other"))
        assert content(top.child("other")) == TREE

    def test_two_links_to_one_directory_are_no_circle(
        self, top: FilePath[str], tree: FilePath[str]
    ) -> None:
        both = top.child("both")
        both.createDirectory()
        tree.linkTo(both.child("1"))
        tree.linkTo(both.child("2"))
        assert len(list(both.walk())) == 1 + 2 * (1 + len(TREE))

    def test_a_directory_can_be_removed_when_it_is_visited(self, tree: FilePath[str]) -> None:
        for path in tree.walk():
            if path.basename() == "sub":
                path.remove()
        assert content(tree) == {"a": b"A"}

    def test_deep_directories_can_be_walked(self, top: FilePath[str]) -> None:
        deep = top
        for _ in range(300):
            deep = deep.child("d")
        deep.makedirs()
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(200)
        try:
            assert len(list(top.walk())) == 301
        finally:
            sys.setrecursionlimit(limit)


class TestRemove:
    def test_a_file_is_removed(self, tree: FilePath[str]) -> None:
        path = tree.child("a")
        assert path.exists()
        path.remove()
        assert not path.exists()

    def test_a_directory_is_removed_with_all_in_it(self, tree: FilePath[str]) -> None:
        tree.remove()
        assert not tree.exists()

    def test_links_are_not_followed(self, top: FilePath[str], tree: FilePath[str]) -> None:
        tree.linkTo(top.child("l"))
        around = top.child("around")
        around.createDirectory()
        tree.linkTo(around.child("l"))
        top.child("l").remove()
        around.remove()
        assert top.listdir() == ["tree"]
        assert content(tree) == TREE

    def test_a_link_that_leads_nowhere_is_removed(self, top: FilePath[str]) -> None:
        top.child("no").linkTo(top.child("l"))
        top.child("l").remove()
        assert top.listdir() == []

    def test_what_is_missing_is_not_removed(self, top: FilePath[str]) -> None:
        with pytest.raises(FileNotFoundError):
            top.child("no").remove()


class TestCopy:
    def test_a_file_is_copied(self, tree: FilePath[str]) -> None:
        copy = tree.child("copy")
        assert not copy.exists()
        tree.child("a").copyTo(copy)
        assert copy.getContent() == tree.child("a").getContent() == b"A"

    def test_a_copy_can_be_of_another_kind(self, tree: FilePath[str]) -> None:
        tree.child("a").copyTo(tree.child(b"copy"))
        assert tree.child("copy").getContent() == b"A"

    def test_a_directory_is_copied(self, top: FilePath[str], tree: FilePath[str]) -> None:
        tree.copyTo(top.child("copy"))
        assert content(top.child("copy")) == TREE

    def test_a_directory_is_copied_into_another(
        self, top: FilePath[str], tree: FilePath[str]
    ) -> None:
        copy = top.child("copy")
        copy.createDirectory()
        copy.child("a").setContent(b"old")
        copy.child("more").setContent(b"M")
        tree.copyTo(copy)
        assert content(copy) == {**TREE, "more": b"M"}

    def test_links_are_followed(self, top: FilePath[str], tree: FilePath[str]) -> None:
        tree.child("a").linkTo(tree.child("l"))
        tree.copyTo(top.child("copy"))
        assert not top.descendant(["copy", "l"]).islink()
        assert top.descendant(["copy", "l"]).getContent() == b"A"

    def test_links_are_copied_if_they_are_not_followed(
        self, top: FilePath[str], tree: FilePath[str]
    ) -> None:
        tree.child("a").linkTo(tree.child("l"))
        tree.linkTo(tree.child("circle"))
        tree.copyTo(top.child("copy"), followLinks=False)
        assert os.readlink(top.descendant(["copy", "l"])) == tree.child("a").path
        assert top.descendant(["copy", "circle"]).islink()

    def test_links_in_a_circle_are_an_error(self, top: FilePath[str], tree: FilePath[str]) -> None:
        tree.linkTo(tree.child("circle"))
        with pytest.raises(LinkError, match="round in a circle"):
            tree.copyTo(top.child("copy"))

    def test_the_content_goes_to_where_a_link_leads(self, tree: FilePath[str]) -> None:
        target = tree.child("target")
        target.setContent(b"old")
        target.linkTo(tree.child("l"))
        tree.child("a").copyTo(tree.child("l"))
        assert tree.child("l").islink()
        assert target.getContent() == b"A"

    def test_a_directory_is_not_copied_into_itself(self, tree: FilePath[str]) -> None:
        with pytest.raises(OSError, match="cannot be copied into itself"):
            tree.copyTo(tree.descendant(["sub", "copy"]))
        with pytest.raises(OSError, match="cannot be copied into itself"):
            tree.copyTo(tree)
        assert content(tree) == TREE

    def test_a_file_is_not_copied_to_itself(self, tree: FilePath[str]) -> None:
        path = tree.child("a")
        path.linkTo(tree.child("l"))
        with pytest.raises(OSError, match="cannot be copied to itself"):
            path.copyTo(path)
        with pytest.raises(OSError, match="cannot be copied to itself"):
            tree.child("l").copyTo(path)
        assert path.getContent() == b"A"

    def test_an_error_leaves_the_old_content(
        self, tree: FilePath[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import shutil

        def full(source: object, target: Any) -> NoReturn:
            target.write(b"a part")
            raise OSError(errno.ENOSPC, "No space left on device")

        tree.child("old").setContent(b"old")
        monkeypatch.setattr(shutil, "copyfileobj", full)
        with pytest.raises(OSError, match="No space left"):
            tree.child("a").copyTo(tree.child("old"))
        assert content(tree) == {**TREE, "old": b"old"}

    def test_what_is_missing_is_not_copied(self, top: FilePath[str]) -> None:
        with pytest.raises(FileNotFoundError):
            top.child("no").copyTo(top.child("copy"))

    def test_a_pipe_is_not_copied(self, top: FilePath[str]) -> None:
        os.mkfifo(top.child("pipe"))
        with pytest.raises(OSError, match="only files, directories and links"):
            top.child("pipe").copyTo(top.child("copy"))

    def test_a_copy_can_go_to_a_device(self, tree: FilePath[str]) -> None:
        tree.child("a").copyTo(FilePath("/dev/null"))
        assert not FilePath("/dev/null").isfile()


class TestMove:
    def test_a_file_is_moved(self, tree: FilePath[str]) -> None:
        source, target = tree.child("a"), tree.child("b")
        assert source.exists()
        assert not target.exists()
        source.moveTo(target)
        assert not source.exists()
        assert target.getContent() == b"A"

    def test_a_file_is_replaced(self, tree: FilePath[str]) -> None:
        tree.child("b").setContent(b"old")
        tree.child("a").moveTo(tree.child("b"))
        assert tree.child("b").getContent() == b"A"

    def test_a_directory_is_moved(self, top: FilePath[str], tree: FilePath[str]) -> None:
        tree.moveTo(top.child("there"))
        assert content(top) == {"there": None, **{f"there/{name}": TREE[name] for name in TREE}}

    def test_what_is_missing_is_not_moved(self, top: FilePath[str]) -> None:
        with pytest.raises(FileNotFoundError):
            top.child("no").moveTo(top.child("there"))


class TestMoveToAnotherDevice:
    @pytest.fixture(autouse=True)
    def _devices(self, top: FilePath[str], monkeypatch: pytest.MonkeyPatch) -> None:
        """Let `there` be a directory on another device."""
        there = top.child("there").path
        top.child("there").createDirectory()
        real = os.rename

        def rename(source: str, target: str) -> None:
            if target.startswith(there) and not source.startswith(there):
                raise OSError(errno.EXDEV, "Invalid cross-device link", source, None, target)
            real(source, target)

        monkeypatch.setattr(os, "rename", rename)

    def test_a_file_is_moved(self, top: FilePath[str], tree: FilePath[str]) -> None:
        source, target = tree.child("a"), top.descendant(["there", "a"])
        os.utime(source, (5, 5))
        source.chmod(0o640)
        source.moveTo(target)
        assert not source.exists()
        assert target.getContent() == b"A"
        assert target.getModificationTime() == 5
        assert target.getPermissions().shorthand() == "rw-r-----"

    def test_a_directory_is_moved(self, top: FilePath[str], tree: FilePath[str]) -> None:
        tree.moveTo(top.descendant(["there", "tree"]))
        assert not tree.exists()
        assert content(top.descendant(["there", "tree"])) == TREE
        assert top.child("there").listdir() == ["tree"]

    def test_a_link_is_moved_as_one_if_it_is_not_followed(
        self, top: FilePath[str], tree: FilePath[str]
    ) -> None:
        tree.linkTo(top.child("l"))
        top.child("l").moveTo(top.descendant(["there", "l"]), followLinks=False)
        assert os.readlink(top.descendant(["there", "l"])) == tree.path
        assert not top.child("l").islink()
        assert content(tree) == TREE

    def test_an_error_leaves_both_as_they_were(
        self, top: FilePath[str], tree: FilePath[str]
    ) -> None:
        os.mkfifo(tree.child("pipe"))
        with pytest.raises(OSError, match="only files, directories and links"):
            tree.moveTo(top.descendant(["there", "tree"]))
        assert top.child("there").listdir() == []
        assert tree.child("a").getContent() == b"A"


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="there is no second file system")
def test_a_directory_is_moved_to_a_real_other_device(tree: FilePath[str]) -> None:
    there = FilePath("/dev/shm").child("move").temporarySibling()
    if there.parent().getDevice() == tree.getDevice():
        pytest.skip("the temporary files are on the only other file system")
    tree.moveTo(there)
    try:
        assert content(there) == TREE
        assert not tree.exists()
    finally:
        there.remove()
