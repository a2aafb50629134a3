"""A checker that asks a server who somebody is, as one for LDAP would."""

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString, connectProtocol
from twisted.protocols.basic import LineReceiver
from twisted.python.components import implementer


class Question(LineReceiver):
    """Asks the directory one question; the answer is a line."""

    delimiter = b"\n"

    def __init__(self, name, password):
        self.question = name + b" " + password
        self.answer = Deferred()

    def connectionMade(self):
        self.sendLine(self.question)

    def lineReceived(self, line):
        answer, self.answer = self.answer, None
        if answer is not None:
            answer.callback(line == b"yes")
        self.transport.loseConnection()

    def connectionLost(self, reason):
        answer, self.answer = self.answer, None
        if answer is not None:
            answer.errback(reason)


@implementer(ICredentialsChecker)
class DirectoryChecker:
    """Checks names and passwords by the directory at an endpoint."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, reactor, description):
        self.endpoint = clientFromString(reactor, description)

    async def requestAvatarId(self, credentials):
        name, password = credentials.username, credentials.password
        if b"\n" in name + password or b" " in name:
            raise UnauthorizedLogin("nobody is called that")
        question = Question(name, password)
        answer = question.answer
        await connectProtocol(self.endpoint, question)
        if await answer:
            return name
        raise UnauthorizedLogin("the directory does not know them")
