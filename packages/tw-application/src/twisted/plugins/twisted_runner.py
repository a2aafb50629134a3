"""The commands that run other programs."""

from twisted.application.service import ServiceMaker

procmon: ServiceMaker = ServiceMaker(
    "Twisted Process Monitor",
    "twisted.runner.procmontap",
    "Keep a program running.",
    "procmon",
)

inetd: ServiceMaker = ServiceMaker(
    "Twisted INETD Server",
    "twisted.runner.inetdtap",
    "Run a program for each connection, as inetd(8) does.",
    "inetd",
)
