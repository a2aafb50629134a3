"""The tests of the door: no network, and no second of waiting."""

import pytest
from knock import LONGEST, PATIENCE, Door

from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection


class Visit:
    """A door that was knocked at."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.transport = StringTransportWithDisconnection()
        self.door = self.transport.protocol = Door(self.clock, b"swordfish")
        self.door.makeConnection(self.transport)


@pytest.fixture
def visit() -> Visit:
    visit = Visit()
    assert visit.transport.value() == b"Who is there?\r\n"
    visit.transport.clear()
    return visit


@pytest.mark.parametrize(
    ("answer", "farewell"), [(b"swordfish", b"Come in.\r\n"), (b"cod", b"Go away.\r\n")]
)
def test_the_answer_decides(visit: Visit, answer: bytes, farewell: bytes) -> None:
    visit.door.dataReceived(answer + b"\r\n")

    assert visit.transport.value() == farewell
    assert visit.transport.disconnecting


def test_an_answer_may_come_in_pieces(visit: Visit) -> None:
    for piece in (b"sword", b"fish", b"\r", b"\n"):
        visit.door.dataReceived(piece)

    assert visit.transport.value() == b"Come in.\r\n"


def test_a_visitor_who_says_nothing_is_sent_away_in_time(visit: Visit) -> None:
    visit.clock.advance(PATIENCE - 1)
    assert not visit.transport.disconnecting
    visit.clock.advance(1)

    assert visit.transport.value() == b"Too late.\r\n"
    assert visit.transport.disconnecting


def test_a_visitor_who_says_too_much_is_sent_away(visit: Visit) -> None:
    visit.door.dataReceived(b"x" * (LONGEST + 1))

    assert visit.transport.disconnecting


def test_nothing_is_left_behind(visit: Visit) -> None:
    visit.door.dataReceived(b"swordfish\r\n")

    assert visit.clock.getDelayedCalls() == []
