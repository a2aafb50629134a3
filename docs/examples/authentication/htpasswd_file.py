"""Passwords in a file that Apache's htpasswd has written: `python htpasswd_file.py FILE NAME PASSWORD`."""

import sys

from twisted.cred.checkers import FilePasswordDB, htpasswdHash
from twisted.cred.credentials import UsernamePassword

filename, name, password = sys.argv[1:]
checker = FilePasswordDB(filename, hash=htpasswdHash)
login = checker.requestAvatarId(UsernamePassword(name.encode(), password.encode()))
login.addCallbacks(
    lambda avatarId: print("This is", avatarId.decode()),
    lambda failure: print("Refused:", failure.getErrorMessage()),
)
