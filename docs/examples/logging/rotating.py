"""Log to a file that is rotated after 200 bytes; two rotated files are kept.

Run it with the path of the file: `python rotating.py shop.log`.
"""

import sys

from twisted.logger import Logger, globalLogBeginner, textFileLogObserver
from twisted.python.logfile import LogFile

log = Logger(namespace="shop")

file = LogFile.fromFullPath(sys.argv[1], rotateLength=200, maxRotatedFiles=2, defaultMode=0o640)
globalLogBeginner.beginLoggingTo([textFileLogObserver(file)], redirectStandardIO=False)
for number in range(20):
    log.info("sold chair {number}", number=number)
