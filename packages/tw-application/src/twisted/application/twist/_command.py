"""What happens between the command line and the exit status.

In this order: the command line is read, which installs the reactor that it names; the log begins;
the plugin makes its service; the reactor runs, and the service with it. The first error ends it.
"""

import platform
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from twisted import __version__
from twisted.application._plugincommands import findBelowDirectory
from twisted.application.operation import Operation
from twisted.application.restarting import Predecessor, tellPredecessor
from twisted.application.runner import ExitStatus, Runner, exit
from twisted.application.runner._trouble import explain, oneLine
from twisted.application.service import IService
from twisted.application.twist._configuration import ConfigurationError, makeServices
from twisted.application.twist._logging import beginLogging
from twisted.application.twist._options import TwistOptions
from twisted.internet._defaultreactor import defaultReactor
from twisted.internet.interfaces import IReactorCore
from twisted.logger import Logger, LogLevel
from twisted.python.usage import UsageError

_log = Logger("twisted.application.twist")


def run() -> NoReturn:
    """Run the command `twist` with the command line of this process, and exit."""
    findBelowDirectory()
    main(sys.argv[1:])


def main(
    arguments: Sequence[str],
    options: TwistOptions | None = None,
    reactor: IReactorCore | None = None,
    begin: Callable[[TwistOptions], object] = beginLogging,
) -> NoReturn:
    """Run the command `twist`, and exit.

    Args:
        arguments: The command line, without the name of the program.
        options: What reads the command line; made here if it is left out.
        reactor: The reactor to run; the one that the command line names, or else the default
            reactor, if it is left out.
        begin: Begins to log as the options say.

    Raises:
        SystemExit: Always, with the status.
    """
    options = TwistOptions() if options is None else options
    try:
        options.parseOptions(arguments)
        begin(options)
    except (UsageError, OSError) as error:
        _refuse(options, error)
    predecessor: Predecessor | None = None
    try:
        if reactor is None:
            reactor = defaultReactor(IReactorCore)
        operation = Operation(
            reactor,
            options["drain"],
            options["restart-on"],
            inspectAt=options["inspect"],
            levels=options.get("log-levels"),
            workers=options["workers"],
        )
        predecessor = operation.predecessor
        if operation.supervises:
            service = operation.supervisor()
        else:
            service = operation.around(_makeService(options, reactor))
    except Exception as error:
        _log.failure("The service cannot be made", level=LogLevel.debug)
        _refuse(options, error, predecessor)
    failure = Runner(reactor, service).run()
    if failure is not None:
        _log.failure("The service cannot be started", failure=failure, level=LogLevel.debug)
        _refuse(options, failure.value, predecessor)
    exit(ExitStatus.EX_OK)


def _makeService(options: TwistOptions, reactor: IReactorCore) -> IService:
    """Let the plugin that was chosen make its service."""
    _log.info(
        "twist {version} runs {command} on {python}, reactor {reactor}",
        version=__version__,
        command=options.subCommand or (options.configuration and options.configuration.path),
        python=f"Python {platform.python_version()} ({sys.executable})",
        # Not type(): the default reactor has a stand-in, which answers for it.
        reactor=reactor.__class__.__qualname__,
    )
    configuration = options.configuration
    if options.subCommand is None and configuration is not None:
        return makeServices(configuration, options.serviceMakers, options)
    if configuration is not None and configuration.services:
        raise UsageError(f"{configuration.path} says what to run, and so does the command line")
    maker = options.serviceMakers[str(options.subCommand)]
    return maker.makeService(options.subOptions)


def _refuse(
    options: TwistOptions, error: BaseException, predecessor: Predecessor | None = None
) -> NoReturn:
    """Exit with one line on standard error that says what is wrong and what to do.

    If another process has started this one, it is told, and says it.
    """
    program = f"twist {options.subCommand}" if options.subCommand else "twist"
    status, text = explain(error)
    if isinstance(error, ConfigurationError):
        status = ExitStatus.EX_CONFIG
    elif status == ExitStatus.EX_USAGE:
        text = f"{text.rstrip('.')}. Try '{program} --help'."
    text = oneLine(text)
    exit(status, None if tellPredecessor(predecessor, status, text) else f"{program}: {text}")
