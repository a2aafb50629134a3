"""Answer people on port 79, and programs on port 8889: twistd -ny objects.tac, as root."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection
from twisted.python.components import adapt
from twisted.spread.pb import PBServerFactory

import fingertips.adapters  # registers the adapters
from fingertips.interfaces import IFingerFactory, IFingerRoot
from fingertips.statusfile import FileUsers

application = Application("finger", uid=1, gid=1)
collection = IServiceCollection(application)
users = FileUsers("users")
users.setServiceParent(collection)
TCPServer(79, adapt(IFingerFactory, users)).setServiceParent(collection)
TCPServer(8889, PBServerFactory(adapt(IFingerRoot, users))).setServiceParent(collection)
