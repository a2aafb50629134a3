"""The command line of `twist greeter`, and the service that it makes."""

from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import MultiService
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.python import usage

from greeter.greeting import Greeter
from greeter.protocol import GreetingFactory
from greeter.visitorbook import VisitorBook


class Options(usage.Options):
    """The options that `twist greeter --help` shows."""

    # Long name, short name, default, help text.
    optParameters = [
        ["endpoint", "e", "tcp:8008:interface=127.0.0.1", "Where to listen."],
        ["greeting", "g", "Hello", "How to greet."],
        ["book", "b", None, "A file to write the number of visitors to."],
    ]

    def postOptions(self) -> None:
        """Check what can only be checked when everything was read."""
        if not self["greeting"].strip():
            raise usage.UsageError("--greeting must not be empty")


def makeService(options: usage.Options) -> MultiService:
    """Return the services that the command line asks for, below one parent."""
    greeter = Greeter(options["greeting"])
    parent = MultiService()
    if options["book"] is not None:
        # Started first and stopped last, so that it counts every visitor.
        VisitorBook(options["book"], greeter).setServiceParent(parent)
    endpoint = serverFromString(reactor, options["endpoint"])
    StreamServerEndpointService(endpoint, GreetingFactory(greeter)).setServiceParent(parent)
    return parent
