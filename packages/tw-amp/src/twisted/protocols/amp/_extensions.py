"""What two peers may agree on beyond AMP: long values, and calls that are cancelled on both sides.

One side asks by a plain command what the other side can do. A peer that does not know the command
answers as it answers any other that it does not know, and sees nothing of the extensions ever.

- `long-values`: a value of more than 65,535 bytes is sent in pieces, each of them a pair under the
  same key; the receiver joins them. `maxBoxSize` of the peer is the limit.
- `cancel`: when a call is cancelled, the peer is told the tag of the request by a command without
  an answer, and cancels what its responder does.

Each side understands what it offers before the other may send it: the one that asks from the
moment it asks, the one that answers from its answer on.
"""

from twisted.protocols.amp._arguments import Integer, String
from twisted.protocols.amp._commands import Command
from twisted.protocols.amp._structured import ListOf

LONG_VALUES = b"long-values"
CANCEL = b"cancel"

CANCELLED_ERROR_CODE = b"CANCELLED"
"""What a request ends in that was cancelled by the peer that sent it."""


class Agree(Command):
    """Says what one side can do, and asks what the other can."""

    commandName = b"twisted.protocols.amp.agree"
    arguments = [("extensions", ListOf(String())), ("max-box-size", Integer())]
    response = [("extensions", ListOf(String())), ("max-box-size", Integer())]


class Cancel(Command):
    """Says that nobody waits for an answer any more."""

    commandName = b"twisted.protocols.amp.cancel"
    arguments = [("tag", String())]
    requiresAnswer = False


__all__ = ["CANCEL", "CANCELLED_ERROR_CODE", "LONG_VALUES", "Agree", "Cancel"]
