"""The examples of the how-tos on servers and clients that talk in lines, and that tell of steps."""

import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .running import PATIENCE, Running, ask, freePort, run, running

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples"
ANYWHERE = "tcp:0:interface=127.0.0.1"


@contextmanager
def server(*arguments: str) -> Iterator[tuple[Running, int]]:
    """Run a server, yield it with the number of its port, and end it as its user would."""
    with running([sys.executable, *arguments], EXAMPLES) as program:
        program.waitFor(lambda text: "\n" in text)
        found = re.search(r"port=([0-9]+)", program.out[0])
        assert found, program.out
        yield program, int(found[1])
        assert program.stop() == 0, program.err
        assert program.err == []


class Guest:
    """A client that talks in lines."""

    def __init__(self, port: int) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._file = self._connection.makefile("rwb", buffering=0)

    def say(self, text: str) -> None:
        self._file.write(f"{text}\r\n".encode())

    def hear(self) -> str:
        return self._file.readline().decode().rstrip("\r\n")

    def leave(self) -> None:
        self._file.close()
        self._connection.close()


def named(port: int, name: str) -> Guest:
    """Let a client come in, until its name is free."""
    guest = Guest(port)
    assert guest.hear() == "What's your name?"
    answer = ""
    while answer != f"Welcome, {name}!":
        guest.say(name)
        answer = guest.hear()
        assert answer in (f"Welcome, {name}!", "Name taken, please choose another.")
    return guest


def test_chat_hands_on_what_a_client_says_to_all_others() -> None:
    with server("servers/chat.py", ANYWHERE) as (_, port):
        guests = alice, bob, carol = [named(port, name) for name in ("alice", "bob", "carol")]
        alice.say("hello")
        assert [bob.hear(), carol.hear()] == ["<alice> hello"] * 2
        bob.say("good morning")
        assert [alice.hear(), carol.hear()] == ["<bob> good morning"] * 2
        for guest in guests:
            guest.leave()


def test_chat_keeps_names_for_those_who_are_there() -> None:
    with server("servers/chat.py", ANYWHERE) as (_, port):
        alice = named(port, "alice")
        nameless, other = Guest(port), Guest(port)
        assert nameless.hear() == other.hear() == "What's your name?"
        nameless.leave()
        other.say("alice")
        assert other.hear() == "Name taken, please choose another."
        other.say("bob")
        assert other.hear() == "Welcome, bob!"
        alice.leave()
        named(port, "alice").leave()
        other.leave()


def test_guestbook_appends_lines_to_a_file_and_closes_it(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.write_text("before\n")
    with server("servers/guestbook.py", str(book), ANYWHERE) as (program, port):
        guest, other = Guest(port), Guest(port)
        for each, text in ((guest, "one"), (other, "two"), (guest, "three")):
            each.say(text)
            assert each.hear() == "Thank you."
        assert book.read_text() == "before\none\ntwo\nthree\n"
        other.leave()
        guest.leave()
    assert program.out[1:] == ["the guestbook is closed\n"]


def test_qotd_serves_the_quote_that_it_was_given() -> None:
    with server("servers/qotd.py", ANYWHERE, "No rose without thorns.") as (_, port):
        assert ask(port, b"") == b"No rose without thorns.\r\n"


def test_qotd_chooses_from_files_of_fortune(tmp_path: Path) -> None:
    paths = [tmp_path / "one", tmp_path / "two"]
    for path in paths:
        path.write_text(f"first of {path.name}\n%\nsecond\nof {path.name}\n%\n")
    possible = {b"first of one\r\n", b"second\nof one\r\n"}
    possible |= {b"first of two\r\n", b"second\nof two\r\n"}
    with server("servers/qotd.py", ANYWHERE, *map(str, paths)) as (_, port):
        for _ in range(5):
            assert ask(port, b"") in possible


def test_quoters_provide_the_interface() -> None:
    # Of quotations/__init__.py, quotations/quoters.py and quotations/protocol.py.
    program = """if True:
        from quotations import protocol, quoters
        from twisted.python.components import verifyObject
        for quoter in (quoters.StaticQuoter("x"), quoters.FortuneQuoter(["x"])):
            assert verifyObject(quoters.IQuoter, quoter)
            assert protocol.QOTDFactory(quoter).buildProtocol(None)
    """
    assert run([sys.executable, "-c", program], EXAMPLES / "servers") == (0, "", "")


def test_told_tells_of_a_connection_and_its_end() -> None:
    with server("servers/quote.py", ANYWHERE) as (_, port):
        status, out, err = run(
            [sys.executable, "clients/told.py", "127.0.0.1", str(port)], EXAMPLES
        )
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("connecting to")
    assert lines[1:] == [
        "connected",
        "An apple a day keeps the doctor away",
        "You are one of 1.",
        "connection lost: Connection was closed cleanly.",
    ]


def test_told_tells_why_it_could_not_connect() -> None:
    command = [sys.executable, "clients/told.py", "127.0.0.1", str(freePort())]
    status, out, err = run(command, EXAMPLES)
    assert (status, err) == (0, "")
    assert re.fullmatch("connecting to .*\nconnection failed: .*refused.*\n", out), out
