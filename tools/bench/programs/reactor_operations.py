"""What a reactor does beside sockets, written to Twisted's documented API.

Runs as it is on ours and on the incumbent, both on the default reactor (epoll), which runs in the
main thread while another one takes the time. Each case does its operation `count` times.
"""

import threading
from collections.abc import Callable, Iterable

from twisted.internet import reactor
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure

TIMERS = 100_000
PENDING = 10_000

Case = Callable[[int, Callable[[], object]], object]


def beside(work: Callable[[], None]) -> None:
    """Run something in a thread while the reactor runs in this one, as signals want it."""

    def whole() -> None:
        try:
            work()
        finally:
            reactor.callFromThread(reactor.stop)

    reactor.callWhenRunning(threading.Thread(target=whole).start)
    reactor.run()


def runs(case: Case) -> Callable[[int], None]:
    """Make a function for another thread of a case, which gets a count and what to call at the end."""

    def run(count: int) -> None:
        done = threading.Event()
        reactor.callFromThread(case, count, done.set)
        done.wait()

    return run


def nothing(*arguments: object) -> None:
    """Do nothing."""


def roundTrip(count: int, done: Callable[[], object]) -> None:
    """Let a thread call the reactor, and wait until it was called, again and again."""
    answered = threading.Lock()
    answered.acquire()

    def ask() -> None:
        for _ in range(count):
            reactor.callFromThread(answered.release)
            answered.acquire()
        reactor.callFromThread(done)

    threading.Thread(target=ask).start()


def flood(count: int, done: Callable[[], object]) -> None:
    """Let a thread call the reactor without waiting."""

    def call() -> None:
        for _ in range(count):
            reactor.callFromThread(nothing, 1)
        reactor.callFromThread(done)

    threading.Thread(target=call).start()


def inThread(count: int, done: Callable[[], object]) -> None:
    """Call a function in a thread, and the next one when its result is there."""

    def work(left: int) -> int:
        return left - 1

    def again(left: int) -> None:
        if left:
            deferToThread(work, left).addCallback(again)
        else:
            done()

    again(count)


def timers(count: int, done: Callable[[], object]) -> None:
    """Set many timers, turn, cancel them, turn; they are due in an order that is not theirs."""

    def again(left: int) -> None:
        if not left:
            done()
            return
        calls = [
            reactor.callLater(60 + number * 7919 % TIMERS / 1000, nothing)
            for number in range(TIMERS)
        ]
        reactor.callLater(0, cancel, left, calls)

    def cancel(left: int, calls: Iterable[IDelayedCall]) -> None:
        for call in calls:
            call.cancel()
        reactor.callLater(0, again, left - 1)

    again(count)


def hops(count: int, done: Callable[[], object]) -> None:
    """Have a function called at once that has itself called at once."""

    def hop(left: int) -> None:
        if left:
            reactor.callLater(0, hop, left - 1)
        else:
            done()

    hop(count)


def hopsAmongMany(count: int, done: Callable[[], object]) -> None:
    """Do the same while many other calls are pending."""
    if len(reactor.getDelayedCalls()) < PENDING:
        for number in range(PENDING):
            reactor.callLater(3600 + number * 7919 % PENDING, nothing)
    hops(count, done)


def processes(count: int, done: Callable[[], object]) -> None:
    """Start a program, and the next one when it has ended and its output is read."""

    class Again(ProcessProtocol):
        def __init__(self, left: int) -> None:
            self.left = left

        def processEnded(self, reason: Failure) -> None:
            start(self.left - 1)

    def start(left: int) -> None:
        if left:
            reactor.spawnProcess(Again(left), "/bin/echo", ["echo", "x"], {})
        else:
            done()

    start(count)


CASES: dict[str, Callable[[int], None]] = {
    "round-trip": runs(roundTrip),
    "flood": runs(flood),
    "in-thread": runs(inThread),
    "timers": runs(timers),
    "hops": runs(hops),
    "hops-among-many": runs(hopsAmongMany),
    "processes": runs(processes),
}
