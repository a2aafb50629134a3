"""An application: a server, and a report every minute. Run it with `twistd -ny echo.tac`."""

import os

from echoing import EchoFactory

from twisted.application import internet, service

port = int(os.environ.get("ECHO_PORT", "7007"))
factory = EchoFactory()

# twistd looks for this name.
application = service.Application("echo")

internet.TCPServer(port, factory, interface="127.0.0.1").setServiceParent(application)
internet.TimerService(60, factory.report).setServiceParent(application)
