"""The files that an FTP server gives its users, and the realms that give them."""

import io
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from twisted.cred.checkers import ANONYMOUS
from twisted.cred.error import LoginDenied
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer
from twisted.internet.testing import StringTransport
from twisted.protocols import ftp
from twisted.protocols.basic import FileSender
from twisted.protocols.ftp._files import FileWriter
from twisted.python.components import verifyObject
from twisted.python.failure import Failure
from twisted.python.filepath import FilePath

T = TypeVar("T")


def resultOf(deferred: Deferred[T]) -> T:
    """Return the result of a Deferred that has one; raise its failure."""
    results: list[T | Failure] = []
    deferred.addBoth(results.append)
    (result,) = results
    if isinstance(result, Failure):
        raise result.value
    return result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory with some files, and secrets beside it."""
    made = tmp_path / "root"
    (made / "directory").mkdir(parents=True)
    (made / "file").write_bytes(b"content")
    (made / "directory" / "inner").write_bytes(b"inner content")
    (tmp_path / "rootsecret").write_bytes(b"secret")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret").write_bytes(b"secret")
    return made


@pytest.fixture
def shell(root: Path) -> ftp.FTPShell:
    return ftp.FTPShell(FilePath(str(root)))


@pytest.fixture
def guest(root: Path) -> ftp.FTPAnonymousShell:
    return ftp.FTPAnonymousShell(FilePath(str(root)))


def content(file: object) -> bytes:
    """Return what a file sends."""
    transport = StringTransport()
    sending = cast(ftp.IReadFile, file).send(transport)
    while transport.producer is not None:
        cast(FileSender, transport.producer).resumeProducing()
    resultOf(sending)
    return transport.value()


def store(file: object, *chunks: bytes) -> None:
    """Write to a file and close it."""
    opened = cast(ftp.IWriteFile, file)
    try:
        consumer = resultOf(opened.receive())
        for chunk in chunks:
            consumer.write(chunk)
    finally:
        resultOf(opened.close())


def test_shells_provide_their_interface(shell: ftp.FTPShell, guest: ftp.FTPAnonymousShell) -> None:
    assert verifyObject(ftp.IResumingFTPShell, shell)
    assert verifyObject(ftp.IFTPShell, guest)
    reader, writer = (
        resultOf(guest.openForReading(["file"])),
        resultOf(shell.openForWriting(["new"])),
    )
    assert verifyObject(ftp.IReadFile, reader)
    assert verifyObject(ftp.IWriteFile, writer)
    reader.close()
    resultOf(writer.close())


class TestReading:
    """What guests and users may do."""

    def test_file_is_read(self, guest: ftp.FTPAnonymousShell) -> None:
        assert content(resultOf(guest.openForReading(["directory", "inner"]))) == b"inner content"

    def test_file_is_read_from_somewhere_on(self, guest: ftp.FTPAnonymousShell) -> None:
        assert content(resultOf(guest.openForReadingAt(["file"], 4))) == b"ent"
        assert content(resultOf(guest.openForReadingAt(["file"], 7))) == b""
        with pytest.raises(ftp.FTPCmdError) as caught:
            resultOf(guest.openForReadingAt(["file"], 8))
        assert caught.value.response().startswith("554 ")

    def test_names_and_values_of_a_directory(self, guest: ftp.FTPAnonymousShell) -> None:
        assert resultOf(guest.list([], ("directory",))) == [
            ("directory", [True]),
            ("file", [False]),
        ]
        assert resultOf(guest.list(["file"], ("size",))) == [("file", [7])]

    def test_values_come_in_the_order_of_the_keys(
        self, guest: ftp.FTPAnonymousShell, root: Path
    ) -> None:
        status = (root / "file").stat()
        values = resultOf(guest.stat(["file"], ("modified", "size", "hardlinks", "owner")))
        owner = pwd.getpwuid(status.st_uid).pw_name
        assert values == [status.st_mtime, 7, 1, owner]

    def test_owners_without_a_name_are_numbers(
        self, guest: ftp.FTPAnonymousShell, root: Path
    ) -> None:
        if os.getuid():
            pytest.skip("only root can give files away")
        os.chown(root / "file", 54321, 54322)
        assert resultOf(guest.stat(["file"], ("owner", "group"))) == ["54321", "54322"]

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            (["nothing"], ftp.FileNotFoundError),
            (["nothing", "file"], ftp.FileNotFoundError),
            (["file", "file"], ftp.IsNotADirectoryError),
            (["directory"], ftp.IsADirectoryError),
            (["pipe"], ftp.PermissionDeniedError),
            (["x" * 1000], ftp.FileNotFoundError),
        ],
    )
    def test_what_is_no_file_is_not_opened(
        self, guest: ftp.FTPAnonymousShell, root: Path, path: list[str], kind: type[Exception]
    ) -> None:
        """A pipe without a writer would block."""
        os.mkfifo(root / "pipe")
        with pytest.raises(kind):
            resultOf(guest.openForReading(path))

    def test_directory_can_be_entered(self, guest: ftp.FTPAnonymousShell) -> None:
        resultOf(guest.access(["directory"]))
        with pytest.raises(ftp.IsNotADirectoryError):
            resultOf(guest.access(["file"]))
        with pytest.raises(ftp.FileNotFoundError):
            resultOf(guest.access(["nothing"]))

    def test_names_that_are_several_lines_are_not_listed(
        self, guest: ftp.FTPAnonymousShell, root: Path
    ) -> None:
        (root / "a\r\nb").touch()
        assert [name for name, _ in resultOf(guest.list([]))] == ["directory", "file"]


OUTSIDE = [
    ["..", "rootsecret"],
    ["directory", "..", "..", "rootsecret"],
    ["/etc"],
    ["a/b"],
    ["."],
    [""],
]


class TestOutside:
    """Nothing outside of the root can be reached, or be seen to be there."""

    @pytest.mark.parametrize("path", [*OUTSIDE, ["a\0b"]])
    def test_names_lead_nowhere(self, shell: ftp.FTPShell, path: list[str]) -> None:
        tries: list[Callable[[list[str]], Deferred[Any]]] = [
            *(shell.openForReading, shell.openForWriting, shell.list, shell.stat, shell.access),
            *(shell.makeDirectory, shell.removeFile, shell.removeDirectory),
            lambda path: shell.rename(["file"], path),
            lambda path: shell.rename(path, ["new"]),
        ]
        for attempt in tries:
            with pytest.raises(ftp.FileNotFoundError):
                resultOf(attempt(path))

    @pytest.mark.parametrize("target", ["../secrets", "../rootsecret", "/etc", "..", "../nothing"])
    def test_links_to_the_outside_are_not_there(
        self, shell: ftp.FTPShell, root: Path, target: str
    ) -> None:
        (root / "link").symlink_to(target)
        for path in (["link"], ["link", "secret"], ["link", "new"]):
            tries: list[Callable[[list[str]], Deferred[Any]]] = [
                *(shell.openForReading, shell.openForWriting, shell.list, shell.stat)
            ]
            for attempt in tries:
                with pytest.raises(ftp.FileNotFoundError) as caught:
                    resultOf(attempt(path))
                assert (
                    caught.value.response() == f"550 /{'/'.join(path)}: no such file or directory"
                )
        assert [name for name, _ in resultOf(shell.list([]))] == ["directory", "file"]
        assert not (root.parent / "nothing").exists()
        assert not (root.parent / "secrets" / "new").exists()

    def test_link_to_the_outside_can_be_removed_itself(
        self, shell: ftp.FTPShell, root: Path
    ) -> None:
        (root / "link").symlink_to("../rootsecret")
        resultOf(shell.removeFile(["link"]))
        assert not (root / "link").is_symlink()
        assert (root.parent / "rootsecret").read_bytes() == b"secret"

    def test_links_inside_are_followed(self, shell: ftp.FTPShell, root: Path) -> None:
        (root / "link").symlink_to("directory")
        assert content(resultOf(shell.openForReading(["link", "inner"]))) == b"inner content"

    def test_links_to_the_outside_are_followed_if_that_is_wanted(
        self, guest: ftp.FTPAnonymousShell, root: Path
    ) -> None:
        guest.followsLinksOutside = True
        (root / "link").symlink_to("../secrets")
        assert content(resultOf(guest.openForReading(["link", "secret"]))) == b"secret"

    def test_root_that_is_a_link_is_followed(self, root: Path) -> None:
        (root.parent / "alias").symlink_to("root")
        shell = ftp.FTPShell(FilePath(str(root.parent / "alias")))
        assert content(resultOf(shell.openForReading(["file"]))) == b"content"

    @pytest.mark.parametrize("action", ["removeDirectory", "removeFile", "makeDirectory"])
    def test_root_itself_stays(self, shell: ftp.FTPShell, action: str) -> None:
        with pytest.raises(ftp.PermissionDeniedError):
            resultOf(getattr(shell, action)([]))


class TestGuests:
    """What only users may do."""

    @pytest.mark.parametrize(
        "attempt",
        [
            lambda guest: guest.makeDirectory(["new"]),
            lambda guest: guest.removeDirectory(["directory"]),
            lambda guest: guest.removeFile(["file"]),
            lambda guest: guest.rename(["file"], ["new"]),
            lambda guest: guest.openForWriting(["file"]),
            lambda guest: guest.openForWritingAt(["file"], 1),
            lambda guest: guest.receive(["file"]),
        ],
    )
    def test_guests_change_nothing(
        self,
        guest: ftp.FTPAnonymousShell,
        root: Path,
        attempt: Callable[[ftp.FTPAnonymousShell], Deferred[object]],
    ) -> None:
        with pytest.raises(ftp.AnonUserDeniedError):
            resultOf(attempt(guest))
        assert sorted(path.name for path in root.iterdir()) == ["directory", "file"]
        assert (root / "file").read_bytes() == b"content"


class TestWriting:
    """What users may do."""

    def test_file_is_stored(self, shell: ftp.FTPShell, root: Path) -> None:
        store(resultOf(shell.openForWriting(["new"])), b"a", b"b")
        assert (root / "new").read_bytes() == b"ab"

    def test_what_was_there_stays_until_the_content_comes(
        self, shell: ftp.FTPShell, root: Path
    ) -> None:
        file = resultOf(shell.openForWriting(["file"]))
        resultOf(file.close())
        assert (root / "file").read_bytes() == b"content"
        store(resultOf(shell.openForWriting(["file"])), b"new")
        assert (root / "file").read_bytes() == b"new"

    def test_file_is_gone_on_with(self, shell: ftp.FTPShell, root: Path) -> None:
        store(resultOf(shell.openForWritingAt(["file"], 3)), b"!")
        assert (root / "file").read_bytes() == b"con!"
        store(resultOf(shell.openForWritingAt(["file"], None)), b"?")
        assert (root / "file").read_bytes() == b"con!?"
        store(resultOf(shell.openForWritingAt(["new"], None)), b"!")
        assert (root / "new").read_bytes() == b"!"

    def test_file_can_not_be_gone_on_with_after_its_end(self, shell: ftp.FTPShell) -> None:
        with pytest.raises(ftp.FTPCmdError) as caught:
            resultOf(shell.openForWritingAt(["file"], 8))
        assert caught.value.response().startswith("554 ")
        with pytest.raises(ftp.FileNotFoundError):
            resultOf(shell.openForWritingAt(["new"], 1))

    def test_file_may_not_grow_beyond_the_limit(self, shell: ftp.FTPShell, root: Path) -> None:
        shell.maxFileSize = 10
        store(resultOf(shell.openForWriting(["new"])), b"x" * 10)
        with pytest.raises(ftp.FTPCmdError) as caught:
            store(resultOf(shell.openForWriting(["new"])), b"x" * 10, b"x")
        assert caught.value.response().startswith("552 ")
        with pytest.raises(ftp.FTPCmdError):
            store(resultOf(shell.openForWritingAt(["file"], None)), b"x" * 4)
        shell.maxFileSize = 5
        with pytest.raises(ftp.FTPCmdError) as caught:
            resultOf(shell.openForWritingAt(["file"], None))
        assert caught.value.response().startswith("552 ")
        shell.maxFileSize = None
        store(resultOf(shell.openForWriting(["new"])), b"x" * 100)
        assert (root / "new").stat().st_size == 100

    def test_full_disk_is_told(self, root: Path) -> None:
        file = FileWriter(os.open("/dev/full", os.O_WRONLY), 0, None)
        consumer = resultOf(file.receive())
        consumer.write(b"x")
        with pytest.raises(OSError, match="No space left"):
            resultOf(file.close())
        assert file._raw.closed

    def test_directories_come_and_go(self, shell: ftp.FTPShell, root: Path) -> None:
        resultOf(shell.makeDirectory(["new"]))
        assert (root / "new").is_dir()
        with pytest.raises(ftp.FileExistsError):
            resultOf(shell.makeDirectory(["new"]))
        resultOf(shell.removeDirectory(["new"]))
        assert not (root / "new").exists()
        with pytest.raises(ftp.FileExistsError):
            resultOf(shell.removeDirectory(["directory"]))
        with pytest.raises(ftp.IsNotADirectoryError):
            resultOf(shell.removeDirectory(["file"]))

    def test_files_go(self, shell: ftp.FTPShell, root: Path) -> None:
        resultOf(shell.removeFile(["file"]))
        assert not (root / "file").exists()
        with pytest.raises(ftp.IsADirectoryError):
            resultOf(shell.removeFile(["directory"]))

    def test_files_are_renamed(self, shell: ftp.FTPShell, root: Path) -> None:
        resultOf(shell.rename(["file"], ["directory", "moved"]))
        assert (root / "directory" / "moved").read_bytes() == b"content"
        with pytest.raises(ftp.FileNotFoundError):
            resultOf(shell.rename(["file"], ["new"]))


class TestConsumer:
    """A consumer that writes to a file."""

    def test_takes_from_a_producer_that_waits_to_be_asked(self) -> None:
        file = io.BytesIO()
        consumer = ftp.FileConsumer(file)
        assert verifyObject(IConsumer, consumer)
        sending = FileSender().beginFileTransfer(io.BytesIO(b"x" * 40_000), consumer)
        resultOf(sending)
        assert file.getvalue() == b"x" * 40_000

    def test_has_one_producer(self) -> None:
        consumer = ftp.FileConsumer(io.BytesIO())
        producer = FileSender()
        consumer.registerProducer(producer, True)
        with pytest.raises(RuntimeError):
            consumer.registerProducer(producer, True)


class TestRealms:
    """Who gets which files."""

    def test_guests_get_files_to_read(self, root: Path) -> None:
        realm = ftp.FTPRealm(str(root))
        interface, shell, logout = realm.requestAvatar(ANONYMOUS, None, ftp.IFTPShell)
        logout()
        assert interface is ftp.IFTPShell
        assert type(shell) is ftp.FTPAnonymousShell
        assert shell.filesystemRoot == FilePath(str(root))

    def test_users_get_the_directory_of_their_name(self, root: Path) -> None:
        realm = ftp.FTPRealm(str(root), str(root))
        _, shell, _ = realm.requestAvatar(b"directory", None, ftp.IFTPShell)
        assert type(shell) is ftp.FTPShell
        assert shell.filesystemRoot == FilePath(str(root / "directory"))
        assert ftp.FTPRealm(str(root)).userHome == FilePath("/home")

    @pytest.mark.parametrize("name", [b"..", b".", b"", b"../secrets", b"a/b", b"a\0b", b"/etc"])
    def test_names_that_are_no_directory_get_none(self, root: Path, name: bytes) -> None:
        with pytest.raises(LoginDenied):
            ftp.FTPRealm(str(root), str(root)).requestAvatar(name, None, ftp.IFTPShell)

    def test_accounts_get_their_homes(self, root: Path) -> None:
        me = pwd.getpwuid(os.getuid())
        realm = ftp.SystemFTPRealm(str(root))
        _, shell, _ = realm.requestAvatar(me.pw_name.encode(), None, ftp.IFTPShell)
        assert shell.filesystemRoot == FilePath(me.pw_dir)
        with pytest.raises(LoginDenied):
            realm.requestAvatar(b"nobody by this name", None, ftp.IFTPShell)

    def test_other_avatars_are_not_there(self, root: Path) -> None:
        with pytest.raises(NotImplementedError):
            ftp.FTPRealm(str(root)).requestAvatar(ANONYMOUS, None, IConsumer)

    def test_subclass_says_where_homes_are(self, root: Path) -> None:
        with pytest.raises(NotImplementedError):
            ftp.BaseFTPRealm(str(root)).requestAvatar(b"ada", None, ftp.IFTPShell)
