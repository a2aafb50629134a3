"""Install a reactor by the `install` of its module, before anything uses the default one."""

from twisted.internet import selectreactor

selectreactor.install()

from twisted.internet import reactor

reactor.callLater(0.1, reactor.stop)
reactor.run()
print(f"ran on {type(reactor).__name__}")
