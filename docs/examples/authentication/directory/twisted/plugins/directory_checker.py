"""Lets `--auth=directory:HOST:PORT` name a directory."""

from directory import DirectoryChecker

from twisted.cred.credentials import IUsernamePassword
from twisted.cred.strcred import ICheckerFactory, InvalidAuthArgumentString
from twisted.plugin import IPlugin
from twisted.python.components import implementer


@implementer(IPlugin, ICheckerFactory)
class DirectoryCheckerFactory:
    authType = "directory"
    argStringFormat = "HOST:PORT"
    authHelp = "Asks the directory that listens there."
    credentialInterfaces = (IUsernamePassword,)

    def generateChecker(self, argstring):
        from twisted.internet import reactor

        host, colon, port = argstring.rpartition(":")
        if not colon or not port.isdecimal():
            raise InvalidAuthArgumentString("say where the directory is: HOST:PORT")
        return DirectoryChecker(reactor, f"tcp:{host}:{port}")


directory = DirectoryCheckerFactory()
