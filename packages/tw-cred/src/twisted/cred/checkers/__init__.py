"""Checkers: they find out whose credentials are, or that they are not valid.

`ICredentialsChecker` says what a checker is. Those that are here let everybody in
(`AllowAnonymousAccess`), look into a dictionary (`InMemoryUsernamePasswordDatabaseDontUse`) or into a
file (`FilePasswordDB`), or ask the accounts of this machine (`UNIXChecker`).

A user who does not exist and a password that is wrong end in the same error, after the same work.
"""

from twisted.cred.checkers._file import FilePasswordDB, htpasswdHash
from twisted.cred.checkers._interfaces import ANONYMOUS, ICredentialsChecker
from twisted.cred.checkers._memory import (
    AllowAnonymousAccess,
    InMemoryUsernamePasswordDatabaseDontUse,
)
from twisted.cred.checkers._unix import UNIXChecker

OnDiskUsernamePasswordDatabase = FilePasswordDB

__all__ = [
    "ANONYMOUS",
    "AllowAnonymousAccess",
    "FilePasswordDB",
    "ICredentialsChecker",
    "InMemoryUsernamePasswordDatabaseDontUse",
    "OnDiskUsernamePasswordDatabase",
    "UNIXChecker",
    "htpasswdHash",
]
