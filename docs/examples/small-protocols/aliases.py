"""Answer Postfix instead of a table: python aliases.py [endpoint]."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import react
from twisted.protocols.postfix import PostfixTCPMapDictServerFactory

ALIASES = {
    b"info@example.com": b"ada@example.com, bob@example.com",
    b"office@example.com": b"carol@example.com",
}


async def main(reactor, description: str = "tcp:2525:interface=127.0.0.1") -> None:
    port = await serverFromString(reactor, description).listen(
        PostfixTCPMapDictServerFactory(ALIASES)
    )
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
