"""What a command that runs a service is made of.

`Runner` starts a service in a reactor and stops it with the reactor; `exit` ends the process with
an `ExitStatus` and a message.
"""

from twisted.application.runner._exit import ExitStatus, exit
from twisted.application.runner._runner import Runner

__all__ = ["ExitStatus", "Runner", "exit"]
