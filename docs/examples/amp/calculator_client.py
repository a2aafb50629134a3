"""A client that has others calculate."""

import sys

from calculator import Divide, Sum

from twisted.internet.defer import TimeoutError
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.internet.task import react
from twisted.protocols.amp import AMP


async def main(reactor, description="tcp:127.0.0.1:8750"):
    peer = await connectProtocol(clientFromString(reactor, description), AMP())
    answer = await peer.callRemote(Sum, numbers=[13, 81])
    print("the sum is", answer.total)
    try:
        await peer.callRemote(Divide, numerator=1234, denominator=0)
    except ZeroDivisionError as error:
        print("the server says:", error)
    try:
        # An answer within five seconds, or none at all.
        answer = await peer.within(5, reactor).callRemote(Divide, numerator=7, denominator=2)
        print("the quotient is", answer.quotient)
    except TimeoutError:
        print("the server is busy")
    peer.transport.loseConnection()


react(main, sys.argv[1:])
