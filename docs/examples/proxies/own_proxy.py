"""A proxy for the programs of this machine: python own_proxy.py

SOCKS 4 and 4a are spoken on port 1081, SOCKS 5 on port 1080; other ports may be given.
"""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.task import react
from twisted.protocols.socks import SOCKSv4Factory, SOCKSv5Factory, allowLocalClients


async def main(reactor: object, port5: str = "1080", port4: str = "1081") -> None:
    for port, factory in (
        (port5, SOCKSv5Factory(allowLocalClients)),
        (port4, SOCKSv4Factory(None, allowLocalClients)),
    ):
        endpoint = TCP4ServerEndpoint(reactor, int(port), interface="127.0.0.1")
        print("listening:", (await endpoint.listen(factory)).getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
