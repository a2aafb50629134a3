"""One log for a program whose libraries use the `logging` module, and the other way round."""

import logging
import sys

from twisted.logger import (
    Logger,
    STDLibLogObserver,
    STDLibLogReceiver,
    globalLogBeginner,
    textFileLogObserver,
)

# What libraries log with the standard library becomes events.
logging.getLogger().addHandler(STDLibLogReceiver())
logging.getLogger().setLevel(logging.INFO)

# What we log becomes records for the logger "audit" of the standard library.
audit = logging.StreamHandler(sys.stdout)
audit.setFormatter(logging.Formatter("audit: %(levelname)s %(filename)s %(funcName)s %(message)s"))
logging.getLogger("audit").addHandler(audit)

globalLogBeginner.beginLoggingTo(
    [textFileLogObserver(sys.stdout), STDLibLogObserver("audit")], redirectStandardIO=False
)


def sell() -> None:
    """Sell something."""
    Logger(namespace="shop").warn("only {count} chairs left", count=2)


logging.getLogger("library").warning("the cache is %d%% full", 90)
sell()
