"""What FTP reads without I/O: commands, replies, addresses, paths and listings."""

import errno
import os
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.testing import StringTransport
from twisted.protocols import ftp
from twisted.protocols.ftp._addresses import (
    encodeExtendedAddress,
    extendedPassivePort,
    passiveAddress,
    plainHost,
)
from twisted.protocols.ftp._commands import Command, parseCommand, parseNumber
from twisted.protocols.ftp._filelists import parseFacts
from twisted.protocols.ftp._files import LineEnds
from twisted.protocols.ftp._listings import factLine, listLine
from twisted.protocols.ftp._replies import codeOf, textOf
from twisted.protocols.ftp._replyparser import Reply, ReplyParser
from twisted.python.failure import Failure
from twisted.python.filepath import Permissions

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


class TestCommands:
    """Lines of clients."""

    def test_name_and_argument(self) -> None:
        assert parseCommand(b"RETR a file") == Command("RETR", "a file")

    def test_name_in_any_case_without_argument(self) -> None:
        assert parseCommand(b"pasv") == Command("PASV", "")

    def test_blanks_belong_to_the_argument(self) -> None:
        assert parseCommand(b"RETR  a ") == Command("RETR", " a ")

    def test_argument_is_utf8_and_other_bytes_survive(self) -> None:
        assert parseCommand("DELE ü".encode()).argument == "ü"
        argument = parseCommand(b"DELE \xff").argument
        assert argument.encode("utf-8", "surrogateescape") == b"\xff"

    def test_signals_of_telnet_before_a_command_are_left_out(self) -> None:
        assert parseCommand(b"\xff\xf4\xff\xf2ABOR") == Command("ABOR", "")
        assert parseCommand(b"\xf2ABOR") == Command("ABOR", "")

    @pytest.mark.parametrize(
        "line", [b"", b" RETR x", b"RE", b"RETR\0x", b"RETR a\rb", b"RETR a\nb", b"R3TR a", b"\xff"]
    )
    def test_what_is_no_command_is_refused(self, line: bytes) -> None:
        with pytest.raises(ftp.CmdSyntaxError):
            parseCommand(line)

    @pytest.mark.parametrize("text", ["", "+1", "1_0", " 1", "-1", "1" * 20, "٣", "0x1"])
    def test_numbers_are_digits(self, text: str) -> None:
        with pytest.raises(ValueError, match="not a number"):
            parseNumber(text)

    @pytest.mark.property
    @EXAMPLES
    @given(st.one_of(st.binary(max_size=40), st.binary(max_size=20).map(b"RETR ".__add__)))
    def test_any_line_is_a_command_or_refused(self, line: bytes) -> None:
        try:
            command = parseCommand(line)
        except ftp.CmdSyntaxError:
            return
        assert command.name.isalpha()
        assert command.name.isascii()
        assert not set("\r\n\0") & set(command.argument)
        again = f"{command.name} {command.argument}".encode("utf-8", "surrogateescape")
        assert parseCommand(again) == command


class TestReplies:
    """Lines of servers."""

    def test_reply_of_one_line(self) -> None:
        assert ReplyParser().receive(b"220 hello") == Reply("220", ["220 hello"])

    def test_code_alone_is_a_reply(self) -> None:
        assert ReplyParser().receive(b"200") == Reply("200", ["200"])

    def test_reply_of_several_lines_ends_with_its_own_code(self) -> None:
        parser = ReplyParser()
        lines = [b"211-Features", b" MDTM", b"250 not the end", b"211-nor this", b"", b"211 End"]
        assert [parser.receive(line) for line in lines[:-1]] == [None] * 5
        reply = parser.receive(lines[-1])
        assert reply == Reply("211", [line.decode() for line in lines])

    def test_parser_goes_on_after_a_reply(self) -> None:
        parser = ReplyParser()
        for _ in range(3):
            assert parser.receive(b"211-a") is None
            assert parser.receive(b"211 b") == Reply("211", ["211-a", "211 b"])

    @pytest.mark.parametrize("line", [b"", b"hello", b"20 x", b"2000", b"920 x", b" 220 x"])
    def test_what_begins_no_reply_is_refused(self, line: bytes) -> None:
        with pytest.raises(ftp.BadResponse):
            ReplyParser().receive(line)

    def test_reply_of_too_many_lines_is_refused(self) -> None:
        parser = ReplyParser(maxLines=10)
        parser.receive(b"211-a")
        for _ in range(9):
            parser.receive(b"x")
        with pytest.raises(ftp.BadResponse, match="more than 10 lines"):
            parser.receive(b"x")

    def test_reply_of_too_many_bytes_is_refused(self) -> None:
        parser = ReplyParser(maxBytes=100)
        parser.receive(b"211-a")
        with pytest.raises(ftp.BadResponse, match="100 bytes"):
            parser.receive(b"x" * 96)

    def test_path_in_a_reply(self) -> None:
        assert ftp.parsePWDResponse('257 "/a ""b"""') == '/a "b"'
        assert ftp.parsePWDResponse("257 none") is None

    @pytest.mark.property
    @EXAMPLES
    @given(
        st.lists(
            st.one_of(
                st.sampled_from([b"211-a", b"211 b", b"220 c", b"226", b" x", b"331-y"]),
                st.binary(max_size=8),
            ),
            max_size=30,
        )
    )
    def test_lines_are_replies_or_refused(self, lines: list[bytes]) -> None:
        parser = ReplyParser(maxLines=5, maxBytes=60)
        taken = 0
        for line in lines:
            try:
                reply = parser.receive(line)
            except ftp.BadResponse:
                return
            assert len(parser._lines) <= 5
            taken += 1
            if reply is not None:
                assert len(reply.lines) == taken
                assert reply.lines[0][:3] == reply.lines[-1][:3] == reply.code
                taken = 0

    @pytest.mark.parametrize("key", list(ftp.RESPONSE))
    def test_every_reply_has_a_code_and_one_line(self, key: str) -> None:
        text = textOf(key, ("a\r\nb", "c"))
        line = f"{codeOf(key)} {text}".encode()
        assert ReplyParser().receive(line) is not None
        assert b"\r" not in line
        assert b"\n" not in line

    def test_error_tells_its_reply(self) -> None:
        assert ftp.FileNotFoundError("a").response() == "550 a: no such file or directory"
        assert ftp.FileNotFoundError.errorCode == ftp.FILE_NOT_FOUND


class TestAddresses:
    """Hosts and ports in commands and replies."""

    def test_six_numbers(self) -> None:
        assert ftp.decodeHostPort("127,0,0,1,4,1") == ("127.0.0.1", 1025)
        assert ftp.encodeHostPort("127.0.0.1", 1025) == "127,0,0,1,4,1"

    @pytest.mark.parametrize(
        "line", ["", "1,2,3,4,5", "1,2,3,4,5,256", "1,2,3,4,5,6,7", "1,2,3,4,5, 6", "1,2,3,4,5,٣"]
    )
    def test_other_numbers_are_refused(self, line: str) -> None:
        with pytest.raises(ValueError, match="six numbers"):
            ftp.decodeHostPort(line)

    def test_extended_address(self) -> None:
        assert ftp.decodeExtendedAddress("|2|::1|6446|") == ("2", "::1", 6446)
        assert ftp.decodeExtendedAddress("!1!127.0.0.1!21!") == ("1", "127.0.0.1", 21)

    @pytest.mark.parametrize(
        "text",
        ["", "|", "||||", "|x|::1|1|", "|2|::1|65536|", "|2|::1|-1|", "|2|::1|1|x", "2|::1|1"],
    )
    def test_other_extended_addresses_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="not "):
            ftp.decodeExtendedAddress(text)

    def test_address_in_the_reply_to_pasv(self) -> None:
        text = "227 Entering passive mode (10,0,0,1,4,1)."
        assert passiveAddress(text) == ("10.0.0.1", 1025)
        assert passiveAddress("227 =10,0,0,1,4,1") == ("10.0.0.1", 1025)
        with pytest.raises(ValueError, match="no address"):
            passiveAddress("227 I will not")

    def test_port_in_the_reply_to_epsv(self) -> None:
        assert extendedPassivePort("229 Ok (|||6446|)") == 6446
        for text in ("229 Ok", "229 (|||65536|)", "229 (|1||2|)"):
            with pytest.raises(ValueError, match="no"):
                extendedPassivePort(text)

    def test_ipv4_in_the_guise_of_ipv6_is_ipv4(self) -> None:
        assert plainHost("::ffff:127.0.0.1") == "127.0.0.1"
        assert plainHost("FE80::1%eth0") == "fe80::1"
        assert plainHost("unknown") == "unknown"

    @pytest.mark.property
    @EXAMPLES
    @given(st.ip_addresses(), st.integers(0, 65535))
    def test_addresses_survive(self, host: object, port: int) -> None:
        text = str(host)
        protocol = "2" if ":" in text else "1"
        assert ftp.decodeExtendedAddress(encodeExtendedAddress(text, port)) == (
            protocol,
            text,
            port,
        )
        if protocol == "1":
            assert ftp.decodeHostPort(ftp.encodeHostPort(text, port)) == (text, port)

    @pytest.mark.property
    @EXAMPLES
    @given(st.one_of(st.text(max_size=30), st.text("0123456789,|()", max_size=30)))
    def test_any_text_is_an_address_or_refused(self, text: str) -> None:
        for read in (ftp.decodeHostPort, passiveAddress):
            try:
                _, port = read(text)
            except ValueError:
                continue
            assert 0 <= port <= 65535
        others: list[Callable[[str], object]] = [ftp.decodeExtendedAddress, extendedPassivePort]
        for other in others:
            try:
                other(text)
            except ValueError:
                continue


class TestPaths:
    """Paths as clients write them."""

    @pytest.mark.parametrize(
        ("cwd", "path", "segments"),
        [
            ([], "", []),
            (["a"], "b", ["a", "b"]),
            (["a"], "/b/", ["b"]),
            (["a"], "..", []),
            (["a"], "./b//c/../d", ["a", "b", "d"]),
            (["a"], "..b", ["a", "..b"]),
            ([], "a b\\c", ["a b\\c"]),
        ],
    )
    def test_path_gives_names(self, cwd: list[str], path: str, segments: list[str]) -> None:
        assert ftp.toSegments(cwd, path) == segments

    @pytest.mark.parametrize("path", ["..", "/..", "a/../..", "/a/../../a", "a\rb", "a\nb", "a\0b"])
    def test_path_above_the_root_or_of_several_lines_is_refused(self, path: str) -> None:
        with pytest.raises(ftp.InvalidPath):
            ftp.toSegments([], path)

    def test_current_directory_is_not_changed(self) -> None:
        cwd = ["a", "b"]
        ftp.toSegments(cwd, "../c")
        assert cwd == ["a", "b"]

    @pytest.mark.property
    @EXAMPLES
    @given(
        st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
        st.lists(st.sampled_from(["..", ".", "/", "a", "\0", "...", "~", " "]), max_size=12),
    )
    def test_no_name_leads_up(self, cwd: list[str], pieces: list[str]) -> None:
        for path in ("/".join(pieces), "".join(pieces)):
            try:
                segments = ftp.toSegments(cwd, path)
            except ftp.InvalidPath:
                continue
            assert not {"", ".", ".."} & set(segments)
            assert not any("/" in name or "\0" in name for name in segments)

    @pytest.mark.parametrize(
        ("number", "kind"),
        [
            (errno.ENOENT, ftp.FileNotFoundError),
            (errno.EACCES, ftp.PermissionDeniedError),
            (errno.ENOTDIR, ftp.IsNotADirectoryError),
            (errno.EEXIST, ftp.FileExistsError),
            (errno.EISDIR, ftp.IsADirectoryError),
            (errno.EIO, OSError),
        ],
    )
    def test_error_numbers_have_errors(self, number: int, kind: type[Exception]) -> None:
        failures: list[Failure] = []
        ftp.errnoToFailure(number, "x").addErrback(failures.append)
        assert failures[0].check(kind)


VALUES = {
    "size": 12,
    "directory": False,
    "permissions": Permissions(0o640),
    "hardlinks": 1,
    "modified": 86400.0 * 365.25 * 30,
    "owner": "ada lovelace",
    "group": "users",
}


def lines(protocol: ftp.FTPFileListProtocol | ftp.FTPFactListProtocol, *chunks: bytes) -> None:
    """Let a protocol receive."""
    protocol.makeConnection(StringTransport())
    for chunk in chunks:
        protocol.dataReceived(chunk)


class TestListings:
    """What servers write about files, and what clients read."""

    def test_line_like_that_of_ls(self) -> None:
        line = listLine("a b", VALUES, 86400.0 * 365.25 * 30 + 60)
        assert line == "-rw-r-----   1 ada_lovelace users              12 Jan  1 12:00 a b"
        assert " 2000 a b" in listLine("a b", VALUES, 86400.0 * 365.25 * 40)

    def test_client_reads_what_the_server_writes(self) -> None:
        listing = ftp.FTPFileListProtocol()
        lines(listing, listLine("a  b ", VALUES, 0).encode() + b"\r\n")
        assert listing.files == [
            {
                "filetype": "-",
                "perms": "rw-r-----",
                "nlinks": 1,
                "owner": "ada_lovelace",
                "group": "users",
                "size": 12,
                "date": "Jan  1  2000",
                "filename": "a  b ",
                "linktarget": None,
            }
        ]

    def test_links_have_targets(self) -> None:
        listing = ftp.FTPFileListProtocol()
        lines(
            listing, b"lrwxrwxrwx 1 a b 3 Jan 1 2000 x -> y\n-rwxrwxrwx 1 a b 3 Jan 1 2000 x -> y\n"
        )
        assert [(f["filename"], f["linktarget"]) for f in listing.files] == [
            ("x", "y"),
            ("x -> y", None),
        ]

    def test_other_lines_are_unknown(self) -> None:
        class Listing(ftp.FTPFileListProtocol):
            unknown: list[str] = []

            def unknownLine(self, line: str) -> None:
                self.unknown.append(line)

        listing = Listing()
        lines(listing, b"total 3\n\n-rw 1 a b 3 Jan 1 2000 x\n")
        assert listing.files == []
        assert listing.unknown == ["total 3", "-rw 1 a b 3 Jan 1 2000 x"]

    def test_facts(self) -> None:
        line = factLine("a; b", VALUES)
        assert line == "type=file;size=12;modify=20000101120000; a; b"
        assert parseFacts(line) == {
            "filename": "a; b",
            "facts": {"type": "file", "size": "12", "modify": "20000101120000"},
        }
        assert factLine("d", {**VALUES, "directory": True}) == "type=dir;modify=20000101120000; d"

    @pytest.mark.parametrize(
        "line", ["", "x", "type=file x", "a;b; x", "=a; x", "size=-1; x", "a=b; "]
    )
    def test_other_lines_have_no_facts(self, line: str) -> None:
        assert parseFacts(line) is None

    @pytest.mark.parametrize("kind", [ftp.FTPFileListProtocol, ftp.FTPFactListProtocol])
    def test_listing_that_is_too_long_closes_the_connection(
        self, kind: type[ftp.FTPFileListProtocol] | type[ftp.FTPFactListProtocol]
    ) -> None:
        listing = kind()
        listing.maxFiles = 3
        transport = StringTransport()
        listing.makeConnection(transport)
        line = (
            b"-rw-r--r-- 1 a b 3 Jan 1 2000 x\r\n"
            if kind is ftp.FTPFileListProtocol
            else b"a=b; x\r\n"
        )
        closing = []
        for _ in range(5):
            listing.dataReceived(line)
            closing.append(transport.disconnecting)
        assert closing == [False] * 3 + [True] * 2
        assert len(listing.files) == 3

    @pytest.mark.property
    @EXAMPLES
    @given(
        st.lists(
            st.sampled_from(
                [
                    b"-rw-r--r-- 1 a b 3 Jan 1 2000 x",
                    b"\r",
                    b"\n",
                    b" -> ",
                    b"a=b; x",
                    b"\xff",
                    b"l",
                ]
            ),
            max_size=20,
        ).map(b"".join),
        st.lists(st.integers(0, 200), max_size=6),
    )
    def test_any_cut_gives_the_same_files(self, stream: bytes, places: list[int]) -> None:
        edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
        chunks = [stream[a:b] for a, b in pairwise(edges)]
        for kind in (ftp.FTPFileListProtocol, ftp.FTPFactListProtocol):
            whole, cut = kind(), kind()
            lines(whole, stream)
            lines(cut, *chunks)
            assert whole.files == cut.files

    @pytest.mark.property
    @EXAMPLES
    @given(st.binary(max_size=60))
    def test_any_line_is_taken(self, line: bytes) -> None:
        for kind in (ftp.FTPFileListProtocol, ftp.FTPFactListProtocol):
            lines(kind(), b"-rw-r--r-- 1 " + line + b"\n", b"size=1;" + line + b"\n")


class TestLineEnds:
    """Text as the network has it."""

    @pytest.mark.property
    @EXAMPLES
    @given(st.lists(st.sampled_from([b"\r", b"\n", b"a", b"\r\n", b""]), max_size=20))
    def test_any_cut_gives_the_same_text(self, chunks: list[bytes]) -> None:
        ends = LineEnds()
        text = b"".join(map(ends.decode, chunks)) + ends.rest()
        assert text == b"".join(chunks).replace(b"\r\n", b"\n")

    def test_text_is_written_with_the_ends_of_the_network(self) -> None:
        transport = StringTransport()
        ftp.ASCIIConsumerWrapper(transport).write(b"a\nb\n")
        assert transport.value() == b"a\r\nb\r\n"
