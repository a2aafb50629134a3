"""The parsers of `tcp:`, `tcp4:` and `tcp6:`; `twisted/plugins/twisted_endpoints.py` names them."""

import ipaddress

from twisted.internet.endpoints._arguments import (
    backlogFrom,
    bindAddressFrom,
    hostFrom,
    literalFrom,
    portFrom,
    timeoutFrom,
)
from twisted.internet.endpoints._baseendpoints import BACKLOG, CONNECT_TIMEOUT
from twisted.internet.endpoints._hostname import HostnameEndpoint, IReactorForNames
from twisted.internet.endpoints._tcp import (
    TCP4ClientEndpoint,
    TCP4ServerEndpoint,
    TCP6ClientEndpoint,
    TCP6ServerEndpoint,
)
from twisted.internet.interfaces import (
    IReactorTCP,
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from twisted.python.components import classImplements


class TCPServerParser:
    """Makes a server endpoint of `tcp:port[:interface][:backlog]`, over one version of IP."""

    def __init__(self, prefix: str, version: int) -> None:
        """Make a parser.

        Args:
            prefix: The type that it is for.
            version: 4 or 6.
        """
        self.prefix = prefix
        self._version = version

    def parseStreamServer(
        self,
        reactor: IReactorTCP,
        port: str,
        interface: str | None = None,
        backlog: str = str(BACKLOG),
    ) -> IStreamServerEndpoint:
        """Return the endpoint.

        Args:
            reactor: Opens the port.
            port: Its number.
            interface: The address to listen on; all if left out.
            backlog: How many connections may wait to be accepted.

        Raises:
            ValueError: A value is wrong.
        """
        kind = TCP4ServerEndpoint if self._version == 4 else TCP6ServerEndpoint
        if not interface:
            return kind(reactor, portFrom(port), backlogFrom(backlog))
        address = literalFrom(interface, self._version)
        return kind(reactor, portFrom(port), backlogFrom(backlog), address)


class TCPClientParser:
    """Makes a client endpoint of `tcp:host:port[:timeout][:bindAddress]`.

    A name is connected to over whichever version of IP works first, unless the type names one.
    """

    def __init__(self, prefix: str, version: int | None) -> None:
        """Make a parser.

        Args:
            prefix: The type that it is for.
            version: 4, 6, or None for either.
        """
        self.prefix = prefix
        self._version = version

    def parseStreamClient(
        self,
        reactor: IReactorForNames,
        host: str,
        port: str,
        timeout: str = str(CONNECT_TIMEOUT),
        bindAddress: str | None = None,
    ) -> IStreamClientEndpoint:
        """Return the endpoint.

        Args:
            reactor: Makes the connection.
            host: A name or an address.
            port: The number of the port.
            timeout: After how many seconds an attempt fails.
            bindAddress: The local address to connect from.

        Raises:
            ValueError: A value is wrong.
        """
        arguments = (
            reactor,
            hostFrom(host),
            portFrom(port, 1),
            timeoutFrom(timeout),
            bindAddressFrom(bindAddress),
        )
        match self._version or _versionOf(host):
            case 4:
                return TCP4ClientEndpoint(*arguments)
            case 6:
                return TCP6ClientEndpoint(*arguments)
            case _:
                return HostnameEndpoint(*arguments)


def _versionOf(host: str) -> int | None:
    """Return the version of IP that an address is of; None for a name."""
    try:
        return ipaddress.ip_address(host).version
    except ValueError:
        return None


classImplements(TCPServerParser, IPlugin, IStreamServerEndpointStringParser)
classImplements(TCPClientParser, IPlugin, IStreamClientEndpointStringParserWithReactor)
