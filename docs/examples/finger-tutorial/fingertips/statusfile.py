"""Users from a file with lines such as `ada: Counting on the engine`, read again and again."""

import stat
from pathlib import Path

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.components import implementer

from fingertips.interfaces import IUserList
from fingertips.protocols import NO_SUCH_USER

MAX_FILE_SIZE = 1024 * 1024


@implementer(IUserList)
class FileUsers(Service):
    """Knows the users that were in the file when it was last read.

    Args:
        path: The name of the file.
        interval: After how many seconds it is read again.
        clock: Counts them; the default reactor if None.
    """

    log = Logger()

    def __init__(
        self, path: str, interval: float = 30.0, clock: IReactorTime | None = None
    ) -> None:
        self.path = path
        self.interval = interval
        self.users: dict[bytes, bytes] = {}
        self.reading = LoopingCall(self.refresh)
        if clock is not None:
            self.reading.clock = clock

    def startService(self) -> None:
        """Read the file, and go on reading it.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is larger than `MAX_FILE_SIZE`, or no regular file.
        """
        self.users = self.read()
        super().startService()
        self.reading.start(self.interval, now=False)

    def stopService(self) -> None:
        """Read no more."""
        super().stopService()
        if self.reading.running:
            self.reading.stop()

    def getUser(self, user: bytes) -> Deferred[bytes]:
        """Return the status of a user."""
        return succeed(self.users.get(user, NO_SUCH_USER))

    def getUsers(self) -> Deferred[list[bytes]]:
        """Return all users."""
        return succeed(sorted(self.users))

    def refresh(self) -> None:
        """Read the file again; the users stay as they were if that cannot be done."""
        try:
            self.users = self.read()
        except (OSError, ValueError) as error:
            self.log.warn("The users stay as they were: {error}", error=error)

    def read(self) -> dict[bytes, bytes]:
        """Return the users in the file; lines without a colon say nothing."""
        path = Path(self.path)
        # Opening a pipe would wait for whoever writes to it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueError(f"{self.path} is no regular file")
        with path.open("rb") as file:
            data = file.read(MAX_FILE_SIZE + 1)
        if len(data) > MAX_FILE_SIZE:
            raise ValueError(f"{self.path} has more than {MAX_FILE_SIZE} bytes")
        pairs = (line.split(b":", 1) for line in data.splitlines() if b":" in line)
        return {user.strip(): status.strip() for user, status in pairs}
