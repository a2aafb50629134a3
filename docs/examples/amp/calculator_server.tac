"""The calculator as a service: twistd -ny calculator_server.tac."""

from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import Application
from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import Factory

from calculator_server import Calculator

application = Application("calculator")
endpoint = TCP4ServerEndpoint(reactor, 8750, interface="127.0.0.1")
server = StreamServerEndpointService(endpoint, Factory.forProtocol(Calculator))
server.setServiceParent(application)
