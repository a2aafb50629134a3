"""What the client and the server of a calculator have to agree on."""

from twisted.protocols.amp import Message, TypedCommand


class Total(Message):
    """What a sum is."""

    total: int


class Sum(TypedCommand[Total]):
    """Add some numbers."""

    numbers: list[int]


class Quotient(Message):
    """What a division gives."""

    quotient: float


class Divide(TypedCommand[Quotient], errors={ZeroDivisionError: "ZERO_DIVISION"}):
    """Divide one number by another."""

    numerator: int
    denominator: int
