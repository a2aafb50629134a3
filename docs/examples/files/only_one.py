"""Do something that two processes must not do at once."""

import sys

from twisted.python.lockfile import FilesystemLock

lock = FilesystemLock(sys.argv[1])
if not lock.lock():
    sys.exit("only_one.py: another process is at it")
try:
    if not lock.clean:
        print("the last one did not finish")
    print("working; press Enter to finish", flush=True)
    sys.stdin.readline()
finally:
    lock.unlock()
