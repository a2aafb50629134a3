"""The descriptions `socks4:`, `socks4a:` and `socks5:`; `twisted/plugins/twisted_proxies.py` names them."""

from pathlib import Path

from twisted.internet.endpoints import HostnameEndpoint, clientFromString
from twisted.internet.endpoints._arguments import hostFrom, portFrom, timeoutFrom
from twisted.internet.endpoints._baseendpoints import CONNECT_TIMEOUT
from twisted.internet.endpoints._hostname import IReactorForNames
from twisted.internet.interfaces import (
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
)
from twisted.plugin import IPlugin
from twisted.protocols.socks._client import (
    SOCKS4aClientEndpoint,
    SOCKS4ClientEndpoint,
    SOCKS5ClientEndpoint,
)
from twisted.protocols.socks._messages5 import LONGEST_CREDENTIAL
from twisted.python.components import classImplements

PROXY_PORT = "1080"
"""The port of a proxy if a description does not say (it is registered for SOCKS)."""


class SOCKS5ClientParser:
    """Makes a client endpoint of `socks5:host:port:proxyHost=...`."""

    prefix: str = "socks5"

    def parseStreamClient(
        self,
        reactor: IReactorForNames,
        host: str,
        port: str,
        proxyHost: str | None = None,
        proxyPort: str = PROXY_PORT,
        username: str | None = None,
        passwordFile: str | None = None,
        timeout: str = str(CONNECT_TIMEOUT),
        endpoint: str | None = None,
    ) -> IStreamClientEndpoint:
        """Return the endpoint.

        Args:
            reactor: Makes the connection.
            host: A name, which the proxy looks up, or an address.
            port: The number of the port there.
            proxyHost: Where the proxy is.
            proxyPort: The number of its port.
            username: The name that the proxy is shown.
            passwordFile: A file whose first line is the password. There is no way to write the
                password itself: descriptions are shown in lists of processes and in errors.
            timeout: After how many seconds the proxy has to have been reached, and after how many
                more it has to have made the connection.
            endpoint: The description of an endpoint that leads to the proxy, in place of `proxyHost`.

        Raises:
            ValueError: A value is wrong, or the file.
        """
        password = None if passwordFile is None else _passwordFrom(passwordFile)
        return SOCKS5ClientEndpoint(
            _proxyFrom(reactor, proxyHost, proxyPort, timeout, endpoint),
            hostFrom(host),
            portFrom(port, 1),
            username,
            password,
            timeoutFrom(timeout),
            reactor,
        )


class SOCKS4ClientParser:
    """Makes a client endpoint of `socks4:host:port:proxyHost=...` or `socks4a:`."""

    def __init__(self, prefix: str, isNameForProxy: bool) -> None:
        """Make a parser.

        Args:
            prefix: The type that it is for.
            isNameForProxy: Whether the proxy looks up names, or they are looked up here.
        """
        self.prefix = prefix
        self._isNameForProxy = isNameForProxy

    def parseStreamClient(
        self,
        reactor: IReactorForNames,
        host: str,
        port: str,
        proxyHost: str | None = None,
        proxyPort: str = PROXY_PORT,
        user: str = "",
        timeout: str = str(CONNECT_TIMEOUT),
        endpoint: str | None = None,
    ) -> IStreamClientEndpoint:
        """Return the endpoint.

        Args:
            reactor: Makes the connection.
            host: A name, or an address of IPv4.
            port: The number of the port there.
            proxyHost: Where the proxy is.
            proxyPort: The number of its port.
            user: The name of the user that the proxy is told.
            timeout: After how many seconds the proxy has to have been reached, and after how many
                more it has to have made the connection.
            endpoint: The description of an endpoint that leads to the proxy, in place of `proxyHost`.

        Raises:
            ValueError: A value is wrong.
        """
        proxy = _proxyFrom(reactor, proxyHost, proxyPort, timeout, endpoint)
        target, number, seconds = hostFrom(host), portFrom(port, 1), timeoutFrom(timeout)
        if self._isNameForProxy:
            return SOCKS4aClientEndpoint(proxy, target, number, user, seconds, reactor)
        return SOCKS4ClientEndpoint(reactor, proxy, target, number, user, seconds, reactor)


def _proxyFrom(
    reactor: IReactorForNames,
    proxyHost: str | None,
    proxyPort: str,
    timeout: str,
    endpoint: str | None,
) -> IStreamClientEndpoint:
    """Return the endpoint that leads to the proxy."""
    if (proxyHost is None) is (endpoint is None):
        raise ValueError("where the proxy is, either proxyHost= or endpoint= has to say")
    if endpoint is not None:
        return clientFromString(reactor, endpoint)
    return HostnameEndpoint(
        reactor, hostFrom(proxyHost or ""), portFrom(proxyPort, 1), timeoutFrom(timeout)
    )


def _passwordFrom(path: str) -> bytes:
    """Return the first line of a file."""
    try:
        with Path(path).open("rb") as file:
            line = file.readline(LONGEST_CREDENTIAL + 2)
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from error
    return line.rstrip(b"\r\n")


classImplements(SOCKS5ClientParser, IPlugin, IStreamClientEndpointStringParserWithReactor)
classImplements(SOCKS4ClientParser, IPlugin, IStreamClientEndpointStringParserWithReactor)

__all__ = ["SOCKS4ClientParser", "SOCKS5ClientParser"]
