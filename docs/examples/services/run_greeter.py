"""Runs the greeter without `twist`, from a program of one's own."""

import sys

from twisted.internet import reactor

from greeter.tap import Options, makeService

options = Options()
options.parseOptions(sys.argv[1:])
service = makeService(options)

# What is returned by stopService is waited for before the reactor stops.
reactor.addSystemEventTrigger("before", "shutdown", service.stopService)
service.privilegedStartService()
service.startService()
print("The greeter runs. Ctrl-C stops it.", flush=True)
reactor.run()
