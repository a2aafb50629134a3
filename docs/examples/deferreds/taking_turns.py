"""One at a time with a lock, and a queue between those who put and those who get."""

from twisted.internet.defer import Deferred, DeferredLock, DeferredQueue

lock = DeferredLock()
work: list[Deferred[None]] = []


def write(name: str) -> Deferred[None]:
    print(name, "begins")
    d: Deferred[None] = Deferred()
    work.append(d)
    return d.addCallback(lambda _: print(name, "ends"))


lock.run(write, "first")
lock.run(write, "second")
work[0].callback(None)
work[1].callback(None)

queue: DeferredQueue[str] = DeferredQueue(size=10)
queue.get().addCallback(lambda job: print("got", job))
queue.put("a job")
