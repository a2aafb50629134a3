"""Objects that know a quote."""

import random
from collections.abc import Sequence
from pathlib import Path

from twisted.python.components import Interface, implementer


class IQuoter(Interface):
    """Something that knows a quote."""

    def getQuote(self) -> str:
        """Return a quote, which may be another one each time."""
        ...


@implementer(IQuoter)
class StaticQuoter:
    """Always says the same."""

    def __init__(self, quote: str) -> None:
        self.quote = quote

    def getQuote(self) -> str:
        return self.quote


@implementer(IQuoter)
class FortuneQuoter:
    """Chooses from files as the program fortune has them, with `%` on a line between quotes."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = paths

    def getQuote(self) -> str:
        text = Path(random.choice(self.paths)).read_text(encoding="utf-8")
        return random.choice(text.removesuffix("\n%\n").split("\n%\n"))
