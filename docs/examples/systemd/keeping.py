"""A service whose count survives a restart: systemd keeps the file that it is in."""

import os

from twisted.application.notify import Notifier
from twisted.application.service import Service
from twisted.python.systemd import ListenFDs


class Counting(Service):
    """Counts its starts, in a file that has no name on any disk."""

    def __init__(self, notifier: Notifier, inherited: ListenFDs):
        self.notifier = notifier
        self.descriptor = inherited.inheritedNamedDescriptors().get("count", -1)

    def startService(self):
        super().startService()
        if self.descriptor == -1:
            self.descriptor = os.memfd_create("count")
            self.notifier.storeDescriptors("count", [self.descriptor])
        count = int(os.pread(self.descriptor, 20, 0) or b"0") + 1
        os.pwrite(self.descriptor, b"%d" % count, 0)
        self.notifier.status(f"started {count} times")
