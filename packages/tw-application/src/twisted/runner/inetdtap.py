"""The command `inetd`: listens as an inetd.conf(5) says."""

import socket
from collections.abc import Sequence
from typing import Any

from twisted.application.internet import TCPServer
from twisted.application.runner import ExitStatus
from twisted.application.runner._trouble import CannotRunError
from twisted.application.service import MultiService
from twisted.internet.protocol import ServerFactory
from twisted.logger import Logger
from twisted.python.usage import CompleteFiles, Completions
from twisted.python.usage import Options as UsageOptions
from twisted.runner.inetd import InetdFactory, internalProtocols
from twisted.runner.inetdconf import InetdConf, InetdService, InvalidConfError, UnknownService

_log = Logger("twisted.runner.inetd")

protocolDict: dict[str, int] = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP}
"""The numbers of the protocols."""

_INTERFACES = {"tcp": "", "tcp4": "", "tcp6": "::"}


class Options(UsageOptions):
    """The options of `twistd inetd`."""

    longdesc = (
        "Listens on the ports that an inetd.conf(5) names, and runs its program for each "
        "connection. Services over UDP, and those that wait, are left out."
    )
    optParameters: Sequence[Sequence[Any]] = [
        ["rpc", "r", "/etc/rpc", "Not used: services of RPC are left out."],
        ["file", "f", InetdConf.defaultFilename, "The file with the services."],
    ]
    optFlags: Sequence[Sequence[Any]] = [
        ["nointernal", "i", "Leave out the services that inetd has itself."]
    ]
    compData: Completions | None = Completions(optActions={"file": CompleteFiles("*.conf")})


def makeService(config: UsageOptions) -> MultiService:
    """Return a service with a server for each line of the file.

    Args:
        config: The options.

    Raises:
        OSError: The file cannot be read.
        CannotRunError: The file is wrong; the text says where.
    """
    conf = InetdConf()
    try:
        with open(config["file"], encoding="utf-8", errors="backslashreplace") as file:
            conf.parseFile(file)
    except (InvalidConfError, UnknownService) as error:
        raise CannotRunError(ExitStatus.EX_CONFIG, str(error)) from error
    parent = MultiService()
    for record in conf.services:
        factory = _factory(record, bool(config["nointernal"]))
        if factory is not None:
            assert record.port is not None
            interface = _INTERFACES[str(record.protocol)]
            TCPServer(record.port, factory, interface=interface).setServiceParent(parent)
    return parent


def _factory(record: InetdService, nointernal: bool) -> ServerFactory | None:
    """Return the factory of a service; None for one that is left out."""
    name = f"{record.name}/{record.protocol}"
    if record.protocol not in _INTERFACES or record.socketType != "stream" or record.wait:
        _log.warn("{name} is left out: only stream services over TCP that do not wait", name=name)
        return None
    if record.program != "internal":
        return InetdFactory(record)
    if nointernal:
        return None
    protocol = internalProtocols.get(str(record.name))
    if protocol is None:
        _log.warn("{name} is left out: there is no internal service of that name", name=name)
        return None
    factory = ServerFactory()
    factory.protocol = protocol
    return factory


__all__ = ["Options", "makeService", "protocolDict"]
