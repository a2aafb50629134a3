"""The command `twist`: runs a service that a plugin makes, in the foreground.

`twist NAME` looks among the plugins for an `IServiceMaker` of that name, lets it make a service
from the rest of the command line, starts the service, and runs the reactor until a signal or the
service stops it. The process then ends with status 0. If anything is wrong before that, it ends
with another status and one line on standard error that says what to do.
"""

from twisted.application.twist._command import main, run
from twisted.application.twist._options import TwistOptions

__all__ = ["TwistOptions", "main", "run"]
