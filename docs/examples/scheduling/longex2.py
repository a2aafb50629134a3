"""Two long calculations in turns, as generators: python longex2.py."""

from collections.abc import Iterator

from twisted.internet import reactor
from twisted.internet.defer import gatherResults
from twisted.internet.task import coiterate


def addUp(name: str, end: int) -> Iterator[None]:
    total = 0
    for number in range(end):
        total += number
        # Here the calculation may be interrupted, for other ones and for the reactor.
        yield
    print(name, "is", total)


reactor.callLater(0, print, "the reactor goes on meanwhile")
calculations = [coiterate(addUp("one total", 100_000)), coiterate(addUp("another", 50_000))]
gatherResults(calculations).addBoth(lambda _: reactor.stop())
reactor.run()
