"""Run the answering server without twist: on SIGUSR2 it is restarted, and it ends gracefully."""

import signal
import sys

import answering

from twisted.application.operation import Operation
from twisted.application.runner import Runner
from twisted.internet import reactor
from twisted.logger import globalLogBeginner, textFileLogObserver

globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stdout)], redirectStandardIO=False)
operation = Operation(reactor, drainTime=30.0, restartSignal=signal.SIGUSR2)
options = answering.Options()
options.parseOptions()
failure = Runner(reactor, operation.around(answering.makeService(options))).run()
if failure is not None:
    sys.exit(f"It cannot start: {failure.getErrorMessage()}")
