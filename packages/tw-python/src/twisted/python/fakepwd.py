"""Databases of users in memory, in the place of those of the system: for tests.

`UserDatabase` has the functions of the standard library's `pwd`, and `ShadowDatabase` those that
`spwd` had before Python 3.13.
"""

from typing import NamedTuple

_FIRST_USER = 10101
_FIRST_GROUP = 20202


class UserRecord(NamedTuple):
    """A user, as `pwd` shows one.

    Attributes:
        pw_name: The name.
        pw_passwd: The password, encrypted.
        pw_uid: The user's number.
        pw_gid: The number of the primary group.
        pw_gecos: More about the user.
        pw_dir: The home directory.
        pw_shell: The program that a login starts.
    """

    pw_name: str
    pw_passwd: str
    pw_uid: int
    pw_gid: int
    pw_gecos: str
    pw_dir: str
    pw_shell: str


class UserDatabase:
    """Users, who are found by name and number."""

    def __init__(self) -> None:
        """Make a database without users."""
        self._users: list[UserRecord] = []

    def addUser(
        self,
        username: str,
        password: str = "password",
        uid: int | None = None,
        gid: int | None = None,
        gecos: str = "",
        home: str = "",
        shell: str = "/bin/sh",
    ) -> None:
        """Add a user.

        Args:
            username: The name.
            password: The password, encrypted.
            uid: The user's number; one that no user here has, if left out.
            gid: The number of the primary group; one that no user here has, if left out.
            gecos: More about the user.
            home: The home directory.
            shell: The program that a login starts.
        """
        if uid is None:
            uid = max([_FIRST_USER - 1, *(user.pw_uid for user in self._users)]) + 1
        if gid is None:
            gid = max([_FIRST_GROUP - 1, *(user.pw_gid for user in self._users)]) + 1
        self._users.append(UserRecord(username, password, uid, gid, gecos, home, shell))

    def getpwuid(self, uid: int) -> UserRecord:
        """Return the user with a number.

        Raises:
            KeyError: There is none.
        """
        for user in self._users:
            if user.pw_uid == uid:
                return user
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    def getpwnam(self, name: str) -> UserRecord:
        """Return the user with a name.

        Raises:
            KeyError: There is none.
            TypeError: The name is no text.
        """
        if not isinstance(name, str):
            raise TypeError(f"getpwnam() takes a str, not {type(name).__name__}")
        for user in self._users:
            if user.pw_name == name:
                return user
        raise KeyError(f"getpwnam(): name not found: {name!r}")

    def getpwall(self) -> list[UserRecord]:
        """Return all users, in the order in which they were added."""
        return list(self._users)


class ShadowRecord(NamedTuple):
    """The password of a user and how long it lasts, as `spwd` showed them.

    Attributes:
        sp_nam: The user's name.
        sp_pwd: The password, encrypted.
        sp_lstchg: When it was changed, in days since 1970.
        sp_min: After how many days it may be changed.
        sp_max: After how many days it must be changed.
        sp_warn: How many days before that the user is warned.
        sp_inact: How many days after that the account is closed.
        sp_expire: When the account ends, in days since 1970.
        sp_flag: Reserved.
    """

    sp_nam: str
    sp_pwd: str
    sp_lstchg: int
    sp_min: int
    sp_max: int
    sp_warn: int
    sp_inact: int
    sp_expire: int
    sp_flag: int

    @property
    def sp_namp(self) -> str:
        """The user's name, as `spwd` called it later."""
        return self.sp_nam

    @property
    def sp_pwdp(self) -> str:
        """The password, as `spwd` called it later."""
        return self.sp_pwd


class ShadowDatabase:
    """Passwords of users, which are found by name."""

    def __init__(self) -> None:
        """Make a database without users."""
        self._users: list[ShadowRecord] = []

    def addUser(
        self,
        username: str,
        password: str,
        lastChange: int,
        min: int,
        max: int,
        warn: int,
        inact: int,
        expire: int,
        flag: int,
    ) -> None:
        """Add a user.

        Args:
            username: The name.
            password: The password, encrypted.
            lastChange: When it was changed, in days since 1970.
            min: After how many days it may be changed.
            max: After how many days it must be changed.
            warn: How many days before that the user is warned.
            inact: How many days after that the account is closed.
            expire: When the account ends, in days since 1970.
            flag: Reserved.
        """
        self._users.append(
            ShadowRecord(username, password, lastChange, min, max, warn, inact, expire, flag)
        )

    def getspnam(self, username: str) -> ShadowRecord:
        """Return the entry of a user.

        Raises:
            KeyError: There is none.
            TypeError: The name is no text.
        """
        if not isinstance(username, str):
            raise TypeError(f"getspnam() takes a str, not {type(username).__name__}")
        for user in self._users:
            if user.sp_nam == username:
                return user
        raise KeyError(f"getspnam(): name not found: {username!r}")

    def getspall(self) -> list[ShadowRecord]:
        """Return all entries, in the order in which they were added."""
        return list(self._users)


__all__ = ["ShadowDatabase", "ShadowRecord", "UserDatabase", "UserRecord"]
