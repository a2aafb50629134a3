"""A reactor that is installed too late: the error tells who was earlier."""

from twisted.internet import reactor, selectreactor
from twisted.internet.error import ReactorAlreadyInstalledError

# The import alone decides nothing. This does:
reactor.callWhenRunning(print, "running")

try:
    selectreactor.install()
except ReactorAlreadyInstalledError as error:
    print(error)
