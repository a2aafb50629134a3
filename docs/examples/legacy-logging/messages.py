"""Messages, errors and prints in a log of the older kind."""

import sys

from twisted.python import log

log.startLogging(sys.stdout)
log.msg("Hello, world.")
log.msg(format="%(count)d chairs left", count=2, system="shop")
print("also what is printed")
try:
    share = 1 / 0
except ZeroDivisionError:
    log.err(None, "cannot divide")
