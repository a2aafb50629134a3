"""A long calculation in slices, with other calls between them: python longex.py."""

from twisted.internet import reactor

SLICE = 10_000
"""So many numbers are added before other calls get their turn."""


def addSlice(start: int, end: int, total: int) -> None:
    stop = min(start + SLICE, end)
    total += sum(range(start, stop))
    if stop < end:
        reactor.callLater(0, addSlice, stop, end, total)
    else:
        print("the total is", total)
        reactor.stop()


reactor.callLater(0, addSlice, 0, 1_000_000, 0)
reactor.callLater(0, print, "the reactor goes on meanwhile")
reactor.run()
