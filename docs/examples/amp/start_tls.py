"""Two peers that go over to TLS before anything that matters is said."""

import sys

from calculator import Sum
from calculator_server import Calculator

from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.protocol import Factory
from twisted.internet.ssl import Certificate, PrivateCertificate
from twisted.internet.task import react
from twisted.protocols.amp import AMP, StartTLS


class SecretCalculator(Calculator):
    """Has a certificate to show."""

    @StartTLS.responder
    def startTLS(self):
        with open(sys.argv[1], "rb") as file:
            return {"tls_localCertificate": PrivateCertificate.loadPEM(file.read())}


async def main(reactor, certificate, authority):
    server = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
    port = await server.listen(Factory.forProtocol(SecretCalculator))
    client = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
    peer = await connectProtocol(client, AMP())
    with open(authority, "rb") as file:
        await peer.callRemote(StartTLS, tls_verifyAuthorities=[Certificate.loadPEM(file.read())])
    answer = await peer.callRemote(Sum, numbers=[1, 2, 3])
    print("the sum is", answer.total)
    # With the first answer that came over TLS, the peer has shown who it is.
    print("the peer is", peer.peerCertificate.getSubject().commonName.decode())


react(main, sys.argv[1:])
