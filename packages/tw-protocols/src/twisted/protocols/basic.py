"""Protocols for streams that are made of lines, and a producer that sends a file.

`LineReceiver` is for what has lines and raw bytes by turns, `LineOnlyReceiver` for what has
nothing but lines. The cutting is done in `twisted.protocols._lines`; here it is joined to a
transport. `FileSender` writes a file to whatever consumes bytes.

What holds for both receivers:

- A line that is longer than `MAX_LENGTH` never reaches `lineReceived`. It goes to
  `lineLengthExceeded`, as soon as the bytes received say so.
- After `transport.loseConnection()` no more lines are delivered, not even those that came in the
  same packet.
- `dataReceived` may be called from inside `lineReceived` (transports in memory do so): what it
  brings waits until `lineReceived` has returned.
"""

from twisted.protocols._filesender import FileSender
from twisted.protocols._lineprotocols import LineOnlyReceiver, LineReceiver

__all__ = ["FileSender", "LineOnlyReceiver", "LineReceiver"]
