"""A proxy with passwords that leads into one network only: python shared_proxy.py NETWORK [PORT]

NETWORK is one such as 192.0.2.0/24. The file "passwords" has a line `name:password` for each user.
"""

import sys
from ipaddress import ip_address, ip_network

from twisted.cred.checkers import FilePasswordDB
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.task import react
from twisted.protocols.socks import SOCKSRequest, SOCKSv5Factory


async def main(reactor: object, network: str, port: str = "1080") -> None:
    inside = ip_network(network)

    def rule(request: SOCKSRequest) -> bool:
        # A name was looked up by now: this is the address that would be connected to.
        allowed = ip_address(request.address.host) in inside
        print(request.user.decode(), request.host, "yes" if allowed else "no", flush=True)
        return allowed

    factory = SOCKSv5Factory(rule, FilePasswordDB("passwords"))
    endpoint = TCP4ServerEndpoint(reactor, int(port), interface="127.0.0.1")
    print("listening:", (await endpoint.listen(factory)).getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
