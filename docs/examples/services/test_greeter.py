"""Tests of the greeter that need no network: `python -m pytest test_greeter.py`."""

from pathlib import Path

from twisted.internet.testing import StringTransport

from greeter.greeting import Greeter
from greeter.protocol import GreetingFactory
from greeter.visitorbook import VisitorBook


def test_visitor_is_greeted_by_name() -> None:
    transport = StringTransport()
    protocol = GreetingFactory(Greeter("Hello")).buildProtocol(None)
    protocol.makeConnection(transport)
    protocol.dataReceived(b"Ada\n")
    assert transport.value() == b"Hello, Ada! You are number 1.\n"
    assert transport.disconnecting


def test_book_has_the_number_of_visitors(tmp_path: Path) -> None:
    greeter = Greeter("Hello")
    book = VisitorBook(str(tmp_path / "book"), greeter)
    book.startService()
    greeter.greet("Ada")
    book.stopService()
    assert (tmp_path / "book").read_text() == "1 visitors\n"
