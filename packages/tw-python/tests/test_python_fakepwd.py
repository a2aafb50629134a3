"""Databases of users in memory answer like those of the system."""

import pwd
from typing import Any

import pytest

from twisted.python.fakepwd import ShadowDatabase, UserDatabase


def test_a_user_is_found_by_name_and_number() -> None:
    users = UserDatabase()
    users.addUser("ann", "secret", 12, 34, "Ann", "/home/ann", "/bin/zsh")
    expected = ("ann", "secret", 12, 34, "Ann", "/home/ann", "/bin/zsh")
    assert users.getpwnam("ann") == users.getpwuid(12) == expected
    assert users.getpwall() == [expected]


def test_users_have_defaults_and_numbers_of_their_own() -> None:
    users = UserDatabase()
    users.addUser("ann")
    users.addUser("bob")
    ann, bob = users.getpwall()
    assert ann == ("ann", "password", ann.pw_uid, ann.pw_gid, "", "", "/bin/sh")
    assert ann.pw_uid != bob.pw_uid
    assert ann.pw_gid != bob.pw_gid


def test_a_number_that_is_taken_is_not_given_out() -> None:
    users = UserDatabase()
    users.addUser("ann", uid=10101)
    users.addUser("bob")
    assert users.getpwuid(10101).pw_name == "ann"


@pytest.mark.parametrize("database", [pwd, UserDatabase()], ids=["system", "memory"])
def test_unknown_users_are_a_key_error(database: Any) -> None:
    with pytest.raises(KeyError):
        database.getpwnam("nobody has this name")
    with pytest.raises(KeyError):
        database.getpwuid(2**31 - 7)
    with pytest.raises(TypeError):
        database.getpwnam(1)


def test_a_record_has_the_fields_of_the_system() -> None:
    users = UserDatabase()
    root = pwd.getpwuid(0)
    users.addUser(*root)
    found = users.getpwnam(root.pw_name)
    fields = [name for name in dir(root) if name.startswith("pw_")]
    assert [getattr(found, name) for name in fields] == [getattr(root, name) for name in fields]
    assert list(found) == list(root)


def test_a_password_is_found_by_name() -> None:
    shadow = ShadowDatabase()
    shadow.addUser("ann", "secret", 1, 2, 3, 4, 5, 6, 7)
    found = shadow.getspnam("ann")
    assert found == ("ann", "secret", 1, 2, 3, 4, 5, 6, 7)
    assert (found.sp_nam, found.sp_pwd, found.sp_lstchg) == ("ann", "secret", 1)
    assert (found.sp_namp, found.sp_pwdp) == ("ann", "secret")
    assert shadow.getspall() == [found]


def test_unknown_passwords_are_a_key_error() -> None:
    with pytest.raises(KeyError):
        ShadowDatabase().getspnam("ann")
    with pytest.raises(TypeError):
        ShadowDatabase().getspnam(1)  # type: ignore[arg-type]
