"""The quote of the day (RFC 865)."""

from quotations.quoters import IQuoter
from twisted.internet.protocol import Factory, Protocol


class QOTD(Protocol):
    factory: "QOTDFactory"

    def connectionMade(self) -> None:
        self.transport.write(self.factory.quoter.getQuote().encode() + b"\r\n")
        self.transport.loseConnection()


class QOTDFactory(Factory[QOTD]):
    protocol = QOTD

    def __init__(self, quoter: IQuoter) -> None:
        self.quoter = quoter
