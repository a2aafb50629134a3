"""The commands that serve protocols of tw-protocols."""

from twisted.application.service import ServiceMaker

portforward: ServiceMaker = ServiceMaker(
    "Twisted Port-Forwarding",
    "twisted.tap.portforward",
    "Pass connections on to another port.",
    "portforward",
)

socks: ServiceMaker = ServiceMaker(
    "Twisted SOCKS",
    "twisted.tap.socks",
    "A proxy of SOCKS 4 for clients of this machine.",
    "socks",
)

ftp: ServiceMaker = ServiceMaker(
    "Twisted FTP", "twisted.tap.ftp", "Serve files by FTP, also to guests.", "ftp"
)
