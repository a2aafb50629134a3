"""What type checkers must understand of tw-protocols; checked by mypy and pyright, not run."""

from typing import assert_type

from twisted.protocols.basic import (
    Int16StringReceiver,
    IntNStringReceiver,
    LineReceiver,
    NetstringReceiver,
    StatefulStringProtocol,
)
from twisted.protocols.stateful import State, StatefulProtocol
from twisted.protocols.wire import QOTD, Who


class Lines(LineReceiver):
    """Answers lines."""

    delimiter = b"\n"

    def lineReceived(self, line: bytes) -> None:
        assert_type(self.clearLineBuffer(), bytes)
        self.sendLine(line)


class Strings(IntNStringReceiver):
    """Has a length of its own kind."""

    structFormat = "<H"
    prefixLength = 2

    def stringReceived(self, string: bytes) -> None:
        self.sendString(string)

    def lengthLimitExceeded(self, length: int) -> None:
        assert_type(self.recvd, bytes)
        self.transport.loseConnection()


class Login(StatefulStringProtocol, Int16StringReceiver):
    """Goes through states."""

    def proto_init(self, name: bytes) -> str:
        return "done"


class Netstrings(NetstringReceiver):
    """Takes netstrings."""

    MAX_LENGTH = 10

    def stringReceived(self, string: bytes) -> None:
        assert_type(self.brokenPeer, bool)
        assert_type(self.paused, bool)


login = Login()
assert_type(login.state, str)
assert_type(login.stringReceived(b"Ada"), None)


class Records(StatefulProtocol):
    """Takes records with a length in front."""

    def getInitialState(self) -> State:
        return self.gotLength, 1

    def gotLength(self, data: bytes) -> State:
        return self.gotBody, data[0]

    def gotBody(self, data: bytes) -> State | None:
        return None


assert_type(QOTD().getQuote(), bytes)
assert_type(list(Who().getUsers()), list[tuple[str, str, float]])
