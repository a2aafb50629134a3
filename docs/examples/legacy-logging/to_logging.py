"""Messages for the `logging` module of the standard library."""

import logging
import sys

from twisted.python import log

logging.basicConfig(
    stream=sys.stdout, level=logging.DEBUG, format="%(levelname)s %(name)s %(message)s"
)
observer = log.PythonLoggingObserver()
observer.start()
log.msg("Hello, world.")
log.msg("This is important!", logLevel=logging.CRITICAL)
log.msg("Don't mind", logLevel=logging.DEBUG)
observer.stop()
