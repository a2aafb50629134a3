"""The command that turns a connection into a TLS connection."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import TLSOptions
from twisted.protocols.amp._arguments import Argument
from twisted.protocols.amp._binaryprotocol import BinaryBoxProtocol
from twisted.protocols.amp._boxes import AmpBox
from twisted.protocols.amp._commands import Command
from twisted.protocols.amp._dispatcher import BoxDispatcher
from twisted.protocols.amp._errors import OnlyOneTLS
from twisted.protocols.amp._switching import connectionOf
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from twisted.internet.ssl import Certificate, PrivateCertificate
    from twisted.protocols.amp._interfaces import IBoxSender


class _LocalArgument(Argument[Any]):
    """What stays on this side."""

    def fromBox(
        self, name: bytes, strings: dict[bytes, bytes], objects: dict[str, Any], proto: object
    ) -> None:
        """Take nothing."""

    def toBox(
        self, name: bytes, strings: dict[bytes, bytes], objects: dict[str, Any], proto: object
    ) -> None:
        """Send nothing."""


class _TLSBox(AmpBox):
    """An answer after which the connection speaks TLS."""

    __slots__ = ("_authorities", "_certificate")

    def __init__(
        self,
        certificate: "PrivateCertificate | None" = None,
        authorities: "Sequence[Certificate] | None" = None,
    ) -> None:
        super().__init__()
        self._certificate = certificate
        self._authorities = authorities

    def _sendTo(self, proto: "IBoxSender") -> None:
        connection = connectionOf(proto)
        super()._sendTo(proto)
        _start(connection, self._certificate, self._authorities)


class StartTLS(Command):
    """Speak TLS on this connection from here on; the certificates of the peers are not sent by it.

    The caller gives what it needs as arguments. The peer is asked by a responder without arguments,
    which returns a dict with the same two: `{"tls_localCertificate": ...,
    "tls_verifyAuthorities": [...]}`. The side that accepted the connection needs a certificate. A
    side that names no authorities talks to anybody: then TLS keeps others from listening, but
    does not say who the peer is.
    """

    arguments: ClassVar[Any] = [
        ("tls_localCertificate", _LocalArgument(optional=True)),
        ("tls_verifyAuthorities", _LocalArgument(optional=True)),
    ]
    response: ClassVar[Any] = [
        ("tls_localCertificate", _LocalArgument(optional=True)),
        ("tls_verifyAuthorities", _LocalArgument(optional=True)),
    ]
    responseType: ClassVar[type[AmpBox]] = _TLSBox

    def __init__(
        self,
        *,
        tls_localCertificate: "PrivateCertificate | None" = None,
        tls_verifyAuthorities: "Sequence[Certificate] | None" = None,
        **kw: Any,  # noqa: ANN401 - what subclasses add
    ) -> None:
        """Make a request, which is not sent yet.

        Args:
            tls_localCertificate: The own certificate.
            tls_verifyAuthorities: Certificates, one of which has to have signed the peer's.
            kw: What subclasses add.
        """
        super().__init__(**kw)
        self.certificate = tls_localCertificate
        self.authorities = tls_verifyAuthorities

    @classmethod
    def makeResponse(cls, objects: Any, proto: object) -> AmpBox:  # noqa: ANN401 - as in Command
        """Return the box after which TLS is spoken.

        Args:
            objects: What the responder returned.
            proto: The protocol that will send it.

        Raises:
            TypeError: It is no dict, or the connection cannot speak TLS.
            OnlyOneTLS: It does already.
        """
        plain = super().makeResponse(objects, proto)
        certificate = objects.get("tls_localCertificate")
        if certificate is None:
            raise TypeError(
                f"a responder of {cls.__name__} has to return a dict with a certificate, "
                f"'tls_localCertificate', not {objects!r}"
            )
        connection = connectionOf(proto)
        _mayStart(connection)
        box = _TLSBox(certificate, objects.get("tls_verifyAuthorities"))
        box.update(plain)
        return box

    def _doCommand(self, proto: "BoxDispatcher") -> Deferred[Any] | None:
        connection = connectionOf(proto)
        _mayStart(connection)
        answer = super()._doCommand(proto)
        if answer is None:
            raise TypeError(f"{type(self).__name__} has to have an answer to start TLS after")
        connection._startingTLS = True
        connection._holdAnswers()

        def start(response: object) -> object:
            connection._startingTLS = False
            _start(connection, self.certificate, self.authorities)
            connection._sendHeldAnswers()
            return response

        def stay(failure: Failure) -> Failure:
            connection._startingTLS = False
            connection._sendHeldAnswers()
            return failure

        return answer.addCallbacks(start, stay)


def _mayStart(connection: BinaryBoxProtocol) -> None:
    """Raise an error unless TLS can be started."""
    if connection._startingTLS or connection._speaksTLS:
        raise OnlyOneTLS("this connection speaks TLS already, or is about to")
    if not hasattr(connection.transport, "startTLS"):
        raise TypeError(f"{connection.transport!r} cannot be turned into a TLS connection")


def _start(
    connection: BinaryBoxProtocol,
    certificate: "PrivateCertificate | None",
    authorities: "Sequence[Certificate] | None",
) -> None:
    connection._speaksTLS = True
    if isinstance(connection.boxReceiver, BoxDispatcher):
        # What waits behind the request for TLS came in the clear.
        connection.boxReceiver._dropWaiting()
    connection.hostCertificate = certificate
    connection.noPeerCertificate = not authorities
    connection.transport.startTLS(_options(certificate, authorities))  # type: ignore[attr-defined]


def _options(
    certificate: "PrivateCertificate | None", authorities: "Sequence[Certificate] | None"
) -> TLSOptions:
    """Say how TLS is to be spoken."""
    if certificate is not None:
        return certificate.options(*(authorities or ()))
    from twisted.internet.ssl import CertificateOptions, trustRootFromCertificates

    if authorities:
        return CertificateOptions(trustRoot=trustRootFromCertificates(authorities))
    return CertificateOptions()


__all__ = ["StartTLS"]
