"""A reactor beside a main loop that can only be called from threads, here a queue of calls."""

import queue

from twisted.internet._threadedselect import ThreadedSelectReactor


class DummyMainLoop:
    """Stands for the main loop of a toolkit."""

    def __init__(self):
        self.calls = queue.SimpleQueue()
        self.running = True

    def run(self):
        """Make the calls, until one of them stops it."""
        while self.running:
            self.calls.get()()

    def stop(self):
        """Let `run` return."""
        self.running = False


loop = DummyMainLoop()
reactor = ThreadedSelectReactor()
reactor.addSystemEventTrigger("after", "shutdown", loop.stop)
reactor.callLater(0.1, print, "called by the main loop")
reactor.callLater(0.2, reactor.stop)
# `put` has a call made in the thread of the main loop; with wx it would be wx.CallAfter.
reactor.interleave(loop.calls.put)
loop.run()
