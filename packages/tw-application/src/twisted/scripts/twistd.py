"""The command `twistd`; see twistd(1)."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from twisted.application._plugincommands import findBelowDirectory

# What runs an application is imported when one is to be run: --help and --version need it not.
if hasattr(os, "fork"):
    from twisted.application._daemon._options import ServerOptions
else:
    from twisted.application._serveroptions import (  # type: ignore[assignment]  # the other's base
        ServerOptions,
    )

if TYPE_CHECKING:
    from twisted.application._serveroptions import ServerOptions as AnyServerOptions


def runApp(config: "AnyServerOptions") -> None:
    """Run the application that the options name, until it was stopped.

    Args:
        config: The options, after they were parsed.

    Raises:
        SystemExit: It could not be run; standard error says why.
    """
    from twisted.application._apprunner import ApplicationRunner, exitWithSignal

    kind: type[ApplicationRunner] = ApplicationRunner
    if hasattr(os, "fork"):
        from twisted.application._daemon._apprunner import UnixApplicationRunner

        kind = UnixApplicationRunner
    runner = kind(config)
    runner.run()
    number = runner.exitSignal
    if number is not None:
        exitWithSignal(number)


def _fillStandardStreams() -> None:
    """Open /dev/null for each standard stream that the process was started without.

    Otherwise what is opened next, such as the descriptor of epoll, would have its number, and would
    be lost when a daemon lets go of the standard streams.
    """
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:
            # The lowest number that is free is this one.
            os.open(os.devnull, os.O_RDWR)


def run() -> NoReturn:
    """Run the command `twistd` with the command line of this process, and exit.

    Raises:
        SystemExit: Always, unless a signal ended the application, which ends the process then.
    """
    _fillStandardStreams()
    findBelowDirectory()
    options = ServerOptions()
    try:
        options.parseOptions()
        runApp(options)
    except Exception as error:
        from twisted.application._apprunner import refuse

        sys.exit(refuse(error, options.subCommand, sys.stderr))
    sys.exit(0)


__all__ = ["ServerOptions", "run", "runApp"]

if __name__ == "__main__":
    run()
