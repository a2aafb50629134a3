"""Callbacks, a generator and a coroutine, which all serve the same callers."""

from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks, returnsDeferred


class Account:
    """An account whose balance comes from elsewhere."""

    def __init__(self) -> None:
        self.balance: Deferred[int] = Deferred()


class WithCallbacks(Account):
    """As it was written first."""

    def report(self, name: str) -> Deferred[str]:
        """Return a line about the account."""

        def got(balance: int) -> str:
            return f"{name} has {balance}"

        return self.balance.addCallback(got)


class WithGenerator(Account):
    """The same with inlineCallbacks."""

    @inlineCallbacks
    def report(self, name: str) -> Generator[Any, Any, str]:
        """Return a line about the account."""
        balance = yield self.balance
        return f"{name} has {balance}"


class WithCoroutine(Account):
    """The same as a coroutine, which callers do not notice."""

    @returnsDeferred
    async def report(self, name: str) -> str:
        """Return a line about the account."""
        return f"{name} has {await self.balance}"


for kind in (WithCallbacks, WithGenerator, WithCoroutine):
    account = kind()
    account.report("Ada").addCallback(str.upper).addCallback(print)
    account.balance.callback(7)
