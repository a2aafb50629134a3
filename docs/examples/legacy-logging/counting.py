"""An observer of the older kind: it counts the errors of each system."""

from collections import Counter

from twisted.logger import LegacyLogObserverWrapper, Logger, LogPublisher
from twisted.python import log

errors: Counter[str] = Counter()


def count(event: log.EventDict) -> None:
    """Count an event if it is about an error."""
    if event["isError"]:
        errors[event["system"]] += 1


log.addObserver(count)
log.callWithContext({"system": "shop"}, log.err, ValueError("no chairs"), "cannot sell")

# The same observer at a publisher of twisted.logger.
publisher = LogPublisher(LegacyLogObserverWrapper(count))
Logger(namespace="n", observer=publisher).error("no tables", log_system="shop")

log.removeObserver(count)
log.err(ValueError("nobody counts"))
print(dict(errors))
