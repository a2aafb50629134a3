"""Runs the application of echo.tac without twistd."""

from twisted.application.service import IService, loadApplication
from twisted.internet import reactor

application = loadApplication("echo.tac", "python")
root = IService(application)
root.startService()
reactor.addSystemEventTrigger("before", "shutdown", root.stopService)
print("running")
reactor.run()
print("stopped")
