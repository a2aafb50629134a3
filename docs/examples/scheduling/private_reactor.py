"""A reactor of one's own in a thread, run twice."""

import threading

from twisted.internet.selectreactor import SelectReactor

reactor = SelectReactor()


def work() -> None:
    for run in ("first", "second"):
        reactor.callLater(0.01, print, "the", run, "run")
        reactor.callLater(0.02, reactor.stop)
        reactor.run()


thread = threading.Thread(target=work)
thread.start()
thread.join()
