"""Choose what is logged, by namespace and level."""

import sys

from twisted.logger import (
    FilteringLogObserver,
    Logger,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    textFileLogObserver,
)

levels = LogLevelFilterPredicate(defaultLogLevel=LogLevel.info)
levels.setLogLevelForNamespace("shop.payment", LogLevel.debug)
levels.setLogLevelForNamespace("shop.images", LogLevel.error)

output = textFileLogObserver(sys.stdout)
globalLogBeginner.beginLoggingTo([FilteringLogObserver(output, [levels])])

payment = Logger("shop.payment.cards")
images = Logger("shop.images")

payment.debug("asked the bank about card {last}", last="0005")
images.info("scaled {name}", name="chair.png")
images.error("cannot read {name}", name="table.png")

# Levels may be changed at any time.
levels.setLogLevelForNamespace("shop.payment", LogLevel.warn)
payment.debug("asked the bank again")
