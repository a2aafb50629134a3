"""A log that begins a new file each day, and keeps those of a week.

Run it with the path of the file: `python daily.py shop.log`.
"""

import sys

from twisted.python import log
from twisted.python.logfile import DailyLogFile

log.startLogging(DailyLogFile.fromFullPath(sys.argv[1], maxRotatedFiles=7), setStdout=False)
log.msg("Hello, world.")
