"""Users of this machine, as the program finger knows them."""

from twisted.application.service import Service
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.utils import getProcessOutputAndValue
from twisted.python.components import implementer

from fingertips.interfaces import IUsers
from fingertips.logins import isLogin
from fingertips.protocols import NO_SUCH_USER


@implementer(IUsers)
class ProgramUsers(Service):
    """Asks the program for each query."""

    def getUser(self, user: bytes) -> Deferred[bytes]:
        """Return what the program prints about a user."""
        return ensureDeferred(self._ask(user))

    async def _ask(self, user: bytes) -> bytes:
        if not isLogin(user):
            return NO_SUCH_USER
        printed, complaint, status = await getProcessOutputAndValue("finger", [user], env=None)
        if status != 0:
            raise RuntimeError(f"finger ended with status {status}: {complaint!r}")
        # finger complains of users that do not exist, and prints nothing.
        return printed.rstrip() or NO_SUCH_USER
