"""Paths in the file system: their names, their kinds, and what the system tells about them."""

import os
import pickle
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import AnyStr

import pytest

from twisted.python.components import provides, verifyObject
from twisted.python.filepath import (
    RWX,
    AbstractFilePath,
    FilePath,
    IFilePath,
    InsecurePath,
    LinkError,
    Permissions,
    UnlistableError,
)


@pytest.fixture
def top(tmp_path: Path) -> FilePath[str]:
    return FilePath(str(tmp_path))


class Kept(FilePath[AnyStr]):
    """A path whose methods return paths of its own class."""


Kept.clonePath = Kept  # type: ignore[method-assign,assignment]  # as users do


class TestNames:
    def test_a_path_is_absolute(self) -> None:
        assert FilePath("x").path == os.path.join(os.getcwd(), "x")
        assert FilePath(b"x").path == os.path.join(os.getcwdb(), b"x")
        assert FilePath("x").isabs()

    def test_a_path_has_no_detours(self) -> None:
        assert FilePath("/a//b/./c/..").path == "/a/b"

    def test_a_path_is_made_from_another_object_that_is_one(self) -> None:
        assert FilePath(Path("/a/b")) == FilePath(FilePath("/a/b")) == FilePath("/a/b")

    def test_python_takes_it_for_a_path(self, top: FilePath[str]) -> None:
        top.child("file").setContent(b"content")
        with open(top.child("file"), "rb") as file:
            assert file.read() == b"content"
        assert os.fspath(top.asBytesMode()) == os.fsencode(top.path)
        assert Path(top) == Path(top.path)

    def test_its_repr(self) -> None:
        assert repr(FilePath("/a")) == str(FilePath("/a")) == "FilePath('/a')"
        assert repr(FilePath(b"/a")) == "FilePath(b'/a')"

    def test_its_separator_is_of_its_kind(self) -> None:
        assert FilePath("/a").sep == os.sep
        assert FilePath(b"/a").sep == os.fsencode(os.sep)

    def test_its_parts(self) -> None:
        path = FilePath("/a/b.tar.gz")
        assert (path.basename(), path.dirname()) == ("b.tar.gz", "/a")
        assert path.splitext() == ("/a/b.tar", ".gz")
        assert FilePath(b"/a/b.c").splitext() == (b"/a/b", b".c")

    def test_its_parents(self) -> None:
        assert list(FilePath("/a/b/c").parents()) == [
            FilePath("/a/b"),
            FilePath("/a"),
            FilePath("/"),
        ]
        assert list(FilePath("/").parents()) == []

    def test_the_root_is_its_own_parent(self) -> None:
        assert FilePath("/").parent() == FilePath("/")

    def test_segments_lead_from_an_ancestor(self) -> None:
        path = FilePath("/a/b/c/d")
        assert path.segmentsFrom(FilePath("/a/b")) == ["c", "d"]
        assert path.segmentsFrom(path) == []
        assert FilePath("/a").descendant(path.segmentsFrom(FilePath("/a"))) == path

    def test_there_are_no_segments_from_elsewhere(self) -> None:
        with pytest.raises(ValueError, match=r"FilePath\('/b'\) is not above FilePath\('/a/c'\)"):
            FilePath("/a/c").segmentsFrom(FilePath("/b"))

    def test_a_sibling_is_in_the_same_directory(self) -> None:
        assert FilePath("/a/b").sibling("c") == FilePath("/a/c")
        with pytest.raises(InsecurePath):
            FilePath("/a/b").sibling("../c")

    def test_an_extension_is_added(self) -> None:
        assert FilePath("/a/b").siblingExtension(".txt") == FilePath("/a/b.txt")
        assert FilePath("/a/b").siblingExtension(b".txt") == FilePath(b"/a/b.txt")

    def test_an_extension_does_not_lead_elsewhere(self) -> None:
        with pytest.raises(InsecurePath):
            FilePath("/a/b").siblingExtension("/../../c")

    def test_a_temporary_sibling_cannot_be_guessed(self) -> None:
        path = FilePath("/a/b")
        found = path.temporarySibling(".x")
        assert found.parent() == path.parent()
        assert found.basename().endswith("b.x")
        assert len(found.basename()) >= 16
        assert found != path.temporarySibling(".x")

    def test_a_temporary_sibling_must_be_new(self, top: FilePath[str]) -> None:
        found = top.child("file").temporarySibling()
        assert found.alwaysCreate
        found.open("w").close()
        with pytest.raises(FileExistsError):
            found.open("w")

    def test_a_temporary_sibling_of_a_long_name_can_be_made(self, top: FilePath[str]) -> None:
        found = top.child("ä" * 127).temporarySibling(".x")
        found.open("w").close()
        assert found.basename().endswith(".x")

    def test_a_temporary_sibling_stays_in_the_directory(self) -> None:
        with pytest.raises(InsecurePath):
            FilePath("/a/b").temporarySibling("/../x")


class TestKinds:
    def test_text_gives_text(self) -> None:
        path = FilePath("/a/b")
        found = [path.parent(), path.temporarySibling(), path.realpath(), *path.parents()]
        assert {type(each.path) for each in found} == {str}

    def test_bytes_give_bytes(self) -> None:
        path = FilePath(b"/a/b")
        found = [path.parent(), path.temporarySibling(), path.realpath(), *path.parents()]
        assert {type(each.path) for each in found} == {bytes}

    def test_a_name_says_the_kind_of_what_it_makes(self) -> None:
        path = FilePath("/a")
        assert path.child(b"b") == FilePath(b"/a/b")
        assert path.preauthChild(b"b/c") == FilePath(b"/a/b/c")
        assert path.descendant([b"b", b"c"]) == FilePath(b"/a/b/c")
        assert path.sibling(b"b") == FilePath(b"/b")
        assert path.temporarySibling(b".x").basename().endswith(b"a.x")
        assert FilePath(b"/a").child("b") == FilePath("/a/b")

    def test_listings_are_of_the_kind_of_the_directory(self, top: FilePath[str]) -> None:
        top.child("x").touch()
        assert top.listdir() == ["x"]
        assert top.children() == [top.child("x")]
        assert top.asBytesMode().listdir() == [b"x"]
        assert top.asBytesMode().children() == [top.child(b"x")]

    def test_a_path_has_another_kind_too(self) -> None:
        text = FilePath("/ä")
        assert text.asBytesMode().path == "/ä".encode()
        assert text.asBytesMode("latin-1").path == b"/\xe4"
        assert text.asBytesMode().asTextMode() == text
        assert FilePath(b"/\xe4").asTextMode("latin-1") == text
        assert text.asTextMode() == text

    def test_bytes_that_are_no_text_come_back(self) -> None:
        path = FilePath(b"/\xff\xfe")
        assert path.asTextMode().asBytesMode() == path


class TestChild:
    def test_a_name_leads_into_the_directory(self) -> None:
        assert FilePath("/a").child("b") == FilePath("/a/b")
        assert FilePath("/").child("b") == FilePath("/b")
        assert FilePath("/a").child("b/") == FilePath("/a/b")

    @pytest.mark.parametrize("name", ["", "."])
    def test_no_name_is_the_directory_itself(self, name: str) -> None:
        assert FilePath("/a").child(name) == FilePath("/a")

    @pytest.mark.parametrize(
        "name",
        ["..", "../", "/", "//", "/b", "b/c", "./b", "b/..", "../a", "../ab", "b\0", "\0", "../\0"],
    )
    def test_no_other_name_leads_out_of_it(self, name: str) -> None:
        with pytest.raises(InsecurePath):
            FilePath("/a").child(name)
        with pytest.raises(InsecurePath):
            FilePath("/a").child(name.encode())
        with pytest.raises(InsecurePath):
            FilePath("/").child(name)

    @pytest.mark.parametrize("name", ["...", "..b", ".b", "b..", " ", "~", "%2e%2e", "\\..", "\n"])
    def test_odd_names_are_names(self, name: str) -> None:
        assert FilePath("/a").child(name).path == f"/a/{name}"

    def test_the_message_names_what_is_refused(self) -> None:
        with pytest.raises(InsecurePath, match=r"'\.\.' is not the name of an entry"):
            FilePath("/a").child("..")

    def test_each_name_of_a_descendant_is_checked(self) -> None:
        assert FilePath("/a").descendant(["b", "c"]) == FilePath("/a/b/c")
        assert FilePath("/a").descendant([]) == FilePath("/a")
        with pytest.raises(InsecurePath):
            FilePath("/a").descendant(["b", "..", "..", "c"])


class TestPreauthChild:
    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("b", "/a/b"),
            ("b/c", "/a/b/c"),
            ("b/../c", "/a/c"),
            ("", "/a"),
            ("../a/b", "/a/b"),
            ("/a/b", "/a/b"),
        ],
    )
    def test_a_path_inside_the_directory_is_taken(self, path: str, found: str) -> None:
        assert FilePath("/a").preauthChild(path) == FilePath(found)

    @pytest.mark.parametrize("path", ["..", "../b", "/", "/b", "b/../../c", "../ab", "/ab", "b\0"])
    def test_a_path_outside_is_refused(self, path: str) -> None:
        with pytest.raises(InsecurePath):
            FilePath("/a").preauthChild(path)

    def test_all_is_inside_the_root(self) -> None:
        assert FilePath("/").preauthChild("../../etc") == FilePath("/etc")

    def test_a_search_finds_the_first_that_is_there(self, top: FilePath[str]) -> None:
        top.child("d").createDirectory()
        top.descendant(["d", "x"]).touch()
        top.child("y").touch()
        assert top.childSearchPreauth("no", "d/x", "y") == top.preauthChild("d/x")
        assert top.childSearchPreauth("no") is None

    def test_a_search_stays_in_the_directory(self, top: FilePath[str]) -> None:
        with pytest.raises(InsecurePath):
            top.childSearchPreauth("../" + top.basename() + "x")


class TestExtensionSearch:
    def test_the_first_extension_that_is_there_is_found(self, top: FilePath[str]) -> None:
        top.child("x.b").touch()
        assert top.child("x").siblingExtensionSearch(".a", ".b") == top.child("x.b")
        assert top.child("x").siblingExtensionSearch(b".b") == top.child(b"x.b")
        assert top.child("x").siblingExtensionSearch(".a", ".c") is None

    def test_no_extension_is_the_file_itself(self, top: FilePath[str]) -> None:
        top.child("x").touch()
        assert top.child("x").siblingExtensionSearch("", ".b") == top.child("x")

    def test_a_star_is_any_extension(self, top: FilePath[str]) -> None:
        for name in ("x.c", "x.b", "xx.a"):
            top.child(name).touch()
        assert top.child("x").siblingExtensionSearch("*") == top.child("x.b")
        assert top.child("y").siblingExtensionSearch("*") is None
        assert top.descendant(["no", "y"]).siblingExtensionSearch("*") is None


class TestComparison:
    def test_paths_are_equal_by_their_text(self) -> None:
        assert FilePath("/a") == FilePath("/a/")
        assert FilePath("/a") != FilePath("/b")
        assert hash(FilePath("/a")) == hash(FilePath("/a"))

    def test_text_and_bytes_are_not_equal(self) -> None:
        assert FilePath("/a") != FilePath(b"/a")

    def test_a_path_is_not_its_text(self) -> None:
        assert FilePath("/a") != "/a"

    def test_paths_of_subclasses_are_equal(self) -> None:
        assert Kept("/a") == FilePath("/a")
        assert hash(Kept("/a")) == hash(FilePath("/a"))

    def test_paths_have_an_order(self) -> None:
        a, b = FilePath("/a"), FilePath("/b")
        assert a < b
        assert a <= b
        assert b > a
        assert b >= a
        assert not a < a
        with pytest.raises(TypeError):
            sorted([a, FilePath(b"/a")])  # type: ignore[type-var]

    def test_a_pickle_has_no_status(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.touch()
        assert path.exists()
        copy = pickle.loads(pickle.dumps(path))
        path.remove()
        assert copy == path
        assert not copy.exists()

    def test_a_pickle_names_the_public_module(self) -> None:
        assert b"twisted.python.filepath\n" in pickle.dumps(FilePath("/a"), 0)

    def test_a_subclass_says_what_methods_make(self) -> None:
        assert type(Kept("/a").child("b").parent()) is Kept

        class Other(FilePath[AnyStr]):
            pass

        assert type(Other("/a").child("b")) is FilePath


class TestStatus:
    def test_a_file_has_a_status(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"12345")
        found = os.stat(path.path)
        assert path.getsize() == 5
        assert path.getModificationTime() == found.st_mtime
        assert path.getAccessTime() == found.st_atime
        assert path.getStatusChangeTime() == found.st_ctime
        assert path.getmtime() == int(found.st_mtime)
        assert path.getatime() == int(found.st_atime)
        assert path.getctime() == int(found.st_ctime)
        assert path.getInodeNumber() == found.st_ino
        assert path.getDevice() == found.st_dev
        assert path.getNumberOfHardLinks() == 1
        assert path.getUserID() == found.st_uid
        assert path.getGroupID() == found.st_gid

    def test_what_is_there_has_a_type(self, top: FilePath[str]) -> None:
        file, directory, missing = (top.child(name) for name in ("f", "d", "m"))
        file.touch()
        directory.createDirectory()
        assert [each.exists() for each in (file, directory, missing)] == [True, True, False]
        assert [each.isfile() for each in (file, directory, missing)] == [True, False, False]
        assert [each.isdir() for each in (file, directory, missing)] == [False, True, False]
        assert [each.islink() for each in (file, directory, missing)] == [False, False, False]
        assert [each.isSocket() for each in (file, directory, missing)] == [False, False, False]
        assert not file.isBlockDevice()

    def test_a_socket_is_one(self, top: FilePath[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(top.path)  # paths of sockets are short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("s")
            assert top.child("s").isSocket()

    def test_a_block_device_is_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.stat("/")
        device = os.stat_result((stat.S_IFBLK | 0o600, *real[1:]))
        monkeypatch.setattr(os, "stat", lambda path: device)
        assert FilePath("/dev/x").isBlockDevice()

    def test_the_status_is_remembered(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.setContent(b"1")
        assert path.getsize() == 1
        Path(path).write_bytes(b"123")
        assert path.getsize() == 1
        path.changed()
        assert path.getsize() == 3

    def test_restat_asks_again(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.touch()
        assert path.exists()
        os.unlink(path)
        assert path.exists()
        path.restat(False)
        assert not path.exists()

    def test_that_nothing_is_there_is_not_remembered(self, top: FilePath[str]) -> None:
        path = top.child("x")
        assert not path.exists()
        Path(path).touch()
        assert path.exists()

    def test_restat_raises_unless_told_not_to(self, top: FilePath[str]) -> None:
        with pytest.raises(FileNotFoundError):
            top.child("x").restat()
        top.child("x").restat(reraise=False)

    def test_a_missing_file_has_no_size(self, top: FilePath[str]) -> None:
        with pytest.raises(FileNotFoundError):
            top.child("x").getsize()

    def test_a_path_with_a_nul_is_of_no_file(self) -> None:
        assert not FilePath("/a\0b").exists()

    def test_a_link_tells_about_what_it_leads_to(self, top: FilePath[str]) -> None:
        file, link = top.child("f"), top.child("l")
        file.setContent(b"123")
        file.linkTo(link)
        assert link.islink()
        assert link.isfile()
        assert link.getsize() == 3
        assert link.realpath() == file.realpath()

    def test_a_link_that_leads_nowhere_is_one(self, top: FilePath[str]) -> None:
        top.child("no").linkTo(top.child("l"))
        assert top.child("l").islink()
        assert not top.child("l").exists()

    def test_a_link_needs_a_directory_and_a_free_name(self, top: FilePath[str]) -> None:
        with pytest.raises(FileNotFoundError):
            top.linkTo(top.descendant(["no", "l"]))
        top.child("x").touch()
        with pytest.raises(FileExistsError):
            top.linkTo(top.child("x"))

    def test_links_in_a_circle_have_no_end(self, top: FilePath[str]) -> None:
        top.child("a").linkTo(top.child("b"))
        top.child("b").linkTo(top.child("a"))
        with pytest.raises(LinkError, match="round in a circle"):
            top.child("a").realpath()


class TestPermissions:
    def test_they_are_those_of_the_file(self, top: FilePath[str]) -> None:
        path = top.child("x")
        path.touch()
        path.chmod(0o640)
        assert path.getPermissions() == Permissions(0o640)
        path.chmod(0o444)
        assert path.getPermissions().shorthand() == "r--r--r--"

    @pytest.mark.parametrize(
        ("mode", "text"),
        [
            (0o777, "rwxrwxrwx"),
            (0, "---------"),
            (0o100640, "rw-r-----"),
            (0o4755, "rwxr-xr-x"),
            (0o421, "r---w---x"),
        ],
    )
    def test_their_shorthand(self, mode: int, text: str) -> None:
        assert Permissions(mode).shorthand() == text

    def test_each_kind_of_users_has_some(self) -> None:
        permissions = Permissions(0o751)
        assert permissions.user == RWX(True, True, True)
        assert permissions.group == RWX(True, False, True)
        assert permissions.other == RWX(False, False, True)
        assert (permissions.group.read, permissions.group.write) == (True, False)
        assert permissions.group.shorthand() == "r-x"

    def test_they_compare(self) -> None:
        assert Permissions(0o640) == Permissions(0o100640)
        assert Permissions(0o640) != Permissions(0o600)
        assert len({Permissions(0o640), Permissions(0o640)}) == 1
        assert RWX(True, False, True) != RWX(True, True, True)

    def test_their_repr(self) -> None:
        assert repr(RWX(True, False, True)) == "RWX(read=True, write=False, execute=True)"
        rw, none = "RWX(read=True, write=True, execute=False)", RWX(False, False, False)
        assert repr(Permissions(0o600)) == f"[{rw} | {none} | {none}]"


class TestInterface:
    @pytest.mark.parametrize("path", [FilePath("/a"), FilePath(b"/a")], ids=["text", "bytes"])
    def test_a_path_provides_it(self, path: FilePath[str]) -> None:
        assert provides(IFilePath, path)
        assert verifyObject(IFilePath, path)

    def test_an_incomplete_kind_of_path_says_what_it_lacks(self) -> None:
        class Nothing(AbstractFilePath[str]):
            pass

        nothing = Nothing()
        for method, arguments in {
            "getAccessTime": (),
            "getModificationTime": (),
            "getStatusChangeTime": (),
            "isdir": (),
            "basename": (),
            "parent": (),
            "listdir": (),
            "child": ("x",),
            "open": (),
        }.items():
            with pytest.raises(TypeError, match=rf"Nothing does not define {method}\(\)"):
                getattr(nothing, method)(*arguments)

    def test_other_trees_need_little(self) -> None:
        class Tree(AbstractFilePath[str]):
            """A path in a tree of dictionaries and contents."""

            def __init__(self, path: str, node: object, above: "Tree | None" = None) -> None:
                self.path, self.node, self.above = path, node, above

            def isdir(self) -> bool:
                return isinstance(self.node, dict)

            def basename(self) -> str:
                return self.path.rpartition("/")[2]

            def parent(self) -> "Tree":
                return self.above or self

            def listdir(self) -> list[str]:
                assert isinstance(self.node, dict)
                return list(self.node)

            def child(self, path: AnyStr) -> "Tree":  # type: ignore[override]
                assert isinstance(self.node, dict)
                return Tree(f"{self.path}/{path!s}", self.node[path], self)

        tree = Tree("", {"a": {"b": 1}, "c": 2})
        assert [each.path for each in tree.walk()] == ["", "/a", "/a/b", "/c"]
        b = tree.child("a").child("b")
        assert [each.path for each in b.parents()] == ["/a", ""]
        assert b.segmentsFrom(tree) == ["a", "b"]


def test_an_unlistable_path_keeps_the_error_of_the_system(top: FilePath[str]) -> None:
    with pytest.raises(UnlistableError) as missing:
        top.child("x").children()
    error = missing.value
    assert (error.errno, error.filename) == (2, top.child("x").path)
    assert isinstance(error.originalException, FileNotFoundError)
    assert str(error) == str(error.originalException)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_importing_it_is_cheap() -> None:
    program = "import sys, twisted.python.filepath; print('asyncio' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", program]) == b"False\n"
