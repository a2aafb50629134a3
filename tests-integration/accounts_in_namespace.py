"""Makes an account in a copy of /etc that only this process sees, and logs in to it.

Run by `test_cred_accounts.py` with a mount namespace of its own.
"""

import os
import shutil
import subprocess
import sys

from twisted.cred.checkers import ICredentialsChecker, UNIXChecker
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.pamauth import PAMChecker
from twisted.internet.defer import maybeDeferred
from twisted.internet.task import react

PAM = "auth required pam_unix.so\naccount required pam_unix.so\n"


def makeAccount(copy: str) -> None:
    """Make the account alice with the password sesame."""
    shutil.copytree("/etc", copy, symlinks=True)
    subprocess.run(["mount", "--bind", copy, "/etc"], check=True)
    subprocess.run(["useradd", "-M", "tw-alice"], check=True)
    subprocess.run(["chpasswd"], input="tw-alice:sesame\n", text=True, check=True)
    with open("/etc/pam.d/tw-test", "w") as file:
        file.write(PAM)


async def answer(checker: ICredentialsChecker, name: str, password: str) -> str:
    """Return what a checker says."""
    credentials = UsernamePassword(name.encode(), password.encode())
    try:
        return repr(await maybeDeferred(checker.requestAvatarId, credentials))
    except UnauthorizedLogin:
        return "refused"


async def main(reactor: object, copy: str) -> None:
    """Ask both checkers about the right password, a wrong one and an unknown user."""
    makeAccount(copy)
    for checker in (UNIXChecker(), PAMChecker("tw-test", reactor)):
        for name, password in (("tw-alice", "sesame"), ("tw-alice", "open"), ("tw-eve", "sesame")):
            print(type(checker).__name__, name, password, await answer(checker, name, password))


if __name__ == "__main__":
    os.umask(0o22)
    react(main, sys.argv[1:])
