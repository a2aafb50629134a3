"""The options of the command `gatehouse`, and the service that it runs."""

from gatehouse.gate import GateFactory, House
from twisted.application import strports
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.portal import Portal
from twisted.cred.strcred import AuthOptionMixin
from twisted.python import usage


class Options(AuthOptionMixin, usage.Options):
    """--auth, --help-auth and --help-auth-type are the mixin's."""

    # A checker that wants anything else than a name and a password is refused.
    supportedInterfaces = (IUsernamePassword,)

    optParameters = [
        ["endpoint", "e", "tcp:1234:interface=127.0.0.1", "Where to listen."],
        ["host", "h", "localhost", "The name of the house."],
    ]

    def postOptions(self):
        if not self.get("credCheckers"):
            raise usage.UsageError("nobody could come in: give --auth, and see --help-auth")


def makeService(options):
    """Return the service; `twistd` runs it."""
    portal = Portal(House(options["host"]), options["credCheckers"])
    return strports.service(options["endpoint"], GateFactory(portal))
