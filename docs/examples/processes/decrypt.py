"""Decrypt a file with GnuPG, over five descriptors: python decrypt.py PASSPHRASE FILE."""

import sys
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone, ProcessTerminated
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import react
from twisted.python.failure import Failure

PASSPHRASE = 3
STATUS = 4
COMMAND = (
    "gpg --decrypt --batch --pinentry-mode loopback --no-symkey-cache "
    f"--passphrase-fd {PASSPHRASE} --status-fd {STATUS}"
).split()


class Decryption(ProcessProtocol):
    def __init__(self, passphrase: bytes, encrypted: bytes) -> None:
        self.input = {PASSPHRASE: passphrase, 0: encrypted}
        self.output = {1: b"", STATUS: b""}
        self.plaintext: Deferred[bytes] = Deferred()

    def connectionMade(self) -> None:
        for descriptor, data in self.input.items():
            self.transport.writeToChild(descriptor, data)
            self.transport.closeChildFD(descriptor)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        self.output[childFD] += data

    def processEnded(self, reason: Failure) -> None:
        # The lines of the status are made for programs, those on standard error for people.
        if b"[GNUPG:] DECRYPTION_OKAY" in self.output[STATUS].splitlines():
            self.plaintext.callback(self.output[1])
        else:
            self.plaintext.errback(reason)


async def main(reactor: IReactorProcess, passphrase: str, path: str) -> None:
    decryption = Decryption(passphrase.encode(), Path(path).read_bytes())
    reactor.spawnProcess(
        decryption,
        COMMAND[0],
        COMMAND,
        env=None,  # gpg has to know where the user's home is
        # What it tells people goes where this program's standard error goes.
        childFDs={0: "w", 1: "r", 2: 2, PASSPHRASE: "w", STATUS: "r"},
    )
    try:
        plaintext = await decryption.plaintext
    except (ProcessDone, ProcessTerminated) as error:
        raise SystemExit(f"gpg did not decrypt {path}: {error}") from error
    sys.stdout.buffer.write(plaintext)


if __name__ == "__main__":
    react(main, sys.argv[1:])
