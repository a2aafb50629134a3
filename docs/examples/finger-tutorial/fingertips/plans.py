"""Users of this machine, with the plan that each may write into a file at home."""

import os
import pwd
import stat

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.threads import deferToThread
from twisted.python.components import implementer

from fingertips.interfaces import IUsers
from fingertips.logins import isLogin
from fingertips.protocols import NO_SUCH_USER

MAX_PLAN_SIZE = 64 * 1024


@implementer(IUsers)
class PlanUsers(Service):
    """Reads the plan for each query, in a thread, for homes may be far away."""

    def getUser(self, user: bytes) -> Deferred[bytes]:
        """Return the plan of a user."""
        if not isLogin(user):
            return succeed(NO_SUCH_USER)
        return deferToThread(readPlan, user.decode())


def readPlan(user: str) -> bytes:
    """Return the plan of a user, its beginning if it is very long."""
    try:
        path = os.path.join(pwd.getpwnam(user).pw_dir, ".plan")
        # A pipe in its place must not make us wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (KeyError, OSError):
        return NO_SUCH_USER
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return NO_SUCH_USER
        return file.read(MAX_PLAN_SIZE).strip()
