"""An FTP client: `python ftpclient.py HOST PORT NAME PASSWORD [FILE]`.

It logs in, lists the directory, and writes the file to the current directory if one is named.
"""

import sys

from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.internet.task import react
from twisted.protocols.ftp import CommandFailed, FTPClient, FTPFileListProtocol
from twisted.python.filepath import FilePath


class Download(Protocol):
    """Writes what it receives to a file, piece by piece."""

    def __init__(self, file):
        self.file = file

    def dataReceived(self, data):
        self.file.write(data)


async def main(reactor, host, port, name, password, path=None):
    endpoint = HostnameEndpoint(reactor, host, int(port))
    client = await connectProtocol(endpoint, FTPClient(name, password))
    try:
        listing = FTPFileListProtocol()
        await client.list("", listing)
        for file in listing.files:
            print(f"{file['size']:>10} {file['filename']}")

        if path is not None:
            # The server chooses no name: the last part of the path is all that is used of it.
            with FilePath(".").child(path.split("/")[-1]).open("w") as file:
                await client.retrieveFile(path, Download(file))
            print("got", path)
    except CommandFailed as error:
        sys.exit(f"The server refused: {error.args[0][-1]}")
    await client.quit()


if __name__ == "__main__":
    react(main, sys.argv[1:])
