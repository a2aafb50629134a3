"""TLS: certificates and keys, and how TLS is to be spoken.

A server shows a certificate, a client checks it:

    options = PrivateCertificate.loadPEM(pem).options()     # for listenSSL, SSL4ServerEndpoint
    options = optionsForClientTLS("example.com")            # for wrapClientTLS, startTLS

Importing this module needs pyOpenSSL, service_identity and idna, which come with tw-tls.
"""

from service_identity import VerificationError

from twisted.internet._tls._alpn import (
    NoProtocolAgreed,
    ProtocolNegotiationSupport,
    protocolNegotiationMechanisms,
)
from twisted.internet._tls._certificateoptions import CertificateOptions
from twisted.internet._tls._certificates import (
    Certificate,
    CertificateError,
    CertificateRequest,
    PrivateCertificate,
    VerifyError,
)
from twisted.internet._tls._ciphers import OpenSSLAcceptableCiphers as AcceptableCiphers
from twisted.internet._tls._clientoptions import optionsForClientTLS
from twisted.internet._tls._contextfactories import (
    ClientContextFactory,
    ContextFactory,
    DefaultOpenSSLContextFactory,
)
from twisted.internet._tls._dhparameters import (
    OpenSSLDiffieHellmanParameters as DiffieHellmanParameters,
)
from twisted.internet._tls._keys import CertificateRequestRefused, KeyPair
from twisted.internet._tls._namedcertificates import NamedCertificates
from twisted.internet._tls._names import DN, DistinguishedName
from twisted.internet._tls._trustroots import (
    OpenSSLDefaultPaths,
    platformTrust,
    trustRootFromCertificates,
)
from twisted.internet._tls._versions import TLSVersion

__all__ = [
    "DN",
    "AcceptableCiphers",
    "Certificate",
    "CertificateError",
    "CertificateOptions",
    "CertificateRequest",
    "CertificateRequestRefused",
    "ClientContextFactory",
    "ContextFactory",
    "DefaultOpenSSLContextFactory",
    "DiffieHellmanParameters",
    "DistinguishedName",
    "KeyPair",
    "NamedCertificates",
    "NoProtocolAgreed",
    "OpenSSLDefaultPaths",
    "PrivateCertificate",
    "ProtocolNegotiationSupport",
    "TLSVersion",
    "VerificationError",
    "VerifyError",
    "optionsForClientTLS",
    "platformTrust",
    "protocolNegotiationMechanisms",
    "trustRootFromCertificates",
]
