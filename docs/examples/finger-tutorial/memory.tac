"""Ask on port 79, and tell on port 1079: twistd -ny memory.tac, as root."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection
from twisted.python.components import adapt

import fingertips.adapters  # registers the adapters
from fingertips.interfaces import IFingerFactory, ISetterFactory
from fingertips.memory import MemoryUsers

application = Application("finger", uid=1, gid=1)
collection = IServiceCollection(application)
users = MemoryUsers(ada=b"Counting on the engine")
users.setServiceParent(collection)
TCPServer(79, adapt(IFingerFactory, users)).setServiceParent(collection)
TCPServer(1079, adapt(ISetterFactory, users), interface="127.0.0.1").setServiceParent(collection)
