"""The parsers of `ssl:` and `tls:`; `twisted/plugins/twisted_tls_endpoints.py` names them."""

from typing import Any

from twisted.internet._tls._certificateoptions import CertificateOptions
from twisted.internet._tls._certificates import PrivateCertificate
from twisted.internet._tls._clientoptions import optionsForClientTLS
from twisted.internet._tls._dhparameters import OpenSSLDiffieHellmanParameters
from twisted.internet._tls._endpointfiles import (
    certificatesFrom,
    privateCertificateFrom,
    trustRootFrom,
    versionsFrom,
)
from twisted.internet.endpoints import (
    HostnameEndpoint,
    SSL4ClientEndpoint,
    SSL4ServerEndpoint,
    clientFromString,
    wrapClientTLS,
)
from twisted.internet.endpoints._arguments import (
    backlogFrom,
    bindAddressFrom,
    hostFrom,
    portFrom,
    timeoutFrom,
)
from twisted.internet.endpoints._baseendpoints import BACKLOG, CONNECT_TIMEOUT
from twisted.internet.endpoints._hostname import IReactorForNames
from twisted.internet.interfaces import (
    IReactorSSL,
    IStreamClientEndpoint,
    IStreamClientEndpointStringParserWithReactor,
    IStreamServerEndpoint,
    IStreamServerEndpointStringParser,
)
from twisted.plugin import IPlugin
from twisted.python.components import classImplements
from twisted.python.filepath import FilePath

DEFAULT_KEY_FILE = "server.pem"
"""Where a server's key is looked for if the description does not say."""


class TLSServerParser:
    """Makes a server endpoint of `tls:port:privateKey=FILE...`, and of the older name `ssl:`."""

    def __init__(self, prefix: str) -> None:
        """Make a parser.

        Args:
            prefix: The type that it is for.
        """
        self.prefix = prefix

    def parseStreamServer(
        self,
        reactor: IReactorSSL,
        port: str,
        privateKey: str = DEFAULT_KEY_FILE,
        certKey: str | None = None,
        sslmethod: str | None = None,
        interface: str = "",
        backlog: str = str(BACKLOG),
        extraCertChain: str | None = None,
        dhParameters: str | None = None,
    ) -> IStreamServerEndpoint:
        """Return the endpoint.

        Args:
            reactor: Opens the port.
            port: Its number.
            privateKey: The file with the key, in PEM.
            certKey: The file with the certificate; the same if left out.
            sslmethod: OpenSSL's name of a version of TLS.
            interface: The address to listen on; all if left out.
            backlog: How many connections may wait to be accepted.
            extraCertChain: A file with the certificates that lie between this one and one that
                peers trust.
            dhParameters: A file with Diffie-Hellman parameters.

        Raises:
            ValueError: A value is wrong, or a file.
        """
        certificate = privateCertificateFrom(privateKey, certKey)
        options: dict[str, Any] = dict(versionsFrom(sslmethod))
        if extraCertChain is not None:
            options["extraCertChain"] = [
                extra.original for extra in certificatesFrom(extraCertChain)
            ]
        else:
            # A file with the whole chain, as authorities hand it out.
            options["extraCertChain"] = [
                extra.original for extra in certificatesFrom(certKey or privateKey)[1:]
            ]
        if dhParameters is not None:
            options["dhParameters"] = _dhParametersFrom(dhParameters)
        contextFactory = CertificateOptions(
            certificate.privateKey.original, certificate.original, **options
        )
        return SSL4ServerEndpoint(
            reactor, portFrom(port), contextFactory, backlogFrom(backlog), interface
        )


class SSLClientParser:
    """Makes a client endpoint of `ssl:host:port...`; new descriptions rather use `tls:`.

    The server's certificate has to lead to one that is trusted; its name is checked only with
    `hostname=`.
    """

    prefix: str = "ssl"

    def parseStreamClient(
        self,
        reactor: IReactorSSL,
        host: str,
        port: str,
        timeout: str = str(CONNECT_TIMEOUT),
        bindAddress: str | None = None,
        certKey: str | None = None,
        privateKey: str | None = None,
        caCertsDir: str | None = None,
        hostname: str | None = None,
    ) -> IStreamClientEndpoint:
        """Return the endpoint.

        Args:
            reactor: Makes the connection.
            host: A name or an address.
            port: The number of the port.
            timeout: After how many seconds an attempt fails.
            bindAddress: The local address to connect from.
            certKey: A file with a certificate to show to the server.
            privateKey: The file with its key; the same if left out.
            caCertsDir: A directory with the certificates that are trusted; those of the platform
                if left out.
            hostname: The name that the server's certificate has to be for.

        Raises:
            ValueError: A value is wrong, or a file.
        """
        trustRoot = trustRootFrom(caCertsDir)
        mine = _clientCertificateFrom(certKey, privateKey)
        if hostname is not None:
            options = optionsForClientTLS(hostname, trustRoot, mine)
        elif mine is not None:
            options = CertificateOptions(
                mine.privateKey.original, mine.original, trustRoot=trustRoot
            )
        else:
            options = CertificateOptions(trustRoot=trustRoot)
        return SSL4ClientEndpoint(
            reactor,
            hostFrom(host),
            portFrom(port, 1),
            options,
            timeoutFrom(timeout),
            bindAddressFrom(bindAddress),
        )


class TLSClientParser:
    """Makes a client endpoint of `tls:host:port...`: TLS over TCP, or over another endpoint."""

    prefix: str = "tls"

    def parseStreamClient(
        self,
        reactor: IReactorForNames,
        host: str,
        port: str,
        timeout: str = str(CONNECT_TIMEOUT),
        bindAddress: str | None = None,
        certificate: str | None = None,
        privateKey: str | None = None,
        trustRoots: str | None = None,
        endpoint: str | None = None,
    ) -> IStreamClientEndpoint:
        """Return the endpoint.

        Args:
            reactor: Makes the connection.
            host: The name of the server, or its address; its certificate has to be for it.
            port: The number of the port.
            timeout: After how many seconds an attempt fails.
            bindAddress: The local address to connect from.
            certificate: A file with a certificate to show to the server.
            privateKey: The file with its key; the same if left out.
            trustRoots: A directory with the certificates that are trusted; those of the platform
                if left out.
            endpoint: The description of an endpoint that is connected to instead of the host and
                the port.

        Raises:
            ValueError: A value is wrong, or a file.
        """
        number = portFrom(port, 1)
        options = optionsForClientTLS(
            hostFrom(host),
            trustRootFrom(trustRoots),
            _clientCertificateFrom(certificate, privateKey),
        )
        below: IStreamClientEndpoint
        if endpoint is not None:
            below = clientFromString(reactor, endpoint)
        else:
            below = HostnameEndpoint(
                reactor, host, number, timeoutFrom(timeout), bindAddressFrom(bindAddress)
            )
        return wrapClientTLS(options, below, reactor)


def _clientCertificateFrom(
    certificate: str | None, privateKey: str | None
) -> PrivateCertificate | None:
    """Return what a client shows to the server, None if nothing."""
    if certificate is None:
        if privateKey is not None:
            raise ValueError("a private key is of use only with a certificate")
        return None
    return privateCertificateFrom(privateKey or certificate, certificate)


def _dhParametersFrom(path: str) -> OpenSSLDiffieHellmanParameters:
    try:
        return OpenSSLDiffieHellmanParameters.fromFile(FilePath(path))
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from error


classImplements(TLSServerParser, IPlugin, IStreamServerEndpointStringParser)
classImplements(SSLClientParser, IPlugin, IStreamClientEndpointStringParserWithReactor)
classImplements(TLSClientParser, IPlugin, IStreamClientEndpointStringParserWithReactor)
