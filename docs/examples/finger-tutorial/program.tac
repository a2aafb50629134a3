"""Answer with what the program finger prints: twistd -ny program.tac, as root."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection
from twisted.python.components import adapt

import fingertips.adapters  # registers the adapters
from fingertips.interfaces import IFingerFactory
from fingertips.program import ProgramUsers

application = Application("finger", uid=1, gid=1)
collection = IServiceCollection(application)
users = ProgramUsers()
users.setServiceParent(collection)
TCPServer(79, adapt(IFingerFactory, users)).setServiceParent(collection)
