"""Keeps two programs running. Run it with `twistd -ny watch.tac`."""

import sys

from twisted.application.service import Application
from twisted.runner.procmon import ProcessMonitor

monitor = ProcessMonitor()
# They live for more than a second, so they are started again at once.
for who in ("Ada", "Grace"):
    monitor.addProcess(who, [sys.executable, "heartbeat.py"], env={"WHO": who})

application = Application("watch")
monitor.setServiceParent(application)
