"""Pass queries for user@host on to that host: twistd -ny elsewhere.tac."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection
from twisted.python.components import adapt

import fingertips.adapters  # registers the adapters
from fingertips.elsewhere import RemoteUsers
from fingertips.interfaces import IFingerFactory

application = Application("finger")
collection = IServiceCollection(application)
users = RemoteUsers()
users.setServiceParent(collection)
# Reachable from this machine alone, or strangers could hide behind it.
server = TCPServer(7779, adapt(IFingerFactory, users), interface="127.0.0.1")
server.setServiceParent(collection)
