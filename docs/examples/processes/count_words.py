"""Count lines, words and bytes by running wc: python count_words.py TEXT."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import react
from twisted.python.failure import Failure


class WordCount(ProcessProtocol):
    """Writes a text to wc.

    Attributes:
        counts: Fires with the numbers of lines, words and bytes.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.output = b""
        self.counts: Deferred[list[int]] = Deferred()

    def connectionMade(self) -> None:
        self.transport.write(self.text)
        self.transport.closeStdin()  # or wc would wait for more

    def outReceived(self, data: bytes) -> None:
        self.output += data  # what it prints may come in pieces

    def processEnded(self, reason: Failure) -> None:
        # Only now it is certain that everything has come.
        if reason.value.exitCode == 0:
            self.counts.callback([int(count) for count in self.output.split()])
        else:
            self.counts.errback(reason)


async def main(reactor: IReactorProcess, text: str) -> None:
    counting = WordCount(text.encode())
    reactor.spawnProcess(counting, "wc", ["wc"])
    lines, words, size = await counting.counts
    print(f"{lines} lines, {words} words, {size} bytes")


if __name__ == "__main__":
    react(main, sys.argv[1:])
