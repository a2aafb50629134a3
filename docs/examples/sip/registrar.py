"""Let phones of a domain call each other: python registrar.py DOMAIN [HOST [PORT [PASSWORDS]]].

HOST is the address of this machine as the phones reach it, PASSWORDS a file of lines NAME:PASSWORD;
without it anybody may register any name.
"""

import sys

from twisted.cred.checkers import FilePasswordDB
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from twisted.internet.task import react
from twisted.protocols.sip import DigestAuthorizer, IContact, InMemoryRegistry, RegisterProxy
from twisted.python.components import implementer


@implementer(IContact)
class Phone:
    """Somebody who has logged in, to register a phone."""


class Phones:
    """Makes a phone of whoever knows a password."""

    def requestAvatar(self, avatarId: bytes, mind: object, *interfaces: object) -> tuple:
        return IContact, Phone(), lambda: None


async def main(
    reactor, domain: str, host: str = "127.0.0.1", port: str = "5060", passwords: str = ""
) -> None:
    proxy = RegisterProxy(host=host)
    # It remembers where a phone is, and knows where to pass requests for it on to.
    proxy.registry = proxy.locator = InMemoryRegistry(domain)
    if passwords:
        proxy.portal = Portal(Phones(), [FilePasswordDB(passwords)])
        proxy.authorizers = {"digest": DigestAuthorizer(domain)}
    listening = reactor.listenUDP(int(port), proxy, interface=host)
    # What it writes into the requests that it passes on, so that responses come back.
    proxy.port = listening.getHost().port
    print("listening on", listening.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
