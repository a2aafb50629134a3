"""Listen on the port of finger, as nobody in particular: twistd -ny step10.tac, as root."""

from twisted.application.internet import TCPServer
from twisted.application.service import Application, IServiceCollection

from step08 import FingerFactory

application = Application("finger", uid=1, gid=1)
factory = FingerFactory(ada=b"Counting on the engine")
TCPServer(79, factory).setServiceParent(IServiceCollection(application))
