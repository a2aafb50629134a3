"""Puts a finger service together, for those who want the usual."""

from pathlib import Path
from typing import NotRequired, TypedDict

from twisted.application.internet import SSLServer, TCPServer
from twisted.application.service import MultiService
from twisted.internet.ssl import PrivateCertificate
from twisted.python.components import adapt

import fingertips.adapters  # noqa: F401 - registers the adapters
from fingertips.interfaces import IFingerFactory
from fingertips.statusfile import FileUsers

FINGER_PORT = 79
TLS_PORT = 7979


class Config(TypedDict):
    """What there is to choose.

    Attributes:
        file: The file with the users.
        interval: After how many seconds it is read again.
        interface: The address to listen at; all if empty.
        port: The port to listen at.
        tls: A file with a key and a certificate; without it there is no TLS.
        tlsport: The port to listen at with TLS.
    """

    file: str
    interval: NotRequired[float]
    interface: NotRequired[str]
    port: NotRequired[int]
    tls: NotRequired[str | None]
    tlsport: NotRequired[int]


def makeService(config: Config) -> MultiService:
    """Return a service made of all that was chosen.

    Raises:
        OSError: The file with the certificate cannot be read.
    """
    service = MultiService()
    users = FileUsers(config["file"], config.get("interval", 30.0))
    users.setServiceParent(service)
    factory = adapt(IFingerFactory, users)
    interface = config.get("interface", "")
    port = config.get("port", FINGER_PORT)
    TCPServer(port, factory, interface=interface).setServiceParent(service)
    if tls := config.get("tls"):
        certificate = PrivateCertificate.loadPEM(Path(tls).read_bytes())
        port = config.get("tlsport", TLS_PORT)
        server = SSLServer(port, factory, certificate.options(), interface=interface)
        server.setServiceParent(service)
    return service
