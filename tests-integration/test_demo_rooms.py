"""The rooms of the finger service that know no network.

They are fingerd/query.py, fingerd/users.py, fingerd/answers.py and fingerd/userfile.py.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.logger import LogEvent, formatEvent, globalLogPublisher

from fingerd.answers import answer, encode
from fingerd.query import MalformedQuery, Query, parseQuery
from fingerd.userfile import SampleUsers, UserFile
from fingerd.users import SAMPLE, User, UsersError, parseUsers


@pytest.mark.parametrize(
    ("line", "query"),
    [
        (b"", Query()),
        (b"  ", Query()),
        (b"/W", Query(verbose=True)),
        (b"/W ", Query(verbose=True)),
        (b"alice", Query("alice")),
        (b"alice ", Query("alice")),
        (b"/W alice", Query("alice", verbose=True)),
        (b"/W   alice", Query("alice", verbose=True)),
        (b"@host", Query(hosts=("host",))),
        (b"alice@host", Query("alice", hosts=("host",))),
        (b"/W alice@near@far", Query("alice", True, ("near", "far"))),
    ],
)
def test_query_is_understood(line: bytes, query: Query) -> None:
    assert parseQuery(line) == query


@pytest.mark.parametrize(
    "line",
    [
        b"alice hatter",
        b"alice /W",
        b"/w alice",
        b"/Walice",
        b"alice@",
        b"a@@b",
        b"a\tb",
        b"\xff",
        b"\x1b[0m",
    ],
)
def test_line_outside_the_grammar_is_refused(line: bytes) -> None:
    with pytest.raises(MalformedQuery):
        parseQuery(line)


@given(st.binary(max_size=60))
def test_any_line_is_a_query_or_is_refused(line: bytes) -> None:
    try:
        query = parseQuery(line)
    except MalformedQuery:
        return
    words = ["/W"] if query.verbose else []
    words.append("@".join((query.user, *query.hosts)))
    assert parseQuery(" ".join(words).encode()) == query


def test_sample_is_read() -> None:
    users = parseUsers(SAMPLE)
    assert list(users) == ["alice", "hatter", "rabbit"]
    assert users["alice"] == User(
        "alice",
        "Alice Liddell",
        "Down the rabbit hole",
        ("Find out what is behind", "the little door."),
    )


def test_user_may_have_nothing_but_a_login() -> None:
    assert parseUsers("[bob]") == {"bob": User("bob")}


def test_plan_may_begin_on_the_next_line() -> None:
    assert parseUsers("[bob]\nplan =\n  one\n\n  two\n")["bob"].plan == ("one", "", "two")


def test_percent_sign_is_nothing_special() -> None:
    assert parseUsers("[bob]\nstatus = 100% %(there)s")["bob"].status == "100% %(there)s"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no users"),
        ("# nobody", "no users"),
        ("name = Bob", "line 1 comes before"),
        ("[bob]\nstatus", "line  2"),
        ("[bob]\n[bob]", "bob"),
        ("[bob]\nshoe = 44", "unknown key 'shoe'"),
        ("[bob@home]", "a login is"),
        ("[" + "b" * 33 + "]", "a login is"),
    ],
)
def test_text_that_describes_no_users_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(UsersError, match=complaint.replace("  ", " *")):
        parseUsers(text)


@given(st.text(alphabet="[]=:# \n\tab%", max_size=60))
def test_any_text_gives_users_or_is_refused(text: str) -> None:
    try:
        users = parseUsers(text)
    except UsersError:
        return
    assert users


USERS = parseUsers(SAMPLE)


def test_short_answer_tells_who_and_how() -> None:
    assert answer(Query("alice"), USERS) == (
        b"Login: alice  Name: Alice Liddell\r\nStatus: Down the rabbit hole\r\n"
    )


def test_long_answer_has_the_plan() -> None:
    assert answer(Query("alice", verbose=True), USERS).endswith(
        b"Plan:\r\nFind out what is behind\r\nthe little door.\r\n"
    )
    assert answer(Query("rabbit", verbose=True), USERS).endswith(b"No plan.\r\n")


def test_list_has_a_line_for_each_user() -> None:
    assert answer(Query(), USERS).decode().splitlines() == [
        "Login   Name              Status",
        "alice   Alice Liddell     Down the rabbit hole",
        "hatter  The Hatter        At tea since six o'clock",
        "rabbit  The White Rabbit  Late",
    ]


def test_long_list_has_everything() -> None:
    text = answer(Query(verbose=True), USERS)
    assert text.count(b"Login: ") == 3
    assert b"the little door." in text


def test_unknown_user_is_told_so() -> None:
    assert answer(Query("dinah"), USERS) == b"dinah: no such user.\r\n"


@pytest.mark.parametrize("user", ["", "alice"])
def test_forwarding_is_refused(user: str) -> None:
    query = Query(user, hosts=("elsewhere.example",))
    assert answer(query, USERS) == b"Finger forwarding service denied.\r\n"


def test_control_characters_of_a_file_do_not_reach_the_client() -> None:
    users = parseUsers("[bob]\nstatus = \x1b]0;owned\x07 \x9b31m")
    assert answer(Query("bob"), users) == b"Login: bob\r\nStatus: ?]0;owned? ?31m\r\n"


def test_letters_of_all_languages_reach_the_client() -> None:
    assert encode(["Zoë 王"]) == "Zoë 王\r\n".encode()


@given(st.lists(st.text(max_size=20), max_size=5))
def test_answer_has_one_line_for_each_line(lines: list[str]) -> None:
    assert encode(lines).count(b"\n") == encode(lines).count(b"\r\n") == len(lines)


@pytest.fixture
def events() -> list[str]:
    """The texts that were logged."""
    return []


@pytest.fixture
def path(tmp_path: Path, events: list[str]) -> Iterator[Path]:
    """A file with one user, while what is logged is noted."""

    def note(event: LogEvent) -> None:
        events.append(formatEvent(event))

    globalLogPublisher.addObserver(note)
    path = tmp_path / "users"
    path.write_text("[bob]\nstatus = here\n")
    yield path
    globalLogPublisher.removeObserver(note)


def replace(path: Path, data: bytes) -> None:
    """Put another file in the place of one, as editors do."""
    new = path.with_suffix(".new")
    new.write_bytes(data)
    os.replace(new, path)


def test_users_come_from_the_file(path: Path) -> None:
    file = UserFile(str(path))
    file.load()
    assert file.users() == {"bob": User("bob", status="here")}


def test_new_file_is_read_when_the_users_are_asked_for(path: Path, events: list[str]) -> None:
    file = UserFile(str(path))
    file.load()
    replace(path, b"[eve]\n[bob]\n")
    assert list(file.users()) == ["eve", "bob"]
    assert list(file.users()) == ["eve", "bob"]
    assert events == [f"{path} has changed: 2 users"]


def test_file_that_did_not_change_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = UserFile(str(path))
    file.load()
    monkeypatch.setattr(file, "load", lambda: pytest.fail("read again"))
    assert list(file.users()) == ["bob"]


@pytest.mark.parametrize("data", [b"", b"[bob", b"[bob]\nstatus = \xff\n", b"[b]\n" * 20])
def test_broken_file_leaves_the_users_as_they_were(
    path: Path, events: list[str], data: bytes
) -> None:
    file = UserFile(str(path), maxSize=60)
    file.load()
    replace(path, data)
    for _ in range(3):
        assert list(file.users()) == ["bob"]
    assert len(events) == 1
    assert events[0].startswith("The users stay as they were")


def test_file_that_is_gone_leaves_the_users_as_they_were(path: Path, events: list[str]) -> None:
    file = UserFile(str(path))
    file.load()
    path.unlink()
    for _ in range(3):
        assert list(file.users()) == ["bob"]
    assert len(events) == 1


def test_mended_file_is_read(path: Path) -> None:
    file = UserFile(str(path))
    file.load()
    path.unlink()
    file.users()
    path.write_text("[eve]\n")
    assert list(file.users()) == ["eve"]


def test_missing_file_cannot_be_loaded(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        UserFile(str(tmp_path / "none")).load()


def test_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsersError, match="regular file"):
        UserFile(str(tmp_path / "pipe")).load()


def test_file_that_is_too_large_is_refused(path: Path) -> None:
    with pytest.raises(UsersError, match="larger than 10 bytes"):
        UserFile(str(path), maxSize=10).load()


def test_sample_users_need_no_file() -> None:
    assert "alice" in SampleUsers().users()
