"""Answer with the plans in the homes of users: twistd -ny plans.tac, as root."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection
from twisted.python.components import adapt

import fingertips.adapters  # registers the adapters
from fingertips.interfaces import IFingerFactory
from fingertips.plans import PlanUsers

application = Application("finger", uid=1, gid=1)
collection = IServiceCollection(application)
users = PlanUsers()
users.setServiceParent(collection)
TCPServer(79, adapt(IFingerFactory, users)).setServiceParent(collection)
