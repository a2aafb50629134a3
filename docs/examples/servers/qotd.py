"""Serve a quote of the day: python qotd.py ENDPOINT QUOTE, or FILE..."""

import os
import sys

from quotations.protocol import QOTDFactory
from quotations.quoters import FortuneQuoter, IQuoter, StaticQuoter

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.task import react


async def main(reactor: IReactorTCP, description: str, *quotes: str) -> None:
    quoter: IQuoter
    if all(os.path.isfile(quote) for quote in quotes):
        quoter = FortuneQuoter(quotes)
    else:
        quoter = StaticQuoter(" ".join(quotes))
    port = await serverFromString(reactor, description).listen(QOTDFactory(quoter))
    print("listening on", port.getHost(), flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
