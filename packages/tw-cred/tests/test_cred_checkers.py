"""Checkers over a dictionary and over a file."""

import hmac
import os
from pathlib import Path

import pytest

from twisted.cred.checkers import (
    FilePasswordDB,
    ICredentialsChecker,
    InMemoryUsernamePasswordDatabaseDontUse,
    OnDiskUsernamePasswordDatabase,
    htpasswdHash,
)
from twisted.cred.credentials import (
    CramMD5Credentials,
    IUsernameHashedPassword,
    IUsernamePassword,
    UsernamePassword,
)
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import succeed
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python.components import implementer, verifyObject

from .cred_helpers import errorOf, resultOf


@implementer(IUsernamePassword)
class CountingCredentials:
    """Credentials that note what they are compared with."""

    def __init__(self, username: bytes, password: bytes) -> None:
        self.username = username
        self.password = password
        self.compared: list[bytes] = []

    def checkPassword(self, password: bytes) -> bool:
        self.compared.append(password)
        return password == self.password


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    path = tmp_path / "passwords"
    path.write_bytes(b"alice:sesame\nBob:secret:1000\r\n\nbroken line\nalice:later\nnobody:x\n")
    return path


def test_memory_is_a_checker() -> None:
    assert verifyObject(ICredentialsChecker, InMemoryUsernamePasswordDatabaseDontUse())


def test_memory_knows_its_users() -> None:
    checker = InMemoryUsernamePasswordDatabaseDontUse(alice=b"sesame", bob="secret")
    checker.addUser("jörg", "süß")
    checker.addUser(b"eve", b"apple")
    for name, password in (
        ("alice", "sesame"),
        ("bob", "secret"),
        ("jörg", "süß"),
        ("eve", "apple"),
    ):
        credentials = UsernamePassword(name.encode(), password.encode())
        assert resultOf(checker.requestAvatarId(credentials)) == name.encode()


@pytest.mark.parametrize("name", [b"alice", b"mallory"])
def test_memory_refuses_wrong_passwords_and_unknown_users_alike(name: bytes) -> None:
    checker = InMemoryUsernamePasswordDatabaseDontUse(alice="sesame")
    error = errorOf(checker.requestAvatarId(UsernamePassword(name, b"wrong")))
    assert isinstance(error, UnauthorizedLogin)
    assert str(error) == "no such user, or another password"


def test_memory_compares_for_unknown_users_too() -> None:
    checker = InMemoryUsernamePasswordDatabaseDontUse(alice="sesame")
    for name in (b"alice", b"mallory"):
        credentials = CountingCredentials(name, b"wrong")
        errorOf(checker.requestAvatarId(credentials))
        assert len(credentials.compared) == 1


def test_unknown_user_is_refused_whatever_the_comparison_says() -> None:
    class Yes(CountingCredentials):
        def checkPassword(self, password: bytes) -> bool:
            return True

    checker = InMemoryUsernamePasswordDatabaseDontUse(alice="sesame")
    error = errorOf(checker.requestAvatarId(Yes(b"mallory", b"")))
    assert isinstance(error, UnauthorizedLogin)


def test_comparison_may_take_its_time() -> None:
    @implementer(IUsernameHashedPassword)
    class Slow:
        username = b"alice"

        def checkPassword(self, password: bytes) -> object:
            return succeed(password == b"sesame")

    checker = InMemoryUsernamePasswordDatabaseDontUse(alice="sesame")
    assert resultOf(checker.requestAvatarId(Slow())) == b"alice"  # type: ignore[arg-type]


def test_memory_checks_challenges() -> None:
    credentials = CramMD5Credentials(b"host")
    challenge = credentials.getChallenge()
    proof = hmac.new(b"sesame", challenge, "md5").hexdigest().encode()
    credentials.setResponse(b"alice " + proof)
    checker = InMemoryUsernamePasswordDatabaseDontUse(alice="sesame")
    assert resultOf(checker.requestAvatarId(credentials)) == b"alice"  # type: ignore[arg-type]


def test_file_is_a_checker(passwords: Path) -> None:
    assert verifyObject(ICredentialsChecker, FilePasswordDB(passwords))
    assert OnDiskUsernamePasswordDatabase is FilePasswordDB


def test_file_knows_its_users(passwords: Path) -> None:
    checker = FilePasswordDB(str(passwords))
    for name, password in ((b"alice", b"sesame"), (b"Bob", b"secret")):
        assert resultOf(checker.requestAvatarId(UsernamePassword(name, password))) == name


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (b"alice", b"wrong"),
        (b"alice", b"later"),
        (b"mallory", b"sesame"),
        (b"bob", b"secret"),
        (b"broken line", b""),
        (b"", b""),
        (b"nobody", b"x"),
    ],
)
def test_file_refuses_everybody_else(passwords: Path, name: bytes, password: bytes) -> None:
    checker = FilePasswordDB(passwords)
    error = errorOf(checker.requestAvatarId(UsernamePassword(name, password)))
    assert isinstance(error, UnauthorizedLogin)


def test_file_compares_for_unknown_users_too(passwords: Path) -> None:
    checker = FilePasswordDB(passwords)
    for name in (b"alice", b"mallory"):
        credentials = CountingCredentials(name, b"wrong")
        errorOf(checker.requestAvatarId(credentials))
        assert len(credentials.compared) == 1


def test_user_without_password_is_told_to_the_log(passwords: Path) -> None:
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)
    try:
        errorOf(FilePasswordDB(passwords).requestAvatarId(UsernamePassword(b"nobody", b"x")))
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert any("shadow" in event.get("log_format", "") for event in events)


def test_file_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)
    try:
        checker = FilePasswordDB(tmp_path / "missing")
        error = errorOf(checker.requestAvatarId(UsernamePassword(b"a", b"b")))
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert isinstance(error, UnauthorizedLogin)
    assert any("missing" in str(event.get("filename")) for event in events)


def test_case_may_not_matter(passwords: Path) -> None:
    checker = FilePasswordDB(passwords, caseSensitive=False)
    assert resultOf(checker.requestAvatarId(UsernamePassword(b"BOB", b"secret"))) == b"bob"
    assert checker.getUser(b"BOB") == (b"bob", b"secret")


def test_fields_and_delimiter_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"1,sesame,alice\n")
    checker = FilePasswordDB(path, delim=b",", usernameField=2, passwordField=1)
    assert checker.getUser(b"alice") == (b"alice", b"sesame")
    with pytest.raises(KeyError):
        checker.getUser(b"bob")


def test_hash_makes_of_the_password_what_the_file_has(tmp_path: Path) -> None:
    path = tmp_path / "hashes"
    path.write_bytes(b"alice:EMASES/alice\n")
    seen: list[tuple[bytes, bytes, bytes]] = []

    def backwards(username: bytes, given: bytes, stored: bytes) -> bytes:
        seen.append((username, given, stored))
        return given[::-1].upper() + b"/" + username

    checker = FilePasswordDB(path, hash=backwards)
    assert checker.credentialInterfaces == (IUsernamePassword,)
    assert resultOf(checker.requestAvatarId(UsernamePassword(b"alice", b"sesame"))) == b"alice"
    errorOf(checker.requestAvatarId(UsernamePassword(b"alice", b"SESAM")))
    errorOf(checker.requestAvatarId(UsernamePassword(b"mallory", b"sesame")))
    assert [stored for _, _, stored in seen] == [b"EMASES/alice"] * 3


def test_file_of_htpasswd(tmp_path: Path) -> None:
    path = tmp_path / "htpasswd"
    path.write_bytes(b"alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\nodd:{NEW}abc\n")
    checker = FilePasswordDB(path, hash=htpasswdHash)
    assert resultOf(checker.requestAvatarId(UsernamePassword(b"alice", b"password"))) == b"alice"
    for name in (b"alice", b"odd"):
        assert isinstance(
            errorOf(checker.requestAvatarId(UsernamePassword(name, b"no"))), UnauthorizedLogin
        )


def test_changed_file_is_noticed(passwords: Path) -> None:
    for cache in (False, True):
        checker = FilePasswordDB(passwords, cache=cache)
        checker.getUser(b"alice")
        passwords.write_bytes(b"eve:apple\nalice:sesame\n" if cache else b"alice:sesame\n")
        assert checker.getUser(b"alice") == (b"alice", b"sesame")
    assert checker.getUser(b"eve") == (b"eve", b"apple")


def test_cached_file_is_not_read_again(passwords: Path) -> None:
    checker = FilePasswordDB(passwords, cache=True)
    checker.getUser(b"alice")
    before = passwords.stat()
    # The same size and time, so nobody can tell that it was changed.
    passwords.write_bytes(passwords.read_bytes().replace(b"sesame", b"SESAME"))
    os.utime(passwords, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert checker.getUser(b"alice") == (b"alice", b"sesame")


@pytest.mark.parametrize("name", [b"mallory", b"locked"])
def test_refusing_by_a_file_of_hashes_takes_as_long_whoever_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    forms: list[bytes] = []

    def hashing(password: bytes, stored: bytes) -> bytes:
        forms.append(stored)
        return b"another"

    monkeypatch.setattr("twisted.cred.checkers._file.hashLike", hashing)
    path = tmp_path / "passwords"
    path.write_bytes(b"locked:!$apr1$a\nstar:*\nalice:$apr1$b\n")
    checker = FilePasswordDB(path, hash=htpasswdHash)
    errorOf(checker.requestAvatarId(UsernamePassword(name, b"sesame")))
    assert forms == [b"$apr1$b"]
