"""Protocols for streams of lines or of strings that say how long they are, and a sender of files.

`LineReceiver` is for what has lines and raw bytes by turns, `LineOnlyReceiver` for what has
nothing but lines. `Int8StringReceiver`, `Int16StringReceiver`, `Int32StringReceiver` and
`NetstringReceiver` are for strings of any bytes with their length in front. The cutting is done by
parsers that know no transport; here they are joined to one. `FileSender` writes a file to whatever
consumes bytes.

What holds for all receivers:

- What is longer than `MAX_LENGTH` is never delivered. `lineLengthExceeded` or `lengthLimitExceeded`
  is called instead, as soon as the bytes received say so; a netstring closes the connection.
- After `transport.loseConnection()` nothing more is delivered, not even what came in the same
  packet.
- `dataReceived` may be called from inside a delivery (transports in memory do so): what it
  brings waits until that has returned.
"""

from twisted.protocols._filesender import FileSender
from twisted.protocols._lineprotocols import LineOnlyReceiver, LineReceiver
from twisted.protocols._pausing import PauseableMixin as _PauseableMixin
from twisted.protocols._stringprotocols import (
    IncompleteNetstring,
    Int8StringReceiver,
    Int16StringReceiver,
    Int32StringReceiver,
    IntNStringReceiver,
    NetstringParseError,
    NetstringReceiver,
    StatefulStringProtocol,
    StringTooLongError,
)

__all__ = [
    "FileSender",
    "IncompleteNetstring",
    "Int8StringReceiver",
    "Int16StringReceiver",
    "Int32StringReceiver",
    "IntNStringReceiver",
    "LineOnlyReceiver",
    "LineReceiver",
    "NetstringParseError",
    "NetstringReceiver",
    "StatefulStringProtocol",
    "StringTooLongError",
    # Not public, but published packages take it from here.
    "_PauseableMixin",
]
