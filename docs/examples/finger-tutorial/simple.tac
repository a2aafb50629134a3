"""Let makeService put the service together: twistd -ny simple.tac, as root."""

from twisted.application.service import Application, IServiceCollection

from fingertips.making import makeService

application = Application("finger", uid=1, gid=1)
options = {"file": "users", "tls": "server.pem"}
makeService(options).setServiceParent(IServiceCollection(application))
