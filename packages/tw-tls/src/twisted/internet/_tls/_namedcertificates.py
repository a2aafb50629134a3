"""A server with several certificates, chosen by the name that a client asks for.

The certificates are in files, and a file that has changed is read again at the next handshake, at
most once in `checkEvery` seconds. A changed file that can't be used (half written, a key that
belongs to another certificate) is told in the log, and the certificate that was there before stays.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from cryptography import x509
from OpenSSL import SSL, crypto

from twisted.internet._tls._certificateoptions import CertificateOptions
from twisted.internet._tls._certificates import PrivateCertificate
from twisted.logger import Logger

_log = Logger(namespace="twisted.internet.ssl")

CHECK_EVERY = 1.0
"""After how many seconds, at the earliest, files are looked at again."""

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

_Stamp = tuple[int, int, int]


class _File:
    """A certificate with its key in a file, and the context that was made of it."""

    def __init__(self, path: Path, make: Callable[[bytes], SSL.Context]) -> None:
        self.path = path
        self._make = make
        self._stamp = self._look()
        self.names: list[str] = []
        self.context = self._read()

    def _look(self) -> _Stamp:
        found = self.path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> SSL.Context:
        data = self.path.read_bytes()
        context = self._make(data)
        self.names = _namesOf(data)
        return context

    def refresh(self) -> bool:
        """Read the file again if it has changed, and return whether that brought something new."""
        try:
            stamp = self._look()
            if stamp == self._stamp:
                return False
            # Before reading: what can't be used is told once.
            self._stamp = stamp
            self.context = self._read()
        except Exception as error:
            _log.error(
                "{path} can't be used, the certificate that it held before stays: {error}",
                path=str(self.path),
                error=error,
            )
            return False
        _log.info("{path} was read again", path=str(self.path))
        return True


class NamedCertificates:
    """Chooses the certificate of a server by the name that a client asks for (SNI)."""

    def __init__(
        self,
        files: Iterable[str | os.PathLike[str]],
        acceptableProtocols: Sequence[bytes] | None = None,
        extraCertificateOptions: Mapping[str, Any] | None = None,
        checkEvery: float = CHECK_EVERY,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Read the files.

        Args:
            files: Each holds, in PEM, a key, its certificate, and those that lead from it to one
                that is trusted. A certificate serves the names that it is for; the first one also
                serves clients that ask for no name or for an unknown one.
            acceptableProtocols: The names of the protocols that can be spoken inside (ALPN), the
                preferred ones first.
            extraCertificateOptions: More arguments for `CertificateOptions`.
            checkEvery: After how many seconds, at the earliest, the files are looked at again.
            seconds: What the time is taken from.

        Raises:
            ValueError: There is no file, or a key and a certificate don't belong together.
            OSError: A file can't be read.
            OpenSSL.crypto.Error: A file holds something else.
        """
        self._protocols = acceptableProtocols
        self._extra = dict(extraCertificateOptions or {})
        self._files = [_File(Path(file), self._contextFrom) for file in files]
        if not self._files:
            raise ValueError("a server needs at least one certificate: no file was given")
        self._checkEvery = checkEvery
        self._seconds = seconds
        self._checked = seconds()
        self._byName: dict[str, _File] = {}
        self._sort()

    def options(self) -> CertificateOptions:
        """Return the options for `listenSSL` and the like."""
        return self._optionsFrom(
            self._files[0].path.read_bytes(), contextForServerName=self.contextForServerName
        )

    def contextForServerName(self, name: bytes | None) -> SSL.Context:
        """Return the context with the best certificate for a name.

        Args:
            name: What the client asks for, None if it does not say.
        """
        now = self._seconds()
        if now - self._checked >= self._checkEvery:
            self._checked = now
            self.refresh()
        wanted = (name or b"").decode("ascii", "replace").lower().rstrip(".")
        file = self._byName.get(wanted) or self._byName.get(f"*.{wanted.partition('.')[2]}")
        return (file or self._files[0]).context

    def refresh(self) -> None:
        """Read those files again that have changed; connections that are open go on as they are."""
        # All of them, not only up to the first.
        changed = [file for file in self._files if file.refresh()]
        if changed:
            self._sort()

    def _sort(self) -> None:
        self._byName = {name: file for file in reversed(self._files) for name in file.names}

    def _contextFrom(self, data: bytes) -> SSL.Context:
        return self._optionsFrom(data).getContext()

    def _optionsFrom(self, data: bytes, **more: object) -> CertificateOptions:
        certificate = PrivateCertificate.loadPEM(data)
        chain = [
            crypto.load_certificate(crypto.FILETYPE_PEM, pem) for pem in _CERTIFICATE.findall(data)
        ]
        arguments: dict[str, Any] = {**self._extra, **more}
        return CertificateOptions(
            privateKey=certificate.privateKey.original,
            certificate=certificate.original,
            extraCertChain=chain[1:],
            acceptableProtocols=self._protocols,
            **arguments,
        )


def _namesOf(data: bytes) -> list[str]:
    """Return the host names that the first certificate in a file is for."""
    certificate = x509.load_pem_x509_certificate(data)
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [name.lower() for name in found.value.get_values_for_type(x509.DNSName)]
