"""The types of endpoint descriptions that speak TLS."""

from twisted.internet._tls._endpointparsers import (
    SSLClientParser,
    TLSClientParser,
    TLSServerParser,
)

tlsServer: TLSServerParser = TLSServerParser("tls")
sslServer: TLSServerParser = TLSServerParser("ssl")

tlsClient: TLSClientParser = TLSClientParser()
sslClient: SSLClientParser = SSLClientParser()
