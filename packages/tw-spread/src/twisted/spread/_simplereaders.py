"""Makes objects of the expressions that hold no others: numbers, text, times."""

import datetime
import decimal
import re
from collections.abc import Callable
from typing import Any, NoReturn, cast

from twisted.spread import _jellier as kinds
from twisted.spread._instances import Unpersistable
from twisted.spread._shown import shown
from twisted.spread._tasters import InsecureJelly
from twisted.spread.interfaces import Expression

Reader = Callable[[Any], Any]

_NUMBERS = re.compile(rb"-?[0-9]{1,10}(?: -?[0-9]{1,10}){2,6}")


def malformed(expression: Expression, cause: Exception | None = None) -> NoReturn:
    """Refuse an expression."""
    raise InsecureJelly(f"this is no jelly: {shown(expression)}") from cause


def _readNone(expression: Expression) -> None:
    if len(expression) != 1:
        malformed(expression)


def _readBoolean(expression: Expression) -> bool:
    if expression == [b"boolean", b"true"]:
        return True
    if expression != [b"boolean", b"false"]:
        malformed(expression)
    return False


def _readUnicode(expression: Expression) -> str:
    try:
        _, text = expression
        return str(text, "utf-8")
    except (TypeError, ValueError) as error:
        malformed(expression, error)


def _moment(make: Callable[..., Any]) -> Reader:
    def readMoment(expression: Expression) -> object:
        try:
            _, text = expression
            if _NUMBERS.fullmatch(text) is None:
                malformed(expression)
            return make(*map(int, text.split()))
        except (TypeError, ValueError, OverflowError) as error:
            malformed(expression, error)

    return readMoment


def _readDecimal(expression: Expression) -> decimal.Decimal:
    try:
        _, number, exponent = expression
        if isinstance(exponent, bytes):
            exponent = exponent.decode("ascii")
        sign = int(number < 0)
        digits = tuple(map(int, str(abs(number))))
        # What is no number has a letter there, which the stubs of Decimal do not know.
        return decimal.Decimal(cast("tuple[int, tuple[int, ...], int]", (sign, digits, exponent)))
    except (TypeError, ValueError, ArithmeticError) as error:
        malformed(expression, error)


def _readUnpersistable(expression: Expression) -> Unpersistable:
    if len(expression) != 2:
        malformed(expression)
    reason = expression[1]
    return Unpersistable(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason)


SIMPLE_READERS: dict[bytes, Reader] = {
    kinds.NONE: _readNone,
    kinds.BOOLEAN: _readBoolean,
    kinds.UNICODE: _readUnicode,
    kinds.DATETIME: _moment(datetime.datetime),
    kinds.DATE: _moment(datetime.date),
    kinds.TIME: _moment(datetime.time),
    kinds.TIMEDELTA: _moment(datetime.timedelta),
    kinds.DECIMAL: _readDecimal,
    kinds.UNPERSISTABLE: _readUnpersistable,
}

__all__ = ["SIMPLE_READERS", "Reader", "malformed"]
