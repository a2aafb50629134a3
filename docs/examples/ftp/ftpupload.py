"""Store a file by FTP over TLS: `python ftpupload.py HOST PORT NAME PASSWORD AUTHORITY FILE`.

AUTHORITY is a file with the certificate of who signed the server's; HOST is the name in that one.
"""

import sys

from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.ssl import Certificate, optionsForClientTLS
from twisted.internet.task import react
from twisted.protocols.basic import FileSender
from twisted.protocols.ftp import FTPClient
from twisted.python.filepath import FilePath


async def main(reactor, host, port, name, password, authority, path):
    client = FTPClient(name, password)
    trusted = Certificate.loadPEM(FilePath(authority).getContent())
    # Set before the connection is made: name and password are encrypted too, or not sent.
    client.tlsOptions = optionsForClientTLS(host, trusted)
    await connectProtocol(HostnameEndpoint(reactor, host, int(port)), client)

    source = FilePath(path)
    ready, stored = client.storeFile(source.basename())
    consumer = await ready
    with source.open() as file:
        await FileSender().beginFileTransfer(file, consumer)
    consumer.finish()
    print((await stored)[-1])
    await client.quit()


if __name__ == "__main__":
    react(main, sys.argv[1:])
