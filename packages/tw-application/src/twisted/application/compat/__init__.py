"""What package managers know of Twisted where these parts are installed.

Packages that depend on Twisted would have it installed over these parts. `writeRecord` puts a
record beside them that says that the requirement is met, `removeRecord` takes it away,
`findFaults` tells whether files of the two are mixed, and `run` is the command `twisted-compat`
that does all three.
"""

from twisted.application.compat._command import main, run
from twisted.application.compat._doctor import findFaults
from twisted.application.compat._record import RecordError, removeRecord, writeRecord

__all__ = ["RecordError", "findFaults", "main", "removeRecord", "run", "writeRecord"]
