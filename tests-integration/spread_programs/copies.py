"""Copies: letters that are of other classes where they arrive."""

from typing import Any

from twisted.spread import flavors, pb

from .endings import Root, close
from .voices import named, say


class Sheet:
    """Has a text."""

    text = ""

    def words(self) -> int:
        return len(self.text.split())


class Letter(Sheet, pb.Copyable):
    """As it is sent."""


class Invoice(pb.Copyable):
    """Keeps to itself what is not for others."""

    def __init__(self, price: int, number: int) -> None:
        self.price = price
        self.number = number

    def total(self) -> int:
        return self.price * self.number

    def getStateToCopy(self) -> dict[str, int]:
        return {"sum": self.total()}


class Bill(pb.RemoteCopy):
    """What an invoice is for who gets it: a class of its own, in the same module."""

    sum: int

    def setCopyableState(self, state: Any) -> None:
        self.__dict__ = {**state, "isRead": True}

    def total(self) -> int:
        return self.sum


class Card(flavors.Copyable, flavors.RemoteCopy):
    """Is of one class at both ends."""


class Received(pb.RemoteCopy, Sheet):
    """What a letter is at the server, where only the name of its class is known."""


class Unknown(pb.Copyable):
    """Nobody has registered it."""


pb.setUnjellyableForClass(Invoice, Bill)
flavors.setUnjellyableForClass(Card, Card)


class Mail(Root):
    """Takes letters."""

    def remote_take(self, letter: Any) -> str:
        say("copies", "a", type(letter).__name__, letter.words(), letter.text)
        return "safe and sound"

    def remote_pay(self, bill: Any) -> Any:
        say("copies", "a", type(bill).__name__, bill.total(), sorted(vars(bill)))
        return bill.total()

    def remote_answer(self, cards: list[Any]) -> Any:
        say("copies", "a", type(cards[0]).__name__, cards[0] is cards[1])
        return cards[0]


def served() -> Mail:
    """Return what is served."""
    pb.setUnjellyableForClass(f"{__name__}.Letter", Received)
    return Mail()


async def callAll(mail: Any) -> None:
    """Send letters."""
    letter = Letter()
    letter.text = "dear reader"
    say("copies", f"{Letter.__module__}.{Letter.__name__}", letter.words())
    say("copies", "arrived", await mail.callRemote("take", letter))
    invoice = Invoice(3, 4)
    say("copies", invoice.total(), await mail.callRemote("pay", invoice))
    card = Card()
    card.greeting = "hello"  # type: ignore[attr-defined]  # any attribute
    back = await mail.callRemote("answer", [card, card])
    say("copies", "back", type(back).__name__, back is card, vars(back))
    unknown = mail.callRemote("take", Unknown())
    say("copies", "unknown", await unknown.addErrback(lambda failure: named(failure.type)))
    await close(mail)
