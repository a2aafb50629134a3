"""An FTP server: `python ftpserver.py --passwords=FILE`.

Guests can read the working directory. Users whose names and passwords are in the file, a line like
`ada:sesame` for each, can read and change what is in the directory of their name below /home.
"""

import sys

from twisted.cred.checkers import AllowAnonymousAccess, FilePasswordDB
from twisted.cred.portal import Portal
from twisted.internet import endpoints
from twisted.internet.defer import Deferred
from twisted.internet.ssl import PrivateCertificate
from twisted.internet.task import react
from twisted.protocols.ftp import FTPFactory, FTPRealm
from twisted.python.filepath import FilePath
from twisted.python.usage import Options, UsageError


class FTPOptions(Options):
    optParameters = [
        ["endpoint", "e", "tcp:2121:interface=127.0.0.1", "Where to listen."],
        ["passwords", "p", None, "A file with a line NAME:PASSWORD for each user."],
        ["homes", None, "/home", "Where the directories of the users are."],
        [
            "certificate",
            "c",
            None,
            "A file with a key and certificate; without TLS nobody logs in.",
        ],
    ]


async def main(reactor, *arguments):
    options = FTPOptions()
    try:
        options.parseOptions(arguments)
    except UsageError as error:
        sys.exit(f"{sys.argv[0]}: {error}")

    checkers = [AllowAnonymousAccess()]
    if options["passwords"]:
        checkers.append(FilePasswordDB(options["passwords"]))
    factory = FTPFactory(Portal(FTPRealm(".", options["homes"]), checkers))
    factory.welcomeMessage = "Files from the example"
    if options["certificate"]:
        pem = FilePath(options["certificate"]).getContent()
        factory.tlsOptions = PrivateCertificate.loadPEM(pem).options()
        factory.requireTLS = True

    port = await endpoints.serverFromString(reactor, options["endpoint"]).listen(factory)
    print("Serving files on port", port.getHost().port, flush=True)
    await Deferred()  # until Ctrl-C


if __name__ == "__main__":
    react(main, sys.argv[1:])
