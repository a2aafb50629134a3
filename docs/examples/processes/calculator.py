"""Calculate with bc, which runs as long as there are questions: python calculator.py TERM..."""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import react
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure


class Calculator(ProcessProtocol, LineOnlyReceiver):
    """Writes terms to bc, and reads its answers by the lines."""

    delimiter = b"\n"

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.answers: list[Deferred[str]] = []
        self.ended: Deferred[None] = Deferred()

    def calculate(self, term: str) -> Deferred[str]:
        self.answers.append(Deferred())
        self.sendLine(term.encode())
        # To a term that is wrong bc answers nothing, so it is told to say where answers end.
        self.sendLine(b'print "end\\n"')
        return self.answers[-1]

    def outReceived(self, data: bytes) -> None:
        self.dataReceived(data)  # cut into lines

    def lineReceived(self, line: bytes) -> None:
        if line != b"end":
            self.lines.append(line.decode())
            return
        lines, self.lines = self.lines, []
        self.answers.pop(0).callback(" ".join(lines) or "?")

    def processEnded(self, reason: Failure) -> None:
        # Nobody waits for an answer that can't come.
        for answer in self.answers:
            answer.errback(reason)
        self.ended.callback(None)


async def main(reactor: IReactorProcess, *terms: str) -> None:
    calculator = Calculator()
    # What bc has to say about wrong terms goes to this program's standard error.
    reactor.spawnProcess(calculator, "bc", ["bc", "--quiet"], childFDs={0: "w", 1: "r", 2: 2})
    for term in terms:
        print(term, "=", await calculator.calculate(term))
    calculator.transport.closeStdin()  # bc ends at the end of its input
    await calculator.ended


if __name__ == "__main__":
    react(main, sys.argv[1:])
