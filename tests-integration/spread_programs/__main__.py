"""Runs one side of a program.

`python -m spread_programs PROGRAM serve` prints the port it listens on, `python -m spread_programs
PROGRAM call PORT` does everything that the program can do with it, and ends both.
"""

import sys
from typing import Any

from twisted.internet import defer, reactor
from twisted.python import log
from twisted.spread import pb

from . import caches, calls, copies, logins, mixture

PROGRAMS: dict[str, Any] = {
    "calls": calls,
    "caches": caches,
    "copies": copies,
    "logins": logins,
    "mixture": mixture,
}

failed: list[str] = []


def serve(program: Any) -> None:
    """Serve what a program has."""
    port = reactor.listenTCP(0, pb.PBServerFactory(program.served()), interface="127.0.0.1")
    print(port.getHost().port, flush=True)


def call(program: Any, port: str) -> None:
    """Connect, and do what a program does."""
    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", int(port), factory)

    async def callAll() -> None:
        try:
            await program.callAll(await factory.getRootObject())
        except Exception:
            log.err(None, "the program has failed")
            failed.append(sys.argv[1])
        reactor.stop()

    defer.ensureDeferred(callAll())


log.startLogging(sys.stderr, setStdout=False)
if sys.argv[2] == "serve":
    serve(PROGRAMS[sys.argv[1]])
else:
    call(PROGRAMS[sys.argv[1]], sys.argv[3])
reactor.run()
sys.exit(len(failed))
