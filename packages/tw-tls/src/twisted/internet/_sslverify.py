"""Names that programs have imported from a module that was never public; see `ssl` for the others."""

from twisted.internet._tls._alpn import (
    ProtocolNegotiationSupport,
    protocolNegotiationMechanisms,
)
from twisted.internet._tls._alpn import setAcceptableProtocols as _setAcceptableProtocols
from twisted.internet._tls._certificateoptions import CertificateOptions
from twisted.internet._tls._certificateoptions import (
    CertificateOptions as OpenSSLCertificateOptions,
)
from twisted.internet._tls._certificates import (
    CertBase,
    Certificate,
    CertificateRequest,
    PrivateCertificate,
)
from twisted.internet._tls._ciphers import OpenSSLAcceptableCiphers, OpenSSLCipher
from twisted.internet._tls._clientoptions import ClientTLSOptions, optionsForClientTLS
from twisted.internet._tls._dhparameters import OpenSSLDiffieHellmanParameters
from twisted.internet._tls._keys import KeyPair, PublicKey
from twisted.internet._tls._names import DN, DistinguishedName
from twisted.internet._tls._trustroots import (
    IOpenSSLTrustRoot,
    OpenSSLCertificateAuthorities,
    OpenSSLDefaultPaths,
    platformTrust,
    trustRootFromCertificates,
)
from twisted.internet._tls._versions import TLSVersion

__all__ = [
    "DN",
    "CertBase",
    "Certificate",
    "CertificateOptions",
    "CertificateRequest",
    "ClientTLSOptions",
    "DistinguishedName",
    "IOpenSSLTrustRoot",
    "KeyPair",
    "OpenSSLAcceptableCiphers",
    "OpenSSLCertificateAuthorities",
    "OpenSSLCertificateOptions",
    "OpenSSLCipher",
    "OpenSSLDefaultPaths",
    "OpenSSLDiffieHellmanParameters",
    "PrivateCertificate",
    "ProtocolNegotiationSupport",
    "PublicKey",
    "TLSVersion",
    "_setAcceptableProtocols",
    "optionsForClientTLS",
    "platformTrust",
    "protocolNegotiationMechanisms",
    "trustRootFromCertificates",
]
