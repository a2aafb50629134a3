"""Fields that every event of a request, or of an order, has."""

import sys

from twisted.logger import Logger, boundContext, globalLogBeginner, jsonFileLogObserver

log = Logger(namespace="shop")


def checkStock(article: str) -> None:
    """Look whether there is an article."""
    # Knows nothing about requests, and yet its events have the number of one.
    log.info("looking for {article}", article=article)


def sell(article: str, customer: str) -> None:
    """Sell an article to a customer."""
    orderLog = log.bind(customer=customer)
    checkStock(article)
    orderLog.info("sold {article}", article=article)
    orderLog.info("sent {article}", article=article)


globalLogBeginner.beginLoggingTo([jsonFileLogObserver(sys.stdout, "")], redirectStandardIO=False)
for number, article in enumerate(["chair", "table"]):
    with boundContext(request=number):
        sell(article, customer="Ada")
