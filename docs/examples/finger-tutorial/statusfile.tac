"""Answer from a file that is read every 30 seconds: twistd -ny statusfile.tac, as root."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection
from twisted.python.components import adapt

import fingertips.adapters  # registers the adapters
from fingertips.interfaces import IFingerFactory
from fingertips.statusfile import FileUsers

application = Application("finger", uid=1, gid=1)
collection = IServiceCollection(application)
users = FileUsers("users")
users.setServiceParent(collection)
TCPServer(79, adapt(IFingerFactory, users)).setServiceParent(collection)
