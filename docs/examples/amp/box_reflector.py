"""A server that sends every box back, whatever it is."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.amp import AMP, IBoxReceiver
from twisted.python.components import implementer


@implementer(IBoxReceiver)
class BoxReflector:
    """Gets the boxes of one connection."""

    def startReceivingBoxes(self, boxSender):
        self.boxSender = boxSender

    def ampBoxReceived(self, box):
        self.boxSender.sendBox(box)

    def stopReceivingBoxes(self, reason):
        print("the end:", reason.getErrorMessage(), flush=True)


async def main(reactor, description="tcp:8752:interface=127.0.0.1"):
    factory = Factory.forProtocol(lambda: AMP(boxReceiver=BoxReflector()))
    port = await serverFromString(reactor, description).listen(factory)
    print("listening on port", port.getHost().port, flush=True)
    await Deferred()  # for ever


react(main, sys.argv[1:])
