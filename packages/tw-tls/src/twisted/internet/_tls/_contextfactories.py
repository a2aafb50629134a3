"""The older way to say how TLS is to be spoken: objects with `getContext`."""

from collections.abc import Callable, Mapping

from OpenSSL import SSL

from twisted.internet._tls._certificateoptions import OP_NO_RENEGOTIATION
from twisted.internet.interfaces import IOpenSSLContextFactory
from twisted.python.components import classImplements

_FLAGS = SSL.OP_NO_SSLv2 | SSL.OP_NO_SSLv3 | SSL.OP_NO_COMPRESSION | OP_NO_RENEGOTIATION


class ContextFactory:
    """What makes a context; base class for those of programs.

    Attributes:
        isClient: Whether it is for clients.
    """

    isClient: int = 0

    def getContext(self) -> SSL.Context:
        """Return the context; for subclasses."""
        raise NotImplementedError(f"{type(self).__name__} has to define getContext")


classImplements(ContextFactory, IOpenSSLContextFactory)


class DefaultOpenSSLContextFactory(ContextFactory):
    """Makes the context of a server from a file with a key and one with a certificate.

    New programs rather use `PrivateCertificate.loadPEM(...).options()`.
    """

    _context: SSL.Context | None = None

    def __init__(
        self,
        privateKeyFileName: str,
        certificateFileName: str,
        sslmethod: int = SSL.TLS_METHOD,
        _contextFactory: Callable[[int], SSL.Context] = SSL.Context,
    ) -> None:
        """Read the files.

        Args:
            privateKeyFileName: The file with the key, in PEM.
            certificateFileName: The file with the certificate, and those that lead from it to one
                that is trusted, in PEM.
            sslmethod: One of OpenSSL's numbers for versions of TLS.
            _contextFactory: Makes a context; for tests.

        Raises:
            OpenSSL.SSL.Error: One of the files is missing or damaged, or they don't fit together.
        """
        self.privateKeyFileName: str = privateKeyFileName
        self.certificateFileName: str = certificateFileName
        self.sslmethod: int = sslmethod
        self._contextFactory = _contextFactory
        self.cacheContext()

    def cacheContext(self) -> None:
        """Read the files, unless they were read."""
        if self._context is None:
            context = _newContext(self._contextFactory, self.sslmethod)
            context.use_certificate_chain_file(self.certificateFileName)
            context.use_privatekey_file(self.privateKeyFileName)
            self._context = context

    def __getstate__(self) -> dict[str, object]:
        """Return what is kept when this is pickled or copied; a context can't be."""
        return {name: value for name, value in vars(self).items() if name != "_context"}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """Take what was kept.

        Args:
            state: What `__getstate__` returned.
        """
        vars(self).update(state)

    def getContext(self) -> SSL.Context:
        """Return the context, always the same."""
        self.cacheContext()
        assert self._context is not None
        return self._context


class ClientContextFactory:
    """Makes contexts for clients that trust everybody; base class for those of programs.

    New programs rather use `optionsForClientTLS`.

    Attributes:
        isClient: Whether it is for clients.
        method: One of OpenSSL's numbers for versions of TLS.
    """

    isClient: int = 1
    method: int = SSL.TLS_METHOD
    _contextFactory: Callable[[int], SSL.Context] = SSL.Context

    def getContext(self) -> SSL.Context:
        """Return a new context."""
        return _newContext(type(self)._contextFactory, self.method)


classImplements(ClientContextFactory, IOpenSSLContextFactory)


def _newContext(make: Callable[[int], SSL.Context], method: int) -> SSL.Context:
    """Return a context for TLS 1.2 or newer, unless a version was asked for."""
    context = make(method)
    if method in (SSL.TLS_METHOD, SSL.SSLv23_METHOD):
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(_FLAGS)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    return context
