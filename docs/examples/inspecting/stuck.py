"""A service that waits for something that never comes, to be found by inspection."""

from twisted.application.service import Service
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger
from twisted.python import usage


class Options(usage.Options):
    pass


class Stuck(Service):
    """Reads a book to the end, if there is one."""

    log = Logger(namespace="stuck")

    def startService(self):
        super().startService()
        self.reading = ensureDeferred(self.read())

    async def read(self):
        while True:
            await self.dummyPage()
            self.log.debug("one more page")

    def dummyPage(self):
        """Stand in for something that never answers."""
        return Deferred()

    def stopService(self):
        super().stopService()
        self.reading.addErrback(lambda failure: None)
        self.reading.cancel()


def makeService(options):
    service = Stuck()
    service.setName("reader")
    return service
