"""What existing programs that are made like `twistd` import from here.

`ServerOptions`, `UnixAppLogger` and `UnixApplicationRunner` live in `twisted.application`.
"""

from twisted.application._daemon._apprunner import UnixApplicationRunner
from twisted.application._daemon._logging import UnixAppLogger
from twisted.application._daemon._options import ServerOptions

__all__ = ["ServerOptions", "UnixAppLogger", "UnixApplicationRunner"]
